package pairhash

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s: %g, want %g within %g %%", what, got, want, 100*tolerance)
	}
}

// Two pairs with counts 3 and 5 in different slots of four: D = 4 ln(4/2) = 2.77; sharing
// 1-(3/4)^1.77 = 0.399; foreign 8/2.77 * 1.77/4 = 1.277.
func TestCollisionsByHand(t *testing.T) {
	c := must(NewCounter(CounterConfig{Slots: 4, Fold: FoldXOR}))
	c.AddN(words(0, 1), words(0, 0), 3)
	c.AddN(words(0, 2), words(0, 0), 5)
	r := c.Collisions(0)
	if r.Slots != 4 || r.Used != 2 || r.Total != 8 || r.Saturated {
		t.Errorf("%+v", r)
	}
	near(t, "distinct", r.Distinct, 2.772589, 1e-6)
	near(t, "shared", r.ExpectedShared, 1-math.Pow(0.75, 1.772589), 1e-6)
	near(t, "mean", r.ExpectedMean, 8/2.772589*1.772589/4, 1e-6)
	near(t, "effective", r.Effective, 4, 1e-6)
	if r.Median != 3 || r.P95 != 5 || r.P99 != 5 { // the slots are 0 0 3 5; the upper median
		t.Errorf("quantiles %+v", r)
	}
	if low, high := r.Bounds(7); low != 2 || high != 7 {
		t.Errorf("bounds %d %d", low, high)
	}
	if low, high := r.Bounds(3); low != 0 || high != 3 {
		t.Errorf("bounds %d %d", low, high)
	}
	if e := must(NewCounter(CounterConfig{Slots: 4})).Collisions(0); e.Distinct != 0 || e.ExpectedMean != 0 || e.P99 != 0 || e.Effective != 4 {
		t.Errorf("empty: %+v", e)
	}
	for i := range uint32(4) {
		c.Add(words(0, i), words(0, 0))
	}
	if r := c.Collisions(0); !r.Saturated || math.IsInf(r.Distinct, 0) {
		t.Errorf("full: %+v", r)
	}
}

// Against the exact counter: the expected error of an even fold, and that the bounds hold as often
// as they say.
func TestCollisionsAgainstExact(t *testing.T) {
	for _, c := range []struct {
		name  string
		fold  Fold
		pairs int
		make  func(i int) Pair
	}{
		{"metro, random", FoldMetro, 50000, func(i int) Pair { return Pair{words(uint32(mix(uint64(i))), 0), words(1, 2)} }},
		{"metro, a plan", FoldMetro, 50000, func(i int) Pair {
			return Pair{AddrFromUint32(0x0a000000 + uint32(i>>8)), AddrFromUint32(0x0a010000 + uint32(i&0xff))}
		}},
		{"metro, crowded", FoldMetro, 400000, func(i int) Pair { return Pair{AddrFromUint32(uint32(i)), AddrFromUint32(0x0a010000)} }},
		{"xor, random", FoldXOR, 50000, func(i int) Pair { return Pair{AddrFromUint64(mix(uint64(i))), words(1, 2)} }},
		{"xor, a plan", FoldXOR, 50000, func(i int) Pair {
			return Pair{AddrFromUint32(0x0a000000 + uint32(i>>8)), AddrFromUint32(0x0a010000 + uint32(i&0xff))}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			counter, exact, hll := must(NewCounter(CounterConfig{Fold: c.fold})), NewExact(ExactConfig{}), must(NewHyperLogLog(HyperLogLogConfig{}))
			for i := range c.pairs {
				p := c.make(i)
				n := uint64(1)
				if i%100 == 0 {
					n = 1000
				}
				counter.AddN(p.A, p.B, n)
				hll.AddHash(PairOf(p.A, p.B).Hash(0))
				if err := exact.AddN(p.A, p.B, n); err != nil {
					t.Fatal(err)
				}
			}
			r := counter.Collisions(hll.Estimate())
			near(t, c.name+": distinct", r.Distinct, float64(exact.Len()), 0.03)
			if c.name == "metro, random" {
				near(t, "linear counting", counter.Collisions(0).Distinct, float64(exact.Len()), 0.02)
			}
			foreign, shared, inside := 0.0, 0, 0
			for p := range exact.All() {
				n := counter.Count(p.A, p.B)
				if n < p.N {
					t.Fatalf("%s: slot %d less than count %d", c.name, n, p.N)
				}
				foreign += float64(n - p.N)
				if n > p.N {
					shared++
				}
				if low, high := r.Bounds(n); low <= p.N && p.N <= high {
					inside++
				}
			}
			d := float64(exact.Len())
			t.Logf("%s: %+v; true mean %.1f, shared %.3f, inside %.4f", c.name, r, foreign/d, float64(shared)/d, float64(inside)/d)
			near(t, c.name+": mean", r.ObservedMean, foreign/d, 0.15)
			near(t, c.name+": shared", r.ObservedShared, float64(shared)/d, 0.1)
			if c.fold == FoldMetro {
				near(t, c.name+": expected mean", r.ExpectedMean, foreign/d, 0.15)
			}
			if float64(inside)/d < 0.985 {
				t.Errorf("%s: bounds hold for %.4f", c.name, float64(inside)/d)
			}
		})
	}
}

