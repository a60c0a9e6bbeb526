package ifcounter

import "time"

// Change is what happened on one interface between two snapshots.
type Change struct {
	Name    string
	Elapsed time.Duration
	Delta   Counters // what was counted; Known has what both snapshots know
	Wrapped uint32   // bit 1<<f for each Field f that passed its end and began at 0 again
	// Reset says that the counters began at 0 again, or that the interface was removed and made
	// anew. Delta has then what was counted since, which is the least that happened.
	Reset bool
}

// PerSecond returns the rate of f.
func (c *Change) PerSecond(f Field) float64 {
	if c.Elapsed <= 0 {
		return 0
	}
	return float64(c.Delta.Value[f]) / c.Elapsed.Seconds()
}

// Diff returns the change of after.Interfaces[i] since before, or false if the interface was not
// there, or there is no i. It is looked up by its index, or by its name where one of the snapshots
// has no indices. An interface with the name of one whose index is gone is that one made anew.
//
// A counter that is lower than before has either wrapped, at 2^32 or 2^64, or was reset. It has
// wrapped if that makes its way shorter than half of its range; else it was reset, and with it all
// counters of the interface.
func Diff(before, after *Snapshot, i int) (Change, bool) {
	if i < 0 || i >= len(after.Interfaces) {
		return Change{}, false
	}
	now := &after.Interfaces[i]
	old := before.same(now)
	anew := false
	if old == nil {
		if old = before.Lookup(now.Name); old == nil || after.same(old) != nil {
			return Change{}, false
		}
		anew = true
	}
	c := Change{Name: now.Name, Elapsed: after.Time.Sub(before.Time), Reset: anew}
	c.Delta.Known = old.Known & now.Known
	for f := Field(0); f < NumFields && !c.Reset; f++ {
		if !c.Delta.Has(f) {
			continue
		}
		delta, wrapped, ok := step(old.Value[f], now.Value[f])
		c.Delta.Value[f] = delta
		c.Reset = !ok
		if wrapped {
			c.Wrapped |= 1 << f
		}
	}
	if c.Reset {
		c.Wrapped = 0
		for f := range NumFields {
			if c.Delta.Has(f) {
				c.Delta.Value[f] = now.Value[f]
			}
		}
	}
	return c, true
}

// same returns the interface that is want, nil if there is none.
func (s *Snapshot) same(want *Interface) *Interface {
	for k := range s.Interfaces {
		o := &s.Interfaces[k]
		if want.Index != 0 && o.Index == want.Index || (want.Index == 0 || o.Index == 0) && o.Name == want.Name {
			return o
		}
	}
	return nil
}

// step returns how far a counter went from old to now, and whether it wrapped; ok is false if it
// must have been reset.
func step(old, now uint64) (delta uint64, wrapped, ok bool) {
	switch {
	case now >= old:
		return now - old, false, true
	case old < 1<<32 && 1<<32-old+now < 1<<31:
		return 1<<32 - old + now, true, true
	case now-old < 1<<63: // modulo 2^64
		return now - old, true, true
	}
	return 0, false, false
}
