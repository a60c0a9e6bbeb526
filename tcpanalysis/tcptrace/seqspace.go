package tcptrace

import "github.com/reeftools/reef/internal/slab"

// segment is a range of sequence numbers that was sent, first and last byte included.
type segment struct {
	first, last uint32
	time        int64 // when it was last sent, µs
	prev, next  uint32
	acked       uint32 // how often
	retrans     uint8
}

// seqspace is tcptrace's memory of the segments of one side: four lists, each for a quarter of the
// sequence numbers. Only the quarter last visited and its two neighbours are kept.
type seqspace struct {
	head, tail [4]uint32
	center     uint8 // 1 + quarter last visited, 0 before the first
	count      int32
}

// maxSegments is how many are remembered of one side, which each ACK may look at.
const maxSegments = 1 << 14

func quarter(seq uint32) uint8 { return uint8(seq >> 30) }

// ackType says how an ACK is drawn.
type ackType uint8

const (
	ackNone ackType = iota
	ackNormal
	ackAmbiguous
	ackCumulative
	ackTriple
	ackNoSample
)

// visit makes q the centre and forgets the quarter opposite to it.
func (a *Analyzer) visit(s *seqspace, q uint8) {
	if s.center == q+1 {
		return
	}
	s.center = q + 1
	far := (q + 2) & 3
	for i := s.head[far]; i != 0; {
		next := a.segs.At(i).next
		a.segs.Free(i)
		s.count--
		i = next
	}
	s.head[far], s.tail[far] = 0, 0
}

// insert records n bytes from seq and returns how many of them had been seen.
func (a *Analyzer) insert(h *Half, seq uint32, n uint32) (again int, outOfOrder bool) {
	s := &h.state.seqs
	q, last := quarter(seq), seq+n-1
	a.visit(s, q)
	if !a.room(s, q) {
		return 0, false
	}
	if q == quarter(last) {
		return a.insertIn(h, q, seq, last)
	}
	border := uint32(q)<<30 + (1<<30 - 1)
	again, first := a.insertIn(h, q, seq, border)
	more, second := a.insertIn(h, (q+1)&3, border+1, last)
	return again + more, first || second
}

// room lets a side forget its oldest segments where it remembers too many, or all sides do. It
// tells whether there is room for another.
func (a *Analyzer) room(s *seqspace, q uint8) bool {
	for s.count >= maxSegments || a.segs.Live() >= a.cfg.MaxSegments {
		a.stats.Forgotten++
		old := (q + 3) & 3
		for s.head[old] == 0 && old != (q+1)&3 {
			old = (old + 1) & 3
		}
		i := s.head[old]
		if i == 0 {
			return false
		}
		next := a.segs.At(i).next
		if s.head[old] = next; next == 0 {
			s.tail[old] = 0
		} else {
			a.segs.At(next).prev = 0
		}
		a.segs.Free(i)
		s.count--
	}
	return true
}

// insertIn does so within one quarter.
func (a *Analyzer) insertIn(h *Half, q uint8, first, last uint32) (again int, outOfOrder bool) {
	s := &h.state.seqs
	// Walk back from the tail to the first record that ends at or after first: traffic is nearly
	// all at the tail.
	i := uint32(0)
	for j := s.tail[q]; j != 0 && a.segs.At(j).last >= first; j = a.segs.At(j).prev {
		i = j
	}
	split := false
	for ; i != 0; i = a.segs.At(i).next {
		r := a.segs.At(i)
		if first < r.first {
			if last < r.last {
				outOfOrder = true
			}
			if last < r.first {
				a.link(s, q, first, last, i)
				return again, outOfOrder
			}
			a.link(s, q, first, r.first-1, i)
			first = r.first
			r = a.segs.At(i)
		}
		r.retrans++
		if !split {
			a.resent(h, r)
		}
		if last <= r.last {
			return again + int(last-first) + 1, outOfOrder
		}
		split = true
		again += int(r.last-first) + 1
		first = r.last + 1
	}
	a.link(s, q, first, last, 0)
	return again, outOfOrder
}

