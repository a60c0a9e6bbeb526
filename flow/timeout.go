package flow

import (
	"math"
	"slices"

	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// plain is the fast path of timedOut: if true, e can take s. It is true for most packets.
func (t *Table[S]) plain(e *head, s *observation) bool {
	return e.marks&tcpEnds == 0 && s.flags&pcapio.SYN == 0 && s.time >= e.start && t.active == math.MaxInt64 && !exceeds(e.end, s.time, t.idle)
}

// timedOut tells why entry e cannot take s, its key's next packet; StillActive if it can.
//
// A gap in either direction of time ends a flow, so that a clock that was set back by a year does
// not glue two flows together.
func (t *Table[S]) timedOut(e *head, s *observation, dir Direction) EndReason {
	from, to := e.end, s.time
	if s.time < e.start {
		from, to = s.time, e.start
	}
	limit, reason := t.idle, IdleTimeout
	if e.marks&tcpEnds != 0 {
		limit, reason = t.limit(e)
	}
	switch {
	case exceeds(from, to, limit):
		return reason
	case s.flags&(pcapio.SYN|pcapio.RST) == pcapio.SYN && t.linger != math.MaxInt64 && e.renewed(s, dir):
		return EndOfFlow // the ports are used again
	case t.active != math.MaxInt64 && exceeds(e.start, s.time, t.active) && (!e.closed() || e.marks&tcpDoubt != 0):
		return ActiveTimeout
	}
	return StillActive
}

// limit returns the longest gap that e survives, and the reason if there is a longer one.
func (t *Table[S]) limit(e *head) (int64, EndReason) {
	switch {
	case e.marks&tcpEnds == 0:
		return t.idle, IdleTimeout
	case e.marks&tcpBothFins == tcpBothFins:
		return min(t.linger, t.idle), EndOfFlow
	case e.marks&tcpBothResets != 0:
		switch {
		case e.marks&tcpDoubt != 0:
			return t.idle, EndOfFlow
		case e.marks&tcpTalked != 0:
			return min(t.linger, t.idle), EndOfFlow
		}
		return min(attemptLinger, t.linger, t.idle), EndOfFlow
	case !t.cfg.Uni:
		return t.idle, IdleTimeout // half-closed
	}
	// The other direction is another flow. This one may go on acknowledging while the other sends
	// data.
	switch {
	case e.vol[0].packets <= 1 && e.marks&markPart == 0: // its first packet may not be counted yet
		return min(attemptLinger, t.linger, t.idle), EndOfFlow
	case t.idle == math.MaxInt64:
		return t.linger, EndOfFlow
	}
	return t.idle, EndOfFlow
}

// exceeds tells whether more than limit lies between from and to, which may be more than an int64
// apart.
func exceeds(from, to, limit int64) bool {
	return to > from && limit != math.MaxInt64 && uint64(to)-uint64(from) > uint64(limit)
}

// schedule puts entry n, last seen at seen, into the wheel at the time when it will have timed out.
func (t *Table[S]) schedule(n uint32, seen int64) {
	limit, _ := t.limit(&t.store.at(n).head)
	if limit == math.MaxInt64 {
		t.wheel.remove(n)
		return
	}
	t.wheel.put(n, sat.Add(seen, limit))
}

// Advance moves the packet clock to now, ns since 1970, and ends what has timed out by then. Time
// going back has no effect. WritePacket does so for each packet. A caller needs Advance only where
// time passes without packets: with a live source or another shard.
func (t *Table[S]) Advance(now int64) error {
	if err := t.drain(); err != nil {
		return err
	}
	return t.advance(now)
}

func (t *Table[S]) advance(now int64) error {
	if t.started && now <= t.clock {
		return t.err
	}
	t.clock, t.started = now, true
	if t.wheel.due(now) {
		t.due = t.wheel.advance(now, t.due[:0])
		t.expire()
		t.release(now)
	}
	return t.err
}

// expire ends those entries of t.due that have timed out, and schedules the others again.
//
// Ending an entry removes it from the index, and its slot there is far away in memory. So, as in
// drain, the slots of a group are prefetched together.
func (t *Table[S]) expire() {
	over := t.due[:0]
	for _, n := range t.due {
		e := t.store.at(n)
		if limit, _ := t.limit(&e.head); exceeds(e.end, t.clock, limit) {
			over = append(over, n)
		} else {
			t.schedule(n, e.end)
		}
	}
	for group := range slices.Chunk(over, lookahead) {
		var hashes [lookahead]uint32
		for i, n := range group {
			hashes[i] = t.hash.sum(&t.store.at(n).key)
			t.prefetched += t.index.Near(hashes[i])
		}
		for i, n := range group {
			_, reason := t.limit(&t.store.at(n).head)
			t.finishHashed(n, hashes[i], reason)
		}
	}
}
