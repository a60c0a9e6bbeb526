package tcptrace

import (
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/seqspace"
)

// segment counts packet p, which h sent to peer on connection c. The order of the steps is
// tcptrace's and matters.
func (a *Analyzer) segment(c *Conn, h, peer *Half, p *pcapio.Packet) {
	t := &p.TCP
	st, ps := &h.state, &peer.state
	syn, fin, ack := t.Flags&pcapio.SYN != 0, t.Flags&pcapio.FIN != 0, t.Flags&pcapio.ACK != 0
	a.arrive(c, h, t.Flags)
	window := h.advertised(peer, t)
	n := dataLen(p)
	start := uint64(t.Seq)
	end := start + uint64(int64(n)) // 64 bits: it does not wrap, as in tcptrace on 64-bit machines
	h.wrap(start, end)
	if syn {
		st.syn, ps.ack = t.Seq, t.Seq
	}
	if fin {
		st.fin = uint32(end)
	}
	oldWinEnd := st.winEnd
	if ack {
		st.winEnd = t.Ack + uint32(window)
	}

	h.options(peer, t, syn)
	h.data(t, n, a.now)
	c.Packets++
	h.Packets++
	if st.scaledStats {
		st.winScaledPkts++
	}
	if st.minSeq == 0 {
		st.minSeq = t.Seq
	}
	st.latest = uint32(end)
	hwDup := p.IPVersion == 4 && h.hardwareDup(t.Seq, uint16(p.IPID))
	h.truncated(p, n)

	a.ev = event{c: c, h: h, peer: peer, p: p, now: a.now, dataLen: n, start: start, end: end, window: window,
		hwDup: hwDup, oldWinEnd: oldWinEnd, oldAck: st.ack, oldAckTime: st.ackTime}
	e := &a.ev
	if syn || fin || n > 0 {
		a.sequence(h, peer, e, syn, fin)
	}
	if ack {
		a.acknowledged(e)
	}
	e.rtt = ps.rttLast
	if e.again > 0 {
		h.RexmtPackets++
		h.RexmtBytes += uint64(e.again)
	}
	switch {
	case t.Flags&pcapio.RST == 0:
		a.answered(e, syn, fin, ack)
	case ack:
		h.ACKPackets++
	}
}

// arrive notes the time of a packet of h, and counts its flags.
func (a *Analyzer) arrive(c *Conn, h *Half, flags pcapio.TCPFlags) {
	if c.First == 0 {
		c.First = a.now
	}
	c.Last = a.now
	if flags&pcapio.SYN != 0 {
		h.SYNs++
	}
	if flags&pcapio.RST != 0 {
		h.Resets++
	}
	if flags&pcapio.FIN != 0 {
		h.FINs++
	}
	if h.state.lastTime != 0 {
		h.IdleMax = max(h.IdleMax, int64(elapsed(h.state.lastTime, a.now)))
	}
	h.state.lastTime = a.now
}

// advertised returns the window that a packet of h advertises, 0 without SYN and ACK.
func (h *Half) advertised(peer *Half, t *pcapio.TCP) uint64 {
	switch {
	case t.Flags&(pcapio.ACK|pcapio.SYN) == 0:
		return 0
	case t.Flags&pcapio.SYN == 0 && h.ReqWS && peer.ReqWS:
		return uint64(t.Window) << (h.WindowScale & 63)
	}
	return uint64(t.Window)
}

// truncated counts what was not captured of a payload of n bytes, with what is missing of the
// header.
func (h *Half) truncated(p *pcapio.Packet, n int) {
	if missing := p.TransportOff + int(p.TCP.HdrLen) + n - len(p.Data); n > 0 && missing > 0 {
		h.TruncBytes += uint64(missing)
		h.TruncPackets++
	}
}

