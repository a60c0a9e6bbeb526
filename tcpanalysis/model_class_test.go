package tcpanalysis

import (
	"math"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// rto is the retransmission timeout as the observer sees it.
func (s *modelSide) rto() int64 {
	return max(s.srtt+s.peer.srtt+4*(s.rttvar+s.peer.rttvar), 200e6)
}

// reordering is how much later than its followers an overtaken segment may come.
func (s *modelSide) reordering() int64 {
	a, b := s.shortest(), s.peer.shortest()
	if a+b == 0 {
		return 3e6
	}
	return (a + b) * 7 / 8
}

func (s *modelSide) shortest() (least int64) {
	for i, x := range s.samples {
		if i == 0 || x.RTT < least {
			least = x.RTT
		}
	}
	return least
}

// classify gives p, which is not in s.all yet, its class.
func (s *modelSide) classify(p *modelPacket) Class {
	switch {
	case s.copied(p):
		return CaptureDup
	case p.TCP.Flags&rst != 0:
		return NumClasses
	case s.probes(p):
		return WindowProbe
	case s.keepsAlive(p):
		return KeepAlive
	case p.hi == p.lo:
		return NumClasses
	case s.again(p):
		return s.whyAgain(p)
	case s.fills(p):
		return s.whyFilled(p)
	}
	return NumClasses
}

// copied tells whether p was captured before.
func (s *modelSide) copied(p *modelPacket) bool {
	var recent []*modelPacket
	for _, q := range slices.Backward(s.all) {
		if q.class != CaptureDup && len(recent) < 4 {
			recent = append(recent, q)
		}
	}
	for i, q := range recent {
		if !sameHeader(p.Packet, q.Packet) {
			continue
		}
		others := slices.Delete(slices.Clone(recent), i, i+1)
		counted := len(others) > 1 || len(others) == 1 && uint16(p.IPID-others[0].IPID) <= 256
		proof := p.IPID > 0 && counted && !slices.ContainsFunc(others, func(o *modelPacket) bool { return o.IPID == p.IPID })
		apart := max(p.Time-q.Time, q.Time-p.Time)
		if proof && apart < 100e6 {
			return true
		}
		if !proof && apart < 2e6 && takes(p.Packet) > 0 && !s.askedFor(s.place(p.TCP.Seq), q.Time) {
			return true
		}
	}
	return s.sentJust(p)
}

// sentJust tells whether p is a copy of what was sent last of its sequence numbers, however many
// packets ago, if none was acknowledged.
func (s *modelSide) sentJust(p *modelPacket) bool {
	n := takes(p.Packet)
	space := modelRange{s.place(p.TCP.Seq), s.place(p.TCP.Seq) + n}
	if n == 0 || s.acked && space.lo < s.una {
		return false
	}
	var last *modelPacket
	for _, q := range s.sent() {
		if q.space().cut(space).len() > 0 {
			last = q
		}
	}
	return last != nil && last.space() == space && sameHeader(p.Packet, last.Packet) &&
		max(p.Time-last.Time, last.Time-p.Time) < 2e6 && !s.askedFor(space.lo, last.Time)
}

// askedFor tells whether three duplicate ACKs, or a SACK of something above a position, ask for
// what is there, and some ACK came since a time.
func (s *modelSide) askedFor(at, since int64) bool {
	last := s.peer.lastACK()
	return last != nil && last.Time > since && (len(s.runs) >= 3 || s.sackedAbove(at))
}

func sameHeader(p, q *pcapio.Packet) bool {
	a, b := p.TCP, q.TCP
	if p.IPID != q.IPID || p.PayloadLen != q.PayloadLen || a.Seq != b.Seq || a.Ack != b.Ack || a.Flags != b.Flags || a.Window != b.Window || a.Urgent != b.Urgent {
		return false
	}
	if (a.Options^b.Options)&(pcapio.OptTimestamps|pcapio.OptSACK) != 0 {
		return false
	}
	return (a.Options&pcapio.OptTimestamps == 0 || a.TSval == b.TSval && a.TSecr == b.TSecr) && (a.SACKCount == 0) == (b.SACKCount == 0) && (a.SACKCount == 0 || a.SACK[0] == b.SACK[0])
}

// probes tells whether p asks for a window (RFC 9293, 3.8.6.1).
func (s *modelSide) probes(p *modelPacket) bool {
	last := s.peer.lastACK()
	if last == nil || last.TCP.Window != 0 || !s.acked || p.TCP.Flags&(syn|fin) != 0 {
		return false
	}
	return p.PayloadLen == 0 && p.lo == s.una-1 || p.PayloadLen == 1 && (p.lo == s.una-1 || p.lo == s.una)
}

// keepsAlive tells whether p asks for a sign of life (RFC 9293, 3.8.4).
func (s *modelSide) keepsAlive(p *modelPacket) bool {
	if p.TCP.Flags&(syn|fin) != 0 || p.PayloadLen > 1 || !s.known || len(s.all) == 0 && !s.acked || p.lo != s.next-1 {
		return false
	}
	if s.acked && s.una == s.next || s.peer.lastACK() != nil {
		return s.acked && s.una == s.next
	}
	covering := s.covering(s.next - 1)
	switch {
	case len(s.sent()) == 0 && s.next == s.low:
		return true // all were empty, at next
	case p.PayloadLen == 0 && len(covering) > 0:
		return p.Time-covering[len(covering)-1].Time >= 200e6
	case p.PayloadLen == 0:
		return p.Time-s.marks[len(s.marks)-1].time >= 200e6
	}
	longer := slices.ContainsFunc(covering, func(q *modelPacket) bool { return q.hi-q.lo > 1 })
	return longer || len(covering) == 1 && p.Time-covering[0].Time >= 10e9
}

// again tells whether some of p was captured before.
func (s *modelSide) again(p *modelPacket) bool {
	space := p.space()
	return total(space.without(s.captured(false))) < space.len()
}

// whyAgain is the class of a retransmission.
func (s *modelSide) whyAgain(p *modelPacket) Class {
	last, known := s.lastSent(p)
	late := known && p.Time-last >= s.rto()
	fast := s.refusedAgain(p) || len(s.runs) >= 3 || s.sackedAbove(p.lo) || s.recover > max(s.una, p.lo)
	if fast && !(late && s.peerSilent(p.Time)) {
		s.recover = max(s.recover, s.next, p.hi)
		return Fast
	}
	if late {
		s.recover = 0 // RFC 6582, 4
		return Timeout
	}
	return Unclassified
}

// refusedAgain tells whether p has data that only SYNs carried, whose ACK left it out (RFC 7413).
func (s *modelSide) refusedAgain(p *modelPacket) bool {
	if !s.anySYN() || !s.acked || s.una <= s.syn() {
		return false
	}
	var others []modelRange
	for _, q := range s.sent() {
		if q.TCP.Flags&syn == 0 {
			others = append(others, q.space())
		}
	}
	return slices.ContainsFunc(s.sent(), func(q *modelPacket) bool {
		part := q.space().cut(p.space())
		part.lo = max(part.lo, s.una)
		return q.TCP.Flags&syn != 0 && part.len() > 0 && total(part.without(others)) > 0
	})
}

// lastSent returns when something of p was last sent. Of what was acknowledged that is forgotten:
// it was at the latest when una moved, or when something below it was sent again.
func (s *modelSide) lastSent(p *modelPacket) (last int64, known bool) {
	if s.belowUna(p) {
		last, known = s.movedAt(), true
	}
	for _, q := range s.sent() {
		above := p.space()
		if s.acked {
			above.lo = max(above.lo, s.una)
		}
		if q.class != WindowProbe && q.space().cut(above).len() > 0 {
			last, known = max(last, q.Time), true
		}
	}
	return last, known
}

// movedAt is when una last moved, or something below it was last sent again.
func (s *modelSide) movedAt() int64 {
	last := s.moved
	for _, q := range s.all {
		if q.below {
			last = max(last, q.Time)
		}
	}
	return last
}

// belowUna tells whether some of p was captured before, and acknowledged.
func (s *modelSide) belowUna(p *modelPacket) bool {
	below := p.space()
	below.hi = min(below.hi, s.una)
	return s.acked && total(below.without(s.captured(false))) < below.len()
}

func (s *modelSide) peerSilent(now int64) bool {
	last := s.peer.lastACK()
	return last == nil || now-last.Time >= s.rto()/2
}

func (s *modelSide) sackedAbove(at int64) bool {
	return slices.ContainsFunc(s.sacked, func(r modelRange) bool { return r.hi > at })
}

// fills tells whether p has something that lies between what was seen.
func (s *modelSide) fills(p *modelPacket) bool { return len(s.filled(p)) > 0 }

// filled returns what p has of what lies between what was seen.
func (s *modelSide) filled(p *modelPacket) []modelRange {
	below := modelRange{p.lo, min(p.hi, s.next)}
	if len(s.shown) == 0 || below.len() == 0 {
		return nil
	}
	return below.without(s.captured(true))
}

// whyFilled is the class of a segment that fills a gap, the lowest if there are several.
func (s *modelSide) whyFilled(p *modelPacket) Class {
	gap := s.filled(p)[0].lo
	at, ok := firstAbove(s.acks, gap)
	if gap < s.low {
		at, ok = s.began(p), s.acked
	}
	if ok {
		if p.Time-at < s.rto() {
			return Reordered
		}
		s.result.RetransUnseen++
		return Timeout // not needed
	}
	if gap >= s.low {
		at = s.follower(gap)
	}
	switch {
	case p.Time-at < s.reordering():
		return Reordered
	case p.Time-at >= s.rto():
		s.result.RetransUnseen++
		return Timeout
	}
	s.result.RetransUnseen++
	return Fast
}

// began returns what showed what lies before the beginning of the side: its first segment, or the
// peer's last ACK before that.
func (s *modelSide) began(p *modelPacket) int64 {
	at := p.Time
	if len(s.all) > 0 {
		at = min(at, s.earliest())
	}
	if s.acked {
		at = min(at, s.movedAt())
	}
	return at
}

// follower returns when what follows a gap was first captured: a segment, or an empty one.
func (s *modelSide) follower(gap int64) (at int64) {
	nearest := int64(math.MaxInt64)
	for _, q := range s.sent() {
		if q.lo > gap && q.lo < nearest {
			nearest, at = q.lo, q.Time
		}
	}
	for _, q := range s.sent() {
		if q.lo <= nearest && q.hi > nearest {
			at = q.Time
			break
		}
	}
	for _, st := range s.marks {
		if st.to > gap && st.to <= nearest {
			at = st.time
			break
		}
	}
	return at
}
