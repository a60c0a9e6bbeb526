package tcpanalysis

// segment is a range of sequence numbers that was sent and is not acknowledged, or a gap below what
// was. The end is exclusive.
//
// One without bytes among the former is the position of a side, shown by an empty segment: what
// lies before it was sent, and was not seen.
type segment struct {
	start, end int64
	// when it was sent, the first and the latest time; of a gap when it was acknowledged
	first, last     int64
	tsFirst, tsLast uint32 // TSval then
	prev, next      uint32
	times           uint16 // how often
	syn, tsOK       bool
	long            bool   // some segment with it took up more than one sequence number
	probe           bool   // of a closed window, which may well have refused it
	firstTwice      bool   // another transmission had the TSval of the first
	lastTwice       bool   // another had that of the last
	print           uint32 // fingerprint of its last packet
	stop            uint32 // on the lane of a long list, 0 for none
}

// transmission is how a range was sent.
type transmission struct {
	ts, print        uint32 // TSval; fingerprint of the packet
	tsOK, syn, probe bool
	long             bool // the segment takes up more than one sequence number
}

// set says of a range that was just added how it was sent.
func (s *segment) set(m transmission) {
	s.last, s.times = s.first, 1
	s.tsFirst, s.tsLast, s.tsOK, s.syn, s.probe, s.long, s.print = m.ts, m.ts, m.tsOK, m.syn, m.probe, m.long, m.print
}

// list is a list of segments in order of start.
type list struct {
	head, tail uint32
	len        int32
	lane       uint32 // first stop of a long one, see laneStop
}

// insertBefore adds the range [start, end), first seen at now, to l before at; at its end if at is
// 0.
func (t *Tracker) insertBefore(l *list, at uint32, start, end, now int64) *segment {
	i := t.segs.New()
	n := t.segs.At(i)
	n.start, n.end, n.first, n.next = start, end, now, at
	if at == 0 {
		n.prev = l.tail
		l.tail = i
	} else {
		a := t.segs.At(at)
		n.prev = a.prev
		a.prev = i
	}
	if n.prev == 0 {
		l.head = i
	} else {
		t.segs.At(n.prev).next = i
	}
	if l.len++; l.len > laneLength {
		t.draw(l, i)
	}
	return n
}

func (t *Tracker) remove(l *list, i uint32) {
	s := t.segs.At(i)
	if s.prev == 0 {
		l.head = s.next
	} else {
		t.segs.At(s.prev).next = s.next
	}
	if s.next == 0 {
		l.tail = s.prev
	} else {
		t.segs.At(s.next).prev = s.prev
	}
	if s.stop != 0 {
		t.leave(l, s)
	}
	l.len--
	t.segs.Free(i)
}

func (t *Tracker) clear(l *list) {
	for l.head != 0 {
		t.remove(l, l.head)
	}
}

// history is what is known of a range of sequence numbers at the moment it is sent.
type history struct {
	again    int64 // how much of it was seen before
	probed   int64 // how much of that was sent as a window probe only
	fills    bool  // it fills a gap
	belowACK bool  // some of that was acknowledged before
	acked    bool  // all of it was acknowledged before
	below    bool  // some of it was seen and acknowledged before
	refused  bool  // some of it is data of a SYN whose ACK left it out (RFC 7413)
	before   int64 // no later than this was the repeated part last sent
	follower int64 // when the gap was shown, by what follows it or by its ACK
}

// fill notes that a gap is filled. Of several the lowest counts, which comes first.
func (s *history) fill(follower int64, belowACK bool) {
	if !s.fills {
		s.fills, s.follower, s.belowACK = true, follower, belowACK
	}
}

// send records that [start, end) was sent at now. The sequence space is 64 bits wide here: see
// unwrap.
//
// Below una everything was seen but for the gaps in rare.holes. From una to next everything that
// was seen is in h.unacked.
func (t *Tracker) send(h *half, start, end, now int64, m transmission, out *history) {
	if start >= h.next { // by far the most frequent case
		t.insertBefore(&h.unacked, 0, start, end, now).set(m)
		h.next = end
		t.bound(h)
		return
	}
	at := start
	if at < h.low { // before the first byte that was seen
		stop := min(end, h.low)
		t.below(h, at, stop, now, m, out)
		at = stop
	}
	if stop := min(end, h.una); at < stop {
		if again := t.repeat(h, at, stop, out); again > 0 {
			out.again += again
			out.below = true
			out.before = max(out.before, h.movedAt)
		}
		at = stop
	}
	out.acked = h.acked && end <= h.una
	if at < min(end, h.next) {
		at = t.overlap(h, at, min(end, h.next), now, m, out)
	}
	if at < end {
		t.insertBefore(&h.unacked, 0, max(at, h.next), end, now).set(m)
		h.next = end
		t.bound(h)
	}
}

// repeat records [at, stop), all of it acknowledged, and returns how much of it was seen before.
func (t *Tracker) repeat(h *half, at, stop int64, out *history) (again int64) {
	if h.rare != 0 {
		holes := &t.rare(h).holes
		for i := t.seek(holes, at); i != 0 && at < stop; {
			t.steps++
			seg := t.segs.At(i)
			next := seg.next
			if seg.start >= stop {
				break
			}
			if seg.end > at {
				again += max(seg.start-at, 0)
				from, to := max(at, seg.start), min(seg.end, stop)
				out.fill(seg.first, true)
				t.fill(h, i, from, to)
				at = to
			}
			i = next
		}
	}
	return again + stop - at
}

