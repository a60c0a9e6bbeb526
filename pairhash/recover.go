package pairhash

import (
	"cmp"
	"slices"
)

// Recovery names the pairs of the largest slots of a [Counter] in one more pass over the same data.
//
// It counts exactly, but only pairs that fold to these slots: with n of 65,536 slots about n/65,536
// of all pairs.
type Recovery struct {
	counter  *Counter
	wanted   []bool // by slot
	complete uint64
	pairs    *Exact
}

// Recover begins a second pass for the n largest slots. MaxPairs bounds the number of distinct
// pairs that are kept; 0 sets no bound.
func (c *Counter) Recover(n, maxPairs int) *Recovery {
	r := &Recovery{counter: c, wanted: make([]bool, len(c.counts)), pairs: NewExact(ExactConfig{MaxPairs: maxPairs})}
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

// AddN counts the pair n times, if its slot is one of the largest. Give the same weights as in the
// first pass. The error is [ErrFull] for a new pair over the limit.
func (r *Recovery) AddN(x, y Addr, n uint64) error {
	if !r.wanted[r.counter.Slot(x, y)] {
		return nil
	}
	return r.pairs.AddN(x, y, n)
}

// Top returns the n pairs with the highest counts, highest first; these counts are exact.
func (r *Recovery) Top(n int) []PairCount { return r.pairs.Top(n) }

// Complete returns the count above which no pair is missing from Top: the largest slot that was not
// searched has as much.
func (r *Recovery) Complete() uint64 { return r.complete }

// heaviest returns the numbers of the n largest slots that are not empty, largest first; equal ones
// in order of their numbers.
func (c *Counter) heaviest(n int) []int {
	type slot struct {
		count  uint64
		number int
	}
	compare := func(a, b slot) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.number, b.number)) }
	n = min(max(n, 0), len(c.counts))
	var best []slot
	floor := uint64(0) // n slots before have more, or as much
	for i, k := range c.counts {
		if k <= floor || n == 0 {
			continue
		}
		best = append(best, slot{k, i})
		if len(best) >= 2*n+1024 {
			slices.SortFunc(best, compare)
			best = best[:n]
			floor = best[n-1].count
		}
	}
	slices.SortFunc(best, compare)
	r := make([]int, min(n, len(best)))
	for i := range r {
		r[i] = best[i].number
	}
	return r
}
