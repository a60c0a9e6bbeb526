package tcpanalysis

import "github.com/reeftools/reef/pcapio"

const (
	dupWindow = 2e6 // ns; copies from another interface or a mirror port come within this
	// ns; those that the IP identification or the TTL tells, which may come from another place on
	// the path
	dupIDWindow = 100e6

	idStep = 256 // from one packet to the next of a connection, by a counter of the host
)

// recent is the last packets of a side that were no copies.
type recent struct {
	// of the header in the upper 40 bits, IP identification in the next 16, TTL in the lower 8
	fingerprint [4]uint64
	time        [4]int64 // 0 where there is none
}

// latest returns the short fingerprint of the last packet, where next is the place of the next one.
func (r *recent) latest(next uint8) uint32 {
	return shorten(r.fingerprint[(next-1)%uint8(len(r.time))])
}

// duplicate tells whether a packet was captured before: one of the last 4 packets of the side, or
// the last one with the same bytes, has the same header, but for the TTL.
func (t *Tracker) duplicate(x *step) bool {
	h, p := x.sender, x.packet
	s := &p.TCP
	id := uint64(0)
	if p.IPVersion == 4 {
		id = uint64(p.IPID & 0xffff)
	}
	fp := mix(uint64(s.Seq)<<32|uint64(s.Ack), uint64(s.Flags)<<48|uint64(s.Window)<<32|uint64(uint32(p.PayloadLen)))
	fp = mix(fp^(uint64(s.TSval)<<32|uint64(s.TSecr)), uint64(s.Urgent))
	if s.SACKCount > 0 {
		fp = mix(fp, uint64(s.SACK[0].Left)<<32|uint64(s.SACK[0].Right))
	}
	fp = fp&^0xffffff | id<<8 | uint64(p.TTL)
	r := &h.recent
	// hardly ever
	if f := &r.fingerprint; fp>>8 == f[0]>>8 || fp>>8 == f[1]>>8 || fp>>8 == f[2]>>8 || fp>>8 == f[3]>>8 {
		for i, at := range r.time {
			if fp>>8 == f[i]>>8 && at != 0 && t.copied(x, i) {
				return true
			}
		}
	}
	if h.valid && int32(s.Seq-uint32(h.next)) < 0 && t.sentJust(x, shorten(fp)) {
		return true
	}
	next := h.recentNext % uint8(len(r.time))
	r.fingerprint[next], r.time[next] = fp, p.Time
	h.recentNext = next + 1
	return false
}

// copied tells whether a packet is a copy of number i of the last ones of its side, all of which is
// equal.
func (t *Tracker) copied(x *step, i int) bool {
	h, p := x.sender, x.packet
	at := h.recent.time[i]
	apart := abs(p.Time - at)
	space := p.TCP.Flags&pcapio.RST == 0 && (p.PayloadLen > 0 || p.TCP.Flags&(pcapio.SYN|pcapio.FIN) != 0)
	hops := int(p.TTL) - int(uint8(h.recent.fingerprint[i]))
	if h.recent.named(i) || (hops == 1 || hops == -1) && (space || p.IPVersion == 4 && p.IPID != 0) {
		return apart < dupIDWindow
	}
	if apart >= dupWindow || !space {
		return false
	}
	return !t.asked(x, at)
}

// asked tells whether the receiver asked for what a packet has since it was sent at a time.
func (t *Tracker) asked(x *step, at int64) bool {
	h := x.sender
	return x.receiver != nil && x.receiver.lastACKTime > at &&
		(h.dupRun >= 3 || h.rare != 0 && h.valid && t.rare(h).sackHigh > unwrap(h.next, x.packet.TCP.Seq))
}

// sentJust tells whether a packet is a copy of what was sent last of its sequence numbers, none of
// which was acknowledged since, however many packets came between.
func (t *Tracker) sentJust(x *step, print uint32) bool {
	h, p := x.sender, x.packet
	if p.TCP.Flags&pcapio.RST != 0 {
		return false
	}
	start, n := unwrap(h.next, p.TCP.Seq), int64(p.PayloadLen)
	if p.TCP.Flags&pcapio.SYN != 0 {
		n++
	}
	if p.TCP.Flags&pcapio.FIN != 0 && p.IPFlags&pcapio.MoreFragments == 0 {
		n++
	}
	at, rest := int64(0), n
	for i := t.seek(&h.unacked, start); i != 0; {
		seg := t.segs.At(i)
		if seg.start >= start+n {
			break
		}
		if seg.start < seg.end {
			if seg.print != print || seg.start < start || seg.end > start+n {
				return false
			}
			at, rest = seg.last, rest-(seg.end-seg.start)
		}
		i = seg.next
	}
	return n > 0 && rest == 0 && abs(p.Time-at) < dupWindow && !t.asked(x, at)
}

// shorten folds a fingerprint but for the TTL in it.
func shorten(fp uint64) uint32 { return uint32(fp>>8) ^ uint32(fp>>40) }

// named tells whether the IP identification of packet i names it: there are others, and none has
// the same. A single one may be a SYN, which some hosts send with an identification of its own and
// all else with another: it counts if the two are from one counter.
func (r *recent) named(i int) bool {
	id, others, counted := uint16(r.fingerprint[i]>>8), 0, false
	for j, at := range r.time {
		if j != i && at != 0 {
			other := uint16(r.fingerprint[j] >> 8)
			if other == id {
				return false
			}
			others++
			counted = id-other <= idStep
		}
	}
	return id != 0 && (others > 1 || others == 1 && counted)
}

// mix folds two words into one; equal words give equal results and others hardly ever.
func mix(a, b uint64) uint64 {
	a = (a ^ b*0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd
	return a ^ a>>32
}
