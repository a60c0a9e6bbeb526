package tracegen

import "github.com/reeftools/reef/pcapio"

const (
	portDNS  = 53
	dnsQuery = 33 // header, h000000.example, type and class
	dnsExtra = 16 // one A record
)

// startUDP begins a DNS query (70 %), an exchange of requests and responses (24 %) or a stream (6
// %).
func (g *Generator) startUDP(i uint32, f *flow) {
	f.protocol = pcapio.ProtoUDP
	switch draw := g.rng.below(100); {
	case draw < 70:
		f.role, f.port[1], f.left = roleDNS, portDNS, 1
		f.message = [2]uint32{dnsQuery, dnsQuery + dnsExtra*uint32(g.rng.between(1, 4))}
		f.estimate = 2
	case draw < 94:
		f.role, f.port[1], f.left = roleExchange, 443, int32(g.rng.pareto(1, 50))
		f.message = [2]uint32{uint32(g.rng.between(30, 600)), uint32(g.rng.between(50, 1350))}
		f.estimate = int64(2 * f.left)
	default:
		f.role, f.port[1], f.left = roleStream, 5004, int32(g.rng.pareto(8, 5000))
		f.message = [2]uint32{uint32(g.rng.between(60, 1200)), 0}
		f.interval = 20 * milli
		f.estimate = int64(f.left)
	}
	g.datagramApp(i, f, 0)
}

// startEcho begins a ping of one or more requests.
func (g *Generator) startEcho(i uint32, f *flow) {
	f.protocol = pcapio.ProtoICMP
	if f.v6 {
		f.protocol = pcapio.ProtoICMPv6
	}
	f.role, f.left = roleEcho, int32(g.rng.pareto(1, 200))
	f.message = [2]uint32{56, 56}
	f.interval = second
	f.estimate = int64(2 * f.left)
	g.datagramApp(i, f, 0)
}

// datagramApp lets the program at end dir send a message. Clients of streams and pings then wait
// for the next turn.
func (g *Generator) datagramApp(i uint32, f *flow, dir uint8) {
	s := segment{size: uint16(f.message[dir]), seq: uint32(f.left)}
	if f.role == roleDNS {
		s.seq = uint32(f.port[0]) * 40503 & 0xffff
	}
	if dir == 0 {
		f.left--
		if f.interval != 0 && f.left > 0 {
			g.after(i, f, evApp, 0, f.interval)
		}
	}
	g.send(i, f, dir, &s)
}

// datagramArrive lets the program at end dir answer, if that is what it does.
func (g *Generator) datagramArrive(i uint32, f *flow, dir uint8, s *segment) {
	switch {
	case f.role == roleEcho && dir == 1:
		g.send(i, f, 1, &segment{size: s.size, seq: s.seq})
	case dir == 1 && f.role != roleStream || dir == 0 && f.role == roleExchange && f.left > 0:
		g.after(i, f, evApp, dir, f.think)
	}
}
