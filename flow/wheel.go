package flow

import "math"

const wheelSlots = 512

// wheel is a timing wheel: entries wait in the slot of the moment when they may have timed out. A packet does not move its
// entry; when the slot comes up, the owner looks at the flow and puts it back if it was seen since. So each flow costs a few
// steps per timeout, however many packets it has.
type wheel struct {
	links *links
	heads [wheelSlots]uint32
	shift uint  // a slot is 1<<shift ns wide
	tick  int64 // all slots before this one have come up
}

// init makes the wheel reach over horizon ns.
func (w *wheel) init(l *links, horizon int64) {
	w.links = l
	w.clear()
	w.shift = 20 // about 1 ms
	for w.shift < 62 && horizon>>w.shift > wheelSlots-4 {
		w.shift++
	}
}

// clear empties the wheel; the owner sets the slot of each link that was in it to -1.
func (w *wheel) clear() {
	for i := range w.heads {
		w.heads[i] = none
	}
}

// put files entry n for the time at, taking it out of its old slot.
func (w *wheel) put(n uint32, at int64) {
	w.remove(n)
	tick := min(max(at>>w.shift, w.tick), w.tick+wheelSlots-1)
	slot := int32(tick & (wheelSlots - 1))
	ln := w.links.at(n)
	ln.slot, ln.wheelPrev, ln.wheelNxt = slot, none, w.heads[slot]
	if ln.wheelNxt != none {
		w.links.at(ln.wheelNxt).wheelPrev = n
	}
	w.heads[slot] = n
}

// remove takes entry n out if it is in.
func (w *wheel) remove(n uint32) {
	ln := w.links.at(n)
	if ln.slot < 0 {
		return
	}
	if ln.wheelPrev != none {
		w.links.at(ln.wheelPrev).wheelNxt = ln.wheelNxt
	} else {
		w.heads[ln.slot] = ln.wheelNxt
	}
	if ln.wheelNxt != none {
		w.links.at(ln.wheelNxt).wheelPrev = ln.wheelPrev
	}
	ln.slot = -1
}

// due tells whether slots have come up by now.
func (w *wheel) due(now int64) bool { return now>>w.shift > w.tick }

// advance takes out the entries in the slots that have passed by now, and appends their numbers to due. The owner may put them back
// for a later time.
func (w *wheel) advance(now int64, due []uint32) []uint32 {
	from, to := w.tick, now>>w.shift
	w.tick = to
	if to-from > wheelSlots || to-from < 0 {
		from = to - wheelSlots
	}
	for t := from; t < to; t++ {
		slot := t & (wheelSlots - 1)
		for n := w.heads[slot]; n != none; {
			ln := w.links.at(n)
			ln.slot = -1
			due = append(due, n)
			n = ln.wheelNxt
		}
		w.heads[slot] = none
	}
	return due
}

// addSat adds without wrapping.
func addSat(a, b int64) int64 {
	s := a + b
	switch {
	case a > 0 && b > 0 && s < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && s >= 0:
		return math.MinInt64
	}
	return s
}
