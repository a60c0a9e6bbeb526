package tracegen

import "github.com/reeftools/reef/pcapio"

// TCP flags.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

const (
	delayedAck  = 40 * milli
	firstRTO    = second // RFC 6298, 2.1
	leastRTO    = 200 * milli
	retries     = 6
	synRetries  = 5
	startWindow = 10        // segments, RFC 6928
	maxWindow   = 256 << 10 // bytes
)

// tcp is what a flow has if it is TCP.
type tcp struct {
	dead       bool // reset or given up: what still arrives is ignored
	timestamps bool // both ends sent the option
	sackOK     bool
	scale      uint8 // window scale of both ends; 0 for no such option
	mss        uint16
	tries      uint8 // SYNs sent again before the client gives up
	finSeen    [2]bool
	resetSeen  bool
	ends       [2]end
}

// end is one end of a TCP connection, in the terms of RFC 9293 and RFC 5681.
type end struct {
	iss, una, nxt, rcv uint32
	written            uint32 // sequence number behind what the program wrote
	told               uint32 // sequence number behind the last message that the program got
	window             uint32 // receive window, constant
	cwnd, ssthresh     uint32
	recover            uint32
	tsOffset, tsRecent uint32
	rtoAt, ackAt       int64
	dups, tries        uint8
	unacked            uint8 // segments received since the last ACK
	synced             bool  // knows the other end's sequence number
	recovering         bool
	rtoArmed, ackArmed bool
	closing            bool // the program closed: FIN follows the data
	finSent, finGot    bool
	nHeld, nUnseen     uint8
	held               [4]span    // received out of order, the latest first
	unseen             [12]uint32 // first bytes of segments that were lost before the monitor
}

// startTCP begins a connection with a SYN.
func (g *Generator) startTCP(i uint32, f *flow) {
	draw := Share(g.rng.below(uint64(100 * Percent)))
	for _, c := range [...]struct {
		share Share
		role  role
	}{{g.cfg.Unanswered, roleUnanswered}, {g.cfg.Refused, roleRefused}, {g.cfg.Reset, roleReset}, {g.cfg.Unclosed, roleUnclosed}, {100 * Percent, roleFIN}} {
		if f.role = c.role; draw < c.share {
			break
		}
		draw -= c.share
	}
	if f.role == roleFIN && g.rng.chance(40*Percent) {
		f.role = roleServerFIN
	}
	f.port[1] = [...]uint16{443, 443, 443, 443, 80, 80, 8443, 8080}[g.rng.below(8)]
	f.tries = synRetries
	switch f.role {
	case roleUnanswered:
		f.tries = uint8(g.rng.below(3))
		f.estimate = 1 + int64(f.tries)
	case roleRefused:
		f.estimate = 2
	default:
		g.chooseMessages(f)
	}
	g.openTCP(i, f)
}

// startScan begins a connection that never gets beyond one SYN.
func (g *Generator) startScan(i uint32, f *flow) {
	f.role, f.port[1], f.estimate = roleUnanswered, 80, 1
	g.openTCP(i, f)
}

// chooseMessages draws what the programs will say: 1 or more requests and responses. One in 8
// transfers is an upload.
func (g *Generator) chooseMessages(f *flow) {
	bulk := g.size()
	exchanges := min(g.rng.pareto(1, 16), 1+bulk/200)
	f.left = int32(2 * exchanges)
	f.message = [2]uint32{uint32(g.rng.between(80, 800)), uint32(bulk / exchanges)}
	if g.rng.chance(100 * Percent / 8) {
		f.message[0], f.message[1] = f.message[1], f.message[0]
	}
	f.message[0], f.message[1] = max(f.message[0], 1), max(f.message[1], 1)
	f.estimate = 8 + int64(exchanges)*2 + int64(bulk*3/2/1400)
}

// openTCP draws the options and sends the SYN.
func (g *Generator) openTCP(i uint32, f *flow) {
	f.protocol = pcapio.ProtoTCP
	f.mss = 1460
	if f.v6 {
		f.mss = 1440
	}
	draw := g.rng.pcg.Uint64()
	f.timestamps = draw&3 != 0 // 3 in 4
	f.sackOK = draw>>2&15 != 0 // 15 in 16
	window := uint32(64240)
	if draw>>6&15 != 0 { // 15 in 16
		f.scale = uint8(7 - draw>>10&1)
		window = 64256 << (draw >> 11 % 3)
	}
	draw = g.rng.pcg.Uint64()
	c, s := &f.ends[0], &f.ends[1]
	c.open(uint32(draw), window)
	s.open(uint32(draw>>32), window)
	c.told, s.told = s.written, c.written
	draw = g.rng.pcg.Uint64()
	c.tsOffset, s.tsOffset = uint32(draw), uint32(draw>>32)
	c.nxt++
	g.transmit(i, f, 0, flagSYN, c.iss, 0, false)
	if f.tries > 0 {
		g.armRTO(i, f, 0)
	}
}

// open sets the initial values.
func (e *end) open(iss, window uint32) {
	e.iss, e.una, e.nxt, e.written = iss, iss, iss, iss+1
	e.window, e.ssthresh = window, maxWindow
}

