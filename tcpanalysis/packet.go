package tcpanalysis

import (
	"time"

	"github.com/reeftools/reef/pcapio"
)

// packet counts the packet of x. It tells whether that is a RST that ends the connection.
func (t *Tracker) packet(x *step) (resets bool) {
	h, p := x.sender, x.packet
	flags := p.TCP.Flags
	h.Packets++
	h.Bytes += uint64(p.IPLen)
	if h.Packets == 1 {
		h.First, h.Last = p.Time, p.Time
		h.TTLMin, h.TTLMax = p.TTL, p.TTL
	}
	if t.duplicate(x) {
		t.rare(h).Classes[CaptureDup]++
		return false
	}
	h.seen(p.Time)
	h.TTLMin, h.TTLMax = min(h.TTLMin, p.TTL), max(h.TTLMax, p.TTL)
	if flags&pcapio.SYN != 0 && h.outlived(x.receiver, p) {
		h.SYNs++
		return false
	}
	t.count(h, p)
	if flags&pcapio.RST != 0 {
		return t.reset(x)
	}
	if x.conn.reset && x.goesOn() {
		x.conn.reset = false
	}
	if flags&(pcapio.ACK|pcapio.SYN|pcapio.FIN) == pcapio.ACK && p.PayloadLen == 0 && x.receiver.refuses(p.TCP.Ack) {
		return false
	}
	if flags&pcapio.SYN != 0 {
		h.offer(x.receiver, p)
	}
	t.sequence(x)
	if flags&pcapio.ACK != 0 {
		x.window = t.window(h, p)
		if x.receiver != nil {
			t.acknowledged(x)
		}
		if behind := int32(h.highACK - p.TCP.Ack); !h.sentACK || behind <= 0 || behind > maxWindow {
			h.highACK = p.TCP.Ack
		}
		h.lastWindow, h.lastACKTime, h.sentACK = x.window, p.Time, true
	}
	if flags&pcapio.SYN != 0 && x.receiver != nil {
		t.lateHandshake(x)
	}
	return false
}

// reset applies a RST. It tells whether that ends the connection.
func (t *Tracker) reset(x *step) bool {
	v := x.judge()
	if v == ignored {
		return false
	}
	if x.packet.TCP.Flags&pcapio.ACK != 0 && x.refused() {
		t.acknowledged(x)
	}
	return x.resets(v)
}

// seen notes that the side sent something at a time.
func (h *half) seen(at int64) {
	h.IdleMax = max(h.IdleMax, time.Duration(at-h.Last))
	h.First, h.Last = min(h.First, at), max(h.Last, at)
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
func (t *Tracker) sequence(x *step) {
	h, p := x.sender, x.packet
	s, n := &p.TCP, int64(p.PayloadLen)
	syn, fin := s.Flags&pcapio.SYN != 0, s.Flags&pcapio.FIN != 0
	if !h.valid {
		x.place()
	}
	start := unwrap(h.next, s.Seq)
	probe := !syn && !fin && t.solicits(x, start, n)
	if probe {
		if n == 0 || !x.heard() || x.receiver.lastWindow != 0 {
			return // a keep-alive, or a probe below the window
		}
	} else if n == 0 && !syn && !fin {
		t.empty(x, start)
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
		t.classes(x, &all, start, end)
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
func (t *Tracker) classes(x *step, s *history, start, end int64) {
	h := x.sender
	o := t.rare(h)
	class := o.classify(x, s, start)
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
