package tcpanalysis

import "github.com/reeftools/reef/pcapio"

const (
	dataWindow = 200e6 // ns; a segment without data that is overtaken by data comes long before
	// ns; no first retransmission takes as long (RFC 6298, 2.1 and 5.7: 1 s and 3 s)
	loneWindow = 10e9
)

// place puts a side of which nothing was seen where its peer's last ACK says that it stands, so
// that what it sends first may lie below or above; else where its first segment begins. An ACK that
// was only stored before it, and by its time came after, is not that.
func (x *step) place() {
	h, peer, p := x.sender, x.receiver, x.packet
	at := 1<<33 + int64(p.TCP.Seq) // well above 0, so that the first wrap backwards stays positive
	if x.heard() && peer.lastACKTime <= p.Time {
		if ack := unwrap(at, peer.highACK); abs(ack-at) <= maxWindow {
			at, h.acked, h.movedAt = ack, true, peer.lastACKTime
		}
	}
	h.valid, h.next, h.una, h.low = true, at, at, at
}

// empty takes the sequence number of a segment that takes up no sequence space, which is the
// sender's SND.NXT. What is below it and was not seen was lost before the observation point.
func (t *Tracker) empty(x *step, start int64) {
	h, peer := x.sender, x.receiver
	if start <= h.next {
		return
	}
	limit := h.next + maxWindow
	if x.heard() && h.acked && peer.knownScale(h) {
		limit = h.una + int64(peer.lastWindow)
	}
	if start > limit {
		return
	}
	t.mark(h, start, x.packet.Time)
}

// mark moves next up to end. A segment without bytes remembers when that was known.
func (t *Tracker) mark(h *half, end, now int64) {
	t.insertBefore(&h.unacked, 0, end, end, now).last = now
	h.next = end
	t.bound(h)
}

// onlyEmpty tells whether all that was seen of h are segments that take up no sequence space, with
// the same number.
func (h *half) onlyEmpty() bool {
	return h.low == h.next && !h.acked && h.DataPackets == 0 && h.SYNs|h.FINs == 0
}

// solicits tells whether a segment is a keep-alive (RFC 9293, 3.8.4) or a probe of a closed window
// (3.8.6.1), which have at most one byte at the edge of what was acknowledged, and counts it.
func (t *Tracker) solicits(x *step, start, n int64) bool {
	if n > 1 {
		return false
	}
	h, deaf := x.sender, !x.heard()
	closed := h.acked && !deaf && x.receiver.lastWindow == 0
	switch {
	case closed && (n == 0 && start == h.una-1 || n == 1 && (start == h.una || start == h.una-1)):
		t.rare(h).Classes[WindowProbe]++
		return true
	case start == h.next-1 && (h.una == h.next && (h.acked || deaf) || deaf && t.asks(h, n, x.packet.Time)):
		t.rare(h).Classes[KeepAlive]++
		return true
	}
	return false
}

// asks tells whether a segment at the last byte sent is a keep-alive where no ACK was captured: a
// retransmission would have all of the last segment, and come sooner.
func (t *Tracker) asks(h *half, n, now int64) bool {
	if h.unacked.tail == 0 {
		return false
	}
	last := t.segs.At(h.unacked.tail)
	switch {
	case n == 0:
		return now-last.last >= dataWindow
	case last.long:
		return true
	}
	return last.times == 1 && now-last.last >= loneWindow
}

// stands takes it back that a side stood where its empty segments were, if its peer acknowledges
// the byte there: these were keep-alives, the byte came before the capture. It tells whether that
// was so.
func (h *half) stands(ack int64, p *pcapio.Packet) bool {
	if ack != h.next+1 || !h.onlyEmpty() {
		return false
	}
	h.next, h.una, h.low, h.acked, h.movedAt = ack, ack, ack, true, p.Time
	return true
}
