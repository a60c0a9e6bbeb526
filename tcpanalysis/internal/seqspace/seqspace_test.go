package seqspace

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// list returns the first numbers of the records of a quarter, from its head.
func list(m *Store[int], s *Space, q uint32) (all []uint32) {
	for i := s.Head(q); i != 0; i = m.At(i).Next() {
		all = append(all, m.At(i).First)
	}
	return all
}

// TestFind compares searches from where the last one ended with a look at every record.
func TestFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var m Store[int]
	var s Space
	var want []uint32 // records of one number each, sorted
	for range 2000 {
		seq := r.Uint32N(1000) * 2
		at := m.Find(&s, 0, seq)
		k, known := slices.BinarySearch(want, seq)
		switch {
		case (at == 0) != (k == len(want)) || at != 0 && m.At(at).First != want[k]:
			t.Fatalf("record %d for %d, want that of %v", at, seq, want[k:])
		case !known:
			m.Insert(&s, 0, seq, seq, at, 0)
			want = slices.Insert(want, k, seq)
		case r.IntN(3) == 0:
			m.DropHead(&s, 0, false)
			want = want[1:]
		}
		if s.Len(0) != len(want) || s.Total() != len(want) || m.Live() != len(want) || s.Open(0) != len(want) {
			t.Fatalf("%d records, %d open, want %d", s.Len(0), s.Open(0), len(want))
		}
	}
	if got := list(&m, &s, 0); !slices.Equal(got, want) {
		t.Errorf("records %v, want %v", got, want)
	}
	m.Visit(&s, 1)
	m.Visit(&s, 2) // opposite to quarter 0
	if m.Live() != 0 || s.Total() != 0 || m.Find(&s, 0, 0) != 0 {
		t.Errorf("%d records are left", m.Live())
	}
}

// TestCollapse: neighbours without a gap become one up to the first that was not acknowledged; the
// note of what was sent last stays.
func TestCollapse(t *testing.T) {
	m := Store[int]{Later: func(n, later *int) { *n = *later }}
	var s Space
	for i, acked := range []bool{true, true, true, false, true, true} {
		seq := uint32(10 * i)
		if i == 2 {
			seq++ // a gap
		}
		n := m.Insert(&s, 0, seq, uint32(10*i+9), 0, int64(i%2))
		m.At(n).Note = i
		if acked {
			m.Acknowledge(&s, 0, m.At(n))
		}
	}
	m.Collapse(&s, 0, 0, 0)
	if got := list(&m, &s, 0); !slices.Equal(got, []uint32{0, 21, 30, 40, 50}) || s.Open(0) != 1 {
		t.Errorf("records %v, %d open", got, s.Open(0))
	}
	if r := m.At(s.Head(0)); r.Last != 19 || r.Time != 1 || r.Note != 1 {
		t.Errorf("%+v", r)
	}
}

// TestSettle: what is settled is not looked at again, until a record comes before its end or one of
// its times goes back.
func TestSettle(t *testing.T) {
	build := func() (*Store[int], *Space, []uint32) {
		m, s := &Store[int]{}, &Space{}
		var all []uint32
		for i := range 5 {
			all = append(all, m.Insert(s, 0, uint32(10*i), uint32(10*i), 0, int64(i)))
			m.Acknowledge(s, 0, m.At(all[i]))
		}
		m.Settle(s, 0, func(r *Record[int]) bool { return r.First < 30 })
		return m, s, all
	}
	for _, c := range []struct {
		name   string
		change func(m *Store[int], s *Space, all []uint32)
		first  int   // position of the record that is looked at first
		newest int64 // time of what is settled; -1 if nothing is
	}{
		{"nothing", func(*Store[int], *Space, []uint32) {}, 3, 2},
		{"a record behind", func(m *Store[int], s *Space, all []uint32) { m.Insert(s, 0, 41, 41, 0, 9) }, 3, 2},
		{"a record before", func(m *Store[int], s *Space, all []uint32) { m.Insert(s, 0, 15, 15, all[2], 9) }, 0, -1},
		{"sent again later", func(m *Store[int], s *Space, all []uint32) { m.Resend(s, 0, m.At(all[1]), 9) }, 3, 9},
		{"sent again by a clock that went back", func(m *Store[int], s *Space, all []uint32) { m.Resend(s, 0, m.At(all[2]), 0) }, 0, -1},
		{"the head forgotten", func(m *Store[int], s *Space, all []uint32) { m.DropHead(s, 0, false) }, 3, 2},
		{"hints forgotten", func(m *Store[int], s *Space, all []uint32) { s.Rewind() }, 0, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, s, all := build()
			c.change(m, s, all)
			if first, _, newest := m.Settled(s, 0, -1); first != all[c.first] || newest != c.newest {
				t.Errorf("record %d, time %d, want %d, %d", first, newest, all[c.first], c.newest)
			}
		})
	}
}
