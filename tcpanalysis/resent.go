package tcpanalysis

// resent is what a side sent again last, of which it may turn out that it was not needed. The
// latest 16 are kept: of a path full of retransmissions the reports come a round trip later, in
// order.
type resent struct {
	starts, ends [16]uint32 // sequence numbers; equal where there is none
	next         uint8
}

// add notes that [start, end) was sent again.
func (r *resent) add(start, end int64) {
	i := r.next % uint8(len(r.starts))
	r.starts[i], r.ends[i] = uint32(start), uint32(end)
	r.next = i + 1
}

// take forgets what overlaps [start, end), the earliest or all, and returns how many that were.
func (r *resent) take(start, end uint32, all bool) (n uint64) {
	for k := range uint8(len(r.starts)) {
		i := (r.next + k) % uint8(len(r.starts))
		if r.starts[i] == r.ends[i] || int32(r.ends[i]-start) <= 0 || int32(end-r.starts[i]) <= 0 {
			continue
		}
		r.starts[i] = r.ends[i]
		if n++; !all {
			break
		}
	}
	return n
}
