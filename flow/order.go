package flow

import "math"

// order keeps the entries whose records have not been given out, live or ended, in order of start. It decides when an ended
// record may go: when nothing that started earlier is still live.
type order struct {
	links      *links
	head, tail uint32
	held       int    // ended entries on the list
	ready      uint32 // all entries before this one have ended and start when the head does; none: not known
	budget     int    // steps that sorting in of late flows may still take, so that it costs a constant per flow
}

func newOrder(l *links) order {
	return order{links: l, head: none, tail: none, ready: none, budget: 1 << 20}
}

// insert adds entry n by its link's start. Starts mostly come in order, so the search runs from the tail.
func (o *order) insert(n uint32) {
	o.budget = min(o.budget+16, 1<<20)
	ln := o.links.at(n)
	after := o.tail
	for after != none && o.links.at(after).start > ln.start && o.budget > 0 {
		after = o.links.at(after).orderPrev
		o.budget--
	}
	ln.orderPrev = after
	if after == none {
		ln.orderNxt, o.head, o.ready = o.head, n, none
	} else {
		a := o.links.at(after)
		ln.orderNxt, a.orderNxt = a.orderNxt, n
	}
	if ln.orderNxt == none {
		o.tail = n
	} else {
		o.links.at(ln.orderNxt).orderPrev = n
	}
	ln.flags = 0
}

// unlink takes entry n off the list.
func (o *order) unlink(n uint32) {
	ln := o.links.at(n)
	if ln.orderPrev == none {
		o.head = ln.orderNxt
	} else {
		o.links.at(ln.orderPrev).orderNxt = ln.orderNxt
	}
	if ln.orderNxt == none {
		o.tail = ln.orderPrev
	} else {
		o.links.at(ln.orderNxt).orderPrev = ln.orderPrev
	}
	if o.ready == n {
		o.ready = ln.orderNxt
	}
	if ln.flags&linkEnded != 0 {
		o.held--
	}
}

// resort moves entry n, whose start became earlier.
func (o *order) resort(n uint32, start int64) {
	ln := o.links.at(n)
	ln.start = start
	if ln.flags&linkLoose != 0 {
		return
	}
	o.unlink(n)
	o.insert(n)
}

// ended marks entry n, which is on the list, as ended.
func (o *order) ended(n uint32) {
	o.links.at(n).flags |= linkEnded
	o.held++
}

// next appends to run the entries that may go now: the first ones of the list, all of one start, when all of them have ended.
// No more packets may be expected with that start: it lies before now.
func (o *order) next(run []uint32, now int64) []uint32 {
	if o.head == none {
		return run
	}
	start := o.links.at(o.head).start
	if start >= now && now != math.MaxInt64 {
		return run
	}
	n := o.ready
	if n == none {
		n = o.head
	}
	for n != none && o.links.at(n).start == start {
		if o.links.at(n).flags&linkEnded == 0 {
			o.ready = n // go on from here when it has ended
			return run
		}
		n = o.links.at(n).orderNxt
	}
	for n = o.head; n != none && o.links.at(n).start == start; n = o.links.at(n).orderNxt {
		run = append(run, n)
	}
	return run
}

// loosen takes the first live entry off the list, so that the ended ones behind it need not wait for it any longer.
func (o *order) loosen() {
	n := o.ready
	if n == none {
		n = o.head
	}
	for ; n != none; n = o.links.at(n).orderNxt {
		if ln := o.links.at(n); ln.flags&linkEnded == 0 {
			o.unlink(n)
			ln.flags |= linkLoose
			return
		}
	}
}
