package filter

import (
	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// protocol generates a protocol name that stands alone.
func (g *generator) protocol(p proto, pos int) (*pred, error) {
	switch p {
	case protoIP:
		return g.carries(iana.EtherTypeIPv4), nil
	case protoIP6:
		return g.carries(iana.EtherTypeIPv6), nil
	case protoARP:
		return g.carries(iana.EtherTypeARP), nil
	case protoRARP:
		return g.carries(iana.EtherTypeRARP), nil
	case protoATalk:
		return g.carries(iana.EtherTypeATalk), nil
	case protoAARP:
		return g.carries(iana.EtherTypeAARP), nil
	case protoDECnet:
		return g.carries(iana.EtherTypeDECnet), nil
	case protoSCA:
		return g.carries(iana.EtherTypeSCA), nil
	case protoLAT:
		return g.carries(iana.EtherTypeLAT), nil
	case protoMOPDL:
		return g.carries(iana.EtherTypeMOPDL), nil
	case protoMOPRC:
		return g.carries(iana.EtherTypeMOPRC), nil
	case protoISO:
		return g.carries(sapISO), nil
	case protoSTP:
		return g.carries(sapSTP), nil
	case protoIPX:
		return g.carries(sapIPX), nil
	case protoNetBEUI:
		return g.carries(sapNetBEUI), nil

	case protoSCTP:
		return g.inIP(pcapio.ProtoSCTP), nil
	case protoTCP:
		return g.inIP(pcapio.ProtoTCP), nil
	case protoUDP:
		return g.inIP(pcapio.ProtoUDP), nil
	case protoPIM:
		return g.inIP(pcapio.ProtoPIM), nil
	case protoAH:
		return g.inIP(pcapio.ProtoAH), nil
	case protoESP:
		return g.inIP(pcapio.ProtoESP), nil
	case protoICMP:
		return g.inIP4(pcapio.ProtoICMP), nil
	case protoIGMP:
		return g.inIP4(pcapio.ProtoIGMP), nil
	case protoIGRP:
		return g.inIP4(pcapio.ProtoIGRP), nil
	case protoVRRP, protoCARP: // CARP uses the number of VRRP
		return g.inIP4(pcapio.ProtoVRRP), nil
	case protoICMP6:
		return g.inIP6(pcapio.ProtoICMPv6), nil

	case protoCLNP:
		return g.inISO(isoCLNP), nil
	case protoESIS:
		return g.inISO(isoESIS), nil
	case protoISIS:
		return g.inISO(isoISIS), nil
	}
	if types, ok := isisTypes[p]; ok {
		var list []*pred
		for _, t := range types {
			list = append(list, g.inISIS(t))
		}
		return or(list...), nil
	}
	return nil, g.errorf(pos, "%q cannot stand alone", p)
}

// Network layer protocol identifiers of ISO/IEC TR 9577.
const (
	isoCLNP = 0x81
	isoESIS = 0x82
	isoISIS = 0x83
)

// isisTypes are the PDU types of ISO/IEC 10589 that each word stands for, in the order in which
// they are tested.
var isisTypes = map[proto][]uint32{
	protoL1:   {26, 24, 18, 15, 17},
	protoL2:   {27, 25, 20, 16, 17},
	protoIIH:  {17, 15, 16},
	protoLSP:  {18, 20},
	protoSNP:  {24, 25, 26, 27},
	protoCSNP: {24, 25},
	protoPSNP: {26, 27},
}

func (g *generator) inIP(v uint32) *pred { return or(g.inIP4(v), g.inIP6(v)) }

func (g *generator) inIP4(v uint32) *pred {
	return and(g.carries(iana.EtherTypeIPv4), equal(g.link.body.plus(g.link.net+9), 1, v))
}

// inIP6 looks at the first next-header field and behind a fragment header, but at no other
// extension header.
func (g *generator) inIP6(v uint32) *pred {
	network := g.link.body.plus(g.link.net)
	return and(g.carries(iana.EtherTypeIPv6), or(equal(network.plus(6), 1, v), and(equal(network.plus(6), 1, pcapio.ProtoFragment), equal(network.plus(40), 1, v))))
}

func (g *generator) inISO(v uint32) *pred {
	network := g.link.body.plus(g.link.noSNAP)
	switch g.link.kind {
	case pcapio.LinkFRelay: // the protocol identifier is the NLPID of the frame itself
		return equal(at(2), 2, 3<<8|v)
	case pcapio.LinkCHDLC: // a byte of padding comes first
		network = network.plus(1)
	}
	return and(g.carries(sapISO), equal(network, 1, v))
}

func (g *generator) inISIS(v uint32) *pred {
	return and(g.inISO(isoISIS), equal(g.link.body.plus(g.link.noSNAP+4), 1, v))
}

// ipProto generates "proto v".
func (g *generator) ipProto(v uint32, p proto, dir direction, pos int) (*pred, error) {
	if dir != dirNone {
		return nil, g.errorf(pos, "proto has no direction")
	}
	switch p {
	case protoNone:
		return g.inIP(v), nil
	case protoLink:
		return g.carries(v), nil
	case protoIP:
		return g.inIP4(v), nil
	case protoIP6:
		return g.inIP6(v), nil
	case protoISO:
		return g.inISO(v), nil
	case protoISIS:
		return g.inISIS(v), nil
	}
	return nil, g.errorf(pos, "%q does not carry other protocols", p)
}

// protoChain generates "protochain v", which follows extension headers wherever they lead.
func (g *generator) protoChain(v uint32, p proto, pos int) (*pred, error) {
	switch p {
	case protoNone:
		v4, _ := g.protoChain(v, protoIP, pos)
		v6, err := g.protoChain(v, protoIP6, pos)
		return or(v4, v6), err
	case protoIP, protoIP6:
	default:
		return nil, g.errorf(pos, "protochain is for ip and ip6 only")
	}
	if g.link.body.reg != noReg {
		return g.unfit(errNoChain), nil
	}
	g.loops = true
	network := g.link.body.k + g.link.net
	if p == protoIP {
		code := []ins{{Op: opLdAbs | sizeB, K: network + 9}, {Op: opLdxIP, K: network}}
		return and(g.carries(iana.EtherTypeIPv4), g.chain(code, v, network, nil)), nil
	}
	code := []ins{{Op: opLdAbs | sizeB, K: network + 6}, {Op: opLdxI, K: 40}}
	return and(g.carries(iana.EtherTypeIPv6), g.chain(code, v, network, []uint32{0, 60, 43, pcapio.ProtoFragment})), nil
}

// chain appends to code, which leaves a protocol in A and the offset of its header in X, a loop
// over the headers: extended ones, that count 8 bytes beyond the first 8, and AH, that counts 4
// bytes beyond the first 8 (RFC 4302, 2.2). It ends at v, at the end of the chain, at another
// protocol, or by reading beyond the packet; each turn moves on by at least 8 bytes.
func (g *generator) chain(code []ins, v, network uint32, extended []uint32) *pred {
	const advance8, advanceAH = 9, 10 // lengths of the two blocks below
	start := len(code)
	tests := 2 + len(extended) + 1
	tail := advanceAH
	if len(extended) > 0 {
		tail += advance8
	}
	for i, stop := range []uint32{v, pcapio.ProtoNone} {
		code = append(code, ins{Op: opJeq, K: stop, Jt: uint8(tests - 1 - i + tail)})
	}
	for i := range extended {
		code = append(code, ins{Op: opJeq, K: extended[i], Jt: uint8(tests - 1 - 2 - i)})
	}
	// To the AH block, or out.
	code = append(code, ins{Op: opJeq, K: pcapio.ProtoAH, Jt: uint8(tail - advanceAH), Jf: uint8(tail)})
	scratch := uint32(g.free)
	next := func(unit, extra uint32) {
		code = append(code,
			ins{Op: opLdInd | sizeB, K: network}, ins{Op: opSt, K: scratch},
			ins{Op: opLdInd | sizeB, K: network + 1}, ins{Op: opAdd, K: extra}, ins{Op: opMul, K: unit},
			ins{Op: opAdd | fromX}, ins{Op: opTax}, ins{Op: opLdMem, K: scratch})
		// back, as a negative distance
		code = append(code, ins{Op: opJa, K: uint32(start - len(code) - 1)})
	}
	if len(extended) > 0 {
		next(8, 1)
	}
	next(4, 2)
	code = append(code, ins{Op: opAdd, K: 0})
	return &pred{test: &test{code: code, jump: opJeq, k: v, loop: true}}
}
