package pairhash

import (
	"cmp"
	"slices"
)

// Recovery names the pairs of the largest slots of a [Counter] in one more pass over the same data.
//
// It counts exactly, but only pairs that fold to these slots: with n of 65,536 slots about n/65,536 of all pairs.
type Recovery struct {
	counter  *Counter
	wanted   []bool // by slot
	complete uint64
	pairs    *Exact
}

// Recover begins a second pass for the n largest slots. MaxPairs bounds the number of distinct pairs that are kept; 0 sets no bound.
func (c *Counter) Recover(n, maxPairs int) *Recovery {
	r := &Recovery{counter: c, wanted: make([]bool, len(c.counts)), pairs: NewExact(ExactConfig{MaxPairs: maxPairs, Seed: c.cfg.Seed})}
	for _, s := range c.heaviest(n) {
		r.wanted[s] = true
	}
	for s, k := range c.counts {
		if !r.wanted[s] {
			r.complete = max(r.complete, k)
		}
	}
	return r
}

// Add counts the pair once, if its slot is one of the largest.
func (r *Recovery) Add(x, y Addr) error { return r.AddN(x, y, 1) }

// AddN counts the pair n times, if its slot is one of the largest. Give the same weights as in the first pass. The error is
// [ErrFull] for a new pair over the limit.
func (r *Recovery) AddN(x, y Addr, n uint64) error {
	if !r.wanted[r.counter.Slot(x, y)] {
		return nil
	}
	return r.pairs.AddN(x, y, n)
}

// Top returns the n pairs with the highest counts, highest first; these counts are exact.
func (r *Recovery) Top(n int) []PairCount { return r.pairs.Top(n) }

// Complete returns the count above which no pair is missing from Top: the largest slot that was not searched has as much.
func (r *Recovery) Complete() uint64 { return r.complete }

// heaviest returns the numbers of the n largest slots that are not empty, largest first; equal ones in order of their numbers.
func (c *Counter) heaviest(n int) []int {
	var slots []int
	for i, k := range c.counts {
		if k != 0 {
			slots = append(slots, i)
		}
	}
	slices.SortFunc(slots, func(a, b int) int {
		if r := cmp.Compare(c.counts[b], c.counts[a]); r != 0 {
			return r
		}
		return cmp.Compare(a, b)
	})
	return slots[:min(max(n, 0), len(slots))]
}
