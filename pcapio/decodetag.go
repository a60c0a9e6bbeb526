package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
)

// tag decodes what follows a tag or a shim other than VLAN and MPLS, whose EtherType was already
// read. Either the tag ends with another EtherType, or a whole frame follows. docs/formats.md names
// the source of each layout.
func (d *Decoder) tag(p *Packet, typ uint16, off, end int) Status {
	captured := len(p.Data) - off
	var size int     // of the tag
	inFrame := false // a whole Ethernet frame follows, else what the tag's last two bytes name
	switch typ {
	case iana.EtherTypeFineLabel:
		size = 4
	case iana.EtherTypeHSR, iana.EtherTypeRTag, iana.EtherTypeVNTag:
		size = 6
	case iana.EtherTypeETag, iana.EtherTypeCiscoMeta:
		size = 8
	case iana.EtherTypeArista:
		if captured < 4 {
			return StatusTruncatedLink
		}
		if size = aristaTag(binary.BigEndian.Uint32(p.Data[off:])); size == 0 {
			return StatusNonIP
		}
	case iana.EtherTypeITag:
		size, inFrame = 4, true
	case iana.EtherTypeFabric:
		size, inFrame = 2, true
	case iana.EtherTypeTRILL:
		if captured < 2 {
			return StatusTruncatedLink
		}
		// Five bits across the first two bytes count the words of options.
		size, inFrame = 6+int(binary.BigEndian.Uint16(p.Data[off:])>>6&0x1f)*4, true
	case iana.EtherTypeMACsec:
		return d.macsec(p, off, end)
	case iana.EtherTypeNSH:
		return d.nsh(p, off, end)
	default:
		return StatusNonIP
	}
	if captured < size {
		return StatusTruncatedLink
	}
	d.tagged(p)
	if inFrame {
		return d.ethernet(p, off+size, end)
	}
	return d.etherType(p, binary.BigEndian.Uint16(p.Data[off+size-2:]), off+size, end)
}

// tagged notes that the outermost frame has a tag.
func (d *Decoder) tagged(p *Packet) {
	if p.TunnelDepth == 0 {
		p.Layers |= LayerTag
	}
}

// aristaTag returns the size of Arista's time stamp tag, the EtherType at its end included, by
// subtype and version, or 0 if it is something else. The version's second digit tells the time
// scale, its third the size of the stamp. The last one is internal to the switch.
func aristaTag(subtypeVersion uint32) int {
	const subtype, form = 0xffff0000, 0x000000f0
	switch subtypeVersion & (subtype | form) {
	case 0x00010010: // seconds of 32 bits, nanoseconds of 32
		return 4 + 8 + 2
	case 0x00010020: // seconds of 16 bits
		return 4 + 6 + 2
	}
	return 0
}

// macsec decodes the security tag of IEEE 802.1AE, 9.3, behind which a frame without encryption
// goes on as ever; the integrity check value is at its end.
func (d *Decoder) macsec(p *Packet, off, end int) Status {
	const version, hasSCI, encrypted, changed = 0x80, 0x20, 0x08, 0x04
	const icvLen = 16 // of all cipher suites of the standard
	if len(p.Data)-off < 6 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	d.tagged(p)
	switch {
	case b[0]&version != 0:
		return StatusNonIP
	case b[0]&(encrypted|changed) != 0:
		return StatusEncrypted
	}
	size := 6
	if b[0]&hasSCI != 0 {
		size += 8
	}
	if len(b) < size+2 {
		return StatusTruncatedLink
	}
	end -= icvLen
	// what is between tag and check value, if that is less than 48 bytes
	if short := int(b[1] & 0x3f); short != 0 {
		end = min(end, off+size+short)
	}
	return d.etherType(p, binary.BigEndian.Uint16(b[size:]), off+size+2, end)
}

// nextProtocols are the EtherTypes of the protocol numbers that NSH, VXLAN-GPE and LISP share (RFC
// 8300, 2.2; RFC 9305, 3).
var nextProtocols = [...]uint16{1: iana.EtherTypeIPv4, iana.EtherTypeIPv6, iana.EtherTypeBridged, iana.EtherTypeNSH, iana.EtherTypeMPLS}

// nextProtocol returns the EtherType of number n, 0 if it has none.
func nextProtocol(n uint8) uint16 {
	if int(n) < len(nextProtocols) {
		return nextProtocols[n]
	}
	return 0
}

// nsh decodes a network service header of any metadata type (RFC 8300, 2).
func (d *Decoder) nsh(p *Packet, off, end int) Status {
	if len(p.Data)-off < 8 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	size := int(b[1]&0x3f) * 4
	if b[0]>>6 != 0 || size < 8 {
		return StatusBadLink
	}
	if len(b) < size {
		return StatusTruncatedLink
	}
	d.tagged(p)
	typ := nextProtocol(b[3])
	if typ == 0 {
		return StatusNonIP
	}
	return d.etherType(p, typ, off+size, end)
}
