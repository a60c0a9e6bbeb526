package flow

import "math"

// order keeps the entries whose records have not been given out, live or ended, in order of start.
// It decides when an ended record may go: when nothing that started earlier is still live.
type order[S any] struct {
	store      *store[S]
	head, tail uint32
	held       int // ended entries on the list
	// all entries before this one have ended and start when the head does; none: not known
	ready uint32
	// steps that sorting in of late flows may still take, so that it costs a constant per flow
	budget int
}

func newOrder[S any](s *store[S]) order[S] {
	return order[S]{store: s, head: none, tail: none, ready: none, budget: 1 << 20}
}

// insert adds entry n in order of start. Most starts come in order, so the search runs from the
// tail.
func (o *order[S]) insert(n uint32) {
	o.budget = min(o.budget+16, 1<<20)
	e := o.store.at(n)
	after := o.tail
	for after != none && o.store.at(after).start > e.start && o.budget > 0 {
		after = o.store.at(after).orderPrev
		o.budget--
	}
	e.orderPrev = after
	if after == none {
		e.orderNext, o.head, o.ready = o.head, n, none
	} else {
		a := o.store.at(after)
		e.orderNext, a.orderNext = a.orderNext, n
	}
	if e.orderNext == none {
		o.tail = n
	} else {
		o.store.at(e.orderNext).orderPrev = n
	}
	e.marks &^= markLoose
}

// unlink takes entry n off the list.
func (o *order[S]) unlink(n uint32) {
	e := o.store.at(n)
	if e.orderPrev == none {
		o.head = e.orderNext
	} else {
		o.store.at(e.orderPrev).orderNext = e.orderNext
	}
	if e.orderNext == none {
		o.tail = e.orderPrev
	} else {
		o.store.at(e.orderNext).orderPrev = e.orderPrev
	}
	if o.ready == n {
		o.ready = e.orderNext
	}
	if !e.live() {
		o.held--
	}
}

// resort moves entry n, whose start became earlier.
func (o *order[S]) resort(n uint32, start int64) {
	e := o.store.at(n)
	e.start = start
	if e.marks&markLoose != 0 {
		return
	}
	o.unlink(n)
	o.insert(n)
}

// next appends to run the entries that may go now: the first ones of the list, all of one start,
// when all of them have ended. No more packets may be expected with that start: it lies before now.
func (o *order[S]) next(run []uint32, now int64) []uint32 {
	if o.head == none {
		return run
	}
	start := o.store.at(o.head).start
	if start >= now && now != math.MaxInt64 {
		return run
	}
	n := o.ready
	if n == none {
		n = o.head
	}
	for n != none && o.store.at(n).start == start {
		if o.store.at(n).live() {
			o.ready = n // go on from here when it has ended
			return run
		}
		n = o.store.at(n).orderNext
	}
	for n = o.head; n != none && o.store.at(n).start == start; n = o.store.at(n).orderNext {
		run = append(run, n)
	}
	return run
}

// loosen takes the first live entry off the list, so that the ended ones behind it need not wait
// for it any longer.
func (o *order[S]) loosen() {
	n := o.ready
	if n == none {
		n = o.head
	}
	for ; n != none; n = o.store.at(n).orderNext {
		if e := o.store.at(n); e.live() {
			o.unlink(n)
			e.marks |= markLoose
			return
		}
	}
}
