package flow

import (
	"iter"

	"github.com/reeftools/reef/pcapio"
)

// entry is one flow in a Table: what its record will say, its places in the timing wheel and in the order of start, and the caller's
// state. It lives in a slab and is used again when its record has been given out.
//
// A [Record] has the same fields, but not as densely: without the state this is 128 bytes, key and times in one cache line and the rest
// in the next. The state is not last, where one of no size would be padded.
type entry[S any] struct {
	key        Key
	start, end int64

	fwd, rev            volume
	state               S
	fwdFlags, revFlags  pcapio.TCPFlags
	hash                uint32
	part                uint32
	reason              EndReason // StillActive while the flow is live
	method              DirectionMethod
	tcp                 tcpState
	marks               marks
	wheelPrev, wheelNxt uint32 // see wheel
	orderPrev, orderNxt uint32 // see order
}

// volume is what a flow has in one direction, without the flags.
type volume struct{ packets, bytes uint64 }

// marks are bits of an entry.
type marks uint8

const (
	markLoose   marks = 1 << iota // not on the order list: give the record out as soon as it ends
	markTouched                   // on the list of what Touched gives
)

// none is the number of no entry.
const none = ^uint32(0)

// live tells whether the flow may still have packets.
func (e *entry[S]) live() bool { return e.reason == StillActive }

// record fills r.
func (e *entry[S]) record(r *Record) {
	r.Key, r.Start, r.End = e.key, e.start, e.end
	r.Fwd = Counters{Packets: e.fwd.packets, Bytes: e.fwd.bytes, Flags: e.fwdFlags}
	r.Rev = Counters{Packets: e.rev.packets, Bytes: e.rev.bytes, Flags: e.revFlags}
	r.Part, r.Reason, r.Method = e.part, e.reason, e.method
}

// compare orders entries as Record.Compare does their records.
func (e *entry[S]) compare(o *entry[S]) int {
	return compareStarts(e.start, &e.key, o.start, &o.key)
}

// count adds a packet.
func (e *entry[S]) count(s *sighting, dir Direction) {
	v, flags := &e.fwd, &e.fwdFlags
	if dir == Reverse {
		v, flags = &e.rev, &e.revFlags
	}
	v.packets++
	v.bytes += uint64(s.ipLen)
	*flags |= s.flags
	e.end = max(e.end, s.time)
}

const slabBits = 12

// store holds the entries in slabs of fixed size, so that growing never copies and a burst costs no more than its peak.
type store[S any] struct {
	slabs   []*[1 << slabBits]entry[S]
	len     uint32 // entries ever used
	freeTop uint32 // first free entry + 1, chained through wheelNxt; 0: none
}

func (s *store[S]) at(n uint32) *entry[S] { return &s.slabs[n>>slabBits][n&(1<<slabBits-1)] }

// alloc returns the number of an entry that is all zero.
func (s *store[S]) alloc() uint32 {
	if s.freeTop != 0 {
		n := s.freeTop - 1
		e := s.at(n)
		s.freeTop = e.wheelNxt
		*e = entry[S]{} // not in free: it is about to be written anyway
		return n
	}
	n := s.len
	if n&(1<<slabBits-1) == 0 {
		s.slabs = append(s.slabs, new([1 << slabBits]entry[S]))
	}
	s.len++
	return n
}

// free takes entry n, which has ended, back.
func (s *store[S]) free(n uint32) {
	e := s.at(n)
	e.state = *new(S) // lets go of what it points to
	e.wheelNxt = s.freeTop
	s.freeTop = n + 1
}

// live returns the numbers of the live entries, in order of number.
func (s *store[S]) live() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for n := range s.len {
			if s.at(n).live() && !yield(n) {
				return
			}
		}
	}
}
