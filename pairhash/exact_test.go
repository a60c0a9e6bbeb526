package pairhash

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// mixedPairs has narrow and wide pairs, in both directions.
func mixedPairs(n int) []Pair {
	p := randomPairs(n, n/4+1, 5)
	for i := range p {
		switch i % 5 {
		case 0:
			p[i].A.Hi, p[i].B.Hi = mix(p[i].A.Lo), 1
		case 1:
			p[i].B.Hi = 1 << 63
		case 2:
			p[i].A, p[i].B = p[i].B, p[i].A
		}
	}
	return p
}

// reference counts with a map, and returns the result in both orders.
func reference(pairs []Pair) (counts map[Pair]uint64, byCount, byPair []PairCount) {
	counts = map[Pair]uint64{}
	for i, p := range pairs {
		counts[PairOf(p.A, p.B)] += uint64(i%3 + 1)
	}
	for p, n := range counts {
		byCount = append(byCount, PairCount{p, n})
	}
	slices.SortFunc(byCount, func(x, y PairCount) int { return cmp.Or(cmp.Compare(y.N, x.N), x.Pair.Compare(y.Pair)) })
	byPair = slices.Clone(byCount)
	slices.SortFunc(byPair, func(x, y PairCount) int { return x.Pair.Compare(y.Pair) })
	return counts, byCount, byPair
}

func TestExactAgainstMap(t *testing.T) {
	for _, n := range []int{0, 1, 100, 60000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			pairs := mixedPairs(n)
			counts, byCount, byPair := reference(pairs)
			e, half := NewExact(ExactConfig{}), NewExact(ExactConfig{Seed: 9})
			total := uint64(0)
			for i, p := range pairs {
				to := e
				if i%2 == 1 {
					to = half
				}
				if err := to.AddN(p.A, p.B, uint64(i%3+1)); err != nil {
					t.Fatal(err)
				}
				total += uint64(i%3 + 1)
			}
			if err := e.Merge(half); err != nil {
				t.Fatal(err)
			}
			check := func(when string) {
				t.Helper()
				if e.Len() != len(counts) || e.Total() != total {
					t.Errorf("%d pairs %s: %d distinct, total %d; want %d, %d", n, when, e.Len(), e.Total(), len(counts), total)
				}
				got := map[Pair]uint64{}
				for c := range e.All() {
					got[c.Pair] = c.N
				}
				if !maps.Equal(got, counts) {
					t.Errorf("%d pairs %s: All differs", n, when)
				}
				for p, n := range counts {
					if k := e.Count(p.B, p.A); k != n {
						t.Fatalf("%x %s: %d, want %d", p, when, k, n)
					}
				}
				if k := e.Count(words(1, 1), words(9, 9)); k != 0 {
					t.Errorf("unknown pair has %d", k)
				}
			}
			check("at first")
			if got := slices.Collect(e.Sorted(ByCount)); !slices.Equal(got, byCount) {
				t.Errorf("%d pairs: wrong ByCount", n)
			}
			check("after sorting")
			if got := slices.Collect(e.Sorted(ByPair)); !slices.Equal(got, byPair) {
				t.Errorf("%d pairs: wrong ByPair", n)
			}
			if got := e.Top(7); !slices.Equal(got, byCount[:min(7, len(byCount))]) {
				t.Errorf("%d pairs: top %v", n, got)
			}
			if len(e.Top(0)) != 0 || len(e.Top(-1)) != 0 {
				t.Error("top of none")
			}
			e.Reset()
			if e.Len() != 0 || e.Total() != 0 || e.Count(words(1, 1), words(2, 2)) != 0 {
				t.Error("not empty after Reset")
			}
		})
	}
}

func TestExactFull(t *testing.T) {
	e := NewExact(ExactConfig{MaxPairs: 2})
	a, b, c := words(1, 0), words(2, 0), ip("2001:db8::1")
	for _, p := range []Pair{{a, b}, {a, c}, {b, a}} {
		if err := e.Add(p.A, p.B); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Add(b, c); !errors.Is(err, ErrFull) {
		t.Errorf("third pair: %v", err)
	}
	if err := e.Add(a, a); !errors.Is(err, ErrFull) {
		t.Errorf("pair of one address: %v", err)
	}
	if e.Len() != 2 || e.Total() != 3 || e.Count(a, b) != 2 || e.Count(b, c) != 0 {
		t.Errorf("%d pairs, total %d", e.Len(), e.Total())
	}
	big := NewExact(ExactConfig{})
	if err := errors.Join(big.Add(b, c), big.Add(a, b)); err != nil {
		t.Fatal(err)
	}
	if err := e.Merge(big); !errors.Is(err, ErrFull) || e.Count(a, b) != 3 {
		t.Errorf("merge: %v, count %d", err, e.Count(a, b))
	}
}

func TestExactMemory(t *testing.T) {
	e := NewExact(ExactConfig{})
	const n = 500_000
	for i := range uint32(n) {
		if err := e.Add(AddrFromUint32(i), AddrFromUint32(1<<31)); err != nil {
			t.Fatal(err)
		}
	}
	if per := float64(e.Memory()) / n; per < 24 || per > 36 {
		t.Errorf("%.1f bytes a pair", per)
	}
}
