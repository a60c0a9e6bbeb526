package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
)

// PPP protocol numbers (IANA).
const (
	pppIPv4      = 0x0021
	pppIPv6      = 0x0057
	pppMPLS      = 0x0281
	pppMPLSMulti = 0x0283
)

// pppoe decodes a PPPoE header (RFC 2516, 4). Only code 0 is a session; the others are discovery.
func (d *Decoder) pppoe(p *Packet, off, end int) Status {
	if len(p.Data)-off < 6 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	p.Layers |= LayerPPPoE
	if b[1] != 0 {
		return StatusNonIP
	}
	if n := int(binary.BigEndian.Uint16(b[4:])); n != 0 {
		end = min(end, off+6+n)
	}
	return d.pppProtocol(p, off+6, end)
}

// ppp decodes a PPP frame, whose address and control bytes may be left out (RFC 1661; RFC 1662,
// 3.1).
func (d *Decoder) ppp(p *Packet, off, end int) Status {
	switch b := p.Data[min(off, len(p.Data)):]; {
	case len(b) == 1 && b[0] == 0xff:
		return StatusTruncatedLink
	case len(b) >= 2 && b[0] == 0xff && b[1] == 0x03:
		off += 2
	}
	return d.pppProtocol(p, off, end)
}

// pppProtocol decodes the protocol field and what follows. The field may be compressed to one byte,
// then odd (RFC 1661, 6.5).
func (d *Decoder) pppProtocol(p *Packet, off, end int) Status {
	b := p.Data[min(off, len(p.Data)):]
	if len(b) == 0 || b[0]&1 == 0 && len(b) < 2 {
		return StatusTruncatedLink
	}
	p.Layers |= LayerPPP
	proto, size := uint16(b[0]), 1
	if b[0]&1 == 0 {
		proto, size = binary.BigEndian.Uint16(b), 2
	}
	switch proto {
	case pppIPv4:
		return d.ipv4(p, off+size, end)
	case pppIPv6:
		return d.ipv6(p, off+size, end)
	case pppMPLS, pppMPLSMulti:
		if d.linkHeaders--; d.linkHeaders < 0 {
			return StatusBadLink
		}
		return d.mpls(p, off+size, end)
	}
	return StatusNonIP
}

// pppHDLC decodes PPP in HDLC-like framing, or Cisco HDLC if the address byte is one of its own.
func (d *Decoder) pppHDLC(p *Packet, off, end int) Status {
	if len(p.Data) > off && (p.Data[off] == 0x0f || p.Data[off] == 0x8f) {
		return d.chdlc(p, off, end)
	}
	return d.ppp(p, off, end)
}

// chdlc decodes Cisco HDLC: address, control and an EtherType (RFC 1547, 4.3.1).
func (d *Decoder) chdlc(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	typ := binary.BigEndian.Uint16(p.Data[off+2:])
	if typ < iana.EtherTypeMin {
		return StatusNonIP
	}
	return d.etherType(p, typ, off+4, end)
}

// frameRelay decodes a Q.922 address of 2 to 4 bytes and the encapsulation of RFC 2427, or Cisco's:
// an EtherType in its place.
func (d *Decoder) frameRelay(p *Packet, off, end int) Status {
	for n := 1; ; n++ {
		if len(p.Data) <= off {
			return StatusTruncatedLink
		}
		last := p.Data[off]&1 != 0 // address extension bit
		off++
		if last && n >= 2 {
			break
		}
		if last || n == 4 {
			return StatusBadLink
		}
	}
	b := p.Data[off:]
	if len(b) < 2 {
		return StatusTruncatedLink
	}
	if b[0] != 0x03 {
		if typ := binary.BigEndian.Uint16(b); typ >= iana.EtherTypeMin {
			return d.etherType(p, typ, off+2, end)
		}
		return StatusNonIP
	}
	size := 2 // control and network layer protocol identifier
	if b[1] == 0 {
		size = 3 // with padding between them
	}
	if len(b) < size {
		return StatusTruncatedLink
	}
	switch b[size-1] {
	case 0xcc:
		return d.ipv4(p, off+size, end)
	case 0x8e:
		return d.ipv6(p, off+size, end)
	case 0x80: // SNAP
		if len(b) < size+5 {
			return StatusTruncatedLink
		}
		return d.snap(p, off+size, end)
	}
	return StatusNonIP
}

// pppd decodes PPP in HDLC-like framing with the direction in the place of the address byte
// (LINKTYPE_PPP_PPPD).
func (d *Decoder) pppd(p *Packet, off, end int) Status {
	if len(p.Data)-off < 2 {
		return StatusTruncatedLink
	}
	return d.pppProtocol(p, off+2, end)
}

// directed decodes a frame of link type inner behind a byte with its direction
// (LINKTYPE_PPP_WITH_DIR and its relatives).
func (d *Decoder) directed(p *Packet, inner LinkType, off, end int) Status {
	if len(p.Data) <= off {
		return StatusTruncatedLink
	}
	return d.link(p, inner, off+1, end)
}

// slip decodes an IP packet behind a header of the given size with direction and compressed header;
// the packet is whole, since the host that captured had put it together again (LINKTYPE_SLIP).
func (d *Decoder) slip(p *Packet, off, end, size int) Status {
	if len(p.Data)-off < size {
		return StatusTruncatedLink
	}
	return d.ip(p, off+size, end)
}