// below records bytes before where the side began, which its first segment showed, or if this is
// that the ACK that had put it there: the capture began, or the first packets were reordered.
func (t *Tracker) below(h *half, start, end, now int64, m transmission, out *history) {
	shown := h.First
	if h.acked {
		shown = min(h.First, h.movedAt)
	}
	out.fill(shown, h.acked)
	if h.acked {
		if end < h.low {
			holes := &t.rare(h).holes
			t.insertBefore(holes, holes.head, end, h.low, shown)
			t.boundHoles(h)
		}
	} else {
		if h.unacked.len == 0 && end < h.next {
			t.mark(h, h.next, h.First)
		}
		t.insertBefore(&h.unacked, h.unacked.head, start, end, now).set(m)
		h.una = start
		t.bound(h)
	}
	h.low = min(h.low, start)
}

// fill takes [from, to) out of gap i.
func (t *Tracker) fill(h *half, i uint32, from, to int64) {
	seg := t.segs.At(i)
	switch {
	case from == seg.start && to == seg.end:
		t.remove(&t.rare(h).holes, i)
	case from == seg.start:
		seg.start = to
	case to == seg.end:
		seg.end = from
	default:
		end := seg.end
		seg.end = from
		t.insertBefore(&t.rare(h).holes, seg.next, to, end, seg.first)
		t.boundHoles(h)
	}
}

// overlap records [at, end), all of it from una to next, and returns end.
func (t *Tracker) overlap(h *half, at, end, now int64, m transmission, out *history) int64 {
	i := t.seek(&h.unacked, at)
	for at < end && i != 0 {
		t.steps++
		s := t.segs.At(i)
		if at < s.start {
			x := min(end, s.start)
			out.fill(s.first, false)
			t.insertBefore(&h.unacked, i, at, x, now).set(m)
			at = x
			continue
		}
		if s.start == s.end {
			i = s.next
			continue
		}
		x := min(end, s.end)
		if at > s.start { // what is not sent again keeps its times
			t.split(&h.unacked, i, at)
		}
		if x < s.end {
			s = t.split(&h.unacked, i, x)
		}
		out.again += x - at
		out.refused = out.refused || s.syn && h.acked && h.hasSYN && h.una > h.isn
		if s.probe {
			out.probed += x - at
		}
		s.probe, s.long = s.probe && m.probe, s.long || m.long
		out.before = max(out.before, s.last)
		s.tsOK, s.syn = s.tsOK && m.tsOK, s.syn && m.syn
		s.lastTwice = m.ts == s.tsLast
		s.firstTwice = s.firstTwice || m.ts == s.tsFirst
		s.last, s.tsLast, s.print = now, m.ts, m.print
		if s.times < 1<<16-1 {
			s.times++
		}
		at, i = x, s.next
	}
	t.bound(h)
	return at
}

// split makes two of range i, and returns the lower one, which is new.
func (t *Tracker) split(l *list, i uint32, at int64) *segment {
	s := t.segs.At(i)
	lower := t.insertBefore(l, i, s.start, at, s.first)
	prev, next, stop := lower.prev, lower.next, lower.stop
	*lower = *s
	lower.prev, lower.next, lower.stop, lower.end = prev, next, stop, at
	s.start = at
	return lower
}

// hole notes that [start, end) was acknowledged at now and not seen before, and returns its length.
func (t *Tracker) hole(h *half, start, end, now int64) int64 {
	if start >= end {
		return 0
	}
	t.insertBefore(&t.rare(h).holes, 0, start, end, now)
	t.boundHoles(h)
	return end - start
}

// bound keeps the number of unacknowledged ranges of a side within limits: the oldest counts as
// acknowledged over that.
func (t *Tracker) bound(h *half) {
	limit := t.limit(h)
	for h.unacked.len > limit {
		s := t.segs.At(h.unacked.head)
		t.hole(h, h.una, s.start, s.first)
		h.una, h.acked = s.end, true
		t.remove(&h.unacked, h.unacked.head)
		if h.answered {
			t.dropped(t.rare(h), 1)
		}
	}
}

// boundHoles does so with the gaps: the oldest counts as seen.
func (t *Tracker) boundHoles(h *half) {
	o := t.rare(h)
	for limit := t.limit(h); o.holes.len > limit; {
		t.remove(&o.holes, o.holes.head)
		t.dropped(o, 1)
	}
}

// limit is lower for a side that never was answered, of which nothing will be acknowledged.
func (t *Tracker) limit(h *half) int32 {
	if !h.answered {
		return int32(min(t.cfg.MaxRanges, t.unanswered))
	}
	return int32(t.cfg.MaxRanges)
}

// unwrap returns the 64-bit sequence number next to ref whose lower 32 bits are seq.
func unwrap(ref int64, seq uint32) int64 { return ref + int64(int32(seq-uint32(ref))) }
