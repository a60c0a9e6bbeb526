package tcpanalysis

import (
	"slices"

	"github.com/reeftools/reef/pcapio"
)

const modelReach = 1 << 30 // no window is larger (RFC 7323, 2.3)

// place turns a sequence number of the side into one of 64 bits: the nearest to where the side
// stands.
func (s *modelSide) place(n uint32) int64 {
	if !s.known && !s.acked {
		return 1<<40 + int64(n)
	}
	return s.next + int64(int32(n-uint32(s.next)))
}

// take is called with the packets of the side, in order.
func (s *modelSide) take(p *modelPacket) {
	copied, old := s.copied(p), p.TCP.Flags&syn != 0 && s.outlives(p.Packet)
	if !copied && !old {
		s.conn.goesOn(p)
	}
	r := &s.result
	r.Packets++
	r.Bytes += uint64(p.IPLen)
	for _, c := range []struct {
		flag pcapio.TCPFlags
		n    *uint32
	}{{syn, &r.SYNs}, {fin, &r.FINs}, {rst, &r.RSTs}} {
		if p.TCP.Flags&c.flag != 0 && !copied {
			*c.n++
		}
	}
	if old && !copied {
		return // an old duplicate
	}
	if empty(p.Packet) && p.TCP.Flags&ack != 0 && !copied && s.peer.refusesACK(p.TCP.Ack) {
		p.void, p.class = true, NumClasses
		s.all = append(s.all, p)
		s.conn.all = append(s.conn.all, p)
		return
	}
	s.begin(p)
	p.lo = s.place(p.TCP.Seq)
	p.hi = p.lo + takes(p.Packet)
	if p.TCP.Flags&(syn|ack) == syn|ack && s.lastACK() == nil && s.anySYN() && s.syn() == p.lo {
		s.twoSYNs = true
		p.lo++ // that of a simultaneous open (RFC 9293, 3.5), not sent again
	}
	p.class = s.classify(p)
	if p.class < NumClasses {
		r.Classes[p.class]++
	}
	if p.class != CaptureDup && p.TCP.Flags&(fin|rst) == fin && p.IPFlags&pcapio.MoreFragments != 0 {
		s.lateFIN = true
	}
	p.resent = p.class <= Unclassified
	p.below = p.resent && s.belowUna(p)
	p.needless = p.resent && s.acked && p.hi <= s.una
	p.window = uint64(p.TCP.Window)
	if shift, _ := s.shift(); p.TCP.Flags&syn == 0 {
		p.window <<= shift
	}
	if p.class != CaptureDup && p.class != KeepAlive && p.TCP.Flags&rst == 0 {
		s.count(p)
	}
	if p.TCP.Flags&rst == 0 {
		s.move(p)
	}
	s.all = append(s.all, p)
	s.conn.all = append(s.conn.all, p)
	switch {
	case p.class == CaptureDup:
	case p.TCP.Flags&rst != 0:
		answers := s.refuses(p)
		s.conn.takesReset(p)
		if answers && s.conn.reset == p {
			s.peer.acknowledge(p) // it answers the SYN at once
		}
	case p.TCP.Flags&ack != 0:
		s.peer.acknowledge(p)
	}
	if p.TCP.Flags&(syn|rst) == syn && p.class != CaptureDup {
		s.lateHandshake(p)
	}
}

// fragment takes a later fragment, whose bytes belong to a segment that was counted before.
func (s *modelSide) fragment(p *pcapio.Packet, now int64) {
	if !s.known || s.place(p.TCP.Seq) > s.next+modelReach {
		return
	}
	r, c := &s.result, s.conn
	r.Bytes += uint64(p.IPLen)
	q := &modelPacket{Packet: p, side: s, now: now, lo: s.place(p.TCP.Seq), class: NumClasses}
	q.hi = q.lo + int64(p.PayloadLen)
	if s.copied(q) {
		return
	}
	fresh := uint64(total(q.payload().without(s.captured(true))))
	r.DataBytes += uint64(p.PayloadLen)
	r.UniqueBytes += fresh
	r.RetransBytes += uint64(p.PayloadLen) - fresh
	q.below = s.belowUna(q)
	if p.IPFlags&pcapio.MoreFragments == 0 && s.lateFIN {
		s.lateFIN, q.fin = false, true
		q.hi++
	}
	s.move(q)
	s.all, c.all = append(s.all, q), append(c.all, q)
	c.first, c.last, c.touched = min(c.first, p.Time), max(c.last, p.Time), now
}

