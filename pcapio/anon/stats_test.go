package anon

import "testing"

// Two anonymizers, of 1, 2, 3 ... and of ten times that, together have eleven times that.
func TestStatsMerge(t *testing.T) {
	of := func(n uint64) Stats {
		s := Stats{Records: 1 * n, PayloadCut: 2 * n, UnknownCut: 3 * n, CutBytes: 4 * n, Blanked: 5 * n}
		for r := range s.Unknown {
			s.Unknown[r] = uint64(r+6) * n
		}
		return s
	}
	s, o := of(1), of(10)
	if s.Merge(&o); s != of(11) {
		t.Errorf("%+v, want %+v", s, of(11))
	}
	if in, used, left := s.Account(); in != 11 || used != 11 || left != nil {
		t.Errorf("%d in, %d used, %v left", in, used, left)
	}
}
