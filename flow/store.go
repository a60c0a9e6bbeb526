package flow

import "iter"

// entry is one flow in a Table: its record, what is needed to end it, and the caller's state. It lives in a slab and is
// used again when its flow has ended.
//
// Key and times fill one cache line, counters the next. The caller's state is not last, where one of no size would be padded.
type entry[S any] struct {
	Record
	state   S
	hash    uint32
	live    bool
	tcp     tcpState
	touched bool // on the list of what Touched gives
}

// store holds the entries in slabs of fixed size, so that growing never copies and a burst costs no more than its peak.
type store[S any] struct {
	slabs   []*[1 << slabBits]entry[S]
	links   links
	len     uint32 // entries ever used
	freeTop uint32 // first free entry + 1, chained through wheelNxt; 0: none
}

func (s *store[S]) at(n uint32) *entry[S] { return &s.slabs[n>>slabBits][n&(1<<slabBits-1)] }

// alloc returns the number of an entry that is all zero.
func (s *store[S]) alloc() uint32 {
	if s.freeTop != 0 {
		n := s.freeTop - 1
		s.freeTop = s.links.at(n).wheelNxt
		*s.at(n) = entry[S]{} // not in free: it is about to be written anyway
		return n
	}
	n := s.len
	if n&(1<<slabBits-1) == 0 {
		s.slabs = append(s.slabs, new([1 << slabBits]entry[S]))
		s.links.slabs = append(s.links.slabs, new([1 << slabBits]link))
	}
	s.len++
	return n
}

// free takes entry n, which is not live, back.
func (s *store[S]) free(n uint32) {
	s.at(n).state = *new(S) // lets go of what it points to
	s.links.at(n).wheelNxt = s.freeTop
	s.freeTop = n + 1
}

// live returns the numbers of the live entries, in order of number.
func (s *store[S]) live() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for n := range s.len {
			if s.at(n).live && !yield(n) {
				return
			}
		}
	}
}

// count adds a packet to the record.
func (r *Record) count(s *sighting, dir Direction) {
	c := &r.Fwd
	if dir == Reverse {
		c = &r.Rev
	}
	c.Packets++
	c.Bytes += uint64(s.ipLen)
	c.Flags |= s.flags
	r.End = max(r.End, s.time)
}
