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

// judge finds what peer does with the RST in p, sent by h (RFC 9293, 3.10.7.3 and 3.10.7.4; RFC
// 5961, 3.2).
func (h *half) judge(peer *half, p *pcapio.Packet) verdict {
	s := &p.TCP
	switch {
	case peer == nil:
		return taken
	case h.finished() && peer.finished():
		return ignored // TIME-WAIT or CLOSED: at most it ends the waiting
	case h.refused(peer):
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

// refused tells whether a RST of h answers the SYN of peer, which is in SYN-SENT.
func (h *half) refused(peer *half) bool {
	return peer != nil && !peer.sentACK && peer.hasSYN && !h.hasSYN
}

// resets notes a RST that its receiver does not ignore, sent by side from; sequenced says that its
// number is one of the sender's, which it is not in an answer to a SYN. It tells whether it ends
// the connection, which one that may be challenged does not.
func (c *live) resets(v verdict, from int, sequenced bool, p *pcapio.Packet) bool {
	if c.reset && v == challenged {
		return false
	}
	c.reset, c.challenged, c.resetByB, c.sequenced = true, v == challenged, from == 1, sequenced
	c.resetAt, c.resetSeq = p.Time, p.TCP.Seq
	return v == taken
}

// goesOn tells whether p, which is no RST and was sent by side from, shows that the connection was
// not reset: who sent the RST goes on, or its receiver acknowledges what came after it, or
// challenges it. h is what side from sent before.
func (c *live) goesOn(h *half, from int, p *pcapio.Packet) bool {
	s := &p.TCP
	if c.resetByB == (from == 1) {
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