// refusesACK tells whether the side is in SYN-SENT, and n acknowledges something else (RFC 9293,
// 3.10.7.3).
func (s *modelSide) refusesACK(n uint32) bool {
	if !s.anySYN() || s.lastACK() != nil {
		return false
	}
	at := s.place(n)
	return at <= s.syn() || at > s.next+1<<20
}

// begin lets the side begin at p, if it is the first of it.
func (s *modelSide) begin(p *modelPacket) {
	if s.known || p.TCP.Flags&rst != 0 {
		return
	}
	at := s.place(p.TCP.Seq)
	if s.acked && (at-s.next > modelReach || s.next-at > modelReach || s.moved > p.Time) {
		s.acked = false // what was acknowledged was something else, or came later
		s.acks, s.shown = nil, nil
	}
	if !s.acked {
		at = s.place(p.TCP.Seq)
		s.next, s.low = at, at
	}
	s.known = true
}

// count does the payload of p.
func (s *modelSide) count(p *modelPacket) {
	if p.PayloadLen == 0 {
		return
	}
	r := &s.result
	fresh := total(p.payload().without(s.captured(true)))
	r.DataPackets++
	r.DataBytes += uint64(p.PayloadLen)
	r.UniqueBytes += uint64(fresh)
	r.RetransBytes += uint64(p.PayloadLen) - uint64(fresh)
	if s.fills(p) {
		r.OutOfOrder++
	}
}

// captured returns the sequence numbers that were captured so far: of segments that count, with or
// without window probes.
func (s *modelSide) captured(probes bool) (rs []modelRange) {
	for _, p := range s.sent() {
		if p.class != WindowProbe || probes {
			rs = append(rs, p.space())
		}
	}
	return rs
}

// sent returns the segments so far that take up sequence numbers and count.
func (s *modelSide) sent() (list []*modelPacket) {
	for _, p := range s.all {
		if p.hi > p.lo && p.class != CaptureDup && p.class != KeepAlive {
			list = append(list, p)
		}
	}
	return list
}

// move brings next to the end of p.
func (s *modelSide) move(p *modelPacket) {
	if p.hi > p.lo && p.class != KeepAlive && p.class != CaptureDup && p.lo < s.low {
		switch {
		case s.acked:
			s.acks = slices.Insert(s.acks, 0, modelStep{s.began(p), s.low})
		case len(s.sent()) == 0:
			s.marks = append(s.marks, modelStep{s.began(p), s.next})
		}
		s.low = p.lo
	}
	switch {
	case p.hi == p.lo && p.hi > s.next && !s.believes(p.hi):
	default:
		if p.hi == p.lo && p.hi > s.next {
			s.marks = append(s.marks, modelStep{p.Time, p.hi})
		}
		s.to(p.hi, p.Time)
	}
}

// believes tells whether an empty segment may be at a position above next.
func (s *modelSide) believes(at int64) bool {
	if w, ok := s.peer.window(); ok && s.acked {
		return at <= s.una+int64(w)
	}
	return at <= s.next+modelReach
}

func (s *modelSide) to(at, time int64) {
	if at > s.next || len(s.shown) == 0 {
		s.next = max(s.next, at)
		s.shown = append(s.shown, modelStep{time, s.next})
	}
}

// firstAbove returns when a position first went above at; ok is false if it did not.
func firstAbove(steps []modelStep, at int64) (time int64, ok bool) {
	for _, st := range steps {
		if st.to > at {
			return st.time, true
		}
	}
	return 0, false
}

