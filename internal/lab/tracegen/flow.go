package tracegen

import "github.com/reeftools/reef/pcapio"

// role is what a flow does.
type role uint8

const (
	roleFIN        role = iota // TCP that the client closes
	roleServerFIN              // TCP that the server closes behind its last response
	roleReset                  // TCP that the client resets
	roleUnclosed               // TCP that falls silent
	roleUnanswered             // TCP, SYN only
	roleRefused                // TCP, RST for the SYN
	roleDNS                    // UDP query and response
	roleExchange               // UDP requests and responses
	roleStream                 // UDP at a steady rate, one way
	roleEcho                   // ICMP echo
)

// flow is the state of both ends and the path between them.
type flow struct {
	protocol  uint8
	role      role
	v6, vlan  bool
	seen      [2]bool // by the monitor, by direction
	events    int32   // queued: the flow is over when there are none
	client    uint32
	server    uint32
	port      [2]uint16 // of client and server; the client's is the identifier in ICMP echo
	delay     [2]int64  // from each end to the monitor, ns
	linkFree  [2]int64  // until when the link is busy at each end
	lastPass  [2]int64  // when the last packet in order passed the monitor
	nsPerByte int64     // of the slowest link
	packets   uint32    // seen
	estimate  int64     // packets, by guess

	left     int32     // messages still to be sent by the programs at the ends
	message  [2]uint32 // their size, by end
	interval int64     // between messages of streams and echo requests
	think    int64     // time that a program takes to answer

	tcp
}

// start begins a flow and sets the time of the next one.
func (g *Generator) start() {
	g.wheel.push(&event{kind: evStart, at: g.now + int64(g.rng.exponential(g.gap))})
	if len(g.free) == 0 {
		g.flows = append(g.flows, flow{})
		g.free = append(g.free, uint32(len(g.flows)-1))
	}
	last := len(g.free) - 1
	i := g.free[last]
	g.free = g.free[:last]
	f := &g.flows[i]
	*f = flow{v6: g.rng.chance(g.cfg.IPv6), vlan: g.rng.chance(g.cfg.VLAN)}
	g.choosePath(f)
	g.planned += g.perFlow
	if g.cfg.SYNOnly {
		// odd factor: no source twice in 2^24
		f.client, f.port[0] = uint32(g.started*0x9e3779b1), uint16(1024+g.started>>24%64512)
		g.startScan(i, f)
	} else {
		f.client = uint32(g.rng.popular(clients))
		n := &g.ports[f.client]
		f.port[0] = 1024 + *n
		*n = (*n + 1) % 64512
		switch draw := Share(g.rng.below(uint64(100 * Percent))); {
		case draw < g.cfg.UDP:
			g.startUDP(i, f)
		case draw < g.cfg.UDP+g.cfg.ICMP:
			g.startEcho(i, f)
		default:
			g.startTCP(i, f)
		}
	}
	g.started++
	g.committed += f.estimate
	g.recycle(i, f) // its only packet may have been lost
}

// choosePath draws the server and what lies between: round-trip times from 2 to 512 ms, most near
// 32 ms, the monitor nearer to the client, links of 8 to 1000 Mbit/s.
func (g *Generator) choosePath(f *flow) {
	f.server = uint32(g.rng.popular(servers))
	// the sum of four even numbers is nearly normal, so that the time is nearly log-normal
	var octaves uint64
	for range 4 {
		octaves += g.rng.below(2 << 32)
	}
	rtt := int64(exp2(uint64(2*milli), octaves))
	near := rtt * int64(g.rng.between(2, 14)) / 64
	f.delay = [2]int64{near, rtt/2 - near}
	f.nsPerByte = int64(8 << g.rng.below(8))
	f.think = int64(exp2(uint64(200*micro), g.rng.below(8<<32)))
}

// size draws the size of a transfer. Its lowest value follows the packets still to be spent, so
// that the trace has as many packets per flow as asked for, in spite of the heavy tail.
func (g *Generator) size() uint64 {
	window := int64(min(max(g.cfg.Flows/64, 16), 2048)) * g.perFlow >> 16
	octaves := 4<<16 + (g.planned-g.committed<<16)*6/max(window, 1)
	least := exp2(64, uint64(min(max(octaves, 0), 14<<16))<<16)
	return g.rng.pareto(least, 64<<20)
}

// countFlow counts what the monitor sees of f in the packet of e.
func (g *Generator) countFlow(f *flow, e *event) {
	class := 0
	switch f.protocol {
	case pcapio.ProtoUDP:
		class = 1
	case pcapio.ProtoICMP, pcapio.ProtoICMPv6:
		class = 2
		if e.dir == 0 {
			g.stats.EchoRequests++
		} else {
			g.stats.EchoReplies++
		}
	default:
		g.countTCP(f, e.dir, &e.segment)
	}
	f.packets++
	if f.seen[e.dir] {
		return
	}
	f.seen[e.dir] = true
	g.stats.Halves[class]++
	if f.seen[1-e.dir] {
		return
	}
	g.stats.Flows[class]++
	if f.v6 {
		g.stats.IPv6Flows++
	}
	if f.vlan {
		g.stats.VLANFlows++
	}
}
