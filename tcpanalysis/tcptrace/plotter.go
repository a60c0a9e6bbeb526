package tcptrace

// plotter draws the graphs of connections with tcptrace's elements and colours.
type plotter struct {
	dst   ElementWriter
	sel   Selection
	most  int // connections that have graphs
	state map[*Conn]*[2]plotState
	err   error
}

// plotState is what the graphs of one side remember.
type plotState struct {
	rtt, owin, rwin, owinAvg, owinWeighted, size, sizeAvg, tputInst, tputAvg curve

	tputFrom, tputLast   int64 // start of the interval, time of the packet before
	tputPackets          int
	tputBytes            uint64
	tputStarted, started bool
	base                 uint64 // sequence number at which the time line counts from 0
}

// curve is a line through points, labelled in the middle of its first piece that is not 0.
type curve struct {
	t, y              int64
	started, labelled bool
}

// packet draws e, in the order of tcptrace's steps. leftOut tells that e is the first packet of a
// connection without graphs, because there are too many.
func (p *plotter) packet(e *event) (leftOut bool) {
	if !p.sel.Has(e.c.Number) || p.err != nil {
		return false
	}
	both := p.state[e.c]
	if both == nil {
		if len(p.state) >= p.most {
			return e.c.Packets == 1
		}
		both = &[2]plotState{}
		p.state[e.c] = both
	}
	s, other := &both[0], &both[1]
	if e.h == &e.c.B2A {
		s, other = other, s
	}
	p.throughput(s, e)
	if e.dataLen > 0 {
		p.extend(&s.size, e, SegmentSize, true, "segsize", "red", int64(e.dataLen))
		p.extend(&s.sizeAvg, e, SegmentSize, true, "avg segsize", "blue", int64(e.h.DataBytes/e.h.DataPackets))
	}
	if e.ack == ackNormal && e.rtt > 1 {
		p.extend(&other.rtt, e, RoundTrip, false, "rtt", "red", int64(e.rtt/1000))
	}
	p.drawSegment(e)
	p.drawTimeLine(s, other, e)
	p.drawAnswer(e)
	p.outstanding(s, e)
	return false
}

// put gives an element to the graph of the sender of e, or of the other side.
func (p *plotter) put(e *event, kind GraphKind, sender bool, el Element) {
	if p.err == nil {
		if kind == TimeSequence || kind == Outstanding {
			el.Y, el.Y2 = int64(uint32(el.Y)), int64(uint32(el.Y2)) // tcptrace prints 32 bits
		}
		fromA := (e.h == &e.c.A2B) == sender
		p.err = p.dst.WriteElement(Graph{e.c, kind, fromA || kind == TimeLine}, &el)
	}
}

// extend continues a curve to (e.now, y).
func (p *plotter) extend(c *curve, e *event, kind GraphKind, sender bool, name, color string, y int64) {
	p.extendAt(c, e, kind, sender, name, color, e.now, y)
}

func (p *plotter) extendAt(c *curve, e *event, kind GraphKind, sender bool, name, color string, t, y int64) {
	if middle := (c.y + y + 1) / 2; c.started && !c.labelled && middle != 0 {
		c.labelled = true
		p.put(e, kind, sender, Element{Shape: TextLeft, Color: color, Series: name, Text: name, T: c.t + (t-c.t)/2, Y: middle})
	}
	p.put(e, kind, sender, Element{Shape: Dot, Color: color, Series: name, T: t, Y: y})
	if c.started {
		p.put(e, kind, sender, Element{Shape: Line, Color: color, Series: name, T: t, Y: y, T2: c.t, Y2: c.y})
	}
	c.t, c.y, c.started = t, y, true
}

// tputInterval is the number of segments over which the throughput is taken: tcptrace's -A.
const tputInterval = 10

// throughput draws a dot for each segment, its bytes over the time since the one before, and curves
// for intervals and for the whole so far. The first packet only starts the clock.
func (p *plotter) throughput(s *plotState, e *event) {
	n := max(e.dataLen, 0)
	if !s.tputStarted {
		s.tputStarted = true
		s.tputFrom, s.tputLast, s.tputPackets, s.tputBytes = e.now, e.now, 1, uint64(n)
		return
	}
	if n == 0 {
		return
	}
	rate := func(bytes uint64, since int64) int64 {
		us := elapsed(since, e.now)
		if us == 0 {
			us = 1000 // as tcptrace has it
		}
		return int64(float64(bytes) / (us / 1e6))
	}
	if s.tputPackets+1 >= tputInterval {
		p.extend(&s.tputInst, e, Throughput, true, "inst. tput", "red", rate(s.tputBytes, s.tputFrom))
		p.extend(&s.tputAvg, e, Throughput, true, "avg. tput", "blue", rate(e.h.DataBytes, e.c.First))
		s.tputFrom, s.tputPackets, s.tputBytes = e.now, 0, 0
	}
	p.put(e, Throughput, true, Element{Shape: Dot, Color: "yellow", T: e.now, Y: rate(uint64(n), s.tputLast)})
	s.tputPackets++
	s.tputBytes += uint64(n)
	s.tputLast = e.now
}

// outstanding draws the outstanding data, the window of the receiver, and the mean and
// time-weighted mean so far.
func (p *plotter) outstanding(s *plotState, e *event) {
	if !e.owinSampled {
		return
	}
	st := &e.h.state
	if e.owinWeightedAt != 0 {
		mean := int64(0)
		if secs := elapsed(e.c.First, e.c.Last) / 1e6; secs > 0 {
			mean = int64(float64(st.owinWeighted) / secs)
		}
		p.extendAt(&s.owinWeighted, e, Outstanding, true, "wavg owin", "green", e.owinWeightedAt, mean)
	}
	p.extend(&s.owin, e, Outstanding, true, "owin", "red", int64(e.owin))
	p.extend(&s.rwin, e, Outstanding, true, "rwin", "yellow", int64(e.peer.state.winLast))
	p.extend(&s.owinAvg, e, Outstanding, true, "avg owin", "blue", int64(st.owinTotal/st.owinCount))
}
