package tstat

import (
	"math"

	"github.com/reeftools/reef/tcpanalysis/internal/seqspace"
)

// records are the ranges of sequence numbers that were sent.
type records = seqspace.Store[note]

type record = seqspace.Record[note]

// note is what is kept of the packet that sent a record last.
type note struct {
	id      uint32 // IP identification
	retrans bool   // it was sent more than once
	class   uint8  // anomaly with flags
}

// later joins the notes of two records: those of the later one, but retrans stays.
func later(n, l *note) { n.id, n.class = l.id, l.class }

const (
	// records of a quarter when one is added at its end: beyond it the two oldest become one
	maxRecords  = 100
	mostRecords = 4096 // that it holds at all
)

// insert records n bytes from seq, which h sent with IP identification id, and returns how many of
// them had been seen.
func (a *Analyzer) insert(h, peer *half, fromClient bool, seq, n, id uint32) (again int64, outOfOrder bool) {
	q, last := seqspace.Quarter(seq), seq+n-1
	a.records.Visit(&h.space, q)
	in := insertion{a: a, h: h, peer: peer, fromClient: fromClient, id: id}
	if q == seqspace.Quarter(last) {
		in.add(q, seq, n)
		return in.again, in.outOfOrder
	}
	border := q<<30 | (1<<30 - 1)
	if a.classic {
		// Tstat's slip: q bytes too early, and the second part is q bytes too long
		border = (q + 1) * (1<<30 - 1)
	}
	n1 := border - seq + 1
	in.add(q, seq, n1)
	in.add((q+1)&3, (last>>30)<<30, n-n1)
	return in.again, in.outOfOrder
}

// insertion is a segment on its way into the sequence space.
type insertion struct {
	a          *Analyzer
	h, peer    *half
	fromClient bool
	id         uint32
	again      int64
	outOfOrder bool
}

// add puts n bytes from first into quarter q.
func (in *insertion) add(q, first, n uint32) {
	a, s, m := in.a, &in.h.space, &in.a.records
	for s.Len(q) >= mostRecords || s.Len(q) > 1 && m.Live() >= a.cfg.MaxRecords {
		m.DropHead(s, q, true)
		a.stats.Forgotten++
	}
	last := first + n - 1
	split := false
	for i := m.Find(s, q, first); i != 0; i = m.At(i).Next() {
		m.Step()
		r := m.At(i)
		if first > r.Last {
			continue
		}
		if first < r.First {
			if last < r.Last {
				in.outOfOrder = true
			}
			j := in.link(q, first, last, i)
			if last < r.First || a.classic && last == r.First {
				in.classify(i, n, false, 0)
				return
			}
			m.At(j).Last = r.First - 1
			in.classify(i, r.First-1-first, false, 0)
			first = r.First
		}
		r.Note.retrans = true
		recovery := float64(a.now-r.Time) / 1000
		if !split {
			m.Resend(s, q, r, a.now)
		}
		n = last - first + 1
		if last <= r.Last {
			in.again += int64(n)
			in.classify(i, n, true, recovery)
			return
		}
		split = true
		in.again += int64(r.Last - first + 1)
		first = r.Last + 1
		in.classify(i, uint32(in.again), true, recovery)
		n = last - first + 1
	}
	in.link(q, first, last, 0)
	if s.Len(q) > maxRecords {
		m.DropHead(s, q, true)
	}
	in.countClass(inSequence)
}

// link adds a record before record at, at the tail if at is 0, and returns its number.
func (in *insertion) link(q, first, last, at uint32) uint32 {
	i := in.a.records.Insert(&in.h.space, q, first, last, at, in.a.now)
	in.a.records.At(i).Note.id = in.id
	return i
}

// acknowledge applies an ACK number to what h sent. It samples the round-trip time of the record
// that the ACK ends exactly, unless that was sent again, or a lower record was sent later.
func (a *Analyzer) acknowledge(h *half, ack uint32) {
	s, m := &h.space, &a.records
	q := seqspace.Quarter(ack)
	m.Visit(s, q)
	newest := int64(0)
	if !a.classic {
		newest = math.MinInt64
	}
	if before := (q + 3) & 3; s.Open(before) > 0 {
		for i := s.Head(before); i != 0; {
			m.Step()
			r := m.At(i)
			if r.Acked == 0 {
				m.Acknowledge(s, before, r)
				newest = max(newest, r.Time)
			}
			i = r.Next()
		}
		m.Collapse(s, before, 0, 0)
	}
	changed := false
	i, from, newest := m.Settled(s, q, newest)
	for i != 0 {
		m.Step()
		r := m.At(i)
		if ack <= r.First {
			break
		}
		newest = max(newest, r.Time)
		if r.Acked > 0 {
			r.Acked++
		} else {
			m.Acknowledge(s, q, r)
			changed = true
			if ack == r.Last+1 && newest <= r.Time && !r.Note.retrans {
				h.RTT.add(max(a.now-r.Time, 0))
			}
		}
		i = r.Next()
	}
	if changed {
		m.Collapse(s, q, from, i)
	}
	// More ACKs than these make no difference to a record.
	m.Settle(s, q, func(r *record) bool { return r.Acked > manyACKs })
}
