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

// weight is what a flow or packet counts.
type weight int

const (
	flows weight = iota
	packets
	octets
)

func parseWeight(by string, pcap bool) (weight, error) {
	switch {
	case by == "flows" && pcap:
		return 0, cli.Usagef("-by flows: captures have packets and bytes; for flows make a list with the program flows")
	case by == "flows", by == "" && !pcap:
		return flows, nil
	case by == "packets", by == "":
		return packets, nil
	case by == "bytes":
		return octets, nil
	}
	return 0, cli.Choice("by", by, "flows,packets,bytes")
}

// batchLen is how many flows are read, and then counted, together.
const batchLen = 256

// input turns flows into counts and hands them on in batches.
type input struct {
	weight   weight
	add      func([]pairhash.PairCount) error
	notation flowlist.Notation // of all lists
	flows    [batchLen]flowlist.Flow
	counts   [batchLen]pairhash.PairCount
	waiting  int // flows of packets
	without  int // flows that say no bytes where these are counted
}

// count hands on the first n flows.
func (in *input) count(n int) error {
	for i := range in.flows[:n] {
		f, c := &in.flows[i], &in.counts[i]
		c.A, c.B, c.N = f.Src, f.Dst, 1
		switch in.weight {
		case packets:
			c.N = f.Packets
		case octets:
			c.N = f.Bytes
			if f.Bytes == 0 {
				in.without++
			}
		}
	}
	return in.add(in.counts[:n])
}

// readLists counts the flows of lists.
func (in *input) readLists(p *cli.Program) error {
	err := p.EachFile(in.readList)
	if in.without > 0 {
		fmt.Fprintf(p.Stderr, "pairs: %d flows say no bytes\n", in.without)
	}
	return err
}

// readList counts the flows of a list, which must have the notation of those before.
func (in *input) readList(name string, r io.Reader) error {
	list := flowlist.NewReader(r)
	for {
		n, err := list.ReadFlows(in.flows[:])
		if n > 0 {
			switch got := list.Notation(); in.notation {
			case flowlist.Unknown:
				in.notation = got
			case got:
			default:
				return fmt.Errorf("%s: addresses as %v, but before as %v", name, got, in.notation)
			}
			if err := in.count(n); err != nil {
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
	other := 0
	for packet, err := range pcapio.All(dec) {
		if err != nil {
			return err
		}
		if !packet.IsIP() {
			other++
			continue
		}
		in.flows[in.waiting] = flowlist.Flow{Src: pairhash.AddrFrom16(packet.Src), Dst: pairhash.AddrFrom16(packet.Dst), Packets: 1, Bytes: uint64(max(packet.IPLen, 0))}
		if in.waiting++; in.waiting == batchLen {
			if err := in.flush(); err != nil {
				return err
			}
		}
	}
	if other > 0 {
		fmt.Fprintf(p.Stderr, "pairs: %d packets were not IP\n", other)
	}
	return nil
}

// flush counts the packets that wait.
func (in *input) flush() error {
	n := in.waiting
	in.waiting = 0
	return in.count(n)
}