// tcpApp lets the program at end dir write its next message, or end the connection.
func (g *Generator) tcpApp(i uint32, f *flow, dir uint8) {
	if f.dead {
		return
	}
	e := &f.ends[dir]
	if f.left > 0 {
		f.left--
		e.written += f.message[dir]
		if f.left == 0 && f.role == roleServerFIN {
			e.closing = true
		}
		g.pump(i, f, dir)
		return
	}
	switch f.role {
	case roleUnclosed:
	case roleReset:
		g.transmit(i, f, dir, flagRST|flagACK, e.nxt, 0, false)
		f.dead = true
	default:
		g.tcpClose(i, f, dir)
	}
}

// tcpClose closes end dir.
func (g *Generator) tcpClose(i uint32, f *flow, dir uint8) {
	if !f.dead {
		f.ends[dir].closing = true
		g.pump(i, f, dir)
	}
}

// pump sends what the windows allow of what the program wrote, and the FIN behind it.
func (g *Generator) pump(i uint32, f *flow, dir uint8) {
	e := &f.ends[dir]
	if e.recovering {
		return
	}
	mss, window := g.segmentSize(f), min(e.cwnd, f.ends[1-dir].window)
	for left := e.written - e.nxt; left > 0 && !e.finSent; left = e.written - e.nxt {
		n := min(left, mss)
		if flight := e.nxt - e.una; flight > 0 && flight+n > window {
			break
		}
		flags := uint8(flagACK)
		if n == left {
			flags |= flagPSH
		}
		g.transmit(i, f, dir, flags, e.nxt, n, false)
		e.nxt += n
	}
	if e.closing && !e.finSent && e.nxt == e.written {
		g.transmit(i, f, dir, flagFIN|flagACK, e.nxt, 0, false)
		e.nxt++
		e.finSent = true
	}
	if e.nxt != e.una {
		g.armRTO(i, f, dir)
	}
}

// segmentSize is how much data a segment holds: the MSS without the timestamps option (RFC 6691).
func (g *Generator) segmentSize(f *flow) uint32 {
	if f.timestamps {
		return uint32(f.mss) - 12
	}
	return uint32(f.mss)
}

// transmit sends one segment from end dir.
func (g *Generator) transmit(i uint32, f *flow, dir, flags uint8, seq, size uint32, again bool) {
	e := &f.ends[dir]
	s := segment{seq: seq, size: uint16(size), flags: flags, again: again, window: uint16(min(e.window, 64240))}
	if flags&flagSYN == 0 && f.scale > 0 {
		s.window = uint16(e.window >> f.scale)
	}
	if f.timestamps {
		s.tsVal = e.tsOffset + uint32(g.now/milli)
	}
	if flags&flagACK != 0 {
		s.ack, s.tsEcr = e.rcv, e.tsRecent
		e.unacked = 0
	}
	if f.sackOK && size == 0 && flags == flagACK {
		s.blocks = min(e.nHeld, 3)
		copy(s.sack[:], e.held[:3])
	}
	g.send(i, f, dir, &s)
}

// tcpArrive lets end dir react to a segment.
func (g *Generator) tcpArrive(i uint32, f *flow, dir uint8, s *segment) {
	e := &f.ends[dir]
	switch {
	case f.dead:
	case s.flags&flagRST != 0:
		f.dead = true
	case s.flags&flagSYN != 0:
		g.tcpSyn(i, f, dir, s)
	case e.synced:
		if f.timestamps && int32(s.seq-e.rcv) <= 0 {
			e.tsRecent = s.tsVal // RFC 7323, 4.3
		}
		g.tcpAcked(i, f, dir, s)
		if s.size > 0 || s.flags&flagFIN != 0 {
			g.tcpReceive(i, f, dir, s)
		}
	}
}

// tcpSyn lets end dir react to a SYN (the server) or SYN+ACK (the client).
func (g *Generator) tcpSyn(i uint32, f *flow, dir uint8, s *segment) {
	e := &f.ends[dir]
	first := !e.synced
	switch {
	case dir == 1 && f.role == roleUnanswered:
		return
	case dir == 1 && f.role == roleRefused:
		e.rcv = s.seq + 1
		e.window, f.timestamps = 0, false
		g.transmit(i, f, 1, flagRST|flagACK, 0, 0, false)
		f.dead = true
		return
	case first:
		e.synced = true
		e.rcv, e.tsRecent = s.seq+1, s.tsVal
		e.cwnd = startWindow * g.segmentSize(f)
	}
	if dir == 1 {
		if first {
			e.nxt++
			g.transmit(i, f, 1, flagSYN|flagACK, e.iss, 0, false)
			g.armRTO(i, f, 1)
		} else if e.una == e.iss {
			g.retransmit(i, f, 1)
		}
		return
	}
	if first {
		e.una, e.tries = s.ack, 0
		g.after(i, f, evApp, 0, int64(g.rng.between(50, 500))*micro)
	}
	g.transmit(i, f, 0, flagACK, e.nxt, 0, false)
}
