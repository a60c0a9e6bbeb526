package filter

import (
	"strconv"
	"strings"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

const anyTransport = 0 // SCTP, TCP or UDP

// portProtocol returns the transport protocol that stands in front of port.
func (g *generator) portProtocol(n valueNode) (uint32, error) {
	switch n.q.proto {
	case protoNone:
		return anyTransport, nil
	case protoTCP:
		return pcapio.ProtoTCP, nil
	case protoUDP:
		return pcapio.ProtoUDP, nil
	case protoSCTP:
		return pcapio.ProtoSCTP, nil
	}
	return 0, g.errorf(n.value.pos, "%q cannot apply to a port", n.q.proto)
}

// service looks up the name of a port. want is the transport that was asked for; the result may
// narrow it.
func (g *generator) service(t token, name string, want uint32) (port, transport uint32, err error) {
	s, ok := services()[name]
	switch {
	case !ok:
		return 0, 0, g.errorf(t.pos, "unknown port %s", name)
	case want == anyTransport:
		return s.port, s.transport, nil
	case s.transport != anyTransport && s.transport != want:
		return 0, 0, g.errorf(t.pos, "port %s is of another protocol", name)
	}
	return s.port, want, nil
}

// portRange generates a range "low-high" of numbers or names. Two names of the same transport
// protocol select it.
func (g *generator) portRange(n valueNode) (*pred, error) {
	t := n.value
	want, err := g.portProtocol(n)
	if err != nil {
		return nil, err
	}
	low, high, ok := strings.Cut(t.text, "-")
	if !ok {
		return nil, g.errorf(t.pos, "%s is not a range of ports such as 1-1023", t.text)
	}
	var ports, transports [2]uint32
	for i, s := range []string{low, high} {
		v, err := strconv.ParseUint(s, 0, 32)
		if err == nil {
			ports[i] = uint32(v)
		} else if ports[i], transports[i], err = g.service(t, s, anyTransport); err != nil {
			return nil, err
		}
		if ports[i] > 65535 {
			return nil, g.errorf(t.pos, "port number %d is greater than 65535", ports[i])
		}
	}
	transport := uint32(anyTransport)
	if transports[0] == transports[1] {
		transport = transports[0]
	}
	switch {
	case want == anyTransport:
		want = transport
	case transport != anyTransport && transport != want:
		return nil, g.errorf(t.pos, "the ports of %s are of another protocol", t.text)
	}
	return g.ports(min(ports[0], ports[1]), max(ports[0], ports[1]), want, n.q.dir, t.pos)
}

// ports generates a range of ports: of IPv4 that is no later fragment, then of IPv6 without
// extension headers. libpcap has it the other way round, but most packets are IPv4.
func (g *generator) ports(low, high, transport uint32, dir direction, pos int) (*pred, error) {
	transports := []uint32{transport}
	if transport == anyTransport {
		transports = []uint32{pcapio.ProtoSCTP, pcapio.ProtoTCP, pcapio.ProtoUDP}
	}
	network := g.link.body.plus(g.link.net)
	var v6, v4 []*pred
	for _, t := range transports {
		ends, err := g.eitherEnd(dir, pos, func(isDst bool) *pred { return inRange(load(network.plus(40+portOffset(isDst)), 2), low, high) })
		if err != nil {
			return nil, err
		}
		v6 = append(v6, and(equal(network.plus(6), 1, t), ends))
		ends, _ = g.eitherEnd(dir, pos, func(isDst bool) *pred { return inRange(g.loadTransport4(portOffset(isDst), 2), low, high) })
		v4 = append(v4, and(equal(network.plus(9), 1, t), g.firstFragment(), ends))
	}
	return or(and(g.carries(iana.EtherTypeIPv4), or(v4...)), and(g.carries(iana.EtherTypeIPv6), or(v6...))), nil
}

func portOffset(isDst bool) uint32 {
	if isDst {
		return 2
	}
	return 0
}

func inRange(code []ins, low, high uint32) *pred {
	if low == high {
		return compare(code, opJeq, low)
	}
	return and(compare(code, opJge, low), not(compare(code, opJgt, high)))
}

// firstFragment tests that an IPv4 packet has fragment offset 0.
func (g *generator) firstFragment() *pred {
	return masked(g.link.body.plus(g.link.net+6), 2, 0, 0x1fff)
}

// transport4 returns code that sets X to the length of the IPv4 header, plus what of the header's
// place is not constant.
func (g *generator) transport4() []ins {
	body := g.link.body.plus(g.link.net)
	if body.reg == noReg {
		return []ins{{Op: opLdxIP, K: body.k}}
	}
	return append(load(body, 1), ins{Op: opAnd, K: 0x0f}, ins{Op: opLsh, K: 2}, ins{Op: opAdd | fromX}, ins{Op: opTax})
}

// loadTransport4 returns code that brings size bytes of the transport header behind an IPv4 header
// into A.
func (g *generator) loadTransport4(off, size uint32) []ins {
	return append(g.transport4(), ins{Op: opLdInd | sizeBits(size), K: g.link.body.k + g.link.net + off})
}
