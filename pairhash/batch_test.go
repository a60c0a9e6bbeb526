package pairhash

import (
	"errors"
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
