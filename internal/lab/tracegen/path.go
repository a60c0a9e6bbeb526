package tracegen

import "github.com/reeftools/reef/pcapio"

// segment is one packet under way, transport header and length of payload only.
type segment struct {
	// TCP; for ICMP echo and DNS, seq is the sequence number or query identifier
	seq, ack     uint32
	tsVal, tsEcr uint32
	size         uint16 // payload bytes; all zero, except in DNS
	window       uint16
	flags        uint8 // TCP
	again        bool  // TCP: sent before
	lost         bool  // will be lost behind the monitor
	blocks       uint8 // SACK blocks in use
	sack         [3]span
}

// span is a range of sequence numbers, [from, to).
type span struct{ from, to uint32 }

// send puts s on the path from end dir of flow i. The link is busy for the time that the frame
// takes; then the frame passes the monitor, unless it is lost before.
func (g *Generator) send(i uint32, f *flow, dir uint8, s *segment) {
	f.linkFree[dir] = max(f.linkFree[dir], g.now) + int64(s.size+80)*f.nsPerByte
	draw := g.rng.pcg.Uint64()
	fate := Share(draw >> 32 * 1_000_000 >> 32)
	if fate < g.cfg.Loss/2 {
		g.stats.LostBefore++
		if f.protocol == pcapio.ProtoTCP {
			f.ends[dir].noteUnseen(s)
		}
		return
	}
	s.lost = fate < g.cfg.Loss
	e := event{flow: i, kind: evPass, dir: dir, segment: *s}
	jitter := int64(draw&0xffff) * f.delay[dir] >> 21 // up to 1/32 of the delay
	e.at = f.linkFree[dir] + f.delay[dir] + jitter
	if fate-g.cfg.Loss < g.cfg.Reorder/2 {
		g.stats.Reordered++
		e.at += g.hold(f)
	} else {
		e.at = max(e.at, f.lastPass[dir]+1) // jitter does not reorder
		f.lastPass[dir] = e.at
	}
	g.push(f, &e)
}

// hold is for how long a packet is held back when it is to be overtaken: a few packet times.
func (g *Generator) hold(f *flow) int64 {
	return 500_000 + int64(g.rng.between(1500, 6000))*f.nsPerByte
}

// pass is the time when the event's segment is at the monitor: it goes on to the other end.
func (g *Generator) pass(f *flow, e *event) {
	if e.lost {
		g.stats.LostBehind++
		return
	}
	on := *e
	on.kind = evArrive
	on.at += f.delay[1-e.dir]
	if g.rng.chance(g.cfg.Reorder / 2) {
		g.stats.HeldBehind++
		on.at += g.hold(f)
	}
	g.push(f, &on)
}

// after makes something happen at end dir of flow i, d nanoseconds from now.
func (g *Generator) after(i uint32, f *flow, k kind, dir uint8, d int64) {
	g.push(f, &event{at: g.now + d, flow: i, kind: k, dir: dir})
}

// push queues e and counts it: a flow without events is over.
func (g *Generator) push(f *flow, e *event) {
	f.events++
	g.wheel.push(e)
}
