package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
	"github.com/reeftools/reef/pairhash/packets"
	"github.com/reeftools/reef/pcapio"
)

func parseWeight(by string, pcap bool) (flowlist.Weight, error) {
	switch {
	case by == "flows" && pcap:
		return 0, cli.Usagef("-by flows: captures have packets and bytes; for flows make a list with the program flows")
	case by == "flows", by == "" && !pcap:
		return flowlist.Flows, nil
	case by == "packets", by == "":
		return flowlist.Packets, nil
	case by == "bytes":
		return flowlist.Bytes, nil
	}
	return 0, cli.Choice("by", by, "flows,packets,bytes")
}

// batchLen is how many flows are read, and then counted, together.
const batchLen = 256

// input reads pairs with their weights and hands them on in batches.
type input struct {
	weight   flowlist.Weight
	add      func([]pairhash.PairCount) error
	notation flowlist.Notation // of all lists
	batch    [batchLen]pairhash.PairCount
	without  int  // flows that say no bytes where these are counted
	any      bool // a list has flows
}

// readLists counts the flows of lists.
func (in *input) readLists(p *cli.Program) error {
	err := p.EachFile(in.readList)
	if !in.any {
		p.Empty("pairs")
	}
	if in.without > 0 {
		p.Say("%d flows say no bytes", in.without)
	}
	return err
}

// readList counts the flows of a list, which must have the notation of those before.
func (in *input) readList(name string, r io.Reader) error {
	list := flowlist.NewReader(r)
	for {
		n, err := list.ReadPairs(in.batch[:], in.weight)
		if n > 0 {
			in.any = true
			switch got := list.Notation(); in.notation {
			case flowlist.Unknown:
				in.notation = got
			case got:
			default:
				return fmt.Errorf("%s: addresses as %v, but before as %v", name, got, in.notation)
			}
			if in.weight == flowlist.Bytes {
				for i := range in.batch[:n] {
					if in.batch[i].N == 0 {
						in.without++
					}
				}
			}
			if err := in.add(in.batch[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

// readCaptures counts the IP packets of captures; bytes are those of the IP datagrams.
func (in *input) readCaptures(p *cli.Program) error {
	in.notation = flowlist.IP
	dec, err := p.OpenDecoder()
	if err != nil {
		return err
	}
	pairs, err := packets.NewWriter(packets.Config{Bytes: in.weight == flowlist.Bytes}, pairhash.PairWriterFunc(in.add))
	if err != nil {
		return err
	}
	p.AtEnd(func() {
		if stats := pairs.Stats(); stats.Used > 0 {
			p.Note(stats.NotIP, "%d packets were not IP", stats.NotIP)
		} else {
			p.Skipped(0, dec.Stats().Packets, "IP")
		}
	})
	_, err = pcapio.Run(dec, pairs)
	return err
}
