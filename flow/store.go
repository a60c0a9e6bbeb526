package flow

import (
	"cmp"
	"iter"

	"github.com/reeftools/reef/internal/index"
	"github.com/reeftools/reef/pcapio"
)

// entry is one flow in a Table: what its record will say, its places in the timing wheel and in the
// order of start, and the caller's state. It lives in a slab and is used again when its record has
// been given out.
//
// The state is not the last field, since Go pads a trailing field of size zero.
type entry[S any] struct {
	state S
	head
}

// head holds the fields of an entry that do not depend on S. It is denser than a [Record]: 128
// bytes, with key and times in one cache line and the rest in the next.
type head struct {
	key        packed
	start, end int64

	vol [2]volume // by Direction, as all pairs here
	// TCP: sequence number after the last that was sent or acknowledged
	next                 [2]uint32
	flags                [2]pcapio.TCPFlags
	marks                marks
	reason               EndReason // StillActive while the flow is live
	method               DirectionMethod
	wheelPrev, wheelNext uint32 // see wheel
	orderPrev, orderNext uint32 // see order
}

// volume is what a flow has in one direction, without the flags.
type volume struct{ packets, bytes uint64 }

// marks are bits of an entry: these, and what tcp.go knows of its connection.
type marks uint16

const (
	markLoose   marks = 1 << iota // not on the order list: give the record out as soon as it ends
	markTouched                   // on the list of what Touched gives
	// continues a record that the active timeout cut off: Table.parts has its number
	markPart
)

// none is the number of no entry.
const none = index.None

// live tells whether the flow may still have packets.
func (e *head) live() bool { return e.reason == StillActive }

// record makes r the record of entry n.
func (t *Table[S]) record(n uint32, r *Record) {
	e := t.store.at(n)
	r.Key, r.Start, r.End = e.key.key(), e.start, e.end
	r.Fwd = Counters{Packets: e.vol[0].packets, Bytes: e.vol[0].bytes, Flags: e.flags[0]}
	r.Rev = Counters{Packets: e.vol[1].packets, Bytes: e.vol[1].bytes, Flags: e.flags[1]}
	r.Part, r.Reason, r.Method = t.part(n), e.reason, e.method
}

// compare orders entries as Record.Compare does their records.
func (e *head) compare(o *head) int {
	return compareStarts(e.start, &e.key, o.start, &o.key)
}

func compareStarts(start int64, key *packed, otherStart int64, otherKey *packed) int {
	if c := cmp.Compare(start, otherStart); c != 0 {
		return c
	}
	return key.compare(otherKey)
}

// count adds a packet.
func (e *head) count(s *observation, dir Direction) {
	v := &e.vol[dir&1]
	v.packets++
	v.bytes += uint64(s.ipLen)
	e.flags[dir&1] |= s.flags
	e.end = max(e.end, s.time)
}

const slabBits = 12

// store holds the entries in slabs of fixed size, so that growing never copies and a burst costs no
// more than its peak.
type store[S any] struct {
	slabs   []*[1 << slabBits]entry[S]
	len     uint32 // entries ever used
	freeTop uint32 // first free entry + 1, chained through wheelNext; 0: none
}

func (s *store[S]) at(n uint32) *entry[S] { return &s.slabs[n>>slabBits][n&(1<<slabBits-1)] }

// alloc returns the number of an entry that is all zero.
func (s *store[S]) alloc() uint32 {
	if s.freeTop != 0 {
		n := s.freeTop - 1
		e := s.at(n)
		s.freeTop = e.wheelNext
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
	e.wheelNext = s.freeTop
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
