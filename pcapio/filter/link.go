package filter

import (
	"fmt"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// EtherTypes (IANA, IEEE 802 Numbers), IEEE 802.2 service access points and PPP protocol numbers
// that have names.
const (
	etherMaxLen = 1500 // up to here the field is a length and an 802.2 header follows

	sapSTP     = 0x42
	sapIPX     = 0xe0
	sapNetBEUI = 0xf0
	sapISO     = 0xfe

	pppMPLS = 0x0281
)

// pppTypes maps EtherTypes and service access points to PPP protocol numbers.
var pppTypes = map[uint32]uint32{iana.EtherTypeIPv4: 0x21, iana.EtherTypeIPv6: 0x57, iana.EtherTypeDECnet: 0x27, iana.EtherTypeATalk: 0x29, 0x0600: 0x25,
	sapISO: 0x23, sapSTP: 0x31, sapIPX: 0x2b}

// offset is a place in the packet: K, or M[reg]+K when reg is not noReg.
type offset struct {
	reg int
	k   uint32
}

const noReg = -1

func at(k uint32) offset { return offset{noReg, k} }

func (o offset) plus(k uint32) offset { return offset{o.reg, o.k + k} }

// link is where things are in the packet. Words like vlan change it for all that follows in the
// expression.
type link struct {
	kind   pcapio.LinkType
	header offset // of the link layer
	typ    offset // of the field that tells the network protocol
	body   offset // what follows the link layer
	// from body to the network header, when 802.2 and SNAP headers or MPLS labels lie between
	net    uint32
	noSNAP uint32 // from body to an ISO network header, which has no SNAP header before it
	labels int    // of MPLS that were passed
	geneve bool   // header, typ and body are those inside a Geneve tunnel
}

// Scratch words that the start of the program fills in where the link header has no fixed length.
const (
	regHeader = 0 // where the 802.11 header begins
	regBody   = 1 // where it ends
	regFree   = 2 // first word that is free for other uses
)

// linkOf returns the layout of frames of kind, false if libpcap knows of none.
func linkOf(kind pcapio.LinkType) (link, bool) {
	l := link{kind: kind, header: at(0), typ: at(0), body: at(0)}
	switch kind {
	case pcapio.LinkNull, pcapio.LinkLoop:
		l.body = at(4)
	case pcapio.LinkEthernet:
		l.typ, l.body, l.noSNAP = at(12), at(14), 3
	case pcapio.LinkNetAnalyzer: // Ethernet behind something
		l.kind, l.header, l.typ, l.body, l.noSNAP = pcapio.LinkEthernet, at(4), at(16), at(18), 3
	case pcapio.LinkNetAnalyzerRaw:
		l.kind, l.header, l.typ, l.body, l.noSNAP = pcapio.LinkEthernet, at(12), at(24), at(26), 3
	case pcapio.LinkENC:
		l.body = at(12)
	case pcapio.LinkIPNET:
		l.typ, l.body = at(1), at(24)
	case pcapio.LinkPFLOG:
		l.typ, l.body = at(1), offset{regBody, 0}
	case pcapio.LinkSLIP:
		l.body = at(16)
	case pcapio.LinkSLIPBSDOS:
		l.body = at(24)
	case pcapio.LinkATM, pcapio.LinkCLIP:
		l.body, l.net, l.noSNAP = at(0), 8, 3
	case pcapio.LinkSunATM:
		l.body, l.net, l.noSNAP = at(4), 8, 3
	case pcapio.LinkTokenRing: // without source routing
		l.body, l.net, l.noSNAP = at(14), 8, 3
	case pcapio.LinkIPFC:
		l.body, l.net, l.noSNAP = at(16), 8, 3
	case pcapio.LinkFireWire:
		l.typ, l.body = at(16), at(18)
	case pcapio.LinkPPP, pcapio.LinkPPPHDLC, pcapio.LinkCHDLC, pcapio.LinkPPPD:
		l.typ, l.body = at(2), at(4)
	case pcapio.LinkPPPoE:
		l.typ, l.body = at(6), at(8)
	case pcapio.LinkFDDI:
		l.body, l.net, l.noSNAP = at(13), 8, 3
	case pcapio.LinkSLL:
		l.typ, l.body = at(14), at(16)
	case pcapio.LinkSLL2:
		l.typ, l.body = at(0), at(20)
	case pcapio.LinkRaw, pcapio.LinkRaw12, pcapio.LinkRaw14, pcapio.LinkIPv4, pcapio.LinkIPv6, pcapio.LinkFRelay:
		l.body = at(0)
	case pcapio.LinkWLAN:
		l.body, l.net, l.noSNAP = offset{regBody, 0}, 8, 3
	case pcapio.LinkPrism, pcapio.LinkRadiotap, pcapio.LinkAVS, pcapio.LinkPPI:
		l.header, l.body, l.net, l.noSNAP = offset{regHeader, 0}, offset{regBody, 0}, 8, 3
	default:
		return l, false
	}
	return l, true
}

func (l *link) wlan() bool {
	switch l.kind {
	case pcapio.LinkWLAN, pcapio.LinkPrism, pcapio.LinkRadiotap, pcapio.LinkAVS, pcapio.LinkPPI:
		return true
	}
	return false
}

// load returns code that brings size bytes at o into A.
func load(o offset, size uint32) []ins {
	if o.reg == noReg {
		return []ins{{Op: opLdAbs | sizeBits(size), K: o.k}}
	}
	return []ins{{Op: opLdxM, K: uint32(o.reg)}, {Op: opLdInd | sizeBits(size), K: o.k}}
}

// equal compares the size bytes at o.
func equal(o offset, size, v uint32) *pred { return compare(load(o, size), opJeq, v) }

// masked compares the bits of mask in the size bytes at o.
func masked(o offset, size, v, mask uint32) *pred {
	code := load(o, size)
	if mask != 0xffffffff {
		code = append(code, ins{Op: opAnd, K: mask})
	}
	return compare(code, opJeq, v)
}

// equalBytes compares b with what is at o: whole words first, and the last ones before the first.
func equalBytes(o offset, b []byte) *pred {
	var list []*pred
	for n := uint32(len(b)); n > 0; {
		size := uint32(4)
		if n < 4 {
			size = min(n, 2)
		}
		n -= size
		var v uint32
		for _, c := range b[n : n+size] {
			v = v<<8 | uint32(c)
		}
		list = append(list, equal(o.plus(n), size, v))
	}
	return and(list...)
}

// snap tests for an 802.2 header with SNAP (RFC 1042) of the organisation and protocol.
func (g *generator) snap(org, protocol uint32) *pred {
	return equalBytes(g.link.body, []byte{0xaa, 0xaa, 3, byte(org >> 16), byte(org >> 8), byte(org), byte(protocol >> 8), byte(protocol)})
}

// carries tests whether the link layer carries protocol: an EtherType or, up to 1500, a service
// access point.
func (g *generator) carries(protocol uint32) *pred {
	l := &g.link
	if l.labels > 0 {
		return g.carriesMPLS(protocol)
	}
	switch {
	case l.kind == pcapio.LinkEthernet:
		return g.carriesEthernet(protocol)
	case l.kind == pcapio.LinkSLL:
		return g.carriesSLL(protocol)
	case l.wlan():
		return and(g.wlanData(), g.carriesLLC(protocol))
	}
	switch l.kind {
	case pcapio.LinkFDDI, pcapio.LinkTokenRing, pcapio.LinkATM, pcapio.LinkCLIP, pcapio.LinkIPFC:
		return g.carriesLLC(protocol)
	case pcapio.LinkSunATM:
		return and(g.llc(), g.carriesLLC(protocol))
	case pcapio.LinkPPP, pcapio.LinkPPPHDLC, pcapio.LinkPPPoE, pcapio.LinkPPPD:
		if v, ok := pppTypes[protocol]; ok {
			protocol = v
		}
		return equal(l.typ, 2, protocol)
	case pcapio.LinkCHDLC:
		if protocol == sapISO {
			protocol = sapISO<<8 | sapISO
		}
		return equal(l.typ, 2, protocol)
	case pcapio.LinkSLL2, pcapio.LinkFireWire:
		return equal(l.typ, 2, protocol)
	case pcapio.LinkIPv4:
		return constant(protocol == iana.EtherTypeIPv4)
	case pcapio.LinkIPv6:
		return constant(protocol == iana.EtherTypeIPv6)
	case pcapio.LinkRaw, pcapio.LinkRaw12, pcapio.LinkRaw14, pcapio.LinkSLIP, pcapio.LinkSLIPBSDOS:
		switch protocol {
		case iana.EtherTypeIPv4:
			return masked(l.body, 1, 0x40, 0xf0)
		case iana.EtherTypeIPv6:
			return masked(l.body, 1, 0x60, 0xf0)
		}
		return constant(false)
	case pcapio.LinkNull, pcapio.LinkLoop, pcapio.LinkENC:
		return g.carriesFamily(protocol)
	case pcapio.LinkPFLOG, pcapio.LinkIPNET:
		return g.carriesByteFamily(protocol)
	case pcapio.LinkFRelay:
		switch protocol { // unnumbered information, then the NLPID (RFC 2427)
		case iana.EtherTypeIPv4:
			return equal(at(2), 2, 0x03cc)
		case iana.EtherTypeIPv6:
			return equal(at(2), 2, 0x038e)
		case sapISO:
			return or(equal(at(2), 2, 0x0381), equal(at(2), 2, 0x0382), equal(at(2), 2, 0x0383))
		}
		return constant(false)
	}
	return g.unfit(fmt.Errorf("protocols of this link type are not known"))
}

// carriesEthernet tests the EtherType, or the 802.2 header where the field is a length.
func (g *generator) carriesEthernet(protocol uint32) *pred {
	typ, llc := g.link.typ, g.link.body
	isLength := not(compare(load(typ, 2), opJgt, etherMaxLen))
	switch {
	case protocol == sapISO || protocol == sapNetBEUI:
		return and(isLength, equal(llc, 2, protocol<<8|protocol))
	// four encapsulations: EtherType, SNAP, 802.2, and a bare IPX header with checksum ffff
	case protocol == sapIPX:
		return or(equal(typ, 2, iana.EtherTypeIPX), and(isLength, or(g.snap(0, iana.EtherTypeIPX), equal(llc, 1, sapIPX), equal(llc, 2, 0xffff))))
	case protocol == iana.EtherTypeATalk:
		return or(equal(typ, 2, protocol), and(isLength, g.snap(0x080007, protocol)))
	case protocol == iana.EtherTypeAARP:
		return or(equal(typ, 2, protocol), and(isLength, g.snap(0, protocol)))
	case protocol <= etherMaxLen:
		return and(isLength, equal(llc, 1, protocol))
	}
	return equal(typ, 2, protocol)
}

// carriesSLL does the same for Linux cooked captures, whose protocol field is 1 for bare IPX and 4
// for 802.2.
func (g *generator) carriesSLL(protocol uint32) *pred {
	typ, llc := g.link.typ, g.link.body
	is8022 := equal(typ, 2, 4)
	switch {
	case protocol == sapISO || protocol == sapNetBEUI:
		return and(is8022, equal(llc, 2, protocol<<8|protocol))
	case protocol == sapIPX:
		return or(equal(typ, 2, iana.EtherTypeIPX), equal(typ, 2, 1), and(is8022, or(equal(llc, 1, sapIPX), g.snap(0, iana.EtherTypeIPX))))
	case protocol == iana.EtherTypeATalk:
		return or(equal(typ, 2, protocol), and(is8022, g.snap(0x080007, protocol)))
	case protocol == iana.EtherTypeAARP:
		return or(equal(typ, 2, protocol), and(is8022, g.snap(0, protocol)))
	case protocol <= etherMaxLen:
		return and(is8022, equal(llc, 1, protocol))
	}
	return equal(typ, 2, protocol)
}

// carriesLLC tests the 802.2 header that begins the body of 802.11 and FDDI frames; EtherTypes are
// in a SNAP header.
func (g *generator) carriesLLC(protocol uint32) *pred {
	llc := g.link.body
	switch {
	case protocol == sapISO || protocol == sapNetBEUI:
		return equal(llc, 2, protocol<<8|protocol)
	case protocol == iana.EtherTypeATalk:
		return g.snap(0x080007, protocol)
	case protocol <= etherMaxLen:
		return equal(llc, 1, protocol)
	}
	return equal(llc.plus(6), 2, protocol)
}

// carriesFamily tests the address family of BSD loopback captures. AF_INET is 2 everywhere;
// AF_INET6 is 30 on macOS, 24 on NetBSD and OpenBSD, 28 on FreeBSD. LINKTYPE_NULL has the byte
// order of the capturing machine, which may be either.
func (g *generator) carriesFamily(protocol uint32) *pred {
	families := []uint32{30, 24, 28}
	switch protocol {
	case iana.EtherTypeIPv4:
		families = []uint32{2}
	case iana.EtherTypeIPv6:
	default:
		return constant(false)
	}
	var list []*pred
	for _, f := range families {
		if g.link.kind != pcapio.LinkLoop {
			list = append(list, equal(at(0), 4, f<<24))
		}
		list = append(list, equal(at(0), 4, f))
	}
	return or(list...)
}

// carriesByteFamily tests an address family of one byte: of the BSDs in the packet filter's log, of
// Solaris in ipnet.
func (g *generator) carriesByteFamily(protocol uint32) *pred {
	switch {
	case protocol == iana.EtherTypeIPv4:
		return equal(g.link.typ, 1, 2)
	case protocol == iana.EtherTypeIPv6 && g.link.kind == pcapio.LinkIPNET:
		return equal(g.link.typ, 1, 26)
	case protocol == iana.EtherTypeIPv6:
		return or(equal(g.link.typ, 1, 24), equal(g.link.typ, 1, 28), equal(g.link.typ, 1, 30))
	}
	return constant(false)
}
