package flow

const (
	wheelSlots = 512
	firstOf    = 1 << 31 // firstOf + slot is the wheelPrev of a first entry; numbers are smaller
)

// wheel is a timing wheel: entries wait in the slot of the moment when they may have timed out. A
// packet does not move its entry. When the slot comes up, the owner checks the flow and puts it
// back if it was seen since. So a flow costs a few steps per timeout, not per packet.
//
// The entries of a slot are chained. wheelPrev of the first one names the slot, that of an entry in
// no slot is none.
type wheel[S any] struct {
	store *store[S]
	heads [wheelSlots]uint32
	shift uint  // a slot is 1<<shift ns wide
	tick  int64 // all slots before this one have come up
}

// init makes the wheel reach over horizon ns.
func (w *wheel[S]) init(s *store[S], horizon int64) {
	w.store = s
	w.clear()
	w.shift = 20 // about 1 ms
	for w.shift < 62 && horizon>>w.shift > wheelSlots-4 {
		w.shift++
	}
}

// clear empties the wheel; the owner sets wheelPrev of each entry that was in it to none.
func (w *wheel[S]) clear() {
	for i := range w.heads {
		w.heads[i] = none
	}
}

// put files entry n for the time at, taking it out of its old slot.
func (w *wheel[S]) put(n uint32, at int64) {
	w.remove(n)
	tick := min(max(at>>w.shift, w.tick), w.tick+wheelSlots-1)
	slot := uint32(tick & (wheelSlots - 1))
	e := w.store.at(n)
	e.wheelPrev, e.wheelNext = firstOf+slot, w.heads[slot]
	if e.wheelNext != none {
		w.store.at(e.wheelNext).wheelPrev = n
	}
	w.heads[slot] = n
}

// remove takes entry n out if it is in.
func (w *wheel[S]) remove(n uint32) {
	e := w.store.at(n)
	switch {
	case e.wheelPrev == none:
		return
	case e.wheelPrev >= firstOf:
		w.heads[e.wheelPrev-firstOf] = e.wheelNext
	default:
		w.store.at(e.wheelPrev).wheelNext = e.wheelNext
	}
	if e.wheelNext != none {
		w.store.at(e.wheelNext).wheelPrev = e.wheelPrev
	}
	e.wheelPrev = none
}

// due tells whether slots have come up by now.
func (w *wheel[S]) due(now int64) bool { return now>>w.shift > w.tick }

// advance takes out the entries in the slots that have passed by now, and appends their numbers to
// due. The owner may put them back for a later time.
func (w *wheel[S]) advance(now int64, due []uint32) []uint32 {
	from, to := w.tick, now>>w.shift
	w.tick = to
	if to-from > wheelSlots || to-from < 0 {
		from = to - wheelSlots
	}
	for t := from; t < to; t++ {
		slot := t & (wheelSlots - 1)
		for n := w.heads[slot]; n != none; {
			e := w.store.at(n)
			e.wheelPrev = none
			due = append(due, n)
			n = e.wheelNext
		}
		w.heads[slot] = none
	}
	return due
}
