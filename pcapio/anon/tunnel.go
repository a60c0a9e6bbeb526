package anon

import "github.com/reeftools/reef/pcapio"

// UDP ports of tunnels (IANA), as pcapio's decoder knows them.
const (
	portGTPU     = 2152
	portTeredo   = 3544
	portVXLAN    = 4789
	portVXLANOld = 8472
	portGENEVE   = 6081
)

// gre anonymises a GRE packet (RFC 2784, 2890), PPTP (RFC 2637) or ERSPAN. Its optional checksum covers all of it.
func (a *Anonymizer) gre(off, end int) {
	const hasChecksum, hasRouting, hasKey, hasSeq, hasAck = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
	if end-off < 4 {
		return
	}
	flags, typ := a.u16(off), a.u16(off+2)
	body := off + 4
	for _, f := range []int{hasChecksum, hasKey, hasSeq, hasAck} {
		if flags&f != 0 {
			body += 4
		}
	}
	version := flags & 7
	if version > 1 || flags&hasRouting != 0 || version == 0 && flags&hasAck != 0 {
		a.unknown(off + 4)
		return
	}
	if body >= end {
		return
	}
	before := a.sumFrom(off, end)
	switch typ {
	case typeBridged:
		a.ethernet(body, end)
	case typePPP:
		a.other(pcapio.LinkPPP, body, body, end)
	case typeERSPAN2, typeERSPAN3:
		a.erspan(typ, flags&hasSeq != 0, body, end)
	default:
		a.etherType(typ, body, end)
	}
	if flags&hasChecksum != 0 {
		a.adjust(off+4, end, change{before, a.sumFrom(off, end)})
	}
}

// erspan anonymises a mirrored frame (draft-foschiano-erspan-03): the header has none, 8, 12 or 20 bytes.
func (a *Anonymizer) erspan(typ int, seq bool, off, end int) {
	size := 0
	switch {
	case typ == typeERSPAN3:
		size = 12
		if end-off >= 12 && a.packet.data[off+11]&1 != 0 {
			size = 20
		}
	case seq:
		size = 8
	}
	a.ethernet(off+size, end)
}

// vxlan anonymises the frame in VXLAN (RFC 7348).
func (a *Anonymizer) vxlan(off, end int) {
	if end-off < 8 || a.packet.data[off]&0x08 == 0 {
		a.unknown(off)
		return
	}
	a.ethernet(off+8, end)
}

// geneve anonymises what is in GENEVE (RFC 8926).
func (a *Anonymizer) geneve(off, end int) {
	if end-off < 8 || a.packet.data[off]>>6 != 0 {
		a.unknown(off)
		return
	}
	typ := a.u16(off + 2)
	body := off + 8 + int(a.packet.data[off]&0x3f)*4
	switch {
	case body >= end:
	case typ == typeBridged:
		a.ethernet(body, end)
	default:
		a.etherType(typ, body, end)
	}
}

// gtpu anonymises the IP packet in GTPv1-U (3GPP TS 29.281, 5); other messages than user packets are cut behind the header.
func (a *Anonymizer) gtpu(off, end int) {
	const version1, extension, optional, userPacket = 0x30, 0x04, 0x07, 255
	b := a.packet.data[off:end]
	if len(b) < 8 || b[0]&0xf0 != version1 || b[1] != userPacket {
		a.unknown(min(off+8, end))
		return
	}
	size := 8
	if b[0]&optional != 0 {
		size = 12
	}
	if b[0]&extension != 0 && len(b) >= size {
		for next := b[11]; next != 0; next = b[size-1] {
			if len(b) <= size || b[size] == 0 || len(b) < size+int(b[size])*4 {
				a.unknown(off + 8)
				return
			}
			size += int(b[size]) * 4
		}
	}
	if len(b) > size {
		a.ip(off+size, end)
	}
}

// teredo anonymises the IPv6 packet in Teredo and the address in its origin indication, whose bits are inverted (RFC 4380, 5.1.1).
func (a *Anonymizer) teredo(off, end int) {
	b := a.packet.data[off:end]
	at := 0
	if len(b) >= 4 && b[0] == 0 && b[1] == 1 {
		at = 4 + int(b[2]) + int(b[3]) + 8 + 1
	}
	if len(b) >= at+8 && b[at] == 0 && b[at+1] == 0 {
		origin := b[at+4 : at+8]
		image := a.IPv4([4]byte{^origin[0], ^origin[1], ^origin[2], ^origin[3]})
		for i := range origin {
			origin[i] = ^image[i]
		}
		at += 8
	}
	if len(b) <= at || b[at]>>4 != 6 {
		a.unknown(off)
		return
	}
	a.ip(off+at, end)
}
