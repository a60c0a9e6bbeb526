package tcpanalysis

import (
	"time"

	"github.com/reeftools/reef/pcapio"
)

// maxWindow is the largest window that TCP allows (RFC 7323, 2.3): no more can be outstanding.
const maxWindow = 1 << 30

// covered is what an ACK covers for the first time.
type covered struct {
	any      bool
	sent     int64 // when the segment with the highest byte was sent first
	syn      bool  // that came with a SYN
	sacked   bool  // that was selectively acknowledged before
	partial  bool  // that is only covered in part
	repeated bool  // something was sent more than once
	newest   int64 // when the latest of it was first sent
	latest   int64 // when the latest of it was last sent
	echoed   int64 // when the transmission was sent whose TSval the ACK echoes, 0 if unknown
	spurious bool  // the ACK echoes the first of several transmissions (Eifel detection, RFC 3522)
	at       int64 // where that lies
	unseen   int64 // bytes that were not captured
	refused  bool  // data of a SYN that its ACK left out, and that was not seen again (RFC 7413, 3)
}

// acknowledged applies an ACK to h, what its receiver sent.
func (t *Tracker) acknowledged(x *step) {
	h, p := x.receiver, x.packet
	s := &p.TCP
	if !h.valid {
		return // nothing to acknowledge was seen
	}
	ack := unwrap(h.next, s.Ack)
	if ack > h.next && (s.Flags&pcapio.RST != 0 || ack-h.next > maxWindow) {
		t.rare(h).BadACKs++
		return
	}
	if h.stands(ack, p) {
		return
	}
	covered := int64(0) // when the latest of what the ACK number newly covers was sent
	switch {
	case ack > h.una || !h.acked && ack == h.una:
		covered = t.advance(x, ack)
	case ack == h.una && x.duplicateACK() && !t.onlyProbes(h):
		t.rare(h).DupACKs++
		if h.dupRun++; h.dupRun == 3 {
			t.rare(h).TripleDupACKs++
		}
	}
	if s.SACKCount > 0 {
		t.selective(x, ack, covered)
	}
}

// refuses tells whether a side that has only sent a SYN must refuse an ACK, which is for an earlier
// connection (RFC 9293, 3.10.7.3; 3.5.1). One not far above what it sent may be for what was not
// captured.
func (h *half) refuses(ack uint32) bool {
	if h == nil || !h.hasSYN || h.sentACK {
		return false
	}
	at := unwrap(h.next, ack)
	return at <= h.isn || at > h.next+synReach
}

// duplicateACK tells whether an ACK is a duplicate by RFC 5681, 2: there is outstanding data, it
// carries neither data nor SYN nor FIN, and its number and window are those of the ACK before. The
// caller has compared the number with the highest.
func (x *step) duplicateACK() bool {
	h, p := x.receiver, x.packet
	return h.next > h.una && p.PayloadLen == 0 && p.TCP.Flags&(pcapio.SYN|pcapio.FIN|pcapio.RST) == 0 &&
		x.sender.sentACK && x.sender.lastWindow == x.window
}

// onlyProbes tells whether all that is outstanding of h are bytes that probed a closed window: an
// ACK in answer refuses them.
func (t *Tracker) onlyProbes(h *half) bool {
	return h.unacked.len == 1 && t.segs.At(h.unacked.head).probe
}

