package main

import (
	"fmt"
	"os"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
	"github.com/reeftools/reef/pcapio"
)

// method is a way of counting.
type method struct {
	add   func(a, b pairhash.Addr, n uint64) error
	print func(n int, f func(pairhash.Pair, uint64) error) error
	close func() error
}

func newMethod(name string, mem int64) (*method, error) {
	m := &method{close: func() error { return nil }}
	switch name {
	case "exact":
		x, err := pairhash.NewExternal(pairhash.ExternalConfig{Memory: mem})
		if err != nil {
			return nil, err
		}
		m.add, m.close = x.AddN, x.Close
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			return x.Top(n, func(c pairhash.PairCount) error { return f(c.Pair, c.N) })
		}
	case "xor16":
		x, err := pairhash.NewMajority(pairhash.Config{Fold: pairhash.FoldXOR})
		if err != nil {
			return nil, err
		}
		distinct, err := pairhash.NewHyperLogLog(pairhash.HyperLogLogConfig{})
		if err != nil {
			return nil, err
		}
		m.add = func(a, b pairhash.Addr, n uint64) error {
			x.AddN(a, b, n)
			distinct.AddHash(pairhash.PairOf(a, b).Hash(0))
			return nil
		}
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			e := x.Counter().Collisions(distinct.Estimate())
			fmt.Fprintf(os.Stderr, "pairs: about %.0f pairs in %d slots; counts are too high by %.0f on average, by at most %d for 99%% of the pairs\n",
				e.Distinct, e.Slots, e.ObservedMean, e.P99)
			for _, c := range x.Top(n) {
				if err := f(c.Pair, c.Slot); err != nil {
					return err
				}
			}
			return nil
		}
	case "topk":
		t, err := pairhash.NewTopK(pairhash.TopKConfig{})
		if err != nil {
			return nil, err
		}
		m.add = func(a, b pairhash.Addr, n uint64) error { t.AddN(a, b, n); return nil }
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			for _, c := range t.Top(n) {
				if err := f(c.Pair, c.N); err != nil {
					return err
				}
			}
			return nil
		}
	default:
		return nil, fmt.Errorf("no method %q", name)
	}
	return m, nil
}

// weightOf returns what a line or packet counts.
func weightOf(by string, pcap bool) (func(*flowlist.Flow) uint64, error) {
	switch {
	case by == "flows" && pcap:
		return nil, fmt.Errorf("captures have packets and bytes; for flows make a list with the program flows")
	case by == "flows", by == "" && !pcap:
		return func(*flowlist.Flow) uint64 { return 1 }, nil
	case by == "packets", by == "":
		return func(f *flowlist.Flow) uint64 { return f.Packets }, nil
	case by == "bytes":
		return func(f *flowlist.Flow) uint64 { return f.Bytes }, nil
	}
	return nil, fmt.Errorf("cannot count by %q", by)
}

// readCaptures adds the IP packets of captures; bytes are those of the IP datagrams.
func readCaptures(names []string, weight func(*flowlist.Flow) uint64, add func(a, b pairhash.Addr, n uint64) error) (flowlist.Notation, error) {
	r, err := pcapio.Open(names...)
	if err != nil {
		return flowlist.IP, err
	}
	defer r.Close()
	skipped := 0
	for p, err := range pcapio.All(pcapio.NewDecoder(r, pcapio.DecodeConfig{})) {
		if err != nil {
			return flowlist.IP, err
		}
		if !p.IsIP() {
			skipped++
			continue
		}
		f := flowlist.Flow{Packets: 1, Bytes: uint64(max(p.IPLen, 0))}
		if err := add(pairhash.AddrFrom16(p.Src), pairhash.AddrFrom16(p.Dst), weight(&f)); err != nil {
			return flowlist.IP, err
		}
	}
	if skipped > 0 {
		fmt.Fprintf(os.Stderr, "pairs: %d packets were not IP\n", skipped)
	}
	return flowlist.IP, nil
}
