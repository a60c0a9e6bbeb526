package anon

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// link anonymises a frame of link type t. Link types that are not listed are cut, even if the
// decoder finds an IP packet in them: the bytes in front of it may be anything.
func (a *Anonymizer) link(t pcapio.LinkType, off, end int) {
	if !a.deeper(off) {
		return
	}
	switch t {
	case pcapio.LinkEthernet:
		a.ethernet(off, end)
	case pcapio.LinkRaw, pcapio.LinkRaw12, pcapio.LinkRaw14, pcapio.LinkIPv4, pcapio.LinkIPv6:
		a.ip(off, end)
	case pcapio.LinkNull, pcapio.LinkLoop: // an address family
		a.ip(off+4, end)
	case pcapio.LinkENC: // and index and flags
		a.ip(off+12, end)
	case pcapio.LinkIPNET: // family, length, numbers of interfaces and zones
		a.ip(off+24, end)
	case pcapio.LinkSLIP: // direction and compressed header, which has parts of the real one
		a.behind(off+1, off+16, end, a.ip)
	case pcapio.LinkSLIPBSDOS:
		a.behind(off+1, off+24, end, a.ip)
	case pcapio.LinkSLL:
		a.cooked(off, end, 16, 2, 14, 6, 4)
	case pcapio.LinkSLL2:
		a.cooked(off, end, 20, 8, 0, 12, 10)
	case pcapio.LinkPPP:
		a.ppp(off, end)
	case pcapio.LinkPPPHDLC:
		if off < end && (a.packet.data[off] == 0x0f || a.packet.data[off] == 0x8f) {
			a.chdlc(off, end)
			return
		}
		a.ppp(off, end)
	case pcapio.LinkPPPD: // a direction in the place of the address
		a.pppProtocol(off+2, end)
	case pcapio.LinkPPPDir:
		a.ppp(off+1, end)
	case pcapio.LinkCHDLC:
		a.chdlc(off, end)
	case pcapio.LinkCHDLCDir:
		a.chdlc(off+1, end)
	case pcapio.LinkFRelay:
		a.frameRelay(off, end)
	case pcapio.LinkFRelayDir:
		a.frameRelay(off+1, end)
	case pcapio.LinkPPPoE:
		a.pppoe(off, end)
	case pcapio.LinkMPLS:
		a.mpls(off, end)
	case pcapio.LinkWLAN:
		a.wlan(off, end, false)
	case pcapio.LinkRadiotap, pcapio.LinkPrism, pcapio.LinkAVS, pcapio.LinkPPI:
		a.monitor(t, off, end)
	case pcapio.LinkNFLOG:
		a.nflog(off, end)
	case pcapio.LinkPFLOG:
		a.pflog(off, end)
	case pcapio.LinkPKTAP:
		a.pktap(off, end)
	case pcapio.LinkUser2:
		if end-off >= 12 && binary.LittleEndian.Uint32(a.packet.data[off:]) <= 512 && binary.LittleEndian.Uint32(a.packet.data[off+4:]) <= 1 {
			a.pktap(off, end)
			return
		}
		a.unknown(off, ReasonLink)
	default:
		a.rareLink(t, off, end)
	}
}