func TestMajorityBounds(t *testing.T) {
	m := must(NewMajority(CounterConfig{Slots: 64, Fold: FoldXOR}))
	exact := NewExact(ExactConfig{})
	for i, p := range mixedPairs(20000) {
		n := uint64(i % 4)
		if i%9 == 0 {
			p, n = Pair{words(1, 1), ip("2001:db8::1")}, 5
		}
		m.AddN(p.A, p.B, n)
		if err := exact.AddN(p.A, p.B, n); err != nil {
			t.Fatal(err)
		}
	}
	top := m.Top(64)
	if len(top) != 64 || top[0].Pair != PairOf(words(1, 1), ip("2001:db8::1")) {
		t.Errorf("%d candidates, first %+v", len(top), top[0])
	}
	for i, c := range top {
		n := exact.Count(c.A, c.B)
		if n < c.Low || n > c.High || c.High > c.Slot || c.Slot != m.Counter().Count(c.A, c.B) {
			t.Errorf("%d: %+v, count %d", i, c, n)
		}
		if i > 0 && c.Slot > top[i-1].Slot {
			t.Errorf("%d not in order", i)
		}
	}
	for p := range exact.All() {
		c := m.Candidate(m.Counter().Slot(p.A, p.B))
		if c.Pair != p.Pair && p.N > c.Other {
			t.Errorf("%x has %d, more than %+v allows", p.Pair, p.N, c)
		}
	}
}

func TestRecover(t *testing.T) {
	pairs := mixedPairs(30000)
	counter, exact := must(NewCounter(CounterConfig{Slots: 1024, Fold: FoldXOR})), NewExact(ExactConfig{})
	for i, p := range pairs {
		n := uint64(1 + 2000*(1/(1+i%3000)))
		counter.AddN(p.A, p.B, n)
		if err := exact.AddN(p.A, p.B, n); err != nil {
			t.Fatal(err)
		}
	}
	r := counter.Recover(20, 0)
	for i, p := range pairs {
		if err := r.AddN(p.B, p.A, uint64(1+2000*(1/(1+i%3000)))); err != nil {
			t.Fatal(err)
		}
	}
	found := map[Pair]uint64{}
	for _, p := range r.Top(math.MaxInt) {
		found[p.Pair] = p.N
	}
	above := 0
	for p := range exact.All() {
		if n, ok := found[p.Pair]; ok && n != p.N {
			t.Errorf("%x recovered with %d, not %d", p.Pair, n, p.N)
		}
		if p.N > r.Complete() {
			above++
			if found[p.Pair] == 0 {
				t.Errorf("%x with %d is missing", p.Pair, p.N)
			}
		}
	}
	if above != 10 || len(found) > exact.Len()/20 {
		t.Errorf("%d pairs above %d, %d found", above, r.Complete(), len(found))
	}
	if err := counter.Recover(1024, 1).Add(words(5, 5), words(6, 6)); err != nil {
		t.Error(err)
	}
}
