package tcpanalysis

import (
	"cmp"
	"slices"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// measure takes a sample of p, which newly acknowledges fresh, if something can be measured.
func (s *modelSide) measure(p *modelPacket, fresh modelRange) {
	if total(fresh.without(s.captured(true))) > 0 || s.refused(fresh) {
		s.result.Unseen++ // what set the ACK off may not have been captured
		return
	}
	highest := s.covering(fresh.hi - 1)
	timed := highest[0]
	answers := s.answersSYN(fresh) && !slices.ContainsFunc(highest, func(q *modelPacket) bool { return q.TCP.Flags&syn == 0 })
	if s.sentTwice(fresh) {
		timed, twice := s.echoed(p, fresh)
		if timed == nil {
			s.result.Ambiguous++
			return
		}
		if timed == twice[0] { // Eifel detection (RFC 3522)
			for _, q := range twice {
				q.needless = q.needless || q.resent
			}
		}
		s.sampleOf(timed.Time, p.Time, Timestamp, answers)
		return
	}
	if answers && s.simultaneous() && p.TCP.Flags&syn == 0 {
		s.result.Ambiguous++ // the SYN and the SYN+ACK carry the same
		return
	}
	if slices.ContainsFunc(s.sacked, func(r modelRange) bool { return r.cut(modelRange{fresh.hi - 1, fresh.hi}).len() > 0 }) {
		return // measured then
	}
	for _, q := range s.sent() {
		if q.space().cut(fresh).len() > 0 && q.Time > timed.Time && !slices.Contains(highest, q) {
			s.result.PostLoss++
			return
		}
	}
	method := ACK
	if answers {
		method = Handshake
	}
	s.sampleOf(timed.Time, p.Time, method, answers)
}

// answersSYN tells whether the SYN of the side is acknowledged with fresh, or was not before.
func (s *modelSide) answersSYN(fresh modelRange) bool { return s.anySYN() && fresh.lo <= s.syn() }

// refused tells whether fresh has data of a SYN whose ACK left it out (RFC 7413, 3), and that was
// not sent again.
func (s *modelSide) refused(fresh modelRange) bool {
	return !s.answersSYN(fresh) && slices.ContainsFunc(s.sent(), func(q *modelPacket) bool {
		part := q.space().cut(fresh)
		if q.TCP.Flags&syn == 0 || part.len() == 0 {
			return false
		}
		var others []modelRange
		for _, o := range s.sent() {
			if o != q {
				others = append(others, o.space())
			}
		}
		return total(part.without(others)) > 0
	})
}

// covering returns the segments that count and carry a sequence number.
func (s *modelSide) covering(at int64) (list []*modelPacket) {
	for _, q := range s.sent() {
		if q.lo <= at && at < q.hi {
			list = append(list, q)
		}
	}
	return list
}

// sentTwice tells whether some of r was sent more than once.
func (s *modelSide) sentTwice(r modelRange) bool {
	var sum int64
	for _, q := range s.sent() {
		sum += q.space().cut(r).len()
	}
	return sum > r.len()
}

// lateHandshake measures the handshake where p, a SYN or SYN+ACK, was stored behind others, by the
// times of the two.
func (s *modelSide) lateHandshake(p *modelPacket) {
	asked, answered := s, s.peer
	if p.TCP.Flags&ack != 0 {
		asked, answered = s.peer, s
		if asked.anySYN() && int64(int32(p.TCP.Ack-uint32(asked.syn()))) != 1 {
			return
		}
	}
	once := asked.result.SYNs == 1 && answered.result.SYNs == 1 && answered.lastACK() != nil
	if !once || asked.result.Handshake != 0 {
		return
	}
	begin, end := asked.earliest(), p.Time
	if p.TCP.Flags&ack == 0 {
		begin, end = p.Time, answered.earliest()
	}
	if end > begin {
		asked.sampleOf(begin, end, Handshake, true)
	}
}

func (s *modelSide) earliest() int64 {
	return slices.MinFunc(s.all, func(a, b *modelPacket) int { return int(min(max(a.Time-b.Time, -1), 1)) }).Time
}

// echoed returns the transmission of some of r, all of which p newly acknowledges, that p echoes:
// the first or last of what was sent more than once, with a TSval that no other transmission of
// that has. Of several the highest counts. It returns all transmissions as well.
func (s *modelSide) echoed(p *modelPacket, r modelRange) (timed *modelPacket, twice []*modelPacket) {
	ends := []int64{r.hi}
	for _, q := range s.sent() {
		if q.space().cut(r).len() > 0 {
			ends = append(ends, q.lo, q.hi)
		}
	}
	slices.Sort(ends)
	for _, at := range slices.Backward(ends) {
		if at <= r.lo || at > r.hi {
			continue
		}
		list := s.covering(at - 1)
		var alike []*modelPacket
		all := p.TCP.Options&pcapio.OptTimestamps != 0
		for _, q := range list {
			all = all && q.TCP.Options&pcapio.OptTimestamps != 0
			if p.TCP.TSecr == q.TCP.TSval {
				alike = append(alike, q)
			}
		}
		if all && len(list) > 1 && len(alike) == 1 && (alike[0] == list[0] || alike[0] == list[len(list)-1]) {
			return alike[0], list
		}
	}
	return nil, nil
}

func (s *modelSide) simultaneous() bool {
	return s.twoSYNs || len(s.syns(syn)) > 0 && len(s.peer.syns(syn)) > 0
}

// syn returns the sequence number of the side's SYN.
func (s *modelSide) syn() int64 {
	for _, p := range s.all {
		if p.TCP.Flags&syn != 0 {
			return p.lo
		}
	}
	return -1
}

func (s *modelSide) sampleOf(begin, end int64, method Method, handshake bool) {
	rtt := end - begin
	if rtt < 0 {
		return // the clock stepped back
	}
	if handshake && s.result.Handshake == 0 {
		s.result.Handshake = rtt
	}
	if len(s.samples) == 0 { // RFC 6298, 2.2
		s.srtt, s.rttvar = rtt, rtt/2
	} else { // 2.3
		away := max(s.srtt-rtt, rtt-s.srtt)
		s.rttvar = (3*s.rttvar + away) / 4
		s.srtt = (7*s.srtt + rtt) / 8
	}
	s.samples = append(s.samples, modelSample{end, rtt, method})
	a, _ := s.conn.sideA()
	s.conn.samples = append(s.conn.samples, Sample{Conn: uint64(s.conn.number), FromA: a == s, Time: end, RTT: time.Duration(rtt), Method: method})
}

// blocks returns what p, sent by the peer, selectively acknowledges of the side (RFC 2018), without
// a D-SACK (RFC 2883).
func (s *modelSide) blocks(p *modelPacket) (list []modelRange) {
	if p.TCP.Options&pcapio.OptSACK == 0 {
		return nil
	}
	for _, b := range p.TCP.SACK[:p.TCP.SACKCount] {
		r := modelRange{s.place(b.Left), s.place(b.Right)}
		list = append(list, r)
	}
	if s.reportsTwice(p, list) {
		list = list[1:]
	}
	return list
}

// reportsTwice tells whether the first block is a D-SACK (RFC 2883, 4).
func (s *modelSide) reportsTwice(p *modelPacket, list []modelRange) bool {
	return len(list) > 0 && (list[0].hi <= s.place(p.TCP.Ack) || len(list) > 1 && list[0].lo >= list[1].lo && list[0].hi <= list[1].hi)
}

// selective takes the SACK blocks of p, which newly acknowledges advance as well.
func (s *modelSide) selective(p *modelPacket, advance modelRange) {
	blocks := s.blocks(p)
	if p.TCP.Options&pcapio.OptSACK != 0 && len(blocks) < int(p.TCP.SACKCount) {
		d := modelRange{s.place(p.TCP.SACK[0].Left), s.place(p.TCP.SACK[0].Right)}
		for _, q := range s.sent() {
			if q.resent && !q.needless && q.space().cut(d).len() > 0 {
				q.needless = true
				break
			}
		}
	}
	for i, b := range blocks {
		b.lo = max(b.lo, s.low)
		if s.acked {
			b.lo = max(b.lo, s.una)
		}
		if b.hi > s.next || b.len() == 0 {
			continue
		}
		fresh := b.without(s.sacked)
		first := p.TCP.SACKCount == uint8(len(blocks))
		if i == 0 && first {
			s.selectiveSample(p, b, fresh, advance)
		}
		s.sacked = append(s.sacked, b)
	}
}

// selectiveSample measures the segment at the right edge of b, if that set p off: the first block
// is of the segment that did, unless that one advanced the ACK number (RFC 2018, 4). So all of
// fresh was captured, and nothing of fresh and advance, all that p acknowledges newly, came later.
func (s *modelSide) selectiveSample(p *modelPacket, b modelRange, fresh []modelRange, advance modelRange) {
	if len(fresh) == 0 || slices.MaxFunc(fresh, func(x, y modelRange) int { return cmp.Compare(x.hi, y.hi) }).hi < b.hi {
		return // the edge was reported before
	}
	for _, f := range fresh {
		if total(f.without(s.captured(true))) > 0 || s.sentTwice(f) {
			return
		}
	}
	edge := s.covering(b.hi - 1)[0]
	for _, f := range append(fresh, advance) {
		for _, q := range s.sent() {
			if q.space().cut(f).len() > 0 && q.Time > edge.Time {
				return
			}
		}
	}
	s.sampleOf(edge.Time, p.Time, SACK, false)
}

// finish returns what the side says at the end.
func (s *modelSide) finish() modelResult {
	r := s.result
	r.Samples = uint64(len(s.samples))
	for _, p := range s.all {
		if p.needless {
			r.RetransSpurious++
		}
	}
	for i, x := range s.samples {
		if i == 0 || x.RTT < r.RTTMin {
			r.RTTMin = x.RTT
		}
		r.RTTMax = max(r.RTTMax, x.RTT)
		r.RTTSum += x.RTT
	}
	return r
}
