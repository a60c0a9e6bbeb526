package anon

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// EtherTypes (IEEE 802, IANA).
const (
	typeIPv4      = 0x0800
	typeARP       = 0x0806
	typeBridged   = 0x6558
	typeVLAN      = 0x8100
	typeIPv6      = 0x86dd
	typePPP       = 0x880b
	typeMPLS      = 0x8847
	typeMPLSMulti = 0x8848
	typePPPoE     = 0x8864
	typeQinQ      = 0x88a8
	typeQinQOld   = 0x9100
	typeERSPAN2   = 0x88be
	typeERSPAN3   = 0x22eb
	typeMin       = 0x0600 // below, it is a length
)

// link anonymises a frame of link type t.
func (a *Anonymizer) link(t pcapio.LinkType, off, end int) {
	switch t {
	case pcapio.LinkEthernet:
		a.ethernet(off, end)
	case pcapio.LinkRaw, pcapio.LinkRaw12, pcapio.LinkRaw14, pcapio.LinkIPv4, pcapio.LinkIPv6:
		a.ip(off, end)
	case pcapio.LinkSLL:
		a.cooked(off, end, 16, 2, 14, 6, 4)
	case pcapio.LinkSLL2:
		a.cooked(off, end, 20, 8, 0, 12, 10)
	case pcapio.LinkFDDI:
		a.rewriteMAC(off+1, end)
		a.rewriteMAC(off+7, end)
		a.other(t, off, off+13, end)
	case pcapio.LinkTokenRing:
		if end-off >= 14 { // the source's first bit tells of routing information, so that the scheme does not fit
			routed := a.packet.data[off+8] & 0x80
			a.blank(off+2, off+14)
			a.packet.data[off+8] = routed
		}
		a.other(t, off, off+14, end)
	case pcapio.LinkWLAN:
		a.wlan(t, off, off, end)
	case pcapio.LinkRadiotap, pcapio.LinkPrism, pcapio.LinkAVS, pcapio.LinkPPI:
		a.monitor(t, off, end)
	case pcapio.LinkNull, pcapio.LinkLoop, pcapio.LinkPPP, pcapio.LinkPPPHDLC, pcapio.LinkPPPoE, pcapio.LinkCHDLC, pcapio.LinkFRelay, pcapio.LinkATM:
		a.other(t, off, off, end)
	default: // there may be addresses and names in its header, even where the decoder finds IP behind it
		a.unknown(off)
	}
}

// other handles a frame without addresses of its own, or where they are already rewritten: the decoder finds the IP packet in it. If there
// is none, the record is cut at body.
func (a *Anonymizer) other(t pcapio.LinkType, off, body, end int) {
	p := &a.probe
	data := a.packet.data[min(off, end):end]
	p.Record = pcapio.Record{LinkType: t, OrigLen: len(data), Data: data}
	a.dec.Decode(p)
	inner := p.Layers & pcapio.LayerEthernet // in a pseudo-wire: with addresses that nothing here would rewrite
	if p.IPVersion == 0 || inner != 0 {
		a.unknown(min(body, end))
		return
	}
	a.ip(off+p.IPOff, end)
}

// ethernet anonymises an Ethernet frame.
func (a *Anonymizer) ethernet(off, end int) {
	a.rewriteMAC(off, end)
	a.rewriteMAC(off+6, end)
	if end-off < 14 {
		return
	}
	a.etherType(a.u16(off+12), off+14, end)
}

// etherType anonymises what follows an EtherType or length field.
func (a *Anonymizer) etherType(typ, off, end int) {
	for typ == typeVLAN || typ == typeQinQ || typ == typeQinQOld {
		if end-off < 4 {
			return
		}
		typ = a.u16(off + 2)
		off += 4
	}
	switch typ {
	case typeIPv4, typeIPv6:
		a.ip(off, end)
	case typeARP:
		a.arp(off, end)
	case typeMPLS, typeMPLSMulti:
		a.mpls(off, end)
	case typePPPoE:
		a.other(pcapio.LinkPPPoE, off, off, end)
	default:
		if typ < typeMin {
			a.llc(off, min(end, off+typ))
			return
		}
		a.unknown(off)
	}
}

// llc anonymises an 802.2 frame: SNAP (RFC 1042), or IPv4 by its service access point.
func (a *Anonymizer) llc(off, end int) {
	b := a.packet.data[off:end]
	switch {
	case len(b) >= 8 && b[0] == 0xaa && b[1] == 0xaa && b[2] == 0x03 && b[3] == 0 && b[4] == 0 && (b[5] == 0 || b[5] == 0xf8) && b[6] >= typeMin>>8:
		a.etherType(a.u16(off+6), off+8, end)
	case len(b) >= 3 && b[0] == 0x06 && b[1] == 0x06 && b[2] == 0x03:
		a.ip(off+3, end)
	default:
		a.unknown(off)
	}
}