// acknowledged applies the ACK number of e to what the peer sent.
func (a *Analyzer) acknowledged(e *event) {
	st, peer, ack := &e.h.state, e.peer, e.p.TCP.Ack
	dup := ack == st.ack && e.dataLen == 0 && e.window == st.winLast && peer.state.owinTotal > 0
	e.ack = a.acknowledge(peer, ack, dup)
	if ack == peer.state.syn+1 && peer.SYNs == 1 {
		peer.RTT3WHS = uint64(peer.state.rttLast)
	}
}

// answered counts what a packet with RST does not count for: windows, ACKs, outstanding data.
func (a *Analyzer) answered(e *event, syn, fin, ack bool) {
	h, peer, t, n := e.h, e.peer, &e.p.TCP, e.dataLen
	st := &h.state
	h.windowStats(peer, e.window, syn, ack)
	if ack {
		h.ackStats(t, e.window, n, syn || fin)
		st.ackTime, st.ack = a.now, t.Ack
		if peer.state.syn+1 != t.Ack {
			peer.state.dataAcked = true
		}
	}
	if n > 0 && !st.dataAcked && e.again == 0 {
		h.InitialBytes += uint64(n)
		h.InitialPkts++
	}
	if !syn && !e.outOfOrder && e.again == 0 {
		a.owin(e.c, h, peer, e)
	}
}

// dataLen is tcptrace's payload length: for IPv6 it takes extension headers for data
// (docs/differences.md).
func dataLen(p *pcapio.Packet) int {
	hdr := p.IPHdrLen
	if p.IPVersion == 6 {
		hdr = 40
	}
	return p.IPLen - hdr - int(p.TCP.HdrLen)
}

// wrap notes the quarters of the sequence space that were visited; coming round to the SYN after
// all four is a wrap.
func (h *Half) wrap(start, end uint64) {
	st := &h.state
	if st.visited == 15 && uint64(seqspace.Quarter(st.syn)) == end>>30 && end >= uint64(st.syn) {
		st.wraps++
		st.visited = 0
	}
	for _, s := range [2]uint64{start >> 30, end >> 30} {
		if s < 4 {
			st.visited |= 1 << s
		}
	}
}

func (h *Half) options(peer *Half, t *pcapio.TCP, syn bool) {
	if t.Options&pcapio.OptMSS != 0 && t.MSS != 0xffff {
		h.MSS = uint32(int16(t.MSS))
	}
	if t.Options&pcapio.OptWScale != 0 && t.WScale != 0xff {
		h.WindowScale, h.ReqWS = t.WScale, true
	}
	if t.Options&pcapio.OptTimestamps != 0 {
		h.ReqTS = true
	}
	if !syn && !(h.ReqWS && peer.ReqWS) {
		h.WindowScale, peer.WindowScale = 0, 0
	}
	if t.Options&pcapio.OptSACKPermitted != 0 {
		h.ReqSACK = true
	}
	if t.Options&pcapio.OptSACK != 0 && t.SACKCount > 0 {
		h.SACKsSent++
	}
}

// data counts a payload of n bytes.
func (h *Half) data(t *pcapio.TCP, n int, now int64) {
	if n <= 0 {
		return
	}
	size := uint64(n)
	h.DataPackets++
	h.DataBytes += size
	if t.Flags&pcapio.PSH != 0 {
		h.PushPackets++
	}
	if t.Flags&pcapio.URG != 0 {
		h.UrgentPackets++
		h.UrgentBytes += uint64(t.Urgent)
	}
	h.MaxSegment = max(h.MaxSegment, size)
	if h.MinSegment == 0 || size < h.MinSegment {
		h.MinSegment = size
	}
	if h.state.firstData == 0 {
		h.state.firstData = now
	}
	h.state.lastData = now
}

