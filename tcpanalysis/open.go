package tcpanalysis

import (
	"time"

	"github.com/reeftools/reef/pcapio"
)

const (
	// ns; a SYN is not stored later than this behind the first packet of its connection
	lateSYN  = 1e9
	synReach = 1 << 20 // no more is sent before that

	systemPorts = 1024 // below it are services (RFC 6335, 6)
)

// reuses tells whether the SYN in p opens another connection between the same endpoints. h is its
// side, number from, peer the other.
func (c *live) reuses(h, peer *half, from int, p *pcapio.Packet) bool {
	s := &p.TCP
	if s.Flags&(pcapio.SYN|pcapio.RST) != pcapio.SYN {
		return false
	}
	answer := s.Flags&pcapio.ACK != 0
	switch {
	case h != nil && h.hasSYN:
		if uint32(h.isn) == s.Seq {
			return false // sent again, or with the ACK of a simultaneous open
		}
		answersSame := h.sentACK && s.Ack == h.highACK || peer != nil && peer.hasSYN && s.Ack == uint32(peer.isn)+1
		return !answer || from == 1 && !answersSame
	case peer != nil && peer.hasSYN && (answer || h == nil):
		return false
	}
	return !c.follows(h, peer, p)
}

// outlived tells whether the SYN in p is older than the connection, which is in TIME-WAIT: number
// and timestamp lie before the end of its side (RFC 6191, 2; RFC 9293, 3.10.7.4).
func (h *half) outlived(peer *half, p *pcapio.Packet) bool {
	s := &p.TCP
	return h.finished() && peer.finished() && s.Options&pcapio.OptTimestamps != 0 && h.finTS != 0 &&
		int32(s.TSval-h.finTS) < 0 && int32(s.Seq-uint32(h.next)) < 0
}

// follows tells whether the SYN in p comes before what was seen of the connection: it was stored
// late.
func (c *live) follows(h, peer *half, p *pcapio.Packet) bool {
	reach := int32(-1)
	if p.Time-c.first <= lateSYN {
		reach = synReach
	}
	first := p.TCP.Seq + 1
	within := func(from uint32) bool { d := int32(from - first); return d == 0 || d > 0 && d <= reach }
	began, acked := h != nil && h.valid, peer != nil && peer.sentACK
	switch {
	case began && uint32(h.low) == first, acked && peer.highACK == first:
		return true
	case reach < 0:
		return false
	}
	return (!began || within(uint32(h.low))) && (!acked || within(peer.highACK)) && (h == nil || began || h.RSTs == 0)
}

// lateHandshake measures the handshake where the SYN or the SYN+ACK, of which p is one, was stored
// behind others, by their times: both were sent once, and come first on their sides.
func (t *Tracker) lateHandshake(x *step) {
	p, side := x.packet, x.side
	asked, answered := x.sender, x.receiver
	if p.TCP.Flags&pcapio.ACK != 0 {
		asked, answered, side = answered, asked, 1-side
	}
	begin, end := asked.First, p.Time
	if p.TCP.Flags&pcapio.ACK == 0 {
		begin, end = p.Time, answered.First
	} else if asked.hasSYN && p.TCP.Ack != uint32(asked.isn)+1 {
		return // for something else, or data as well
	}
	if asked.SYNs == 1 && answered.SYNs == 1 && answered.sentACK && asked.RTT.Handshake == 0 && end > begin {
		t.sample(x.conn, asked, &Sample{FromA: side == 0, Time: end, RTT: time.Duration(end - begin), Seq: uint32(asked.isn), Method: Handshake})
	}
}

// turn makes side B side A where a SYN that comes late shows that it opened the connection.
func (t *Tracker) turn(c *live) {
	b, fromA := c.b, c.fromA
	if b == 0 {
		b = t.bSides.New()
	}
	other := t.bSides.At(b)
	c.a, *other = *other, c.a
	c.fromA, c.b = c.b != 0, b
	if !fromA {
		t.bSides.Free(b)
		c.b = 0
	}
	c.high = !c.high
	c.resetByB = !c.resetByB
}

// opener returns who opened the connection, as p, sent by side from, tells, and how: by a SYN, of
// which one without ACK counts more, or by ports. ok is false if p tells nothing new.
func (c *live) opener(from int, p *pcapio.Packet) (method DirectionMethod, side int, ok bool) {
	unknown := c.method == FirstPacket || c.method == ByPort
	switch p.TCP.Flags & (pcapio.SYN | pcapio.ACK | pcapio.RST) {
	case pcapio.SYN:
		return SentSYN, from, c.method != SentSYN
	case pcapio.SYN | pcapio.ACK:
		return GotSYNACK, 1 - from, unknown
	}
	return ByPort, from, unknown && from == 1 && c.b == 0 && p.DstPort < systemPorts && p.SrcPort >= systemPorts
}

// open looks at what a packet says about who opened its connection, and ends that if p opens
// another. It returns the slot of the connection that p belongs to, 0 for a new one.
func (t *Tracker) open(slot uint32, down bool, p *pcapio.Packet) uint32 {
	c := &t.table.At(slot).State
	from := c.sideOf(down)
	h, peer := t.half(c, from), t.half(c, 1-from)
	if p.TCP.Flags&pcapio.SYN != 0 && h.outlived(peer, p) {
		return slot
	}
	if c.reuses(h, peer, from, p) {
		t.end(slot, Reused)
		return 0
	}
	if method, side, ok := c.opener(from, p); ok {
		if side == 1 {
			t.turn(c)
		}
		c.method = method
	}
	return slot
}
