package tstat

import "iter"

// scan finds idle connections and flows as Tstat does. Both tables are arrays. For each 500 µs that
// passed, Tstat checks one ten-thousandth of an array, but only when a new connection or flow
// begins.
type scan struct {
	conns, flows places
	cleaned      int64 // when it was last done
}

// places are the entries of one of Tstat's arrays, by slot in the table here; 0 is free.
type places struct {
	slots []uint32
	// entries in use in each share, so that an empty share costs one step
	inUse [scanShares]uint16
	last  int // that was given out
	next  int // share to look at next
}

const (
	scanShares = 10000
	scanPeriod = 500000 // ns
	scanDepth  = 200    // places that are tried for a new entry
)

func newScan(conns, flows int) scan {
	return scan{conns: places{slots: make([]uint32, conns)}, flows: places{slots: make([]uint32, flows), last: -1}}
}

// take finds a place; ok is false if the next 200 are occupied.
func (s *places) take() (index uint32, ok bool) {
	old := s.last
	s.last = (s.last + 1) % len(s.slots)
	for tries := 0; s.last != old && s.slots[s.last] != 0 && tries < scanDepth; tries++ {
		s.last = (s.last + 1) % len(s.slots)
	}
	return uint32(s.last), s.slots[s.last] == 0
}

func (s *places) put(index, slot uint32) {
	s.slots[index] = slot
	s.inUse[index%scanShares]++
}

func (s *places) free(index uint32) {
	s.slots[index] = 0
	s.inUse[index%scanShares]--
}

// share returns the entries of the next share, none if all are free. The caller may free entries
// while iterating.
func (s *places) share() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := s.next; i < len(s.slots) && s.inUse[s.next] > 0; i += scanShares {
			if slot := s.slots[i]; slot != 0 && !yield(slot) {
				return
			}
		}
	}
}

// clean looks at the shares that are due.
func (a *Analyzer) clean() {
	s := &a.scan
	passed := since(s.cleaned, a.now)
	if passed <= scanPeriod {
		return
	}
	s.cleaned = a.now
	shares := (passed + scanPeriod - 1) / scanPeriod
	for range min(shares, scanShares) {
		for slot := range s.conns.share() {
			if a.connIdle(&a.conns.At(slot).State) {
				a.endConn(slot, EndIdle, false)
			}
		}
		for slot := range s.flows.share() {
			if a.flowIdle(&a.flows.At(slot).State) {
				a.endFlow(slot, EndIdle)
			}
		}
		s.conns.next = (s.conns.next + 1) % scanShares
		s.flows.next = (s.flows.next + 1) % scanShares
	}
	if rest := shares - min(shares, scanShares); rest > 0 {
		s.conns.next = int((int64(s.conns.next) + rest) % scanShares)
		s.flows.next = int((int64(s.flows.next) + rest) % scanShares)
	}
}

func (a *Analyzer) connIdle(c *live) bool {
	silent := since(c.last, a.now)
	return silent > int64(a.cfg.Idle) || silent > int64(a.cfg.HalfOpen) && c.onlySYNs()
}

func (a *Analyzer) flowIdle(f *liveFlow) bool {
	silent := since(f.Last, a.now)
	return silent > int64(a.cfg.UDPIdle) || silent > int64(a.cfg.UDPSingle) && f.packets == 1
}

// flushClassic ends all entries in the order of Tstat's arrays, idle ones first.
func (a *Analyzer) flushClassic() {
	for _, slot := range a.scan.conns.slots {
		if slot != 0 && a.connIdle(&a.conns.At(slot).State) {
			a.endConn(slot, EndIdle, false)
		}
	}
	for _, slot := range a.scan.conns.slots {
		if slot != 0 {
			a.endConn(slot, EndOfInput, false)
		}
	}
	for _, slot := range a.scan.flows.slots {
		if slot != 0 {
			a.endFlow(slot, EndOfInput)
		}
	}
}