// advance moves una to ack and takes a sample where one is sound. It returns when the latest of
// what is covered was sent.
func (t *Tracker) advance(x *step, ack int64) int64 {
	h, p := x.receiver, x.packet
	var v covered
	answersSYN := h.hasSYN && h.una <= h.isn
	at := h.una
	for i := h.unacked.head; i != 0; {
		seg := t.segs.At(i)
		if seg.start >= ack && seg.end > ack {
			break
		}
		next := seg.next
		v.unseen += t.hole(h, at, seg.start, p.Time)
		if seg.start < seg.end {
			v.take(seg, &p.TCP, answersSYN)
		}
		if seg.end > ack {
			v.partial = true
			seg.start = ack
			at = ack
			break
		}
		at = seg.end
		t.remove(&h.unacked, i)
		i = next
	}
	v.sacked = t.unsack(h, ack)
	if v.unseen += t.hole(h, at, ack, p.Time); v.unseen > 0 {
		t.rare(h).AckedUnseen += uint64(v.unseen)
	}
	h.dataAcked = h.dataAcked || ack > h.una && (!h.hasSYN || ack > h.isn+1)
	h.una, h.acked, h.dupRun, h.movedAt = ack, true, 0, p.Time
	h.next = max(h.next, ack)
	if h.recovering {
		if o := t.rare(h); ack >= o.recover {
			o.recover, h.recovering = 0, false
		}
	}
	if v.any || v.unseen > 0 {
		t.measure(x, &v, ack)
	}
	return v.latest
}

// take adds segment seg to what the ACK in s covers, which is the first ACK of the SYN or not.
func (v *covered) take(seg *segment, s *pcapio.TCP, answersSYN bool) {
	v.any, v.sent, v.syn = true, seg.first, seg.syn && answersSYN
	v.newest = max(v.newest, seg.first)
	v.latest = max(v.latest, seg.first, seg.last)
	if seg.times < 2 {
		v.refused = v.refused || seg.syn && !answersSYN
		return
	}
	v.repeated = true
	if seg.tsOK && s.Options&pcapio.OptTimestamps != 0 {
		switch {
		case s.TSecr == seg.tsLast && !seg.lastTwice:
			v.echoed, v.spurious = seg.last, false
		case s.TSecr == seg.tsFirst && !seg.firstTwice:
			v.echoed, v.spurious, v.at = seg.first, true, seg.start
		}
	}
}

// measure takes the round-trip time of the highest segment that an ACK covers, since its arrival
// set the ACK off: the time to a lower one would include the wait of delayed ACKs. There is none if
// the ACK may answer something else: a segment that was not seen, that was sent twice (Karn's rule,
// unless timestamps tell which), or one that was sent later and lies lower.
func (t *Tracker) measure(x *step, v *covered, ack int64) {
	h, p := x.receiver, x.packet
	simultaneous := v.syn && (h.twoSYNs || h.plainSYN && x.sender.plainSYN)
	if v.spurious {
		o := t.rare(h)
		o.RetransSpurious += o.resent.take(uint32(v.at), uint32(v.at)+1, true)
	}
	switch {
	case v.unseen > 0 || v.refused:
		h.RTT.Unseen++
	case v.repeated && v.echoed != 0:
		t.measured(x, v.echoed, ack, Timestamp, v.partial)
		if v.syn && h.RTT.Handshake == 0 {
			h.RTT.Handshake = max(time.Duration(p.Time-v.echoed), 0)
		}
	case v.repeated, v.syn && simultaneous && p.TCP.Flags&pcapio.SYN == 0: // the SYN or the SYN+ACK
		h.RTT.Ambiguous++
	case v.sacked: // measured when it was
	case v.newest > v.sent:
		h.RTT.PostLoss++
	case v.syn:
		t.measured(x, v.sent, ack, Handshake, v.partial)
	default:
		t.measured(x, v.sent, ack, ACK, v.partial)
	}
}

// measured takes a sample of the side that an ACK of everything up to ack is for.
func (t *Tracker) measured(x *step, sentAt, ack int64, m Method, partial bool) {
	now := x.packet.Time
	t.sample(x.conn, x.receiver, &Sample{FromA: x.side == 1, Time: now, RTT: time.Duration(now - sentAt), Seq: uint32(ack - 1), Method: m, Partial: partial})
}

// sample counts a round-trip time of h, a side of c.
func (t *Tracker) sample(c *live, h *half, s *Sample) {
	if s.RTT < 0 {
		h.RTT.Backwards++
		return
	}
	h.RTT.add(s.RTT, s.Method)
	t.stats.Samples++
	if t.cfg.Percentiles {
		t.histAdd(&h.RTT.hist, int64(s.RTT))
	}
	if t.samples != nil && t.err == nil {
		t.given = *s
		t.given.Conn = c.number
		t.err = t.samples.WriteSample(&t.given)
	}
}

