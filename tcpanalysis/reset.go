package tcpanalysis

import "github.com/reeftools/reef/pcapio"

const deafAfter = 1e9 // ns; a RST has reached its receiver by then

// verdict is what the receiver of a RST does with it, as far as can be known.
type verdict uint8

const (
	ignored    verdict = iota
	challenged         // by those that follow RFC 5961, 3.2; others are reset
	taken
)

// judge finds what the receiver does with a RST (RFC 9293, 3.10.7.3 and 3.10.7.4; RFC 5961, 3.2).
func (x *step) judge() verdict {
	h, peer, s := x.sender, x.receiver, &x.packet.TCP
	switch {
	case peer == nil:
		return taken
	case h.finished() && peer.finished():
		return ignored // TIME-WAIT or CLOSED: at most it ends the waiting
	case x.refused():
		if ack := unwrap(peer.next, s.Ack); s.Flags&pcapio.ACK != 0 && ack > peer.isn && ack <= peer.next {
			return taken
		}
		return ignored
	case !peer.sentACK:
		return taken
	}
	// RCV.NXT lies between what was acknowledged and what was sent.
	low, next := int64(0), int64(0)
	seq := int64(int32(s.Seq - peer.highACK))
	if h.valid {
		low = unwrap(h.next, peer.highACK)
		seq, next = unwrap(h.next, s.Seq), h.next
		if h.acked {
			low = max(low, h.una)
		}
	}
	window := int64(maxWindow)
	if peer.knownScale(h) {
		window = int64(peer.lastWindow)
	}
	switch {
	case seq < low:
		return ignored
	case seq == low || seq <= next:
		return taken
	case seq < low+window:
		return challenged
	}
	return ignored
}

// refused tells whether a RST answers the SYN of its receiver, which is in SYN-SENT.
func (x *step) refused() bool {
	return x.receiver != nil && !x.receiver.sentACK && x.receiver.hasSYN && !x.sender.hasSYN
}

// resets notes a RST that its receiver does not ignore. It tells whether it ends the connection,
// which one that may be challenged does not.
func (x *step) resets(v verdict) bool {
	c, p := x.conn, x.packet
	if c.reset && v == challenged {
		return false
	}
	c.reset, c.challenged, c.resetByB, c.sequenced = true, v == challenged, x.side == 1, x.heard()
	c.resetAt, c.resetSeq = p.Time, p.TCP.Seq
	return v == taken
}

// goesOn tells whether a packet that is no RST shows that the connection was not reset: who sent
// the RST goes on, or its receiver acknowledges what came after it, or challenges it.
func (x *step) goesOn() bool {
	c, h, p := x.conn, x.sender, x.packet
	s := &p.TCP
	if c.resetByB == (x.side == 1) {
		return p.Time-c.resetAt >= lateWindow
	}
	if p.Time-c.resetAt >= deafAfter {
		return true
	}
	if s.Flags&pcapio.ACK == 0 || !c.sequenced {
		return false
	}
	return int32(s.Ack-c.resetSeq) > 0 || c.challenged && h.sentACK && s.Ack == h.highACK &&
		p.PayloadLen == 0 && s.Flags&(pcapio.SYN|pcapio.FIN) == 0
}
