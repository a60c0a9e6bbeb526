// Package seqspace remembers which sequence numbers one side of a TCP
// connection sent, as tcptrace does, and Tstat, which took it from there. It
// keeps four lists of records, each for a quarter of the numbers. Only the
// quarter last visited and its two neighbours are kept.
//
// The caller decides what a segment or an ACK does to the records. A search
// starts where the last one ended, and an ACK skips the records that earlier
// ACKs settled. So even the long lists of hostile traffic cost little in the
// usual orders.
package seqspace

import "github.com/reeftools/reef/internal/slab"

// Record is a range of sequence numbers that was sent, first and last byte included, with the
// caller's notes T.
type Record[T any] struct {
	First, Last uint32
	Time        int64 // when it was last sent
	prev, next  uint32
	Acked       uint32 // how often
	Note        T
}

// Prev and Next return the numbers of the neighbours, 0 at the ends.
func (r *Record[T]) Prev() uint32 { return r.prev }

// Next returns the number of the next record of the quarter, 0 at the end.
func (r *Record[T]) Next() uint32 { return r.next }

// Space is what one side sent. The zero Space is empty.
type Space struct {
	head, tail [4]uint32
	count      [4]uint16
	open       [4]uint16 // records that were never acknowledged
	near       uint32    // a record near which the next search will end, 0 if none is known
	center     uint8     // 1 + quarter last visited, 0 before the first
	// The quarter with settled records: those before record rest, at least one. newest is the
	// latest of their times; it may include that of rest.
	settledIn uint8
	unsorted  bool   // a record ends before it begins, as Tstat makes them at a border
	rest      uint32 // 0: none is settled
	newest    int64
}

// Head returns the first record of a quarter, 0 if it has none.
func (s *Space) Head(q uint32) uint32 { return s.head[q] }

// Len returns the number of records in a quarter.
func (s *Space) Len(q uint32) int { return int(s.count[q]) }

// Total returns the number of all records.
func (s *Space) Total() int {
	return int(s.count[0]) + int(s.count[1]) + int(s.count[2]) + int(s.count[3])
}

// Open returns how many records of a quarter were never acknowledged.
func (s *Space) Open(q uint32) int { return int(s.open[q]) }

// Rewind forgets where to search, which changes no result.
func (s *Space) Rewind() { s.near, s.rest = 0, 0 }

// Quarter returns the quarter of a sequence number.
func Quarter(seq uint32) uint32 { return seq >> 30 }

// Store holds the records of all spaces. The zero Store is ready.
type Store[T any] struct {
	// Later, if it is set, is called when record r absorbs a record that was sent later.
	Later func(r, later *T)
	slab  slab.Slab[Record[T]]
	steps uint64
}

// At returns record number i.
func (m *Store[T]) At(i uint32) *Record[T] { return m.slab.At(i) }

// Live returns the number of records of all spaces.
func (m *Store[T]) Live() int { return m.slab.Live() }

// Steps returns how many records were looked at by searches.
func (m *Store[T]) Steps() uint64 { return m.steps }

// Step counts a record that the user looked at.
func (m *Store[T]) Step() { m.steps++ }

// Visit makes q the centre and forgets the quarter opposite to it.
func (m *Store[T]) Visit(s *Space, q uint32) {
	if uint32(s.center) == q+1 {
		return
	}
	s.center = uint8(q + 1)
	m.Forget(s, (q+2)&3)
}

// Forget empties a quarter.
func (m *Store[T]) Forget(s *Space, q uint32) {
	if s.head[q] == 0 {
		return
	}
	for i := s.head[q]; i != 0; {
		next := m.At(i).next
		m.slab.Free(i)
		i = next
	}
	s.head[q], s.tail[q], s.count[q], s.open[q] = 0, 0, 0, 0
	s.Rewind()
}

// Find returns the first record of a quarter that ends at or after seq, 0 if there is none.
func (m *Store[T]) Find(s *Space, q, seq uint32) uint32 {
	i := s.tail[q]
	if i == 0 || m.At(i).Last < seq {
		return 0 // the usual case: traffic is nearly all at the tail
	}
	if n := s.near; n != 0 && !s.unsorted && Quarter(m.At(n).First) == q {
		for i = n; m.At(i).Last < seq; i = m.At(i).next { // the tail does not
			m.steps++
		}
	}
	for {
		m.steps++
		j := m.At(i).prev
		if j == 0 || m.At(j).Last < seq {
			s.near = i
			return i
		}
		i = j
	}
}