// selective applies the SACK blocks of p (RFC 2018), whose first reports what arrived last, or a
// duplicate (RFC 2883), unless what arrived last advanced the ACK number (RFC 2018, 4): that may be
// so if the latest that it covers was sent after the reported segment.
func (t *Tracker) selective(x *step, ack, covered int64) {
	h, p := x.receiver, x.packet
	blocks := p.TCP.SACK[:min(int(p.TCP.SACKCount), len(p.TCP.SACK))]
	for i := range blocks {
		left, right := unwrap(h.next, blocks[i].Left), unwrap(h.next, blocks[i].Right)
		if i == 0 && (right <= ack || len(blocks) > 1 && within(blocks[0], blocks[1])) {
			t.rare(x.sender).DSACKs++
			o := t.rare(h)
			o.RetransSpurious += o.resent.take(blocks[0].Left, blocks[0].Right, false)
			continue
		}
		if left = max(left, h.una); left >= right || right > h.next {
			continue
		}
		o := t.rare(h)
		o.sackHigh = max(o.sackHigh, right)
		v := report{right: right, newest: covered}
		t.sack(h, o, left, right, i == 0, &v)
		if i == 0 && v.edge != nil && !v.unsound && v.edge.first >= v.newest {
			t.measured(x, v.edge.first, right, SACK, v.edge.end > right)
		}
	}
}

// report is what a SACK block acknowledges for the first time.
type report struct {
	right   int64    // its end
	newest  int64    // when the latest of it was sent first
	edge    *segment // with the byte before right, if that is new
	unsound bool     // something was not captured, or sent more than once
}

// sack notes that [left, right), which lies above una, was selectively acknowledged; look says that
// what is new in it is to be looked at.
func (t *Tracker) sack(h *half, o *rare, left, right int64, look bool, v *report) {
	i := t.seek(&o.sacked, left-1)
	at, end := left, right
	for i != 0 {
		t.steps++
		seg := t.segs.At(i)
		if seg.start > right {
			break
		}
		if look && at < seg.start {
			t.look(h, at, min(seg.start, right), v)
		}
		if seg.start <= left && seg.end >= right {
			return // nothing new
		}
		at, left, end = seg.end, min(left, seg.start), max(end, seg.end)
		next := seg.next
		t.remove(&o.sacked, i)
		i = next
	}
	if look && at < right {
		t.look(h, at, right, v)
	}
	t.insertBefore(&o.sacked, i, left, end, 0)
	h.sackedAny = true
	if o.sacked.len > t.limit(h) {
		t.remove(&o.sacked, o.sacked.head)
		t.dropped(o, 1)
	}
}

// look adds [start, end) to what a block reports.
func (t *Tracker) look(h *half, start, end int64, v *report) {
	missing := end - start
	for i := t.seek(&h.unacked, start); i != 0; {
		t.steps++
		seg := t.segs.At(i)
		if seg.start >= end {
			break
		}
		if seg.start < seg.end {
			missing -= min(seg.end, end) - max(seg.start, start)
			v.newest = max(v.newest, seg.first)
			v.unsound = v.unsound || seg.times > 1
			if end == v.right && seg.end >= end {
				v.edge = seg
			}
		}
		i = seg.next
	}
	v.unsound = v.unsound || missing > 0
}

// unsack forgets what was selectively acknowledged below ack, and tells whether the highest byte
// was.
func (t *Tracker) unsack(h *half, ack int64) (highest bool) {
	if !h.sackedAny {
		return false
	}
	l := &t.rares.At(h.rare).sacked
	for l.head != 0 {
		seg := t.segs.At(l.head)
		if seg.start >= ack {
			break
		}
		if highest = seg.end >= ack; seg.end > ack {
			seg.start = ack
			break
		}
		t.remove(l, l.head)
	}
	h.sackedAny = l.head != 0
	return highest
}

func within(a, b pcapio.SACKBlock) bool {
	return int32(a.Left-b.Left) >= 0 && int32(b.Right-a.Right) >= 0
}
