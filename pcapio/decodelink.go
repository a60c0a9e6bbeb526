package pcapio

import "encoding/binary"

// EtherTypes (IEEE 802, IANA).
const (
	etherTypeIPv4      = 0x0800
	etherTypeARP       = 0x0806
	etherTypeBridged   = 0x6558 // transparent Ethernet bridging
	etherTypeVLAN      = 0x8100 // 802.1Q
	etherTypeIPv6      = 0x86dd
	etherTypePPP       = 0x880b
	etherTypeMPLS      = 0x8847
	etherTypeMPLSMulti = 0x8848
	etherTypePPPoEDisc = 0x8863
	etherTypePPPoE     = 0x8864
	etherTypeQinQ      = 0x88a8 // 802.1ad
	etherTypeERSPAN2   = 0x88be // in GRE only
	etherTypeERSPAN3   = 0x22eb // in GRE only
	etherTypeCiscoMeta = 0x8909
	etherTypeNSH       = 0x894f
	etherTypeQinQOld   = 0x9100
	etherTypeMin       = 0x0600 // below, the field is the length of an 802.3 frame
)

// ethernet decodes an Ethernet frame, with type or with length field (IEEE 802.3, 3.2.6).
func (d *Decoder) ethernet(p *Packet, off, end int) Status {
	if len(p.Data)-off < 14 {
		return StatusTruncatedLink
	}
	p.Layers |= LayerEthernet
	return d.etherType(p, binary.BigEndian.Uint16(p.Data[off+12:]), off+14, end)
}

// etherType decodes what follows an EtherType or length field. The VLAN and EtherType fields are those of the outermost frame.
func (d *Decoder) etherType(p *Packet, typ uint16, off, end int) Status {
	if p.TunnelDepth == 0 {
		p.EtherType = typ
	}
	switch typ {
	case etherTypeIPv4:
		return d.ipv4(p, off, end)
	case etherTypeIPv6:
		return d.ipv6(p, off, end)
	}
	if d.linkHeaders--; d.linkHeaders < 0 {
		return StatusBadLink
	}
	switch typ {
	case etherTypeVLAN, etherTypeQinQ, etherTypeQinQOld:
		return d.vlan(p, off, end)
	case etherTypePPPoE:
		return d.pppoe(p, off, end)
	case etherTypeMPLS, etherTypeMPLSMulti:
		return d.mpls(p, off, end)
	case etherTypeCiscoMeta:
		return d.ciscoMeta(p, off, end)
	case etherTypeNSH:
		return d.nsh(p, off, end)
	case etherTypeARP:
		p.Layers |= LayerARP
		return StatusNonIP
	}
	if typ < etherTypeMin {
		if p.TunnelDepth == 0 {
			p.EtherType = 0
		}
		return d.llc(p, off, min(end, off+int(typ)))
	}
	return StatusNonIP
}

// vlan decodes a VLAN tag, whose EtherType was already read (IEEE 802.1Q, 9.6).
func (d *Decoder) vlan(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	if p.TunnelDepth == 0 {
		id := binary.BigEndian.Uint16(p.Data[off:]) & 0x0fff
		if p.Layers&LayerVLAN == 0 {
			p.VLAN = id
		} else {
			p.InnerVLAN = id
		}
		p.Layers |= LayerVLAN
	}
	return d.etherType(p, binary.BigEndian.Uint16(p.Data[off+2:]), off+4, end)
}

