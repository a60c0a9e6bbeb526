package tcpanalysis

import (
	"time"

	"github.com/reeftools/reef/pcapio"
)

// packet counts p, which h, side from, sent to peer; peer is nil if it sent nothing yet. It tells
// whether p is a RST that ends the connection.
func (t *Tracker) packet(c *live, h, peer *half, from int, p *pcapio.Packet) bool {
	flags := p.TCP.Flags
	h.Packets++
	h.Bytes += uint64(p.IPLen)
	if h.Packets == 1 {
		h.First, h.Last = p.Time, p.Time
		h.TTLMin, h.TTLMax = p.TTL, p.TTL
	}
	if t.duplicate(h, peer, p) {
		t.rare(h).Classes[CaptureDup]++
		return false
	}
	h.IdleMax = max(h.IdleMax, time.Duration(p.Time-h.Last))
	h.First, h.Last = min(h.First, p.Time), max(h.Last, p.Time)
	h.TTLMin, h.TTLMax = min(h.TTLMin, p.TTL), max(h.TTLMax, p.TTL)
	if flags&pcapio.SYN != 0 && h.outlived(peer, p) {
		h.SYNs++
		return false
	}
	t.count(h, p)
	if flags&pcapio.RST != 0 {
		v := h.judge(peer, p)
		if v == ignored {
			return false
		}
		if flags&pcapio.ACK != 0 && h.refused(peer) {
			t.acknowledged(c, peer, h, from == 1, 0, p)
		}
		return c.resets(v, from, peer != nil && peer.sentACK, p)
	}
	if c.reset && c.goesOn(h, from, p) {
		c.reset = false
	}
	if flags&(pcapio.ACK|pcapio.SYN|pcapio.FIN) == pcapio.ACK && p.PayloadLen == 0 && peer.refuses(p.TCP.Ack) {
		return false
	}
	if flags&pcapio.SYN != 0 {
		h.offer(peer, p)
	}
	t.sequence(h, peer, p)
	if flags&pcapio.ACK != 0 {
		window := t.window(h, p)
		if peer != nil {
			t.acknowledged(c, peer, h, from == 1, window, p)
		}
		if behind := int32(h.highACK - p.TCP.Ack); !h.sentACK || behind <= 0 || behind > maxWindow {
			h.highACK = p.TCP.Ack
		}
		h.lastWindow, h.lastACKTime, h.sentACK = window, p.Time, true
	}
	if flags&pcapio.SYN != 0 && peer != nil {
		t.lateHandshake(c, h, peer, from, p)
	}
	return false
}

// count keeps the counts that need no memory.
func (t *Tracker) count(h *half, p *pcapio.Packet) {
	s, flags := &p.TCP, p.TCP.Flags
	h.AnyOptions |= s.Options
	if flags&pcapio.SYN != 0 {
		h.SYNs++
		h.Options |= s.Options
		if s.Options&pcapio.OptMSS != 0 {
			h.MSS = s.MSS
		}
		if s.Options&pcapio.OptWScale != 0 {
			h.WScale = min(s.WScale, 14)
		}
	} else if flags&(pcapio.ECE|pcapio.CWR) != 0 {
		o := t.rare(h)
		if flags&pcapio.ECE != 0 {
			o.ECEs++
		}
		if flags&pcapio.CWR != 0 {
			o.CWRs++
		}
	}
	if flags&pcapio.FIN != 0 {
		h.FINs++
	}
	if flags&pcapio.RST != 0 {
		h.RSTs++
	}
	if flags&pcapio.ACK != 0 {
		h.ACKs++
		if p.PayloadLen == 0 && flags&(pcapio.SYN|pcapio.FIN|pcapio.RST) == 0 {
			h.PureACKs++
		}
		if flags&pcapio.SYN == 0 && h.FirstACK == 0 {
			h.FirstACK = p.Time
		}
		if s.SACKCount > 0 {
			o := t.rare(h)
			o.SACKPackets++
			o.MaxSACKBlocks = max(o.MaxSACKBlocks, s.SACKCount)
		}
	}
}

