package index

import (
	"maps"
	"slices"
	"testing"
)

// numbers returns what x has under tag, sorted.
func numbers(x *Index, tag uint32) []uint32 {
	var all []uint32
	for n, i := x.First(tag); n != None; n, i = x.Next(tag, i) {
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

// TestRuns removes from runs of cells that have the same home, that wrap around the end, and that
// have grown into each other. In an index of 8 cells the home of a tag is its top 3 bits.
func TestRuns(t *testing.T) {
	home := func(h, rest uint32) uint32 { return h<<29 | rest }
	for _, c := range []struct {
		name string
		tags []uint32 // of the numbers 0, 1, 2, ...
		// beyond the home of each number when the first is gone
		steps int
	}{
		{"one tag", []uint32{home(2, 7), home(2, 7), home(2, 7), home(2, 7)}, 0 + 1 + 2},
		{"one home", []uint32{home(2, 1), home(2, 2), home(2, 3), home(2, 4)}, 0 + 1 + 2},
		{"over the end", []uint32{home(6, 1), home(7, 1), home(6, 2), home(7, 2), home(0, 1)}, 0 + 0 + 1 + 1},
		{"into each other", []uint32{home(1, 1), home(3, 1), home(1, 2), home(2, 1), home(3, 2)}, 0 + 0 + 0 + 1},
		{"zeros", []uint32{0, 0, home(7, 0), home(7, 0)}, 0 + 0 + 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			for gone := range c.tags {
				x := New(6)
				if len(x.cells) != 8 {
					t.Fatalf("%d cells", len(x.cells))
				}
				for n, tag := range c.tags {
					x.Insert(tag, uint32(n))
				}
				x.Remove(c.tags[gone], uint32(gone))
				for _, tag := range c.tags {
					var want []uint32
					for n, other := range c.tags {
						if other == tag && n != gone {
							want = append(want, uint32(n))
						}
					}
					if got := numbers(&x, tag); !slices.Equal(got, want) {
						t.Errorf("without %d: %v under tag %#x, want %v", gone, got, tag, want)
					}
				}
				if gone == 0 && x.Steps() != c.steps {
					t.Errorf("%d steps, want %d", x.Steps(), c.steps)
				}
				if x.Len() != len(c.tags)-1 {
					t.Errorf("Len %d", x.Len())
				}
			}
		})
	}
}

// TestGrow has more numbers than there was room for, and reuses the index.
func TestGrow(t *testing.T) {
	x := New(0)
	for round := range 2 {
		for n := range uint32(100_000) {
			x.Insert(n*2654435761, n)
		}
		for n := range uint32(100_000) {
			if got := numbers(&x, n*2654435761); len(got) != 1 || got[0] != n { // an odd factor makes tags differ
				t.Fatalf("round %d: %v for %d", round, got, n)
			}
		}
		all := slices.Sorted(x.All)
		if len(all) != 100_000 || all[0] != 0 || all[99_999] != 99_999 {
			t.Errorf("round %d: %d numbers in all", round, len(all))
		}
		x.Clear()
		if x.Len() != 0 || len(slices.Collect(x.All)) != 0 {
			t.Errorf("round %d: not empty", round)
		}
	}
	if got, want := x.Bytes(), int64(8<<18); got != want { // 2^17 cells are 3/4 full at 98,304
		t.Errorf("%d bytes, want %d", got, want)
	}
}

// FuzzIndex drives an index and a map by operations of 2 bytes each: number, and its tag or that it
// is removed. Few tags make long runs.
func FuzzIndex(f *testing.F) {
	f.Add([]byte("\x01\x01\x02\x01\x03\x02\x01\x80\x02\x80"))
	f.Add([]byte("\x01\x1f\x02\x1f\x03\x00\x04\x1e\x02\x80\x05\x1f"))
	f.Fuzz(func(t *testing.T, in []byte) {
		x, tags := New(0), map[uint32]uint32{}
		for ; len(in) >= 2; in = in[2:] {
			n := uint32(in[0])
			tag, known := tags[n]
			switch {
			case known:
				x.Remove(tag, n)
				delete(tags, n)
			case in[1] < 0x80:
				tag = uint32(in[1]&31)<<27 | uint32(in[1]>>5)
				x.Insert(tag, n)
				tags[n] = tag
			}
			x.Near(tag)
		}
		want := map[uint32][]uint32{}
		for _, n := range slices.Sorted(maps.Keys(tags)) {
			want[tags[n]] = append(want[tags[n]], n)
		}
		for top := range uint32(32) {
			for low := range uint32(4) {
				tag := top<<27 | low
				if got := numbers(&x, tag); !slices.Equal(got, want[tag]) {
					t.Errorf("%v under %#x, want %v", got, tag, want[tag])
				}
			}
		}
		if x.Len() != len(tags) {
			t.Errorf("Len %d, want %d", x.Len(), len(tags))
		}
	})
}
