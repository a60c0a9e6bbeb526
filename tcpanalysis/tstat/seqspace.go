package tstat

// record is a range of sequence numbers that was sent, first and last byte included.
type record struct {
	first, last uint32
	time        int64 // when it was last sent
	prev, next  uint32
	acked       uint32 // how often
	id          uint32 // IP identification of the packet
	retrans     bool
	class       uint8 // anomaly with flags
}

// seqspace is the memory of the segments of one side: four lists, each for a quarter of the
// sequence numbers. Only the quarter last visited and its two neighbours are kept, and maxRecords
// of each, so that memory is bounded.
type seqspace struct {
	head, tail [4]uint32
	count      [4]uint16
	center     uint8 // 1 + quarter last visited, 0 before the first
}

const (
	// that a quarter holds after one at its end: over it the two oldest become one
	maxRecords  = 100
	mostRecords = 4096 // that it holds at all
)

// visit makes q the centre and forgets the quarter opposite to it.
func (a *Analyzer) visit(s *seqspace, q uint32) {
	if uint32(s.center) == q+1 {
		return
	}
	s.center = uint8(q + 1)
	a.forget(s, (q+2)&3)
}

func (a *Analyzer) forget(s *seqspace, q uint32) {
	for i := s.head[q]; i != 0; {
		next := a.records.At(i).next
		a.records.Free(i)
		i = next
	}
	s.head[q], s.tail[q], s.count[q] = 0, 0, 0
}

// insert records n bytes from seq, which h sent with IP identification id, and returns how many of
// them had been seen.
func (a *Analyzer) insert(h, peer *half, fromClient bool, seq, n, id uint32) (again int64, outOfOrder bool) {
	s := &h.space
	q, last := seq>>30, seq+n-1
	a.visit(s, q)
	in := insertion{a: a, h: h, peer: peer, fromClient: fromClient, id: id}
	if q == last>>30 {
		in.add(q, seq, n)
		return in.again, in.outOfOrder
	}
	border := q<<30 | (1<<30 - 1)
	if a.cfg.Classic {
		// Tstat's slip: q bytes too early, and the second part is q bytes too long
		border = (q + 1) * (1<<30 - 1)
	}
	n1 := border - seq + 1
	in.add(q, seq, n1)
	in.add((q+1)&3, (last>>30)<<30, n-n1)
	return in.again, in.outOfOrder
}

// insertion is a segment on its way into the sequence space.
type insertion struct {
	a          *Analyzer
	h, peer    *half
	fromClient bool
	id         uint32
	again      int64
	outOfOrder bool
}

// add puts n bytes from first into quarter q.
func (in *insertion) add(q, first, n uint32) {
	a, s := in.a, &in.h.space
	for s.count[q] >= mostRecords || s.count[q] > 1 && a.records.Live() >= a.cfg.MaxRecords {
		a.joinOldest(s, q)
		a.stats.Forgotten++
	}
	last := first + n - 1
	// Walk back from the tail to the first record that ends at or after first: traffic is nearly
	// all at the tail.
	i := uint32(0)
	for j := s.tail[q]; j != 0 && a.records.At(j).last >= first; j = a.records.At(j).prev {
		i = j
	}
	split := false
	for ; i != 0; i = a.records.At(i).next {
		r := a.records.At(i)
		if first > r.last {
			continue
		}
		if first < r.first {
			if last < r.last {
				in.outOfOrder = true
			}
			j := in.link(q, first, last, i)
			if last < r.first || a.cfg.Classic && last == r.first {
				in.classify(i, n, false, 0)
				return
			}
			a.records.At(j).last = r.first - 1
			in.classify(i, r.first-1-first, false, 0)
			first = r.first
		}
		r.retrans = true
		recovery := float64(a.now-r.time) / 1000
		if !split {
			r.time = a.now
		}
		n = last - first + 1
		if last <= r.last {
			in.again += int64(n)
			in.classify(i, n, true, recovery)
			return
		}
		split = true
		in.again += int64(r.last - first + 1)
		first = r.last + 1
		in.classify(i, uint32(in.again), true, recovery)
		n = last - first + 1
	}
	in.link(q, first, last, 0)
	if s.count[q] > maxRecords {
		a.joinOldest(s, q)
	}
	in.countClass(inSequence)
}

// joinOldest makes one of the two oldest records of a quarter.
func (a *Analyzer) joinOldest(s *seqspace, q uint32) {
	oldest := s.head[q]
	r := a.records.At(oldest)
	s.head[q] = r.next
	second := a.records.At(r.next)
	second.prev, second.first = 0, r.first
	s.count[q]--
	a.records.Free(oldest)
}

// link adds a record before record at, at the tail if at is 0, and returns its number.
func (in *insertion) link(q, first, last, at uint32) uint32 {
	a, s := in.a, &in.h.space
	i := a.records.New()
	r := a.records.At(i)
	r.first, r.last, r.time, r.next, r.id = first, last, a.now, at, in.id
	if at == 0 {
		r.prev = s.tail[q]
		s.tail[q] = i
	} else {
		r.prev = a.records.At(at).prev
		a.records.At(at).prev = i
	}
	if r.prev == 0 {
		s.head[q] = i
	} else {
		a.records.At(r.prev).next = i
	}
	s.count[q]++
	return i
}

// acknowledge applies an ACK number to what h sent, and takes the round-trip time of the record
// that it ends exactly, unless that was sent again, or something lower was sent later.
func (a *Analyzer) acknowledge(h *half, ack uint32) {
	s := &h.space
	q := ack >> 30
	a.visit(s, q)
	newest := int64(0)
	if !a.cfg.Classic {
		newest = -1 << 63
	}
	before := (q + 3) & 3
	changed := false
	for i := s.head[before]; i != 0; {
		r := a.records.At(i)
		if r.acked == 0 {
			r.acked, changed = 1, true
			newest = max(newest, r.time)
		}
		i = r.next
	}
	if changed {
		a.collapse(s, before)
	}
	changed = false
	for i := s.head[q]; i != 0; {
		r := a.records.At(i)
		if ack <= r.first {
			break
		}
		newest = max(newest, r.time)
		r.acked++
		if r.acked == 1 {
			changed = true
			if ack == r.last+1 && newest <= r.time && !r.retrans {
				h.RTT.add(max(a.now-r.time, 0))
			}
		}
		i = r.next
	}
	if changed {
		a.collapse(s, q)
	}
}

// collapse merges acknowledged neighbours at the head of a quarter.
func (a *Analyzer) collapse(s *seqspace, q uint32) {
	for i := s.head[q]; i != 0; {
		r := a.records.At(i)
		j := r.next
		if j == 0 || r.acked == 0 {
			return
		}
		n := a.records.At(j)
		if n.acked == 0 || r.last+1 != n.first {
			i = j
			continue
		}
		r.last, r.acked = n.last, n.acked
		if n.time > r.time {
			r.time, r.id, r.class = n.time, n.id, n.class
		}
		r.next = n.next
		if n.next != 0 {
			a.records.At(n.next).prev = i
		} else {
			s.tail[q] = i
		}
		s.count[q]--
		a.records.Free(j)
	}
}