// hardwareDup tells whether one of the last 8 remembered packets had the same sequence number and
// IP identification.
func (h *Half) hardwareDup(seq uint32, id uint16) bool {
	st := &h.state
	for i := range st.dups {
		if d := &st.dups[i]; d.seq == seq && d.id == id && seq != 0 && id != 0 {
			h.HardwareDups++
			return true
		}
	}
	d := &st.dups[st.dupNext]
	d.seq, d.id = seq, id
	st.dupNext = (st.dupNext + 1) % uint8(len(st.dups))
	return false
}

// sequence puts the segment into the sequence space, unless it probes a closed window.
func (a *Analyzer) sequence(h, peer *Half, e *event, syn, fin bool) {
	n := e.dataLen
	length := n
	if syn {
		length++
	}
	if fin {
		length++
	}
	counted := 0
	if !syn && peer.state.winLast == 0 && peer.Packets > 0 {
		e.probe = true
		h.ProbePackets++
		h.ProbeBytes += uint64(max(n, 0))
	} else if length > 0 {
		e.again, e.outOfOrder = a.insert(h, e.p.TCP.Seq, uint32(length))
		counted = e.again
	}
	if e.outOfOrder {
		h.OutOfOrder++
	}
	if syn && h.SYNs > 1 {
		counted-- // SYN and FIN are not data, so their repetition is none
	}
	if fin && h.FINs > 1 {
		counted--
	}
	if !e.probe && counted < n {
		h.UniqueBytes += uint64(n - counted)
	}
}

// windowStats counts the window that a SYN or ACK advertises.
func (h *Half) windowStats(peer *Half, window uint64, syn, ack bool) {
	st := &h.state
	st.winLast = window
	if !syn && !ack {
		return
	}
	h.MaxWindow = max(h.MaxWindow, window)
	if window > 0 && h.ReqWS && peer.ReqWS && !syn && !st.scaledStats {
		// The first scaled window: forget those of the handshake.
		st.scaledStats = true
		h.MinWindow, h.MaxWindow = window, window
		st.winTotal, st.winScaledPkts = 0, 1
	} else if window > 0 && (h.MinWindow == 0 || window < h.MinWindow) {
		h.MinWindow = window
	}
	st.winTotal += window
}

func (h *Half) ackStats(t *pcapio.TCP, window uint64, n int, synfin bool) {
	if window == 0 {
		h.ZeroWindows++
	}
	h.ACKPackets++
	if n == 0 && !synfin {
		h.PureACKs++
	}
	if t.Options&pcapio.OptSACK == 0 || t.SACKCount == 0 {
		return
	}
	h.SACKPackets++
	h.MaxSACKBlocks = max(h.MaxSACKBlocks, t.SACKCount)
	f, g := t.SACK[0], t.SACK[1]
	switch {
	case f.Right <= t.Ack:
		h.DSACKPackets++
	case t.SACKCount < 2:
	case f.Right <= g.Right && f.Left >= g.Left,
		f.Left <= g.Left && f.Right > g.Left,
		f.Right >= g.Right && f.Left < g.Right:
		h.DSACKPackets++
	}
}

// owin counts the outstanding data: what h has sent and peer has not acknowledged. It is 1 too
// high, as in tcptrace.
func (a *Analyzer) owin(c *Conn, h, peer *Half, e *event) {
	st := &h.state
	owin := e.end - e.start
	if peer.state.ack != 0 {
		owin = e.end - uint64(peer.state.ack-1)
	}
	h.MaxOwin = max(h.MaxOwin, owin)
	if owin > 0 && (h.MinOwin == 0 || owin < h.MinOwin) {
		h.MinOwin = owin
	}
	st.owinTotal += owin
	st.owinCount++
	e.owinSampled, e.owin = true, owin
	if st.owinLastTime == 0 {
		st.owinLastTime, st.owinLast = a.now, owin
		return
	}
	st.owinWeighted += uint64(float64(st.owinLast) * (elapsed(st.owinLastTime, a.now) / 1e6))
	e.owinWeightedAt = st.owinLastTime
	st.owinLastTime, st.owinLast = a.now, owin
}