// rareLink is the other half of link: local networks that are not Ethernet, and envelopes of
// devices.
func (a *Anonymizer) rareLink(t pcapio.LinkType, off, end int) {
	switch t {
	case pcapio.LinkFDDI:
		a.rewriteMAC(off+1, end)
		a.rewriteMAC(off+7, end)
		a.llc(off+13, end)
	case pcapio.LinkTokenRing:
		a.tokenRing(off, end)
	case pcapio.LinkIPoIB: // addresses of InfiniBand, which are made of hardware addresses
		a.behind(off, off+40, end, func(off, end int) { a.typed(off, off+4, end) })
	case pcapio.LinkFireWire:
		a.behind(off, off+16, end, func(off, end int) { a.typed(off, off+2, end) })
	case pcapio.LinkIPFC:
		a.behind(off, off+16, end, a.llc)
	case pcapio.LinkATM:
		a.atm(off, end)
	case pcapio.LinkCLIP:
		if off < end && a.packet.data[off] == 0xaa {
			a.llc(off, end)
			return
		}
		a.ip(off, end)
	case pcapio.LinkSunATM:
		switch {
		case end-off < 6:
			a.unknown(off, ReasonDamaged)
		case a.packet.data[off]&0x0f == 2: // LLC
			a.atm(off+4, end)
		case a.packet.data[off]&0x0f == 1 && a.u16(off+4) != 0xff00: // LAN emulation
			a.ethernet(off+6, end)
		default:
			a.unknown(off+4, ReasonLink)
		}
	case pcapio.LinkDSA, pcapio.LinkBroadcom: // a tag of four bytes behind the addresses
		a.switched(off, off+16, end)
	case pcapio.LinkEDSA:
		a.switched(off, off+20, end)
	case pcapio.LinkBroadcomFront, pcapio.LinkNetAnalyzer:
		a.ethernet(off+4, end)
	case pcapio.LinkNetAnalyzerRaw:
		a.ethernet(off+12, end)
	case pcapio.LinkERF:
		a.erf(off, end)
	case pcapio.LinkJuniperEther:
		a.juniper(pcapio.LinkEthernet, off, end)
	case pcapio.LinkJuniperPPP:
		a.juniper(pcapio.LinkPPP, off, end)
	case pcapio.LinkJuniperFR:
		a.juniper(pcapio.LinkFRelay, off, end)
	case pcapio.LinkJuniperCHDLC:
		a.juniper(pcapio.LinkCHDLC, off, end)
	case pcapio.LinkDOCSIS:
		a.docsis(off, end)
	default:
		a.unknown(off, ReasonLink)
	}
}

// behind blanks a header, from off to body, that is not needed further, and goes on with next.
func (a *Anonymizer) behind(off, body, end int, next func(off, end int)) {
	if body > end {
		a.unknown(off, ReasonDamaged)
		return
	}
	a.blank(off, body)
	next(body, end)
}

// typed goes on at body, by the EtherType at typ.
func (a *Anonymizer) typed(typ, body, end int) {
	if end-typ < 2 {
		a.unknown(min(typ, end), ReasonDamaged)
		return
	}
	a.etherType(a.u16(typ), body, end)
}

// ethernet anonymises an Ethernet frame.
func (a *Anonymizer) ethernet(off, end int) {
	if !a.deeper(off) {
		return
	}
	a.rewriteMAC(off, end)
	a.rewriteMAC(off+6, end)
	if end-off < 14 {
		return
	}
	a.etherType(a.u16(off+12), off+14, end)
}

// switched anonymises an Ethernet frame that has more between its addresses and its EtherType,
// which is at typ.
func (a *Anonymizer) switched(off, typ, end int) {
	a.rewriteMAC(off, end)
	a.rewriteMAC(off+6, end)
	a.typed(typ, typ+2, end)
}

// llc anonymises an 802.2 frame: SNAP (RFC 1042), or IPv4 by its service access point.
func (a *Anonymizer) llc(off, end int) {
	if !a.deeper(off) {
		return
	}
	b := a.packet.data[min(off, end):end]
	switch {
	case len(b) >= 8 && b[0] == 0xaa && b[1] == 0xaa && b[2] == 0x03:
		a.snap(off+3, end, 0)
	case len(b) >= 3 && b[0] == 0x06 && b[1] == 0x06 && b[2] == 0x03:
		a.ip(off+3, end)
	default:
		a.unknown(off, ReasonLink)
	}
}

