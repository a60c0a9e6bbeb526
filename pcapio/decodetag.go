package pcapio

import "encoding/binary"

// ciscoMeta decodes Cisco's MetaData tag, which carries a security group: version, length, options, group and an EtherType
// (without public specification; the layout is the one that Wireshark's dissector expects).
func (d *Decoder) ciscoMeta(p *Packet, off, end int) Status {
	if len(p.Data)-off < 8 {
		return StatusTruncatedLink
	}
	return d.etherType(p, binary.BigEndian.Uint16(p.Data[off+6:]), off+8, end)
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
	off += size
	switch b[3] { // next protocol
	case 1:
		return d.etherType(p, etherTypeIPv4, off, end)
	case 2:
		return d.etherType(p, etherTypeIPv6, off, end)
	case 3:
		return d.ethernet(p, off, end)
	case 4:
		return d.etherType(p, etherTypeNSH, off, end)
	case 5:
		return d.etherType(p, etherTypeMPLS, off, end)
	}
	return StatusNonIP
}
