package pcapio

import (
	"encoding/binary"
	"math/bits"

	"github.com/reeftools/reef/internal/iana"
)

// gre decodes a GRE header: version 0 (RFC 2784, 2890), version 1 of PPTP (RFC 2637, 4.1), or
// MikroTik's EoIP, which resembles PPTP. ERSPAN is a tunnel of its own.
func (d *Decoder) gre(p *Packet, off, end int) Status {
	const hasChecksum, hasRouting, hasKey, hasSeq, hasAck = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
	captured := min(len(p.Data), end)
	if captured-off < 4 {
		return other(p, off, end)
	}
	flags := binary.BigEndian.Uint16(p.Data[off:])
	typ := binary.BigEndian.Uint16(p.Data[off+2:])
	version := flags & 7
	inner := off + 4
	if flags&hasChecksum != 0 {
		inner += 4
	}
	var id uint32
	if flags&hasKey != 0 {
		if captured-inner < 4 {
			return other(p, off, end)
		}
		id = binary.BigEndian.Uint32(p.Data[inner:])
		inner += 4
	}
	if flags&hasSeq != 0 {
		inner += 4
	}
	if version == 1 {
		id &= 0xffff // call or tunnel identifier; the other half is the payload length
		if flags&hasAck != 0 {
			inner += 4
		}
	}
	known := version == 0 && flags&hasRouting == 0 || version == 1 && (typ == iana.EtherTypePPP || typ == iana.EtherTypeEoIP)
	if !known || inner >= captured {
		return other(p, off, end)
	}
	carried := uint32(typ)
	switch {
	case typ == iana.EtherTypePPP:
		carried = innerPPP
	case typ == iana.EtherTypeEoIP && version == 1:
		id = uint32(bits.ReverseBytes16(uint16(id)))
		carried = iana.EtherTypeBridged
	case typ == iana.EtherTypeWCCP:
		carried = innerIP
		// behind the redirect header of WCCP version 2
		if ipFit(p.Data, inner+4, end) > ipFit(p.Data, inner, end) {
			inner += 4
		}
	case isAruba(typ):
		carried = innerWLAN
	}
	switch {
	case typ == iana.EtherTypeERSPAN2 || typ == iana.EtherTypeERSPAN3:
		if d.mayEnter(p, TunnelERSPAN) {
			return d.erspan(p, typ, flags&hasSeq != 0, inner, off, end)
		}
	case d.mayEnter(p, TunnelGRE):
		return d.enter(p, TunnelGRE, id, carried, inner, end)
	}
	return other(p, off, end)
}

// erspan decodes the header of mirrored Ethernet frames (draft-foschiano-erspan-03, 4). Type I has
// no header, and is recognised by a GRE header without sequence number. Type II has 8 bytes, type
// III 12, and 8 more if its last bit is set. greOff is where GRE began.
func (d *Decoder) erspan(p *Packet, typ uint16, seq bool, off, greOff, end int) Status {
	b := p.Data[off:min(len(p.Data), end)]
	var id uint32
	size := 0
	switch {
	case typ == iana.EtherTypeERSPAN3:
		size = 12
		if len(b) >= 12 && b[11]&1 != 0 {
			size = 20
		}
	case seq:
		size = 8
	}
	if len(b) < size {
		return other(p, greOff, end)
	}
	if size > 0 {
		id = uint32(binary.BigEndian.Uint16(b[2:]) & 0x3ff) // session
	}
	return d.enter(p, TunnelERSPAN, id, iana.EtherTypeBridged, off+size, end)
}

// isAruba tells whether GRE carries 802.11 frames as Aruba's access points send them: the number is
// that of the radio and the network.
func isAruba(typ uint16) bool {
	high := typ >> 8
	return (high == 0x82 || high == 0x83 || high == 0x90) && typ&0x0f == 0
}
