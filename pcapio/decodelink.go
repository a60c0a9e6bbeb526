package pcapio

import (
	"encoding/binary"
	"slices"

	"github.com/reeftools/reef/internal/iana"
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
	case iana.EtherTypeIPv4:
		return d.ipv4(p, off, end)
	case iana.EtherTypeIPv6:
		return d.ipv6(p, off, end)
	}
	if d.linkHeaders--; d.linkHeaders < 0 {
		return StatusBadLink
	}
	switch typ {
	case iana.EtherTypeVLAN, iana.EtherTypeQinQ:
		return d.vlan(p, off, end)
	case iana.EtherTypePPPoE:
		return d.pppoe(p, off, end)
	case iana.EtherTypeMPLS, iana.EtherTypeMPLSMulti:
		return d.mpls(p, off, end)
	case iana.EtherTypeARP:
		p.Layers |= LayerARP
		return StatusNonIP
	case iana.EtherTypeBridged:
		return d.ethernet(p, off, end)
	case iana.EtherTypeJumboLLC:
		return d.llc(p, off, end)
	}
	if typ < iana.EtherTypeMin {
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
	case iana.EtherTypeVLAN, iana.EtherTypeQinQ, 0x8200, 0x88e8, 0x9100, 0x9200, 0x9300, 0x98a8:
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
	case (oui == 0 || oui == 0x0000f8) && typ >= iana.EtherTypeMin:
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

// cooked decodes what follows a cooked header. Protocols below 0x0600 are Linux's own: 4 is
// 802.2.
func (d *Decoder) cooked(p *Packet, hardware, proto uint16, off, end int) Status {
	switch {
	case hardware == arphrdNetlink:
		return StatusNonIP
	case proto >= iana.EtherTypeMin:
		return d.etherType(p, proto, off, end)
	case proto == 4:
		return d.llc(p, off, end)
	}
	return StatusNonIP
}
