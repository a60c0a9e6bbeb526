package pcapio

import (
	"encoding/binary"
	"slices"
)

// EtherTypes (IEEE 802, IANA).
const (
	etherTypeIPv4      = 0x0800
	etherTypeARP       = 0x0806
	etherTypeTRILL     = 0x22f3
	etherTypeBridged   = 0x6558 // transparent Ethernet bridging
	etherTypeVLAN      = 0x8100 // 802.1Q
	etherTypeIPv6      = 0x86dd
	etherTypePPP       = 0x880b // in GRE only
	etherTypeWCCP      = 0x883e // in GRE only
	etherTypeMPLS      = 0x8847
	etherTypeMPLSMulti = 0x8848
	etherTypePPPoEDisc = 0x8863
	etherTypePPPoE     = 0x8864
	etherTypeSlow      = 0x8809 // slow protocols: LACP
	etherTypeJumboLLC  = 0x8870 // an 802.2 frame that is too long for a length field
	etherTypeQinQ      = 0x88a8 // 802.1ad
	etherTypeERSPAN2   = 0x88be // in GRE only
	etherTypeERSPAN3   = 0x22eb // in GRE only
	etherTypeEoIP      = 0x6400 // in GRE only
	etherTypeMACsec    = 0x88e5
	etherTypeITag      = 0x88e7 // 802.1ah
	etherTypeLLDP      = 0x88cc
	etherTypeCFM       = 0x8902
	etherTypeFabric    = 0x8903 // Cisco FabricPath
	etherTypeCiscoMeta = 0x8909
	etherTypeVNTag     = 0x8926
	etherTypeHSR       = 0x892f
	etherTypeFineLabel = 0x893b // TRILL
	etherTypeETag      = 0x893f // 802.1BR
	etherTypeNSH       = 0x894f
	etherTypeArista    = 0xd28b
	etherTypeRTag      = 0xf1c1 // 802.1CB
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

// etherType decodes what follows an EtherType or length field. The VLAN and EtherType fields are
// those of the outermost frame.
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
	case etherTypeVLAN, etherTypeQinQ:
		return d.vlan(p, off, end)
	case etherTypePPPoE:
		return d.pppoe(p, off, end)
	case etherTypeMPLS, etherTypeMPLSMulti:
		return d.mpls(p, off, end)
	case etherTypeARP:
		p.Layers |= LayerARP
		return StatusNonIP
	case etherTypeBridged:
		return d.ethernet(p, off, end)
	case etherTypeJumboLLC:
		return d.llc(p, off, end)
	}
	if typ < etherTypeMin {
		if p.TunnelDepth == 0 {
			p.EtherType = 0
		}
		return d.llc(p, off, min(end, off+int(typ)))
	}
	if d.isTPID(typ) {
		return d.vlan(p, off, end)
	}
	return d.tag(p, typ, off, end)
}

// IsTPID tells whether an EtherType announces a VLAN tag: the tag protocol identifiers of 802.1Q
// and 802.1ad (0x8100, 0x88a8), and those that makers used before or beside the standard (0x8200,
// 0x88e8, 0x9100, 0x9200, 0x9300, 0x98a8).
func IsTPID(etherType uint16) bool {
	switch etherType {
	case etherTypeVLAN, etherTypeQinQ, 0x8200, 0x88e8, 0x9100, 0x9200, 0x9300, 0x98a8:
		return true
	}
	return false
}

// isTPID is IsTPID with those of [DecodeConfig.TPIDs].
func (d *Decoder) isTPID(typ uint16) bool { return IsTPID(typ) || slices.Contains(d.tpids, typ) }

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

// llc decodes an 802.2 header: SNAP (RFC 1042) or, for IPv4, its own service access point (RFC
// 948).
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
	return d.snap(p, off+3, end)
}

// snap decodes a SNAP header, of which five bytes were captured: an organisation code and a
// protocol identifier, which is an EtherType (RFC 1042, IEEE 802.1H) or names a bridged frame (RFC
// 2684, 5.2; RFC 2427, 4.2).
func (d *Decoder) snap(p *Packet, off, end int) Status {
	const bridgedFCS, bridged = 1, 7 // Ethernet, with and without frame check sequence
	b := p.Data[off:]
	oui, typ := uint32(b[0])<<16|uint32(b[1])<<8|uint32(b[2]), binary.BigEndian.Uint16(b[3:])
	off += 5
	switch {
	case (oui == 0 || oui == 0x0000f8) && typ >= etherTypeMin:
		return d.etherType(p, typ, off, end)
	case oui == 0x0080c2 && (typ == bridgedFCS || typ == bridged):
		if d.linkHeaders--; d.linkHeaders < 0 {
			return StatusBadLink
		}
		if typ == bridgedFCS {
			end -= 4
		}
		return d.ethernet(p, off, end)
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

// cooked decodes what follows a cooked header. Protocols below etherTypeMin are Linux's own: 4 is
// 802.2.
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