// snap anonymises what an organisation code and a protocol identifier name: an EtherType, or a
// bridged frame behind padding (RFC 2684, 5.2).
func (a *Anonymizer) snap(off, end, padding int) {
	b := a.packet.data[min(off, end):end]
	switch {
	case len(b) < 5:
		a.unknown(off, ReasonDamaged)
	case b[0] == 0 && b[1] == 0 && (b[2] == 0 || b[2] == 0xf8) && b[3] >= iana.EtherTypeMin>>8:
		a.etherType(a.u16(off+3), off+5, end)
	case b[0] == 0 && b[1] == 0x80 && b[2] == 0xc2 && b[3] == 0 && (b[4] == 1 || b[4] == 7):
		a.ethernet(off+5+padding, end)
	default:
		a.unknown(off+5, ReasonLink)
	}
}

// atm anonymises multiprotocol encapsulation over ATM with LLC (RFC 2684), or PPP (RFC 2364, 6).
func (a *Anonymizer) atm(off, end int) {
	b := a.packet.data[min(off, end):end]
	switch {
	case len(b) >= 8 && b[0] == 0xaa && b[1] == 0xaa && b[2] == 0x03:
		a.snap(off+3, end, 2)
	case len(b) >= 4 && b[0] == 0xfe && b[1] == 0xfe && b[2] == 0x03:
		a.nlpid(int(b[3]), off+4, end)
	default:
		a.llc(off, end)
	}
}

// nlpid anonymises what a network layer protocol identifier names (RFC 2427).
func (a *Anonymizer) nlpid(id, off, end int) {
	switch id {
	case 0xcc, 0x8e: // IPv4, IPv6
		a.ip(off, end)
	case 0xcf:
		a.pppProtocol(off, end)
	case 0x80:
		a.snap(off, end, 0)
	default:
		a.unknown(off, ReasonLink)
	}
}

// frameRelay anonymises what is behind a Q.922 address of 2 to 4 bytes: RFC 2427, or an EtherType
// as Cisco has it.
func (a *Anonymizer) frameRelay(off, end int) {
	body := off
	for n := 1; body < end && a.packet.data[body]&1 == 0 && n < 4; n++ {
		body++
	}
	body++
	switch b := a.packet.data[min(body, end):end]; {
	case len(b) < 3:
		a.unknown(min(body, end), ReasonDamaged)
	case b[0] != 0x03:
		a.typed(body, body+2, end)
	case b[1] == 0: // padding
		a.nlpid(int(b[2]), body+3, end)
	default:
		a.nlpid(int(b[1]), body+2, end)
	}
}

// chdlc anonymises what is behind a header of Cisco HDLC: address, control and an EtherType.
func (a *Anonymizer) chdlc(off, end int) {
	if end-off < 4 || a.u16(off+2) < iana.EtherTypeMin {
		a.unknown(min(off+4, end), ReasonLink)
		return
	}
	a.etherType(a.u16(off+2), off+4, end)
}

// tokenRing blanks the addresses. The MAC scheme does not fit them, since the source's first bit
// announces routing information.
func (a *Anonymizer) tokenRing(off, end int) {
	if end-off < 14 {
		a.unknown(off, ReasonDamaged)
		return
	}
	b := a.packet.data[off:end]
	routed := b[8] & 0x80
	a.blank(off+2, off+14)
	b[8] = routed
	body := off + 14
	if routed != 0 && len(b) > 14 {
		body += int(b[14] & 0x1f)
	}
	if b[1]&0xc0 != 0x40 {
		a.unknown(off+14, ReasonLink)
		return
	}
	a.llc(body, end)
}

// arp anonymises ARP and its relatives (RFC 826) of any address lengths; only Ethernet and IPv4
// addresses are kept.
func (a *Anonymizer) arp(off, end int) {
	if end-off < 8 {
		return
	}
	hardware, protocol := int(a.packet.data[off+4]), int(a.packet.data[off+5])
	if a.u16(off+2) != iana.EtherTypeIPv4 || protocol != 4 || hardware != 6 {
		a.unknown(off+8, ReasonLink)
		return
	}
	off += 8
	for range 2 { // sender, target
		a.rewriteMAC(off, end)
		a.rewrite4(off+6, end)
		off += 10
	}
	a.padding(off, end)
}
