package tracegen

// tcpAcked lets end dir react to the acknowledgment in s: congestion control by RFC 5681 and RFC
// 6582.
func (g *Generator) tcpAcked(i uint32, f *flow, dir uint8, s *segment) {
	e := &f.ends[dir]
	mss := g.segmentSize(f)
	switch acked := s.ack - e.una; {
	case acked-1 < e.nxt-e.una: // 1 to all that is outstanding
		if e.una == e.iss {
			g.stats.Handshakes++
		}
		e.una, e.dups, e.tries = s.ack, 0, 0
		e.rtoAt = g.now + f.rto()
		switch {
		case e.recovering && int32(s.ack-e.recover) < 0:
			g.retransmit(i, f, dir) // partial acknowledgment: the next hole
		case e.recovering:
			e.recovering = false
			e.cwnd = e.ssthresh
		case e.cwnd < e.ssthresh:
			e.cwnd += min(acked, 2*mss) // slow start
		default:
			e.cwnd += mss * mss / e.cwnd // congestion avoidance
		}
		e.cwnd = min(e.cwnd, maxWindow)
		g.pump(i, f, dir)
	case acked == 0 && e.nxt != e.una && s.size == 0 && s.flags&flagFIN == 0:
		if e.dups++; e.dups == 3 && !e.recovering {
			g.stats.FastRetransmits++
			e.recoverFrom(mss)
			e.cwnd = e.ssthresh
			g.retransmit(i, f, dir)
		}
	}
}

// recoverFrom begins the recovery of what is outstanding.
func (e *end) recoverFrom(mss uint32) {
	e.ssthresh = max((e.nxt-e.una)/2, 2*mss)
	e.recovering, e.recover = true, e.nxt
}

// retransmit sends the first outstanding segment of end dir again.
func (g *Generator) retransmit(i uint32, f *flow, dir uint8) {
	e := &f.ends[dir]
	g.stats.Retransmitted++
	switch {
	case e.una == e.iss && dir == 0:
		g.transmit(i, f, 0, flagSYN, e.iss, 0, true)
	case e.una == e.iss:
		g.transmit(i, f, 1, flagSYN|flagACK, e.iss, 0, true)
	case e.finSent && e.una == e.written:
		g.transmit(i, f, dir, flagFIN|flagACK, e.una, 0, true)
	default:
		sent := e.nxt - e.una
		if e.finSent {
			sent--
		}
		flags := uint8(flagACK)
		n := min(sent, g.segmentSize(f))
		if e.una+n == e.written {
			flags |= flagPSH
		}
		g.transmit(i, f, dir, flags, e.una, n, true)
	}
}

// rto is the retransmission timeout of an end that knows the path: the round-trip time and a
// margin.
func (f *flow) rto() int64 {
	rtt := 2 * (f.delay[0] + f.delay[1])
	return max(leastRTO, rtt+rtt/2)
}

// armRTO sets the retransmission timer of end dir. There is one event per end; when it comes too
// early it is set again.
func (g *Generator) armRTO(i uint32, f *flow, dir uint8) {
	e := &f.ends[dir]
	wait := f.rto()
	if e.una == e.iss {
		wait = firstRTO
	}
	e.rtoAt = g.now + wait
	if !e.rtoArmed {
		e.rtoArmed = true
		g.after(i, f, evRTO, dir, wait)
	}
}

// tcpTimeout is the event of the retransmission timer of end dir.
func (g *Generator) tcpTimeout(i uint32, f *flow, dir uint8) {
	e := &f.ends[dir]
	e.rtoArmed = false
	if f.dead || e.una == e.nxt {
		return
	}
	if g.now < e.rtoAt {
		e.rtoArmed = true
		g.after(i, f, evRTO, dir, e.rtoAt-g.now)
		return
	}
	limit, wait := uint8(retries), f.rto()
	if e.una == e.iss {
		limit, wait = f.tries, firstRTO
	} else {
		mss := g.segmentSize(f)
		e.recoverFrom(mss)
		e.cwnd = mss
	}
	if e.tries == limit {
		if f.role != roleUnanswered {
			g.stats.GivenUp++
		}
		f.dead = true
		return
	}
	e.tries++
	g.stats.Timeouts++
	g.retransmit(i, f, dir)
	e.rtoAt = g.now + wait<<e.tries // RFC 6298, 5.5
	e.rtoArmed = true
	g.after(i, f, evRTO, dir, wait<<e.tries)
}

// noteUnseen remembers that the monitor does not know s, which was lost before it.
func (e *end) noteUnseen(s *segment) {
	if occupies(s) && !s.again && int(e.nUnseen) < len(e.unseen) {
		e.unseen[e.nUnseen] = s.seq
		e.nUnseen++
	}
}

// occupies tells whether s occupies sequence numbers.
func occupies(s *segment) bool { return s.size > 0 || s.flags&(flagSYN|flagFIN) != 0 }

// countTCP counts what the monitor sees of a TCP segment.
func (g *Generator) countTCP(f *flow, dir uint8, s *segment) {
	if s.flags&flagFIN != 0 && !f.finSeen[dir] {
		f.finSeen[dir] = true
		if f.finSeen[1-dir] {
			g.stats.FINBoth++
		}
	}
	if s.flags&flagRST != 0 && !f.resetSeen {
		f.resetSeen = true
		if f.role == roleRefused {
			g.stats.Refused++
		} else {
			g.stats.Resets++
		}
	}
	if !s.again {
		return
	}
	e := &f.ends[dir]
	for n, seq := range e.unseen[:e.nUnseen] {
		if seq == s.seq {
			e.nUnseen--
			e.unseen[n] = e.unseen[e.nUnseen]
			g.stats.RetransFillSeen++
			return
		}
	}
	g.stats.RetransSeen++
}
