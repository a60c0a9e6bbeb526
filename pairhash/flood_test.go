package pairhash

import (
	"math/rand/v2"
	"testing"
)

// colliding returns n pairs whose hashes under seed agree in their low bits, so that all have their
// home in one place of an index of that many bits.
func colliding(n, bits int, seed uint64, hash func(p *Pair, seed uint64) uint64, random func(r *rand.Rand) Pair) []Pair {
	r := rand.New(rand.NewPCG(1, 2))
	var pairs []Pair
	for len(pairs) < n {
		if p := random(r); hash(&p, seed)&(1<<bits-1) == 0 {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// TestFlood gives the tables n and 4n pairs that were chosen to collide under seed 0, which a zero
// configuration once had: the steps of linear probing must grow with n, not with its square. Steps
// are counted in the index as it stands.
func TestFlood(t *testing.T) {
	const n, bits = 500, 12 // 4n pairs have an index of 4096
	narrow := colliding(4*n, bits, 0,
		func(p *Pair, seed uint64) uint64 { return hashNarrow(p.A.Lo, p.B.Lo, seed) },
		func(r *rand.Rand) Pair { return PairOf(Addr{Lo: r.Uint64() >> 32}, Addr{Lo: r.Uint64() >> 32}) })
	wide := colliding(4*n, bits, 0, (*Pair).hash,
		func(r *rand.Rand) Pair { return PairOf(Addr{1 << 61, r.Uint64()}, Addr{1 << 61, r.Uint64()}) })

	exact := func(seed uint64) func([]Pair) int {
		return func(pairs []Pair) int {
			e := NewExact(ExactConfig{Seed: seed})
			for _, p := range pairs {
				if err := e.Add(p.A, p.B); err != nil {
					t.Fatal(err)
				}
			}
			steps := 0
			for i, id := range append(e.narrow.index, e.wide.index...) {
				if id != 0 {
					p := pairs[id&idMask-1]
					steps += displacement(i, e.hash(&p), max(len(e.narrow.index), len(e.wide.index)))
				}
			}
			return steps
		}
	}
	top := func(pairs []Pair) int {
		k, err := NewTopK(TopKConfig{Size: len(pairs)})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs {
			k.Add(p.A, p.B)
		}
		return k.index.Steps()
	}
	external := func(pairs []Pair) int {
		x, err := NewExternal(ExternalConfig{})
		if err != nil {
			t.Fatal(err)
		}
		return exact(x.mem.cfg.Seed)(pairs)
	}
	for _, test := range []struct {
		name  string
		pairs []Pair
		steps func([]Pair) int
	}{
		{"exact narrow", narrow, exact(0)},
		{"exact wide", wide, exact(0)},
		{"external", narrow, external},
		{"topk", wide, top},
	} {
		t.Run(test.name, func(t *testing.T) {
			// A table with linear probing that is at most 3/4 full takes 1.5 steps beyond the first
			// on average (Knuth, 6.4).
			for _, pairs := range [][]Pair{test.pairs[:n], test.pairs} {
				if steps := test.steps(pairs); steps > 8*len(pairs) {
					t.Errorf("%d pairs: %d steps", len(pairs), steps)
				}
			}
		})
	}
	if steps := exact(1)(colliding(n, 10, 1, // what the test would see without a random seed
		func(p *Pair, seed uint64) uint64 { return hashNarrow(p.A.Lo, p.B.Lo, seed) },
		func(r *rand.Rand) Pair { return PairOf(Addr{Lo: r.Uint64() >> 32}, Addr{Lo: r.Uint64() >> 32}) })); steps < n*n/4 {
		t.Errorf("pairs that collide took %d steps only: the test counts the wrong thing", steps)
	}
}

// displacement is how far place i of an index lies behind the home of a hash.
func displacement(i int, hash uint32, size int) int { return (i - int(hash)) & (size - 1) }
