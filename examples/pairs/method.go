package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/pairhash"
)

// method is a way of counting.
type method struct {
	add   func(a, b pairhash.Addr, n uint64) error
	print func(n int, f func(pairhash.Pair, uint64) error) error
	close func() error
}

func newMethod(name string, mem int64, stderr io.Writer) (*method, error) {
	m := &method{close: func() error { return nil }}
	switch name {
	case "exact":
		x, err := pairhash.NewExternal(pairhash.ExternalConfig{Memory: mem})
		if err != nil {
			return nil, err
		}
		batch := make([]pairhash.PairCount, 0, 256)
		flush := func() error {
			_, err := x.AddBatch(batch)
			batch = batch[:0]
			return err
		}
		m.close = x.Close
		m.add = func(a, b pairhash.Addr, n uint64) error {
			batch = append(batch, pairhash.PairCount{Pair: pairhash.Pair{A: a, B: b}, N: n})
			if len(batch) < cap(batch) {
				return nil
			}
			return flush()
		}
		m.print = func(n int, f func(pairhash.Pair, uint64) error) error {
			failed := flush()
			err := x.Top(n, func(c pairhash.PairCount) error { return f(c.Pair, c.N) })
			return errors.Join(failed, err)
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
			fmt.Fprintf(stderr, "pairs: about %.0f pairs in %d slots; counts are too high by %.0f on average, by at most %d for 99%% of the pairs\n",
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