// sequence records what p takes up of the sequence space: SYN and FIN count one, as on the wire.
func (t *Tracker) sequence(h, peer *half, p *pcapio.Packet) {
	s, n := &p.TCP, int64(p.PayloadLen)
	syn, fin := s.Flags&pcapio.SYN != 0, s.Flags&pcapio.FIN != 0
	if !h.valid {
		h.place(peer, p)
	}
	start := unwrap(h.next, s.Seq)
	probe := !syn && !fin && t.solicits(h, peer, start, n, p.Time)
	if probe {
		if n == 0 || peer == nil || peer.lastWindow != 0 || !peer.sentACK {
			return // a keep-alive, or a probe below the window
		}
	} else if n == 0 && !syn && !fin {
		t.empty(h, peer, start, p.Time)
		return
	}

	m := transmission{ts: s.TSval, tsOK: s.Options&pcapio.OptTimestamps != 0, probe: probe, syn: syn, long: n > 1 || n == 1 && (syn || fin), print: h.recent.latest(h.recentNext)}
	var control, data history
	data0 := start
	if syn {
		data0++
		if h.hasSYN && start == h.isn && s.Flags&pcapio.ACK != 0 && !h.sentACK {
			h.twoSYNs, control.acked = true, true // nothing new: it now acknowledges the other's
		} else {
			t.send(h, start, data0, p.Time, m, &control)
		}
		if !h.hasSYN {
			h.isn, h.hasSYN = start, true
		}
	}
	if n > 0 {
		t.send(h, data0, data0+n, p.Time, m, &data)
	}
	end := data0 + n
	switch {
	case fin && p.IPFlags&pcapio.MoreFragments != 0:
		h.lateFIN = true
	case fin:
		t.finish(h, data0+n, p.Time, m, &control)
		end++
	}
	all := data
	if control.fills && (syn || !data.fills) { // the SYN lies lowest, the FIN highest
		all.fills, all.follower, all.belowACK = true, control.follower, control.belowACK
	}
	all.again += control.again
	all.refused = all.refused || control.refused
	all.before = max(all.before, control.before)
	if data.below || control.below {
		h.movedAt = max(h.movedAt, p.Time)
	}
	all.acked = (n == 0 || data.acked) && (!syn && !fin || control.acked)
	if n > 0 {
		t.payload(h, p, n, &data, all.fills)
	}
	if !probe && (all.again > all.probed || all.fills) {
		t.classes(h, peer, p, &all, start, end)
	}

	switch {
	case n == 0:
	case data.again > 0:
		t.rare(h).repeats++
	default:
		if !h.dataAcked {
			h.InitialPackets++
		}
		h.OutstandingSum += h.outstanding(n, 0)
	}
}

// finish records a FIN at a sequence number.
func (t *Tracker) finish(h *half, at, now int64, m transmission, s *history) {
	if !h.hasFIN {
		h.fin, h.hasFIN, h.closing, h.finTS = at, true, true, m.ts
	}
	t.send(h, at, at+1, now, m, s)
}

// outstanding counts n bytes of payload that were sent, of which some again, and returns how much
// is outstanding.
func (h *half) outstanding(n, again int64) uint64 {
	out := uint64(h.next - h.una)
	if again == 0 {
		if !h.dataAcked {
			h.InitialBytes += uint64(n)
		}
		h.OutstandingMax = max(h.OutstandingMax, out)
	}
	return out
}

// payload counts a segment with n bytes of payload, which fills a gap or not.
func (t *Tracker) payload(h *half, p *pcapio.Packet, n int64, s *history, fills bool) {
	h.DataPackets++
	if fills {
		t.rare(h).OutOfOrder++
	}
	if p.TCP.Flags&pcapio.PSH != 0 {
		h.PushPackets++
	}
	if p.TCP.Flags&pcapio.URG != 0 {
		t.rare(h).UrgentPackets++
	}
	if p.IPFlags&pcapio.MoreFragments == 0 { // else its size is known with the last fragment
		h.segmentSize(uint32(n))
	}
	if t.carried(h, p, n, s) {
		h.TruncatedPackets++
	}
}

// carried counts n bytes of payload, and tells whether some of it is not in the capture.
func (t *Tracker) carried(h *half, p *pcapio.Packet, n int64, s *history) (truncated bool) {
	if h.DataBytes == 0 {
		h.FirstData, h.LastData = p.Time, p.Time
	}
	h.DataBytes += uint64(n)
	h.UniqueBytes += uint64(n - s.again)
	if s.again > 0 {
		t.rare(h).RetransBytes += uint64(s.again)
	}
	h.FirstData, h.LastData = min(h.FirstData, p.Time), max(h.LastData, p.Time)
	missing := p.PayloadOff + p.PayloadLen - len(p.Data)
	if missing > 0 {
		h.TruncatedBytes += uint64(min(missing, p.PayloadLen))
	}
	return missing > 0
}

func (h *half) segmentSize(n uint32) {
	if h.SegmentMin == 0 || n < h.SegmentMin {
		h.SegmentMin = n
	}
	h.SegmentMax = max(h.SegmentMax, n)
}

// classes counts a segment that repeats something or comes late under its class.
func (t *Tracker) classes(h, peer *half, p *pcapio.Packet, s *history, start, end int64) {
	o := t.rare(h)
	class := o.classify(h, s, start, p.Time, peer)
	o.Classes[class]++
	if class > Unclassified {
		return
	}
	if s.acked && h.answered {
		o.RetransSpurious++ // its ACK had passed before
	} else {
		o.resent.add(start, end)
	}
}