// llc decodes an 802.2 header: SNAP (RFC 1042) or, for IPv4, its own service access point (RFC 948).
func (d *Decoder) llc(p *Packet, off, end int) Status {
	if len(p.Data)-off < 3 {
		return StatusTruncatedLink
	}
	p.Layers |= LayerLLC
	b := p.Data[off:]
	switch {
	case b[0] == 0x06 && b[1] == 0x06 && b[2] == 0x03:
		return d.ipv4(p, off+3, end)
	case b[0] != 0xaa || b[1] != 0xaa || b[2] != 0x03:
		return StatusNonIP
	case len(b) < 8:
		return StatusTruncatedLink
	}
	typ := binary.BigEndian.Uint16(b[6:])
	// Organisation codes whose protocol identifier is an EtherType: RFC 1042 and IEEE 802.1H.
	if oui := uint32(b[3])<<16 | uint32(b[4])<<8 | uint32(b[5]); oui != 0 && oui != 0x0000f8 || typ < etherTypeMin {
		return StatusNonIP
	}
	return d.etherType(p, typ, off+8, end)
}

// mpls decodes a label stack (RFC 3032). Nothing in it says what it carries, so the first four bits do (RFC 4928):
// 4 and 6 are IP, 0 is the control word of a pseudo-wire (RFC 4385).
func (d *Decoder) mpls(p *Packet, off, end int) Status {
	for {
		if len(p.Data)-off < 4 {
			return StatusTruncatedLink
		}
		entry := binary.BigEndian.Uint32(p.Data[off:])
		off += 4
		if p.TunnelDepth == 0 {
			p.Layers |= LayerMPLS
			p.MPLSLabel = entry >> 12
		}
		if entry&0x100 != 0 { // bottom of stack
			break
		}
	}
	b := p.Data[off:]
	if len(b) == 0 {
		return StatusTruncatedLink
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(p, off, end)
	case 6:
		return d.ipv6(p, off, end)
	case 0:
		if isPseudoWire(b) {
			return d.ethernet(p, off+4, end)
		}
	}
	return StatusNonIP
}

// isPseudoWire tells whether b is surely a control word before an Ethernet frame with IP: its EtherType, and the version behind it, fit.
func isPseudoWire(b []byte) bool {
	if len(b) < 4+14+1 {
		return false
	}
	switch binary.BigEndian.Uint16(b[16:]) {
	case etherTypeIPv4:
		return b[18]>>4 == 4
	case etherTypeIPv6:
		return b[18]>>4 == 6
	case etherTypeVLAN, etherTypeQinQ:
		if len(b) < 4+14+4+1 {
			return false
		}
		inner := binary.BigEndian.Uint16(b[20:])
		return inner == etherTypeIPv4 && b[22]>>4 == 4 || inner == etherTypeIPv6 && b[22]>>4 == 6
	}
	return false
}

// loopback decodes the BSD loopback header: an address family in the byte order of the host that captured, or in network byte order.
func (d *Decoder) loopback(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	family := binary.LittleEndian.Uint32(p.Data[off:])
	if family > 0xffff {
		family = binary.BigEndian.Uint32(p.Data[off:])
	}
	switch family {
	case 2: // AF_INET everywhere
		return d.ipv4(p, off+4, end)
	case 10, 24, 28, 30: // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS
		return d.ipv6(p, off+4, end)
	}
	return StatusNonIP
}

// Hardware types of Linux whose protocol field is not an EtherType.
const arphrdNetlink = 824

// sll decodes the header of a Linux cooked capture.
func (d *Decoder) sll(p *Packet, off, end int) Status {
	if len(p.Data)-off < 16 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	return d.cooked(p, binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint16(b[14:]), off+16, end)
}

// sll2 decodes the header of a Linux cooked capture, version 2.
func (d *Decoder) sll2(p *Packet, off, end int) Status {
	if len(p.Data)-off < 20 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	return d.cooked(p, binary.BigEndian.Uint16(b[8:]), binary.BigEndian.Uint16(b), off+20, end)
}

// cooked decodes what follows a cooked header. Protocols below etherTypeMin are Linux's own: 4 is 802.2.
func (d *Decoder) cooked(p *Packet, hardware, proto uint16, off, end int) Status {
	switch {
	case hardware == arphrdNetlink:
		return StatusNonIP
	case proto >= etherTypeMin:
		return d.etherType(p, proto, off, end)
	case proto == 4:
		return d.llc(p, off, end)
	}
	return StatusNonIP
}
