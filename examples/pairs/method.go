package main

import (
	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pairhash"
)

// method is a way of counting.
type method struct {
	add   func([]pairhash.PairCount) error
	print func(n int, f func(pairhash.Pair, uint64) error) error
	close func() error

	spilled func() int // temporary files
}

func newMethod(name string, mem int64, p *cli.Program) (*method, error) {
	m := &method{close: func() error { return nil }, spilled: func() int { return 0 }}
	switch name {
	case "exact":
		x, err := pairhash.NewExternal(pairhash.ExternalConfig{Memory: mem})
		if err != nil {
			return nil, cli.Usagef("-mem: %v", err)
		}
		m.close, m.spilled = x.Close, x.Runs
		m.add = x.WritePairs
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			return x.Top(n, func(c pairhash.PairCount) error { return f(c.Pair, c.N) })
		}
	case "xor16":
		x, err := pairhash.NewMajority(pairhash.CounterConfig{Fold: pairhash.FoldXOR})
		if err != nil {
			return nil, err
		}
		distinct, err := pairhash.NewHyperLogLog(pairhash.HyperLogLogConfig{})
		if err != nil {
			return nil, err
		}
		m.add = func(batch []pairhash.PairCount) error {
			x.AddBatch(batch)
			distinct.AddPairs(batch)
			return nil
		}
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			e := x.Counter().Collisions(distinct.Estimate())
			p.Say("about %.0f pairs in %d slots; counts are too high by %.0f on average, by at most %d for 99%% of the pairs",
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
		p.AtEnd(func() {
			p.Bound(t.Bound(), "counts are too high by up to %d: there are more pairs than the %d that are remembered", t.Bound(), pairhash.DefaultTopK)
		})
		m.add = t.WritePairs
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			for _, c := range t.Top(n) {
				if err := f(c.Pair, c.N); err != nil {
					return err
				}
			}
			return nil
		}
	default:
		return nil, cli.Choice("method", name, "exact,xor16,topk")
	}
	return m, nil
}