// link adds a record before record at, at the tail if at is 0.
func (a *Analyzer) link(s *seqspace, q uint8, first, last, at uint32) {
	i := a.segs.New()
	s.count++
	r := a.segs.At(i)
	*r = segment{first: first, last: last, time: a.now, next: at}
	if at == 0 {
		r.prev = s.tail[q]
		s.tail[q] = i
	} else {
		r.prev = a.segs.At(at).prev
		a.segs.At(at).prev = i
	}
	if r.prev == 0 {
		s.head[q] = i
	} else {
		a.segs.At(r.prev).next = i
	}
}

// resent notes that record r was sent again.
func (a *Analyzer) resent(h *Half, r *segment) {
	if r.acked == 0 {
		if r.retrans > h.MaxRetrans {
			h.MaxRetrans = r.retrans
		}
		h.Retrans.add(elapsed(r.time, a.now))
	}
	r.time = a.now
}

// acknowledge applies an ACK number to what h sent. dup tells that the packet qualifies as a
// duplicate ACK apart from its number.
func (a *Analyzer) acknowledge(h *Half, ack uint32, dup bool) ackType {
	s := &h.state.seqs
	q := quarter(ack)
	a.visit(s, q)
	var newest int64
	kind := ackNone
	before := (q + 3) & 3
	changed := false
	for i := s.head[before]; i != 0; {
		r := a.segs.At(i)
		if r.acked == 0 {
			r.acked, changed = 1, true
			h.CumACKed++
			newest = max(newest, r.time)
		}
		i = r.next
	}
	if changed {
		a.collapse(s, before)
	}

	changed = false
	for i := s.head[q]; i != 0; {
		r := a.segs.At(i)
		if ack <= r.first {
			break
		}
		newest = max(newest, r.time)
		exact := ack == r.last+1
		switch {
		case r.acked > 0:
			if exact && dup {
				r.acked++
				h.DupACKs++
				kind = ackCumulative
				if r.acked == 4 {
					h.TripleDups++
					kind = ackTriple
				}
			} else {
				r.acked = 1
			}
		case exact:
			r.acked, changed = 1, true
			kind = a.sample(h, r, newest > r.time)
		default:
			r.acked, changed = 1, true
			h.CumACKed++
			kind = ackCumulative
		}
		i = r.next
	}
	if changed {
		a.collapse(s, q)
	}
	return kind
}

// sample takes the round-trip time of record r, which an ACK ends exactly. late tells that an
// earlier record was sent after it.
func (a *Analyzer) sample(h *Half, r *segment, late bool) ackType {
	us := elapsed(r.time, a.now)
	switch {
	case late:
		h.state.rttLast = 0
		h.PostLossACKs++
		return ackNoSample
	case r.retrans > 0:
		h.state.rttLast = 0
		h.RTTLast.add(us)
		return ackAmbiguous
	}
	h.state.rttLast = us
	h.RTT.add(us)
	// A record of one byte gets 2^32, as tcptrace takes first == last for a wrap: SYN and FIN are
	// "full size" (docs/differences.md).
	size := uint64(r.last) - uint64(r.first) + 1
	if r.last <= r.first {
		size = 1<<32 - uint64(r.first) + uint64(r.last)
	}
	if size > h.state.fullSize {
		h.state.fullSize = size
		h.RTTFull = Times{N: 1, Min: uint64(us), Max: uint64(us), Sum: us, SumSq: float64(us * us)}
	} else if size == h.state.fullSize {
		h.RTTFull.add(us)
	}
	return ackNormal
}

// collapse merges acknowledged neighbours at the head of a quarter.
func (a *Analyzer) collapse(s *seqspace, q uint8) {
	i := s.head[q]
	for i != 0 {
		r := a.segs.At(i)
		j := r.next
		if j == 0 || r.acked == 0 {
			return
		}
		n := a.segs.At(j)
		if n.acked == 0 || r.last+1 != n.first {
			i = j
			continue
		}
		r.last, r.acked, r.time = n.last, n.acked, max(r.time, n.time)
		r.next = n.next
		if n.next != 0 {
			a.segs.At(n.next).prev = i
		} else {
			s.tail[q] = i
		}
		a.segs.Free(j)
		s.count--
	}
}

// elapsed is tcptrace's difference of two times: never negative.
func elapsed(from, to int64) float64 {
	if to < from {
		return 0
	}
	return float64(to - from)
}

type segments = slab.Slab[segment]
