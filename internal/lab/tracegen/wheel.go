package tracegen

import "math/bits"

const (
	nearSlots = 1 << 13
	farSlots  = 1 << 10
)

// kind is what an event is about.
type kind uint8

const (
	evStart  kind = iota // a new flow begins
	evPass               // a segment passes the monitor
	evArrive             // a segment arrives at the other end
	evApp                // the program at one end has something to do
	evClose              // the program at one end closes
	evAck                // delayed-ACK timer
	evRTO                // retransmission timer
)

// event is something that will happen. It carries the segment by value: there is no other copy.
type event struct {
	at   int64  // ns since the start of the trace
	flow uint32 // index in Generator.flows
	next uint32 // next event of the slot, 0 for none
	kind kind
	dir  uint8 // which end acts or sent the segment: 0 client, 1 server
	segment
}

// wheel is a queue of events in order of time, and of insertion where times are equal: a timing
// wheel of two levels.
//
// The near level holds the running epoch, 2^13 slots each about half a packet interval wide, so
// that a slot's sorted list is short and the table small. The far level holds later epochs
// unsorted, in 2^10 lists by epoch modulo 2^10; a list is spread over the near level when its epoch
// comes. Both operations are O(1) on average, where a heap of 10^5 events costs 17 cache misses.
type wheel struct {
	events []event // slab; events[0] is unused, so that 0 means none
	free   uint32
	count  int
	shift  uint // a slot is 2^shift ns wide
	epoch  int64
	cursor int // near slots below are empty
	used   [nearSlots / 64]uint64
	near   [nearSlots]uint32
	far    [farSlots]uint32
}

// newWheel returns a wheel for about rate packets per second.
func newWheel(rate uint64) *wheel {
	return &wheel{events: make([]event, 1, 1<<12), shift: uint(bits.Len64(500_000_000 / rate))}
}

// push adds a copy of e. Its time must not be before that of the last event popped.
func (w *wheel) push(e *event) {
	i := w.free
	if i != 0 {
		w.free = w.events[i].next
		w.events[i] = *e
	} else {
		i = uint32(len(w.events))
		w.events = append(w.events, *e)
	}
	w.count++
	w.place(i)
}

// place puts event i into the list where it belongs.
func (w *wheel) place(i uint32) {
	e := &w.events[i]
	slot := e.at >> w.shift
	if epoch := slot / nearSlots; epoch != w.epoch {
		list := &w.far[epoch%farSlots]
		e.next, *list = *list, i
		return
	}
	n := int(slot % nearSlots)
	w.used[n/64] |= 1 << (n % 64)
	link := &w.near[n]
	for *link != 0 && w.events[*link].at <= e.at {
		link = &w.events[*link].next
	}
	e.next, *link = *link, i
}

// pop removes the next event into e, and tells whether there was one.
func (w *wheel) pop(e *event) bool {
	if w.count == 0 {
		return false
	}
	word := w.cursor / 64
	for {
		for ; word < len(w.used); word++ {
			if w.used[word] != 0 {
				n := word*64 + bits.TrailingZeros64(w.used[word])
				w.cursor = n
				w.take(n, e)
				return true
			}
		}
		w.advance()
		word = 0
	}
}

// take removes the first event of near slot n.
func (w *wheel) take(n int, e *event) {
	i := w.near[n]
	*e = w.events[i]
	w.near[n] = e.next
	if e.next == 0 {
		w.used[n/64] &^= 1 << (n % 64)
	}
	w.events[i].next, w.free = w.free, i
	w.count--
}

// advance begins the next epoch. The far list was built front to back, so it is turned round first
// to keep equal times in order.
func (w *wheel) advance() {
	w.epoch++
	w.cursor = 0
	list := &w.far[w.epoch%farSlots]
	var turned uint32
	for i := *list; i != 0; {
		next := w.events[i].next
		w.events[i].next, turned = turned, i
		i = next
	}
	*list = 0
	for i := turned; i != 0; {
		next := w.events[i].next
		w.place(i)
		i = next
	}
}
