package filter

import (
	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// alone says what a protocol name that stands alone tests for: a number, and where.
var alone = map[proto]struct {
	test  func(g *generator, v uint32) *pred
	value uint32
}{
	protoIP:      {(*generator).carries, iana.EtherTypeIPv4},
	protoIP6:     {(*generator).carries, iana.EtherTypeIPv6},
	protoARP:     {(*generator).carries, iana.EtherTypeARP},
	protoRARP:    {(*generator).carries, iana.EtherTypeRARP},
	protoATalk:   {(*generator).carries, iana.EtherTypeATalk},
	protoAARP:    {(*generator).carries, iana.EtherTypeAARP},
	protoDECnet:  {(*generator).carries, iana.EtherTypeDECnet},
	protoSCA:     {(*generator).carries, iana.EtherTypeSCA},
	protoLAT:     {(*generator).carries, iana.EtherTypeLAT},
	protoMOPDL:   {(*generator).carries, iana.EtherTypeMOPDL},
	protoMOPRC:   {(*generator).carries, iana.EtherTypeMOPRC},
	protoISO:     {(*generator).carries, sapISO},
	protoSTP:     {(*generator).carries, sapSTP},
	protoIPX:     {(*generator).carries, sapIPX},
	protoNetBEUI: {(*generator).carries, sapNetBEUI},

	protoSCTP:  {(*generator).inIP, pcapio.ProtoSCTP},
	protoTCP:   {(*generator).inIP, pcapio.ProtoTCP},
	protoUDP:   {(*generator).inIP, pcapio.ProtoUDP},
	protoPIM:   {(*generator).inIP, pcapio.ProtoPIM},
	protoAH:    {(*generator).inIP, pcapio.ProtoAH},
	protoESP:   {(*generator).inIP, pcapio.ProtoESP},
	protoICMP:  {(*generator).inIP4, pcapio.ProtoICMP},
	protoIGMP:  {(*generator).inIP4, pcapio.ProtoIGMP},
	protoIGRP:  {(*generator).inIP4, pcapio.ProtoIGRP},
	protoVRRP:  {(*generator).inIP4, pcapio.ProtoVRRP},
	protoCARP:  {(*generator).inIP4, pcapio.ProtoVRRP}, // CARP uses the number of VRRP
	protoICMP6: {(*generator).inIP6, pcapio.ProtoICMPv6},

	protoCLNP: {(*generator).inISO, isoCLNP},
	protoESIS: {(*generator).inISO, isoESIS},
	protoISIS: {(*generator).inISO, isoISIS},
}

// protocol generates a protocol name that stands alone.
func (g *generator) protocol(p proto, pos int) (*pred, error) {
	if a, ok := alone[p]; ok {
		return a.test(g, a.value), nil
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
