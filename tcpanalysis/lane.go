package tcpanalysis

const (
	nearTail   = 16 // ranges that are looked at one by one before the lane is
	laneLength = 64 // a list of fewer has no lane
	laneShift  = 64 - 6
)

// laneStop is a stop on the express lane of a long list. About every 64th range has one, drawn by
// lot, so that nobody can arrange lists in which a range takes long to find.
type laneStop struct {
	of, next uint32 // the range, and the next stop
}

// draw gives range i of l, which was just linked, a stop on the lane with a chance of 1 in 64.
func (t *Tracker) draw(l *list, i uint32) {
	t.lot = t.lot*6364136223846793005 + 1442695040888963407
	if t.lot>>laneShift != 0 {
		return
	}
	n := t.stops.New()
	stop := t.stops.At(n)
	stop.of = i
	s := t.segs.At(i)
	s.stop = n
	before := &l.lane
	for *before != 0 {
		other := t.stops.At(*before)
		if o := t.segs.At(other.of); o.start > s.start || o.start == s.start && o.end >= s.end {
			break
		}
		before = &other.next
	}
	stop.next, *before = *before, n
}

// leave takes the stop of range s off the lane of l.
func (t *Tracker) leave(l *list, s *segment) {
	before := &l.lane
	for *before != s.stop {
		before = &t.stops.At(*before).next
	}
	*before = t.stops.At(s.stop).next
	t.stops.Free(s.stop)
	s.stop = 0
}

// seek returns the first range of l that ends above at, 0 if there is none. What is looked for is
// near the end more often than not.
func (t *Tracker) seek(l *list, at int64) uint32 {
	found := uint32(0)
	i := l.tail
	for n := 0; i != 0 && n < nearTail; n++ {
		t.steps++
		s := t.segs.At(i)
		if s.end <= at {
			return found
		}
		found, i = i, s.prev
	}
	if i == 0 {
		return found
	}
	i = l.head
	for n := l.lane; n != 0; {
		t.steps++
		stop := t.stops.At(n)
		if t.segs.At(stop.of).end > at {
			break
		}
		i, n = stop.of, stop.next
	}
	for i != 0 {
		t.steps++
		s := t.segs.At(i)
		if s.end > at {
			return i
		}
		i = s.next
	}
	return 0
}
