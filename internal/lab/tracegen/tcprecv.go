package tracegen

// tcpReceive lets end dir take data or FIN.
func (g *Generator) tcpReceive(i uint32, f *flow, dir uint8, s *segment) {
	e, peer := &f.ends[dir], &f.ends[1-dir]
	r := span{s.seq, s.seq + uint32(s.size)}
	if s.flags&flagFIN != 0 {
		r.to++
	}
	if int32(r.from-e.rcv) > 0 {
		e.hold(r)
	}
	// out of order or known: acknowledge at once (RFC 5681, 4.2)
	if int32(r.from-e.rcv) > 0 || int32(r.to-e.rcv) <= 0 {
		g.transmit(i, f, dir, flagACK, e.nxt, 0, false)
		return
	}
	hole := e.nHeld > 0
	e.rcv = r.to
	e.release()
	e.unacked++
	if int32(e.rcv-peer.written) >= 0 && e.told != peer.written {
		e.told = peer.written
		g.after(i, f, evApp, dir, f.think)
	}
	fin := peer.finSent && e.rcv == peer.nxt && !e.finGot
	if fin {
		e.finGot = true
		g.after(i, f, evClose, dir, f.think)
	}
	if fin || hole || e.unacked >= 2 {
		g.transmit(i, f, dir, flagACK, e.nxt, 0, false)
		return
	}
	e.ackAt = g.now + delayedAck
	if !e.ackArmed {
		e.ackArmed = true
		g.after(i, f, evAck, dir, delayedAck)
	}
}

// tcpAckTimer is the event of the delayed-ACK timer of end dir.
func (g *Generator) tcpAckTimer(i uint32, f *flow, dir uint8) {
	e := &f.ends[dir]
	e.ackArmed = false
	switch {
	case f.dead || e.unacked == 0:
	case g.now < e.ackAt:
		e.ackArmed = true
		g.after(i, f, evAck, dir, e.ackAt-g.now)
	default:
		g.transmit(i, f, dir, flagACK, e.nxt, 0, false)
	}
}

// hold keeps a range that came out of order, joined with those that it touches and before them: RFC
// 2018 reports it first. There is room for few; a range too many is forgotten and will be sent
// again.
func (e *end) hold(r span) {
	kept := uint8(0)
	for _, h := range e.held[:e.nHeld] {
		if int32(h.from-r.to) <= 0 && int32(r.from-h.to) <= 0 {
			if int32(h.from-r.from) < 0 {
				r.from = h.from
			}
			if int32(h.to-r.to) > 0 {
				r.to = h.to
			}
			continue
		}
		e.held[kept] = h
		kept++
	}
	kept = min(kept, uint8(len(e.held))-1)
	copy(e.held[1:], e.held[:kept])
	e.held[0] = r
	e.nHeld = kept + 1
}

// release moves rcv over the held ranges that it reached.
func (e *end) release() {
	for n := 0; n < int(e.nHeld); n++ {
		h := e.held[n]
		if int32(h.from-e.rcv) > 0 {
			continue
		}
		if int32(h.to-e.rcv) > 0 {
			e.rcv = h.to
		}
		copy(e.held[n:], e.held[n+1:e.nHeld])
		e.nHeld--
		n = -1 // another one may touch now
	}
}
