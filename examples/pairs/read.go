package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
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
	waiting  int // packets in batch
	without  int // flows that say no bytes where these are counted
}

// readLists counts the flows of lists.
func (in *input) readLists(p *cli.Program) error {
	err := p.EachFile(in.readList)
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
	other := uint64(0)
	p.AtEnd(func() {
		all := dec.Stats().Packets
		if used := all.Total() - other; used > 0 {
			p.Note(other, "%d packets were not IP", other)
		} else {
			p.Skipped(used, all, "IP")
		}
	})
	for packet, err := range pcapio.All(dec) {
		if err != nil {
			return err
		}
		if !packet.IsIP() {
			other++
			continue
		}
		c := &in.batch[in.waiting]
		c.A, c.B, c.N = pairhash.AddrFrom16(packet.Src), pairhash.AddrFrom16(packet.Dst), 1
		if in.weight == flowlist.Bytes {
			c.N = uint64(max(packet.IPLen, 0))
		}
		if in.waiting++; in.waiting == batchLen {
			if err := in.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush counts the packets that wait.
func (in *input) flush() error {
	n := in.waiting
	in.waiting = 0
	return in.add(in.batch[:n])
}
