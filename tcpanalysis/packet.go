package tcpanalysis

import "github.com/reeftools/reef/pcapio"

// packet counts p, which h sent to peer; peer is nil if it sent nothing yet.
func (t *Tracker) packet(c *live, h, peer *half, fromA bool, p *pcapio.Packet) {
	flags := p.TCP.Flags
	h.Packets++
	h.Bytes += uint64(p.IPLen)
	if h.Packets == 1 {
		h.First, h.Last = p.Time, p.Time
		h.TTLMin, h.TTLMax = p.TTL, p.TTL
	}
	if h.duplicate(p) {
		t.odd(h).Classes[CaptureDup]++
		return
	}
	h.IdleMax = max(h.IdleMax, p.Time-h.Last)
	h.First, h.Last = min(h.First, p.Time), max(h.Last, p.Time)
	h.TTLMin, h.TTLMax = min(h.TTLMin, p.TTL), max(h.TTLMax, p.TTL)
	t.count(h, p)
	if flags&pcapio.SYN != 0 && peer != nil {
		h.scaling = h.Options&peer.Options&pcapio.OptWScale != 0
		peer.scaling = h.scaling
	}
	if flags&pcapio.RST == 0 {
		t.sequence(h, peer, p)
	}
	if flags&pcapio.ACK != 0 {
		window := t.window(h, p)
		if peer != nil {
			t.acknowledged(c, peer, h, !fromA, window, p)
		}
		h.lastACK, h.lastWindow, h.lastACKTime, h.sentACK = p.TCP.Ack, window, p.Time, true
	}
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
		o := t.odd(h)
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
			o := t.odd(h)
			o.SACKPackets++
			o.MaxSACKBlocks = max(o.MaxSACKBlocks, s.SACKCount)
		}
	}
}

// window counts the window that p advertises and returns it in bytes. It is scaled if both sides offered that (RFC 7323, 2.2);
// where a SYN was not seen the scale is unknown and the field is taken as it is.
func (t *Tracker) window(h *half, p *pcapio.Packet) uint64 {
	w := uint64(p.TCP.Window)
	if p.TCP.Flags&(pcapio.SYN|pcapio.RST) != 0 {
		return w
	}
	if h.scaling {
		w <<= h.WScale
	}
	h.WindowSum += w
	h.WindowCount++
	h.WindowMax = max(h.WindowMax, w)
	if w == 0 {
		t.odd(h).ZeroWindows++
	} else if h.WindowMin == 0 || w < h.WindowMin {
		h.WindowMin = w
	}
	return w
}

// sequence records what p takes up of the sequence space: SYN and FIN count one, as on the wire.
func (t *Tracker) sequence(h, peer *half, p *pcapio.Packet) {
	s, n := &p.TCP, int64(p.PayloadLen)
	syn, fin := s.Flags&pcapio.SYN != 0, s.Flags&pcapio.FIN != 0
	start := 1<<33 + int64(s.Seq) // well above 0, so that the first wrap backwards stays positive
	if h.valid {
		start = unwrap(h.next, s.Seq)
	}
	probe := !syn && !fin && t.solicits(h, peer, start, n)
	if probe {
		if n == 0 || peer == nil || peer.lastWindow != 0 || !peer.sentACK {
			return // a keep-alive, or a probe below the window
		}
	} else if n == 0 && !syn && !fin {
		return
	}

	m := manner{ts: s.TSval, tsOK: s.Options&pcapio.OptTimestamps != 0, probe: probe}
	fresh := !h.valid
	if fresh {
		h.valid, h.next, h.una, h.low = true, start, start, start
	}
	var control, data sent
	data0 := start
	if syn {
		data0++
		if !h.hasSYN {
			h.isn, h.hasSYN = start, true
		}
		m.syn = true
		t.send(h, start, data0, p.Time, m, &control)
		m.syn = false
	}
	if n > 0 {
		t.send(h, data0, data0+n, p.Time, m, &data)
		t.payload(h, p, n, &data)
	}
	if fin {
		if !h.hasFIN {
			h.fin, h.hasFIN, h.closing = data0+n, true, true
		}
		t.send(h, data0+n, data0+n+1, p.Time, m, &control)
	}
	all := data
	all.again += control.again
	all.before = max(all.before, control.before)
	if all.again == 0 && control.fills && n == 0 {
		all.fills, all.follower, all.belowACK = true, control.follower, control.belowACK
	}
	if !probe && (all.again > all.probed || all.fills) {
		t.classes(h, peer, p, &all, start)
	}

	switch {
	case n == 0:
	case data.again > 0:
		t.odd(h).repeats++
	default:
		if !h.dataAcked {
			h.InitialBytes += uint64(n)
			h.InitialPackets++
		}
		out := uint64(h.next - h.una)
		h.OutstandingMax = max(h.OutstandingMax, out)
		h.OutstandingSum += out
	}
}

// solicits tells whether a segment is a keep-alive (RFC 9293, 3.8.4) or a probe of a closed window (3.8.6.1), which have
// at most one byte at the edge of what was acknowledged, and counts it.
func (t *Tracker) solicits(h, peer *half, start, n int64) bool {
	if !h.valid || !h.acked || n > 1 {
		return false
	}
	closed := peer != nil && peer.sentACK && peer.lastWindow == 0
	switch {
	case closed && (n == 0 && start == h.una-1 || n == 1 && (start == h.una || start == h.una-1)):
		t.odd(h).Classes[WindowProbe]++
		return true
	case start == h.next-1 && h.una == h.next:
		t.odd(h).Classes[KeepAlive]++
		return true
	}
	return false
}

// payload counts n bytes of payload.
func (t *Tracker) payload(h *half, p *pcapio.Packet, n int64, s *sent) {
	size := uint32(n)
	h.DataPackets++
	h.DataBytes += uint64(n)
	h.UniqueBytes += uint64(n - s.again)
	if s.again > 0 {
		t.odd(h).RetransBytes += uint64(s.again)
	}
	if s.fills {
		t.odd(h).OutOfOrder++
	}
	if p.TCP.Flags&pcapio.PSH != 0 {
		h.PushPackets++
	}
	if p.TCP.Flags&pcapio.URG != 0 {
		t.odd(h).UrgentPackets++
	}
	if h.DataPackets == 1 {
		h.SegmentMin, h.FirstData, h.LastData = size, p.Time, p.Time
	}
	h.SegmentMin, h.SegmentMax = min(h.SegmentMin, size), max(h.SegmentMax, size)
	h.FirstData, h.LastData = min(h.FirstData, p.Time), max(h.LastData, p.Time)
	if missing := p.PayloadOff + p.PayloadLen - len(p.Data); missing > 0 {
		h.TruncatedBytes += uint64(min(missing, p.PayloadLen))
		h.TruncatedPackets++
	}
}

// classes counts a segment that repeats something or comes late under its class.
func (t *Tracker) classes(h, peer *half, p *pcapio.Packet, s *sent, start int64) {
	o := t.odd(h)
	class := o.classify(h, s, start, p.Time, peer)
	o.Classes[class]++
	if class > Unclassified {
		return
	}
	if s.acked {
		o.RetransSpurious++ // its ACK had passed before
	} else {
		o.openRetrans++
	}
}
