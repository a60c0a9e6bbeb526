package tstat

import (
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

// tcp takes a TCP segment and tells whether it was counted on a connection.
func (a *Analyzer) tcp(p *pcapio.Packet) bool {
	var key conntab.Key
	high := key.Set(p)
	slot := a.conns.Find(&key)
	if slot != 0 && !a.classic {
		slot = a.stillOpen(slot, p)
	}
	if slot == 0 {
		if p.TCP.Flags&(pcapio.SYN|pcapio.ACK) != pcapio.SYN {
			a.stats.NoSYN++
			a.countTCP(p)
			return false
		}
		if slot = a.openConn(&key, high, p); slot == 0 {
			a.stats.NoRoom++
			a.countTCP(p)
			return false
		}
	}
	c := &a.conns.At(slot).State
	c.last = a.now
	fromClient := high == c.clientHigh
	h, peer := &c.c2s, &c.s2c
	if !fromClient {
		h, peer = peer, h
	}
	if p.IPVersion == 4 && h.duplicate(p, a.now, a.classic) {
		a.stats.Duplicates++
		return false
	}
	a.countTCP(p)
	a.segment(slot, c, h, peer, fromClient, p)
	return true
}

// stillOpen ends the connection in slot if p begins another, by the default semantics, and returns
// 0 then.
func (a *Analyzer) stillOpen(slot uint32, p *pcapio.Packet) uint32 {
	e := a.conns.At(slot)
	c := &e.State
	idle := a.cfg.Idle
	if e.List == listShort {
		idle = a.cfg.HalfOpen
	}
	switch {
	case a.clock-e.Seen > int64(idle):
		a.endConn(slot, EndIdle, false)
		return 0
	case p.TCP.Flags&(pcapio.SYN|pcapio.ACK) == pcapio.SYN && (c.c2s.FINs > 0 || c.s2c.FINs > 0) && p.TCP.Seq != c.c2s.synSeq:
		a.endConn(slot, EndReused, false)
		return 0
	}
	return slot
}

// openConn begins a connection with the SYN p, and returns 0 if there is no room.
func (a *Analyzer) openConn(key *conntab.Key, high bool, p *pcapio.Packet) uint32 {
	slot, index := insert(a, a.conns, &a.scan.conns, key, a.cfg.MaxConns, func(slot uint32) { a.endConn(slot, EndLimit, false) })
	if slot == 0 {
		return 0
	}
	a.connCount++
	a.stats.Conns++
	c := &a.conns.At(slot).State
	c.number, c.index, c.first, c.clientHigh = a.connCount, index, a.now, high
	c.client, c.server, c.clientPort, c.serverPort, c.version = p.Src, p.Dst, p.SrcPort, p.DstPort, p.IPVersion
	c.clientInternal, c.serverInternal = a.cfg.internal(p.IPVersion, &p.Src), a.cfg.internal(p.IPVersion, &p.Dst)
	a.set.count(l4Flows, whole, 0)
	return slot
}

// duplicate tells whether p is a capture duplicate of the packet before it, and remembers p.
func (h *half) duplicate(p *pcapio.Packet, now int64, classic bool) bool {
	sum := be16(p.Data, p.TransportOff+16)
	id, length := uint16(p.IPID), uint16(p.IPLen)
	same := h.lastSum == sum && h.lastID == id && h.lastLen == length && since(h.lastTime, now) < 2e6 && (classic || id != 0)
	h.lastSum, h.lastID, h.lastLen = sum, id, length
	return same
}

// payloadLen is the length of the payload.
func (a *Analyzer) payloadLen(p *pcapio.Packet) int {
	if a.classic && p.IPVersion == 4 && len(p.Data) > 20 && be16(p.Data, p.IPOff+2) == 0 {
		// segmentation offload left the IP length to the network card; Tstat takes the 0
		return -p.IPHdrLen - int(p.TCP.HdrLen)
	}
	return p.PayloadLen
}

// ipid returns an identification that distinguishes packets with the same bytes.
func (a *Analyzer) ipid(p *pcapio.Packet) uint32 {
	switch {
	case a.classic && p.IPVersion == 6:
		// the payload length is where the identification is in IPv4
		return uint32(uint16(p.IPLen - 40))
	case a.classic || p.IPVersion == 4 && p.IPID != 0:
		return uint32(uint16(p.IPID))
	}
	return 1<<31 | uint32(a.stats.Packets) // none: another one each time
}

// segment counts p, which h sent to peer on the connection c. The order of the steps is Tstat's and
// matters.
func (a *Analyzer) segment(slot uint32, c *live, h, peer *half, fromClient bool, p *pcapio.Packet) {
	t, flags := &p.TCP, p.TCP.Flags
	syn, fin, ack := flags&pcapio.SYN != 0, flags&pcapio.FIN != 0, flags&pcapio.ACK != 0
	n := a.payloadLen(p)
	end := t.Seq + uint32(n)
	h.flags(flags, end)
	if fromClient && !syn && peer.SYNs == 0 && n != 0 {
		a.stats.OneWay++
		a.endConn(slot, EndOneWay, false)
		return
	}
	a.stats.TCP++
	if ack {
		a.answered(h, peer, t.Ack)
	}
	window := uint64(0)
	if ack || syn {
		window = a.scaled(h, peer, t, syn)
	}
	h.lastTime = a.now
	if n != 0 || flags&(pcapio.SYN|pcapio.FIN|pcapio.RST) != 0 {
		h.flight = true
	}
	if syn {
		if h.SYNs > 1 && h.synSeq != t.Seq {
			h.SYNChanged = true
		}
		h.synSeq, peer.ack = t.Seq, t.Seq
	}
	h.options(peer, t, syn, a.classic)
	h.data(n, p)
	c.packets++
	h.Packets++

	again, outOfOrder := int64(0), false
	if length := uint32(max(n, 0)) + bit(syn) + bit(fin); length > 0 {
		again, outOfOrder = a.insert(h, peer, fromClient, t.Seq, length, a.ipid(p))
		h.unique(again, n, syn, fin)
	}
	if outOfOrder {
		h.OutOfOrder++
	}
	if ack {
		a.acknowledge(peer, t.Ack)
		h.ACKPackets++
	}
	if again == 0 {
		h.seq = end
	}
	if fromClient && n > 0 && !c.named {
		c.named = true
		c.serverName, c.host = a.findNames(p.Payload())
	}
	if flags&pcapio.RST != 0 {
		a.endConn(slot, EndReset, false)
		return
	}
	if ack || syn {
		h.windows(window)
	}
	if ack {
		h.acks(peer, t, window, n, syn, fin, a.now)
	}
	if n != 0 {
		h.payload(n, again, a.now)
	}
	if !syn && !outOfOrder && again == 0 {
		h.inFlight(end - peer.ack)
	}
	if ack && (flags&pcapio.PSH != 0 || fin) {
		h.message(a.classic)
	}
	a.endOrTouch(slot, c)
}

// answered updates the peer by an ACK number of h: whether its FIN is acknowledged, and what it has
// in flight.
func (a *Analyzer) answered(h, peer *half, ack uint32) {
	if peer.FINs > 0 && a.reached(ack, peer.finSeq+1) {
		peer.closed = true
	}
	if peer.flight {
		a.set.count(tcpCwnd, whole, int64(peer.seq-h.ack))
		peer.flight = false
	}
}

// endOrTouch ends a connection of which both sides are closed, and otherwise notes that it was
// seen.
func (a *Analyzer) endOrTouch(slot uint32, c *live) {
	switch {
	case c.c2s.closed && c.s2c.closed:
		a.endConn(slot, EndClosed, true)
	case !a.classic:
		list := listLong
		if c.onlySYNs() {
			list = listShort
		}
		a.conns.Touch(slot, list, a.clock)
	}
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// reached tells whether an ACK number covers all before edge. Tstat compares as if the sequence
// space did not wrap.
func (a *Analyzer) reached(ack, edge uint32) bool {
	if a.classic {
		return ack >= edge
	}
	return int32(ack-edge) >= 0
}

// scaled returns the window that a packet advertises. Those of SYNs are never scaled (RFC 7323,
// 2.2), though Tstat does it from the second SYN on.
func (a *Analyzer) scaled(h, peer *half, t *pcapio.TCP, syn bool) uint64 {
	w := uint64(t.Window)
	switch {
	case !h.WindowScaling || !peer.WindowScaling:
		return w
	case a.classic:
		return w << (h.WindowScale & 63)
	case syn:
		return w
	}
	return w << min(h.WindowScale, 14) // RFC 7323, 2.3
}

// endConn removes a connection from the table and gives it to the ConnWriter. Without closed it is
// complete if both sides sent a SYN and the input goes on.
func (a *Analyzer) endConn(slot uint32, reason EndReason, closed bool) {
	c := &a.conns.At(slot).State
	o := &a.outConn
	*o = Conn{Number: c.number, ClientAddr: c.client, ServerAddr: c.server, ClientPort: c.clientPort, ServerPort: c.serverPort,
		Version: c.version, ClientInternal: c.clientInternal, ServerInternal: c.serverInternal,
		Complete: closed || reason != EndOfInput && c.bothSYNs(), Reason: reason, First: c.first, Last: c.last,
		Client: c.c2s.Half, Server: c.s2c.Half, classic: a.classic}
	if c.serverName != 0 {
		o.TLSServerName = a.names.At(c.serverName).bytes()
	}
	if c.host != 0 {
		o.HTTPHost = a.names.At(c.host).bytes()
	}
	if !c.clientInternal && !c.serverInternal {
		a.stats.External++
	} else {
		a.countConn(o)
		if a.connSink != nil && a.err == nil {
			a.note(a.connSink.WriteConn(o))
		}
	}
	for q := range uint32(4) {
		a.records.Forget(&c.c2s.space, q)
		a.records.Forget(&c.s2c.space, q)
	}
	for _, n := range [2]uint32{c.serverName, c.host} {
		if n != 0 {
			a.names.Free(n)
		}
	}
	if a.classic {
		a.scan.conns.free(c.index)
	}
	a.conns.Remove(slot)
}
