package pairhash

import (
	"math"
	"slices"
)

// Collisions says how wrong the slots of a [Counter] are: what other pairs added to a pair's slot,
// its foreign count.
//
// Expected values assume that the fold spreads D pairs with T counts evenly over m slots. Then a
// pair is alone in its slot with probability (1-1/m)^(D-1), and finds a foreign count of
// (T/D)(D-1)/m in it on average. Observed values come from the array itself. A fold that cannot
// reach some slots, as FoldXOR with structured address plans, uses fewer slots than D pairs would,
// as if the array had only Effective slots; and a pair's foreign count is distributed like the
// count of any one of these.
type Collisions struct {
	Slots     int     // m
	Used      int     // slots that are not zero
	Total     uint64  // T
	Distinct  float64 // D, estimated
	Saturated bool    // D is a lower bound: no slot was empty and no other estimate given

	ExpectedShared float64 // probability that a pair shares its slot, if the fold is even
	ExpectedMean   float64 // mean foreign count, if the fold is even

	Effective      float64 // slots that the fold seems to reach
	ObservedShared float64 // as ExpectedShared, with Effective slots
	ObservedMean   float64 // as ExpectedMean, with Effective slots

	// Half, 95 and 99 of 100 pairs have a foreign count of at most that.
	Median, P95, P99 uint64
}

// Collisions estimates the error of c. Distinct is the number of distinct pairs where it is known,
// from a [HyperLogLog] filled in the same pass, say. With 0 it is estimated from the empty slots by
// linear counting (Whang, Vander-Zanden and Taylor, 1990): D = -m ln(empty/m). That needs an even
// fold and some empty slots, which 65,536 slots have up to about half a million pairs.
func (c *Counter) Collisions(distinct float64) Collisions {
	m := float64(len(c.counts))
	r := Collisions{Slots: len(c.counts), Total: c.Total(), Distinct: distinct}
	for _, n := range c.counts {
		if n != 0 {
			r.Used++
		}
	}
	if r.Used == 0 {
		r.Effective, r.Distinct = m, 0
		return r
	}
	if distinct <= 0 {
		empty := float64(r.Slots - r.Used)
		r.Saturated = empty == 0
		r.Distinct = m * math.Log(m/max(empty, 1))
	}
	r.Distinct = max(r.Distinct, float64(r.Used)) // a used slot has at least one
	r.Effective = effectiveSlots(float64(r.Used), r.Distinct, m)
	r.ExpectedShared, r.ExpectedMean = foreign(float64(r.Total), r.Distinct, m)
	r.ObservedShared, r.ObservedMean = foreign(float64(r.Total), r.Distinct, r.Effective)

	reached := min(int(math.Ceil(r.Effective)), r.Slots)
	sorted := slices.Clone(c.counts)
	slices.Sort(sorted)
	sorted = sorted[r.Slots-reached:]
	quantile := func(percent int) uint64 { return sorted[min(reached*percent/100, reached-1)] }
	r.Median, r.P95, r.P99 = quantile(50), quantile(95), quantile(99)
	return r
}

// Bounds returns the range that holds a pair's true count when its slot holds n, for 99 of 100
// pairs. The upper end always holds.
func (r *Collisions) Bounds(n uint64) (low, high uint64) { return n - min(n, r.P99), n }

// foreign returns the probability of sharing one of m slots, and the mean foreign count.
func foreign(total, distinct, m float64) (shared, mean float64) {
	return 1 - math.Pow(1-1/m, distinct-1), total / distinct * (distinct - 1) / m
}

// effectiveSlots returns the number of slots e, at most m, of which distinct pairs use as many as
// are used: used = e(1-exp(-D/e)).
func effectiveSlots(used, distinct, m float64) float64 {
	expect := func(e float64) float64 { return -e * math.Expm1(-distinct/e) }
	if expect(m) <= used {
		return m
	}
	low, high := used, m
	for range 60 { // bisection; expect grows with e
		if mid := (low + high) / 2; expect(mid) < used {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