// acknowledge takes what p, sent by the peer, acknowledges of the side.
func (s *modelSide) acknowledge(p *modelPacket) {
	if !s.known { // it stands where the peer's highest ACK puts it
		s.acked = false
		a := s.place(s.peer.highest())
		s.acked, s.una, s.next, s.low, s.moved = true, a, a, a, p.Time
		s.acks, s.shown = []modelStep{{p.Time, a}}, []modelStep{{p.Time, a}}
		return
	}
	a := s.place(p.TCP.Ack)
	before := s.una
	defer func() { s.selective(p, modelRange{before, s.una}) }()
	if a > s.next+modelReach {
		s.result.BadACKs++
		return
	}
	if s.onlyKeepAlives(a) {
		s.acked, s.una, s.next, s.low, s.moved = true, a, a, a, p.Time
		s.acks, s.shown = []modelStep{{p.Time, a}}, []modelStep{{p.Time, a}}
		return
	}
	if !s.acked {
		if a < s.low {
			return // of what came before the capture
		}
		s.una = s.low
		s.acked = true
		s.moved = p.Time
	} else {
		s.duplicateACK(p, a)
	}
	if a <= s.una {
		return
	}
	fresh := modelRange{s.una, a}
	if s.known { // where nothing of a side was captured, all is unseen
		s.result.AckedUnseen += uint64(total(fresh.without(s.captured(true))))
	}
	s.measure(p, fresh)
	s.una, s.moved = a, p.Time
	s.acks = append(s.acks, modelStep{p.Time, a})
	s.to(a, p.Time)
	if s.una >= s.recover {
		s.recover = 0
	}
}

// onlyKeepAlives tells whether all that was seen of the side are empty segments one below a.
func (s *modelSide) onlyKeepAlives(a int64) bool {
	return !s.acked && s.next == a-1 && s.low == s.next && !slices.ContainsFunc(s.all, func(p *modelPacket) bool {
		return p.TCP.Flags&rst == 0 && p.class != CaptureDup && !empty(p.Packet)
	})
}

// outstanding tells whether the peer may owe an ACK of something but a window probe.
func (s *modelSide) outstanding() bool {
	var probed, other bool
	for _, q := range s.sent() {
		if q.hi > s.una {
			probed, other = probed || q.class == WindowProbe, other || q.class != WindowProbe
		}
	}
	for _, m := range s.marks {
		other = other || m.to > s.una
	}
	return s.next > s.una && (other || !probed)
}

// duplicateACK counts those of RFC 5681, 2.
func (s *modelSide) duplicateACK(p *modelPacket, a int64) {
	var before *modelPacket // the ACK before p
	for _, q := range slices.Backward(s.peer.all[:len(s.peer.all)-1]) {
		if q.TCP.Flags&ack != 0 && q.TCP.Flags&rst == 0 && q.class != CaptureDup {
			before = q
			break
		}
	}
	if a > s.una {
		s.runs = nil
		return
	}
	if s.outstanding() && empty(p.Packet) && a == s.una && before != nil && before.window == p.window {
		s.runs = append(s.runs, p.Time)
		s.result.DupACKs++
		if len(s.runs) == 3 {
			s.result.TripleDupACKs++
		}
	}
}

// window returns the receive window that the side advertised last, in bytes; ok is false if its
// scale is not known.
func (s *modelSide) window() (w uint64, ok bool) {
	p := s.lastACK()
	if p == nil {
		return 0, false
	}
	shift, known := s.shift()
	if p.TCP.Flags&syn != 0 {
		shift = 0
	}
	return uint64(p.TCP.Window) << shift, known
}

func (s *modelSide) lastACK() *modelPacket {
	for _, p := range slices.Backward(s.all) {
		if p.TCP.Flags&ack != 0 && p.TCP.Flags&rst == 0 && p.class != CaptureDup && !p.void {
			return p
		}
	}
	return nil
}

// shift returns the window scale of the side, and whether it is known (RFC 7323, 1.3 and 2.2).
func (s *modelSide) shift() (shift uint8, known bool) {
	offered, none, synACK := false, false, false
	var peerOffered bool
	for _, p := range s.all {
		if p.TCP.Flags&syn == 0 {
			continue
		}
		if p.TCP.Options&pcapio.OptWScale == 0 {
			none = true
			continue
		}
		offered, shift = true, min(p.TCP.WScale, 14)
		synACK = synACK || p.TCP.Flags&ack != 0
	}
	for _, p := range s.peer.all {
		if p.TCP.Flags&syn != 0 {
			if p.TCP.Options&pcapio.OptWScale == 0 {
				none = true
			} else {
				peerOffered = true
			}
		}
	}
	if offered && (peerOffered || synACK) && !none {
		return shift, true
	}
	return 0, none
}
