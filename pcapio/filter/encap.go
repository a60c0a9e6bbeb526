package filter

import (
	"errors"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

var (
	errNoVLAN     = errors.New("this link type has no VLAN tags")
	errVLANInMPLS = errors.New("no VLAN tag can follow MPLS labels")
	errNoMPLS     = errors.New("this link type has no MPLS")
	errNoIPInMPLS = errors.New("only IPv4 and IPv6 are known behind MPLS labels")
	errNoChain    = errors.New("protochain needs a link-layer header of fixed length")
	errNoWLANAddr = errors.New("addr1 to addr4, ra and ta are for 802.11 only")
	errNoRadio    = errors.New("this link type has no radio header")
	errScratch    = errors.New("expression needs more scratch words than the filter machine has")
)

// vlan tests for a tag of any kind and moves on behind it.
func (g *generator) vlan(n keywordNode) (*pred, error) {
	if n.n > 0xfff {
		return nil, g.errorf(n.pos, "VLAN identifier %d is greater than 4095", n.n)
	}
	l := &g.link
	switch {
	case l.labels > 0:
		return g.unfit(errVLANInMPLS), nil
	case l.kind != pcapio.LinkEthernet && !l.wlan() || l.kind == pcapio.LinkPPI:
		return g.unfit(errNoVLAN), nil
	}
	p := or(g.carries(iana.EtherTypeVLAN), g.carries(iana.EtherTypeQinQ), g.carries(iana.EtherTypeOldQinQ))
	if n.hasN {
		p = and(p, masked(l.body, 2, n.n, 0xfff))
	}
	l.typ, l.body = l.typ.plus(4), l.body.plus(4)
	return p, nil
}

// mpls tests for a label and moves on behind it.
func (g *generator) mpls(n keywordNode) (*pred, error) {
	if n.n > 0xfffff {
		return nil, g.errorf(n.pos, "MPLS label %d is greater than 1048575", n.n)
	}
	l := &g.link
	var p *pred
	switch {
	case l.labels > 0: // another label follows if the one before is not the bottom of the stack
		p = masked(l.body.plus(l.net-2), 1, 0, 1)
	case l.kind == pcapio.LinkEthernet || l.kind == pcapio.LinkCHDLC:
		p = g.carries(iana.EtherTypeMPLS)
	case l.kind == pcapio.LinkPPP:
		p = g.carries(pppMPLS)
	default:
		return g.unfit(errNoMPLS), nil
	}
	if n.hasN {
		p = and(p, masked(l.body.plus(l.net), 4, n.n<<12, 0xfffff000))
	}
	l.net, l.noSNAP, l.labels = l.net+4, l.noSNAP+4, l.labels+1
	return p, nil
}

// carriesMPLS tests that the last label was the bottom of the stack and that the nibble behind it
// is the IP version.
func (g *generator) carriesMPLS(protocol uint32) *pred {
	network := g.link.body.plus(g.link.net)
	bottom := masked(network.plus(^uint32(1)), 1, 1, 1) // network - 2
	switch protocol {
	case iana.EtherTypeIPv4:
		return and(bottom, masked(network, 1, 0x40, 0xf0))
	case iana.EtherTypeIPv6:
		return and(bottom, masked(network, 1, 0x60, 0xf0))
	}
	return g.unfit(errNoIPInMPLS)
}

// pppoes tests for a PPPoE session (RFC 2516) and moves on to the PPP protocol field inside.
func (g *generator) pppoes(n keywordNode) (*pred, error) {
	if n.n > 0xffff {
		return nil, g.errorf(n.pos, "PPPoE session %d is greater than 65535", n.n)
	}
	l := &g.link
	p := g.carries(iana.EtherTypePPPoE)
	network := l.body.plus(l.net)
	if n.hasN {
		p = and(p, masked(network, 4, n.n, 0xffff))
	}
	inner := network.plus(6)
	*l = link{kind: pcapio.LinkPPP, header: inner, typ: inner, body: inner.plus(2)}
	return p, nil
}

// geneve tests for a Geneve packet (RFC 8926: UDP port 6081, version 0) and moves on to the frame
// inside, which is Ethernet or any protocol with an EtherType. The length of its options is only
// known by looking, so the test stores where things are.
func (g *generator) geneve(n keywordNode) (*pred, error) {
	if n.n > 0xffffff {
		return nil, g.errorf(n.pos, "Geneve VNI %d is greater than 16777215", n.n)
	}
	if g.free+3 > memWords {
		return g.unfit(errScratch), nil
	}
	network := g.link.body.plus(g.link.net)
	header, typ, body := uint32(g.free), uint32(g.free+1), uint32(g.free+2)
	g.free += 3

	check := func(field func(off, size uint32) []ins) *pred {
		p := and(compare(field(2, 2), opJeq, iana.PortGENEVE), compare(append(field(8, 1), ins{Op: opAnd, K: 0xc0}), opJeq, 0))
		if n.hasN {
			p = and(p, compare(append(field(12, 4), ins{Op: opAnd, K: 0xffffff00}), opJeq, n.n<<8))
		}
		return p
	}
	// store wants X such that the Geneve header begins at X+k.
	store := func(code []ins, k uint32) *pred {
		code = append(code,
			ins{Op: opTxa}, ins{Op: opAdd, K: k}, ins{Op: opTax},
			ins{Op: opAdd, K: 2}, ins{Op: opSt, K: typ},
			ins{Op: opLdInd | sizeB}, ins{Op: opAnd, K: 0x3f}, ins{Op: opLsh, K: 2}, ins{Op: opAdd, K: 8}, ins{Op: opAdd | fromX},
			ins{Op: opSt, K: header}, ins{Op: opSt, K: body},
			ins{Op: opLdInd | sizeH, K: 2}, ins{Op: opJeq, K: iana.EtherTypeBridged, Jf: 5},
			ins{Op: opLdMem, K: header}, ins{Op: opAdd, K: 12}, ins{Op: opSt, K: typ}, ins{Op: opAdd, K: 2}, ins{Op: opSt, K: body})
		return &pred{test: &test{code: code}}
	}
	v4 := and(g.carries(iana.EtherTypeIPv4), equal(network.plus(9), 1, pcapio.ProtoUDP), g.firstFragment(), check(g.loadTransport4),
		store(g.transport4(), network.k+8))
	start6 := []ins{{Op: opLdxI, K: 0}}
	if network.reg != noReg {
		start6 = []ins{{Op: opLdxM, K: uint32(network.reg)}}
	}
	v6 := and(g.carries(iana.EtherTypeIPv6), equal(network.plus(6), 1, pcapio.ProtoUDP),
		check(func(off, size uint32) []ins { return load(network.plus(40+off), size) }), store(start6, network.k+48))

	g.link = link{kind: pcapio.LinkEthernet, geneve: true, noSNAP: 3,
		header: offset{int(header), 0}, typ: offset{int(typ), 0}, body: offset{int(body), 0}}
	return or(v4, v6), nil
}

// insideEthernet adds to p, which looks at a link-layer header, that a Geneve packet has one
// inside.
func (g *generator) insideEthernet(p *pred) *pred {
	if !g.link.geneve {
		return p
	}
	code := []ins{{Op: opLdxM, K: uint32(g.link.body.reg)}, {Op: opLdMem, K: uint32(g.link.header.reg)}}
	return and(not(&pred{test: &test{code: code, jump: opJeq | fromX}}), p)
}
