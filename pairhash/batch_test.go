package pairhash

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// Batches of any size give the same result as one add after the other, with and without spilling.
func TestAddBatch(t *testing.T) {
	pairs := mixedPairs(30000)
	_, byCount, _ := reference(pairs)
	var all []PairCount
	total := uint64(0)
	for i, p := range pairs {
		all = append(all, PairCount{p, uint64(i%3 + 1)})
		total += uint64(i%3 + 1)
	}
	for _, size := range []int{1, 63, 64, 65, 1000, len(all)} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			e := NewExact(ExactConfig{})
			x, _ := smallExternal(t, 5000, 1<<20)
			for b := range slices.Chunk(all, size) {
				if n, err := e.AddBatch(b); n != len(b) || err != nil {
					t.Fatalf("size %d: %d of %d, %v", size, n, len(b), err)
				}
				if n, err := x.AddBatch(b); n != len(b) || err != nil {
					t.Fatalf("size %d: %d of %d, %v", size, n, len(b), err)
				}
				if e.Len()%997 == 0 {
					e.Sorted(ByPair)(func(PairCount) bool { return false }) // leaves the index stale
				}
			}
			if got := slices.Collect(e.Sorted(ByCount)); !slices.Equal(got, byCount) || e.Total() != total {
				t.Errorf("size %d: exact differs", size)
			}
			if got := collect(t, x, ByCount); !slices.Equal(got, byCount) || x.Total() != total || x.Runs() == 0 {
				t.Errorf("size %d: external differs, total %d of %d, %d runs", size, x.Total(), total, x.Runs())
			}
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestAddBatchFull(t *testing.T) {
	a, b, c := words(1, 0), words(2, 0), ip("2001:db8::1")
	e := NewExact(ExactConfig{MaxPairs: 2})
	batch := []PairCount{{Pair{a, b}, 1}, {Pair{b, a}, 2}, {Pair{c, a}, 4}, {Pair{c, b}, 8}, {Pair{a, b}, 16}}
	if n, err := e.AddBatch(batch); n != 3 || !errors.Is(err, ErrFull) || e.Total() != 7 || e.Count(a, b) != 3 {
		t.Errorf("%d counted, %v, total %d", n, err, e.Total())
	}
	if n, err := e.AddBatch(nil); n != 0 || err != nil {
		t.Errorf("empty batch: %d, %v", n, err)
	}
	x, _ := smallExternal(t, 2, 1<<20)
	x.runs.create = (&fullDisk{0}).create
	var s *SpillError
	if n, err := x.AddBatch(batch); n != 3 || !errors.As(err, &s) || x.Total() != 7 {
		t.Errorf("full disk: %d counted, %v, total %d", n, err, x.Total())
	}
}

func TestAddBatchDoesNotAllocate(t *testing.T) {
	e := NewExact(ExactConfig{})
	var batch []PairCount
	for _, p := range mixedPairs(300) {
		batch = append(batch, PairCount{p, 1})
	}
	add := func() {
		if _, err := e.AddBatch(batch); err != nil {
			t.Fatal(err)
		}
	}
	add()
	if n := testing.AllocsPerRun(10, add); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A batch leaves the array, the candidates and their votes as one add after the other does.
func TestMajorityAddBatch(t *testing.T) {
	var all []PairCount
	for i, p := range mixedPairs(20000) {
		all = append(all, PairCount{p, uint64(i % 4)})
	}
	for _, fold := range []Fold{FoldXOR, FoldMetro} {
		t.Run(fmt.Sprint(fold), func(t *testing.T) {
			one := must(NewMajority(CounterConfig{Slots: 512, Fold: fold}))
			for _, c := range all {
				one.AddN(c.A, c.B, c.N)
			}
			for _, size := range []int{1, 63, 64, 65, len(all)} {
				m := must(NewMajority(CounterConfig{Slots: 512, Fold: fold}))
				for b := range slices.Chunk(all, size) {
					m.AddBatch(b)
				}
				if !slices.Equal(m.counter.counts, one.counter.counts) || !slices.Equal(m.candidates, one.candidates) || m.total != one.total {
					t.Errorf("%v, size %d: differs", fold, size)
				}
			}
			m := must(NewMajority(CounterConfig{Fold: fold}))
			if n := testing.AllocsPerRun(10, func() { m.AddBatch(all[:500]) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// Pairs that differ in little must not have hashes that do: the estimate of distinct pairs is then
// right.
func TestPairHashIsEven(t *testing.T) {
	for name, pair := range map[string]func(i uint32) Pair{
		"ipv4 low bits":  func(i uint32) Pair { return PairOf(AddrFromUint32(i&0x3ff), AddrFromUint32(1<<31|i>>10)) },
		"ipv4 high bits": func(i uint32) Pair { return PairOf(AddrFromUint32(i<<12), AddrFromUint32(1)) },
		"numbers":        func(i uint32) Pair { return PairOf(AddrFromUint64(uint64(i)), AddrFromUint64(uint64(i)+1)) },
		"zero":           func(i uint32) Pair { return PairOf(AddrFromUint64(0), AddrFromUint64(uint64(i)<<40)) },
		"wide":           func(i uint32) Pair { return PairOf(Addr{1 << 61, uint64(i)}, Addr{1 << 61, 0}) },
	} {
		t.Run(name, func(t *testing.T) {
			h := must(NewHyperLogLog(HyperLogLogConfig{}))
			const n = 200_000
			for i := range uint32(n) {
				h.AddHash(pair(i).Hash(0))
			}
			if e := h.Estimate() / n; e < 0.97 || e > 1.03 { // four standard errors of 0.8 %
				t.Errorf("%s: %v of the pairs", name, e)
			}
		})
	}
}
