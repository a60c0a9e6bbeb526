package pairhash

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// checkTopK compares with the exact counter: bounds of each count, and that nothing above Bound is
// missing.
func checkTopK(t *testing.T, name string, k *TopK, exact *Exact) {
	t.Helper()
	kept := map[Pair]bool{}
	top := k.Top(math.MaxInt)
	for i, c := range top {
		kept[c.Pair] = true
		if n := exact.Count(c.A, c.B); n > c.N || n < c.N-c.Err {
			t.Errorf("%s: %x is %d, not %d-%d to %d", name, c.Pair, n, c.N, c.Err, c.N)
		}
		if i > 0 && c.N > top[i-1].N {
			t.Errorf("%s: %d not in order", name, i)
		}
	}
	for p := range exact.All() {
		if !kept[p.Pair] && p.N > k.Bound() {
			t.Errorf("%s: %x with %d is missing, bound %d", name, p.Pair, p.N, k.Bound())
		}
	}
	if most := exact.Total() / uint64(k.cfg.Size); k.Bound() > most || k.Total() != exact.Total() || len(top) != len(kept) {
		t.Errorf("%s: bound %d over %d, total %d", name, k.Bound(), most, k.Total())
	}
	for pos, id := range k.heap {
		e := &k.entries[id]
		if int(e.pos) != pos || k.entries[k.heap[(pos-1)/2]].n > e.n && pos > 0 || k.find(&e.pair, e.hash) != id {
			t.Fatalf("%s: heap or index broken at %d", name, pos)
		}
	}
}

func TestTopKBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.1, 1, 5000)
	for _, c := range []struct {
		name string
		size int
		next func(i int) (Pair, uint64)
	}{
		{"skewed", 100, func(int) (Pair, uint64) { return Pair{words(uint32(zipf.Uint64()), 1), words(0, 1)}, 1 }},
		{"cycle", 50, func(i int) (Pair, uint64) { return Pair{words(uint32(i%60), 1), ip("2001:db8::1")}, 1 }},
		{"weights", 64, func(i int) (Pair, uint64) { return Pair{words(uint32(zipf.Uint64()), 1), words(0, 1)}, r.Uint64N(1500) }},
		{"one place", 1, func(i int) (Pair, uint64) { return Pair{words(uint32(i%3), 1), words(0, 1)}, 2 }},
		{"all fit", 7000, func(i int) (Pair, uint64) { return Pair{words(uint32(zipf.Uint64()), 1), words(0, 1)}, 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole, parts := must(NewTopK(TopKConfig{Size: c.size})), [3]*TopK{}
			for i := range parts {
				parts[i] = must(NewTopK(TopKConfig{Size: c.size, Seed: uint64(i)}))
			}
			exact := NewExact(ExactConfig{})
			for i := range 20000 {
				p, n := c.next(i)
				whole.AddN(p.B, p.A, n)
				parts[i*i%7%3].AddN(p.A, p.B, n)
				if n == 0 {
					continue
				}
				if err := exact.AddN(p.A, p.B, n); err != nil {
					t.Fatal(err)
				}
			}
			checkTopK(t, c.name, whole, exact)
			for _, p := range parts[1:] {
				if err := parts[0].Merge(p); err != nil {
					t.Fatal(err)
				}
			}
			checkTopK(t, c.name+", merged", parts[0], exact)
			if c.name == "all fit" {
				for i, w := range exact.Top(50) {
					if got := whole.Top(50)[i]; got.PairCount != w || got.Err != 0 {
						t.Errorf("%d: %+v, want %+v", i, got, w)
					}
				}
			}
		})
	}
	if err := must(NewTopK(TopKConfig{Size: 2})).Merge(must(NewTopK(TopKConfig{Size: 3}))); !errors.Is(err, ErrMismatch) {
		t.Errorf("other size: %v", err)
	}
}

// Two places, by hand: a=3, b=1; c takes b's place with count 2 and error 1; b comes back with 3
// and error 2.
func TestTopKByHand(t *testing.T) {
	k := must(NewTopK(TopKConfig{Size: 2}))
	x, a, b, c := words(0, 0), words(0, 1), words(0, 2), words(0, 3)
	k.AddN(x, a, 3)
	k.Add(b, x)
	k.Add(x, c)
	if got := k.Top(9); len(got) != 2 || got[1] != (TopCount{PairCount{PairOf(x, c), 2}, 1}) {
		t.Errorf("%+v", got)
	}
	k.Add(x, b)
	got := k.Top(9)
	if got[0] != (TopCount{PairCount{PairOf(x, a), 3}, 0}) || got[1] != (TopCount{PairCount{PairOf(x, b), 3}, 2}) || k.Bound() != 3 || k.Total() != 6 {
		t.Errorf("%+v, bound %d, total %d", got, k.Bound(), k.Total())
	}
}
