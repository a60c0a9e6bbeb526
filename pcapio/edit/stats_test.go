package edit

import (
	"reflect"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Merging adds every count: one stage has 1, 2, 3 and so on, the other ten times that, both
// together eleven times.
func TestStatsMerge(t *testing.T) {
	slice := func(n uint64) SliceStats { return SliceStats{1 * n, 2 * n, 3 * n, 4 * n, 5 * n, 6 * n} }
	dedup := func(n uint64) DedupStats { return DedupStats{1 * n, 2 * n, 3 * n, 4 * n} }
	rotate := func(n uint64) RotateStats { return RotateStats{1 * n, 2 * n, 3 * n, 4 * n, 5 * n} }
	transform := func(n uint64) TransformStats { return TransformStats{1 * n, 2 * n, []uint64{3 * n, 4 * n}} }
	s, d, r, f := slice(1), dedup(1), rotate(1), transform(1)
	var none TransformStats
	s10, d10, r10, f10 := slice(10), dedup(10), rotate(10), transform(10)
	s.Merge(&s10)
	d.Merge(&d10)
	r.Merge(&r10)
	f.Merge(&f10)
	none.Merge(&f10)
	for _, test := range []struct {
		name      string
		got, want any
	}{
		{"slice", s, slice(11)},
		{"dedup", d, dedup(11)},
		{"rotate", r, rotate(11)},
		{"transform", f, transform(11)},
		{"transform, of none", none, transform(10)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !reflect.DeepEqual(test.got, test.want) {
				t.Errorf("%+v, want %+v", test.got, test.want)
			}
		})
	}
}

func TestStatsAccount(t *testing.T) {
	for _, test := range []struct {
		name  string
		stats interface {
			Account() (uint64, uint64, []pcapio.Reason)
		}
		in, used uint64
		left     []pcapio.Reason
	}{
		{"slice", &SliceStats{Read: 6, Kept: 1, Before: 2, After: 3}, 6, 1, []pcapio.Reason{{Name: "before the window", Packets: 2}, {Name: "after the window", Packets: 3}}},
		{"dedup", &DedupStats{Read: 5, Kept: 3, Copies: 2}, 5, 3, []pcapio.Reason{{Name: "copies", Packets: 2}}},
		{"rotate", &RotateStats{Records: 9, Files: 3, RemovedFiles: 1, Removed: 4}, 9, 5, []pcapio.Reason{{Name: "removed with an old file", Packets: 4}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if in, used, left := test.stats.Account(); in != test.in || used != test.used || !slices.Equal(left, test.left) {
				t.Errorf("%d in, %d used, %v left", in, used, left)
			}
		})
	}
}