// Insert adds a record before record at, at the tail if at is 0, and returns its number.
func (m *Store[T]) Insert(s *Space, q, first, last, at uint32, now int64) uint32 {
	if s.rest != 0 && uint32(s.settledIn) == q && first < m.At(s.rest).First {
		s.rest = 0
	}
	if last < first {
		s.unsorted, s.rest = true, 0
	}
	i := m.slab.New()
	r := m.At(i)
	r.First, r.Last, r.Time, r.next = first, last, now, at
	if at == 0 {
		r.prev = s.tail[q]
		s.tail[q] = i
	} else {
		r.prev = m.At(at).prev
		m.At(at).prev = i
	}
	if r.prev == 0 {
		s.head[q] = i
	} else {
		m.At(r.prev).next = i
	}
	s.count[q]++
	s.open[q]++
	s.near = i
	return i
}

// Resend notes that record r of quarter q was sent again.
func (m *Store[T]) Resend(s *Space, q uint32, r *Record[T], now int64) {
	if s.rest != 0 && uint32(s.settledIn) == q && r.First <= m.At(s.rest).First {
		if r.Time == s.newest && now < r.Time {
			s.rest = 0
		}
		s.newest = max(s.newest, now)
	}
	r.Time = now
}

// DropHead forgets the first record of a quarter. With join the next one, which must be there, then
// begins where it began.
func (m *Store[T]) DropHead(s *Space, q uint32, join bool) {
	i := s.head[q]
	r := m.At(i)
	if s.rest != 0 && uint32(s.settledIn) == q && (r.next == s.rest || r.Time == s.newest) {
		s.rest = 0
	}
	if s.near == i {
		s.near = r.next
	}
	if r.Acked == 0 {
		s.open[q]--
	}
	s.count[q]--
	if s.head[q] = r.next; r.next == 0 {
		s.tail[q] = 0
	} else {
		next := m.At(r.next)
		next.prev = 0
		if join {
			next.First = r.First
		}
	}
	m.slab.Free(i)
}

// Acknowledge marks record r of quarter q as acknowledged for the first time.
func (m *Store[T]) Acknowledge(s *Space, q uint32, r *Record[T]) {
	r.Acked = 1
	s.open[q]--
}

// Settled returns the first record of a quarter that an ACK must look at, the record before it (0
// if it is the head), and the latest of time and the times of the settled records.
func (m *Store[T]) Settled(s *Space, q uint32, time int64) (first, before uint32, newest int64) {
	if s.rest == 0 || uint32(s.settledIn) != q {
		return s.head[q], 0, time
	}
	return s.rest, m.At(s.rest).prev, max(time, s.newest)
}

// Settle marks records that later ACKs need not look at: those for which done is true, from the
// head or from the settled ones on.
func (m *Store[T]) Settle(s *Space, q uint32, done func(r *Record[T]) bool) {
	i := s.rest
	if i == 0 || uint32(s.settledIn) != q {
		s.rest, s.settledIn = 0, uint8(q)
		if i = s.head[q]; i == 0 || s.unsorted {
			return
		}
	}
	for {
		m.steps++
		r := m.At(i)
		if r.next == 0 || !done(r) {
			return
		}
		if s.rest == 0 {
			s.newest = r.Time
		}
		s.newest = max(s.newest, r.Time)
		i = r.next
		s.rest = i
	}
}

// Collapse joins acknowledged neighbours without a gap between them. It begins at record i, or the
// head if i is 0, and ends at the first that was never acknowledged, or at record last if that
// comes first. Behind the records that an ACK covers, earlier calls have done it.
func (m *Store[T]) Collapse(s *Space, q, i, last uint32) {
	if i == 0 {
		i = s.head[q]
	}
	for i != 0 {
		m.steps++
		r := m.At(i)
		j := r.next
		if j == 0 || r.Acked == 0 {
			return
		}
		n := m.At(j)
		if n.Acked == 0 || r.Last+1 != n.First {
			if j == last {
				return
			}
			i = j
			continue
		}
		r.Last, r.Acked = n.Last, n.Acked
		if n.Time > r.Time {
			r.Time = n.Time
			if m.Later != nil {
				m.Later(&r.Note, &n.Note)
			}
		}
		if r.next = n.next; r.next != 0 {
			m.At(r.next).prev = i
		} else {
			s.tail[q] = i
		}
		if s.near == j {
			s.near = i
		}
		if s.rest == j { // what it joined is no longer settled by itself
			if s.rest = i; r.prev == 0 {
				s.rest = 0
			}
		}
		s.count[q]--
		m.slab.Free(j)
		if j == last {
			return
		}
	}
}
