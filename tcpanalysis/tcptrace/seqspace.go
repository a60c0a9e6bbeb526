package tcptrace

import "github.com/reeftools/reef/tcpanalysis/internal/seqspace"

// segments are the records of what was sent; each notes how often it was sent again.
type segments = seqspace.Store[uint8]

type segment = seqspace.Record[uint8]

// maxSegments bounds the segments remembered for one side, since each ACK may look at all of them.
const maxSegments = 1 << 14

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

// insert records n bytes from seq and returns how many of them had been seen.
func (a *Analyzer) insert(h *Half, seq uint32, n uint32) (again int, outOfOrder bool) {
	s := &h.state.seqs
	q, last := seqspace.Quarter(seq), seq+n-1
	a.segs.Visit(s, q)
	if !a.room(s, q) {
		return 0, false
	}
	if q == seqspace.Quarter(last) {
		return a.insertIn(h, q, seq, last)
	}
	border := q<<30 + (1<<30 - 1)
	again, first := a.insertIn(h, q, seq, border)
	more, second := a.insertIn(h, (q+1)&3, border+1, last)
	return again + more, first || second
}

// room makes a side forget its oldest segments if this side, or all sides together, remember too
// many. It tells whether there is room for another.
func (a *Analyzer) room(s *seqspace.Space, q uint32) bool {
	for s.Total() >= maxSegments || a.segs.Live() >= a.cfg.MaxSegments {
		a.stats.Forgotten++
		old := (q + 3) & 3
		for s.Head(old) == 0 && old != (q+1)&3 {
			old = (old + 1) & 3
		}
		if s.Head(old) == 0 {
			return false
		}
		a.segs.DropHead(s, old, false)
	}
	return true
}

// insertIn does so within one quarter.
func (a *Analyzer) insertIn(h *Half, q, first, last uint32) (again int, outOfOrder bool) {
	s := &h.state.seqs
	split := false
	for i := a.segs.Find(s, q, first); i != 0; {
		a.segs.Step()
		r := a.segs.At(i)
		if first < r.First {
			if last < r.Last {
				outOfOrder = true
			}
			if last < r.First {
				a.segs.Insert(s, q, first, last, i, a.now)
				return again, outOfOrder
			}
			a.segs.Insert(s, q, first, r.First-1, i, a.now)
			first = r.First
		}
		r.Note++
		if !split {
			h.resent(r, a.now)
			a.segs.Resend(s, q, r, a.now)
		}
		if last <= r.Last {
			return again + int(last-first) + 1, outOfOrder
		}
		split = true
		again += int(r.Last-first) + 1
		first = r.Last + 1
		i = r.Next()
	}
	a.segs.Insert(s, q, first, last, 0, a.now)
	return again, outOfOrder
}

// resent notes that record r is sent again.
func (h *Half) resent(r *segment, now int64) {
	if r.Acked == 0 {
		h.MaxRetrans = max(h.MaxRetrans, r.Note)
		h.Retrans.add(elapsed(r.Time, now))
	}
}

// acknowledge applies an ACK number to what h sent. dup tells that the packet qualifies as a
// duplicate ACK apart from its number.
func (a *Analyzer) acknowledge(h *Half, ack uint32, dup bool) ackType {
	s, m := &h.state.seqs, &a.segs
	q := seqspace.Quarter(ack)
	m.Visit(s, q)
	var newest int64
	if before := (q + 3) & 3; s.Open(before) > 0 {
		for i := s.Head(before); i != 0; {
			m.Step()
			r := m.At(i)
			if r.Acked == 0 {
				m.Acknowledge(s, before, r)
				h.CumACKed++
				newest = max(newest, r.Time)
			}
			i = r.Next()
		}
		m.Collapse(s, before, 0, 0)
	}

	i, from, latest := m.Settled(s, q, newest)
	if from != 0 && uint64(ack) <= uint64(m.At(from).Last)+1 {
		if !dup {
			return ackNone // all of it was acknowledged once
		}
		s.Rewind()
		i, from, latest = s.Head(q), 0, newest
	}
	kind, changed := ackNone, false
	for i != 0 {
		m.Step()
		r := m.At(i)
		if ack <= r.First {
			break
		}
		latest = max(latest, r.Time)
		exact := ack == r.Last+1
		switch {
		case r.Acked > 0 && exact && dup:
			r.Acked++
			h.DupACKs++
			kind = ackCumulative
			if r.Acked == 4 {
				h.TripleDups++
				kind = ackTriple
			}
		case r.Acked > 0:
			r.Acked = 1
		case exact:
			m.Acknowledge(s, q, r)
			changed = true
			kind = a.sample(h, r, latest > r.Time)
		default:
			m.Acknowledge(s, q, r)
			changed = true
			h.CumACKed++
			kind = ackCumulative
		}
		i = r.Next()
	}
	if changed {
		m.Collapse(s, q, from, i)
	}
	m.Settle(s, q, func(r *segment) bool { return r.Acked == 1 && uint64(r.Last)+1 < uint64(ack) })
	return kind
}

// sample takes the round-trip time of record r, which an ACK ends exactly. late tells that an
// earlier record was sent after it.
func (a *Analyzer) sample(h *Half, r *segment, late bool) ackType {
	us := elapsed(r.Time, a.now)
	switch {
	case late:
		h.state.rttLast = 0
		h.PostLossACKs++
		return ackNoSample
	case r.Note > 0:
		h.state.rttLast = 0
		h.RTTLast.add(us)
		return ackAmbiguous
	}
	h.state.rttLast = us
	h.RTT.add(us)
	// A record of one byte gets 2^32, as tcptrace takes first == last for a wrap: SYN and FIN are
	// "full size" (docs/differences.md).
	size := uint64(r.Last) - uint64(r.First) + 1
	if r.Last <= r.First {
		size = 1<<32 - uint64(r.First) + uint64(r.Last)
	}
	if size > h.state.fullSize {
		h.state.fullSize = size
		h.RTTFull = Times{N: 1, Min: uint64(us), Max: uint64(us), Sum: us, SumSq: float64(us * us)}
	} else if size == h.state.fullSize {
		h.RTTFull.add(us)
	}
	return ackNormal
}

// elapsed is tcptrace's difference of two times: never negative.
func elapsed(from, to int64) float64 {
	if to < from {
		return 0
	}
	return float64(to - from)
}