// mpls anonymises what is below a label stack (RFC 3032): IP, or an Ethernet pseudo-wire with control word (RFC 4385).
func (a *Anonymizer) mpls(off, end int) {
	for bottom := false; !bottom; off += 4 {
		if end-off < 4 {
			return
		}
		bottom = a.packet.data[off+2]&1 != 0
	}
	switch {
	case off >= end:
	case a.packet.data[off]>>4 == 0 && end-off >= 4:
		a.ethernet(off+4, end)
	default:
		a.ip(off, end)
	}
}

// arp anonymises ARP and its relatives (RFC 826) of any address lengths; only Ethernet and IPv4 addresses are kept.
func (a *Anonymizer) arp(off, end int) {
	if end-off < 8 {
		return
	}
	hardware, protocol := int(a.packet.data[off+4]), int(a.packet.data[off+5])
	if a.u16(off+2) != typeIPv4 || protocol != 4 || hardware != 6 {
		a.unknown(off + 8)
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

// Protocol numbers of Linux that are no EtherTypes, and hardware types with other protocols.
const (
	cookedLLC     = 4
	arphrdNetlink = 824
)

// cooked anonymises a Linux cooked capture, version 1 or 2: a header of size bytes that has the hardware type, protocol, address and
// the end of the address's length at the given places. The address is that of the sender, of up to eight bytes.
func (a *Anonymizer) cooked(off, end, size, hardware, protocol, address, length int) {
	if end-off < size {
		a.unknown(off)
		return
	}
	n := int(a.packet.data[off+length+1])
	switch at := off + address; n {
	case 6:
		a.rewriteMAC(at, end)
		a.blank(at+6, at+8) // may be left over from something
	case 4: // a tunnel over IPv4
		a.rewrite4(at, end)
		a.blank(at+4, at+8)
	default:
		a.blank(at, at+8)
	}
	switch typ := a.u16(off + protocol); {
	case a.u16(off+hardware) == arphrdNetlink:
		a.unknown(off + size)
	case typ >= typeMin:
		a.etherType(typ, off+size, end)
	case typ == cookedLLC:
		a.llc(off+size, end)
	default:
		a.unknown(off + size)
	}
}

// monitor finds the 802.11 frame behind the header of a capture in monitor mode.
func (a *Anonymizer) monitor(t pcapio.LinkType, off, end int) {
	b := a.packet.data[off:end]
	if len(b) < 8 {
		a.unknown(off)
		return
	}
	var size uint32
	switch {
	case t == pcapio.LinkRadiotap:
		size = uint32(binary.LittleEndian.Uint16(b[2:]))
	case t == pcapio.LinkPPI:
		size = uint32(binary.LittleEndian.Uint16(b[2:]))
		if inner := binary.LittleEndian.Uint32(b[4:]); inner != uint32(pcapio.LinkWLAN) {
			if inner <= 0xffff && inner != uint32(pcapio.LinkPPI) && int(size) <= len(b) {
				a.link(pcapio.LinkType(inner), off+int(size), end)
			} else {
				a.unknown(off + 8)
			}
			return
		}
	case binary.BigEndian.Uint32(b)&0xfffff000 == 0x80211000: // AVS
		size = binary.BigEndian.Uint32(b[4:])
	default:
		size = binary.LittleEndian.Uint32(b[4:])
		if size > 0xffff {
			size = binary.BigEndian.Uint32(b[4:])
		}
	}
	if size < 8 || uint64(size) > uint64(len(b)) {
		a.unknown(off + 8)
		return
	}
	a.wlan(t, off, off+int(size), end)
}

// wlan anonymises an 802.11 frame at mac in a record of link type t that begins at off. Only data frames that the decoder finds IP in are
// kept behind their header: management frames are full of addresses and names.
func (a *Anonymizer) wlan(t pcapio.LinkType, off, mac, end int) {
	b := a.packet.data[mac:end]
	if len(b) < 4 {
		a.unknown(mac)
		return
	}
	if off == 0 && a.packet.depth == 0 {
		a.packet.frame.find(a.packet.data, mac)
	}
	const control, data = 1, 2
	kind, subtype := b[0]>>2&3, b[0]>>4
	a.rewriteMAC(mac+4, end)
	if kind == control {
		switch subtype {
		case 8, 9, 10, 11, 14, 15: // have a transmitter address
			a.rewriteMAC(mac+10, end)
			a.unknown(mac + 16)
		default:
			a.unknown(mac + 10)
		}
		return
	}
	a.rewriteMAC(mac+10, end)
	a.rewriteMAC(mac+16, end)
	if len(b) < 24 {
		return
	}
	body := mac + 24
	if b[1]&3 == 3 {
		a.rewriteMAC(body, end)
		body += 6
	}
	if kind != data {
		a.unknown(body)
		return
	}
	a.other(t, off, body, end)
}
