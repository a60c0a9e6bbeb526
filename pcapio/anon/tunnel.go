package anon

import (
	"encoding/binary"
	"slices"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// udpTunnel anonymises the tunnel that the ports of a datagram name, and tells whether they name
// one.
func (a *Anonymizer) udpTunnel(src, dst, off, end int) bool {
	switch dst {
	case iana.PortVXLAN, iana.PortVXLANOld:
		a.vxlan(off, end)
		return true
	case iana.PortVXLANGPE:
		a.vxlanGPE(off, end)
		return true
	case iana.PortGENEVE:
		a.geneve(off, end)
		return true
	case iana.PortLISP:
		a.lisp(off, end)
		return true
	case iana.PortMPLS:
		a.mpls(off, end)
		return true
	case iana.PortGUE:
		a.gue(off, end)
		return true
	case iana.PortTZSP:
		a.tzsp(off, end)
		return true
	}
	if slices.Contains(a.cfg.VXLANPorts, uint16(dst)) {
		a.vxlan(off, end)
		return true
	}
	for _, port := range [2]int{dst, src} {
		switch port {
		case iana.PortGTPU:
			a.gtpu(off, end)
			return true
		case iana.PortTeredo:
			a.teredo(off, end)
			return true
		case iana.PortL2TP:
			a.l2tp(off, end)
			return true
		case iana.PortCAPWAP:
			a.capwap(off, end)
			return true
		case iana.PortAYIYA:
			a.ayiya(off, end)
			return true
		}
	}
	return false
}

// gre anonymises a GRE packet (RFC 2784, 2890), PPTP (RFC 2637) or ERSPAN. Its optional checksum
// covers all of it.
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
		a.unknown(off+4, ReasonTunnel)
		return
	}
	if body >= end {
		return
	}
	before := a.sumFrom(off, end)
	switch {
	case typ == iana.EtherTypePPP:
		a.ppp(body, end)
	case typ == iana.EtherTypeERSPAN2 || typ == iana.EtherTypeERSPAN3:
		a.erspan(typ, flags&hasSeq != 0, body, end)
	case typ == iana.EtherTypeEoIP && version == 1:
		a.ethernet(body, end)
	case typ == iana.EtherTypeWCCP:
		a.wccp(body, end)
	case isAruba(typ):
		a.wlan(body, end, false)
	default:
		a.etherType(typ, body, end)
	}
	if flags&hasChecksum != 0 {
		a.adjust(off+4, end, change{before, a.sumFrom(off, end)})
	}
}

// isAruba tells whether GRE carries 802.11 frames as Aruba's access points send them.
func isAruba(typ int) bool {
	high := typ >> 8
	return (high == 0x82 || high == 0x83 || high == 0x90) && typ&0x0f == 0
}

// wccp anonymises the packet in WCCP, behind a redirect header in version 2.
func (a *Anonymizer) wccp(off, end int) {
	switch {
	case a.soundIPv4(off, end):
		a.ip(off, end)
	case a.soundIPv4(off+4, end):
		a.ip(off+4, end)
	default:
		a.unknown(off, ReasonTunnel)
	}
}

// soundIPv4 tells whether an IPv4 header is at off, by its checksum.
func (a *Anonymizer) soundIPv4(off, end int) bool {
	if end-off < 20 || a.packet.data[off]>>4 != 4 {
		return false
	}
	n := int(a.packet.data[off]&15) * 4
	return n >= 20 && off+n <= end && fold(a.sumFrom(off, off+n)) == 0xffff
}

// erspan anonymises a mirrored frame (draft-foschiano-erspan-03): the header has none, 8, 12 or 20
// bytes.
func (a *Anonymizer) erspan(typ int, seq bool, off, end int) {
	size := 0
	switch {
	case typ == iana.EtherTypeERSPAN3:
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
		a.unknown(off, ReasonTunnel)
		return
	}
	a.ethernet(off+8, end)
}

// vxlanGPE anonymises what is in VXLAN-GPE, a frame unless there is a next protocol.
func (a *Anonymizer) vxlanGPE(off, end int) {
	const version, hasNext, oam = 0x30, 0x04, 0x01
	if end-off < 8 || a.packet.data[off]&(version|oam) != 0 {
		a.unknown(off, ReasonTunnel)
		return
	}
	next := 3
	if a.packet.data[off]&hasNext != 0 {
		next = int(a.packet.data[off+3])
	}
	a.nextProtocol(next, off+8, end)
}

// lisp anonymises the packet in LISP (RFC 9300, 9305).
func (a *Anonymizer) lisp(off, end int) {
	const hasNext, encrypted = 0x04, 0x03
	switch {
	case end-off < 8 || a.packet.data[off]&encrypted != 0:
		a.unknown(off, ReasonTunnel)
	case a.packet.data[off]&hasNext != 0:
		a.nextProtocol(int(a.packet.data[off+3]), off+8, end)
	default:
		a.ip(off+8, end)
	}
}

// geneve anonymises what is in GENEVE (RFC 8926). Options may be anything and are blanked.
func (a *Anonymizer) geneve(off, end int) {
	if end-off < 8 || a.packet.data[off]>>6 != 0 {
		a.unknown(off, ReasonTunnel)
		return
	}
	typ := a.u16(off + 2)
	body := off + 8 + int(a.packet.data[off]&0x3f)*4
	a.blank(off+8, min(body, end))
	if body < end {
		a.etherType(typ, body, end)
	}
}

// gue anonymises what is in Generic UDP Encapsulation: nothing but the packet in variant 1.
// Extensions are blanked.
func (a *Anonymizer) gue(off, end int) {
	const variant, control = 0xc0, 0x20
	b := a.packet.data[off:end]
	switch {
	case b[0]&variant == 0x40:
		a.ip(off, end)
		return
	case len(b) < 4 || b[0]&(variant|control) != 0:
		a.unknown(off, ReasonTunnel)
		return
	}
	body := off + 4 + int(b[0]&0x1f)*4
	a.blank(off+4, min(body, end))
	switch proto := b[1]; {
	case body >= end:
	case proto == pcapio.ProtoIPv4 || proto == pcapio.ProtoIPv6:
		a.ip(body, end)
	case proto == pcapio.ProtoMPLS:
		a.mpls(body, end)
	case proto == pcapio.ProtoEthernet:
		a.ethernet(body, end)
	default:
		a.unknown(body, ReasonTunnel)
	}
}

// tzsp anonymises a frame in the TaZmen Sniffer Protocol; what its tags say is blanked.
func (a *Anonymizer) tzsp(off, end int) {
	if end-off < 5 || a.packet.data[off] != 1 || a.packet.data[off+1] > 1 {
		a.unknown(off, ReasonTunnel)
		return
	}
	typ := a.u16(off + 2)
	const padding, last = 0, 1
	for at := off + 4; at < end; {
		switch kind := a.packet.data[at]; {
		case kind == last:
			a.captured(typ, at+1, end)
			return
		case kind == padding:
			at++
		case end-at < 2:
			a.unknown(at, ReasonDamaged)
			return
		default:
			next := min(end, at+2+int(a.packet.data[at+1]))
			a.blank(at+2, next)
			at = next
		}
	}
}

// captured goes by TZSP's numbers of what it carries.
func (a *Anonymizer) captured(typ, off, end int) {
	switch typ {
	case 1:
		a.ethernet(off, end)
	case 18:
		a.wlan(off, end, false)
	case 119, 127: // Prism, AVS
		a.monitor(119, off, end)
	default:
		a.unknown(off, ReasonTunnel)
	}
}

// gtpu anonymises the IP packet in GTPv1-U (3GPP TS 29.281, 5); other messages than user packets
// are cut behind the header.
func (a *Anonymizer) gtpu(off, end int) {
	const version1, extension, optional, userPacket = 0x30, 0x04, 0x07, 255
	b := a.packet.data[off:end]
	if len(b) < 8 || b[0]&0xf0 != version1 || b[1] != userPacket {
		a.unknown(min(off+8, end), ReasonTunnel)
		return
	}
	size := 8
	if b[0]&optional != 0 {
		size = 12
	}
	if b[0]&extension != 0 && len(b) >= size {
		for next := b[11]; next != 0; next = b[size-1] {
			if len(b) <= size || b[size] == 0 || len(b) < size+int(b[size])*4 {
				a.unknown(off+8, ReasonDamaged)
				return
			}
			size += int(b[size]) * 4
		}
	}
	a.ip(off+size, end)
}

// teredo anonymises the IPv6 packet in Teredo and the address in its origin indication, whose bits
// are inverted (RFC 4380, 5.1.1). The client's identifier and authentication value are blanked.
func (a *Anonymizer) teredo(off, end int) {
	b := a.packet.data[off:end]
	at := 0
	if len(b) >= 4 && b[0] == 0 && b[1] == 1 {
		at = 4 + int(b[2]) + int(b[3]) + 8 + 1
		a.blank(off+4, min(off+at, end))
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
		a.unknown(off, ReasonTunnel)
		return
	}
	a.ip(off+at, end)
}

// l2tp anonymises the PPP frame in an L2TPv2 data message (RFC 2661, 3.1). Control messages have
// names and are cut. The payload of L2TPv3 (RFC 3931) is cut too, since nothing says what it is.
func (a *Anonymizer) l2tp(off, end int) {
	const control, hasLength, hasSeq, hasOffset = 0x80, 0x40, 0x08, 0x02
	b := a.packet.data[off:end]
	if len(b) < 8 || b[0]&control != 0 || b[1]&0x0f != 2 {
		a.unknown(min(off+8, end), ReasonTunnel)
		return
	}
	size := 6
	if b[0]&hasLength != 0 {
		size += 2
		end = min(end, off+a.u16(off+2))
	}
	if b[0]&hasSeq != 0 {
		size += 4
	}
	if b[0]&hasOffset != 0 {
		if len(b) < size+2 {
			return
		}
		padding := a.u16(off + size)
		size += 2
		a.blank(off+size, min(off+size+padding, off+len(b)))
		size += padding
	}
	a.blank(end, off+len(b))
	a.ppp(off+size, end)
}

// capwap anonymises the frame in a CAPWAP data packet in clear (RFC 5415, 4.3). The radio's address
// and what is known of reception are blanked.
func (a *Anonymizer) capwap(off, end int) {
	const native, fragment, keepAlive, radio = 0x01, 0x80, 0x08, 0x10
	b := a.packet.data[off:end]
	size := 0
	if len(b) >= 8 {
		size = int(b[1]>>3) * 4
	}
	if size < 8 || b[0] != 0 || b[3]&keepAlive != 0 || b[3]&fragment != 0 && binary.BigEndian.Uint16(b[6:])>>3 != 0 {
		a.unknown(min(off+8, end), ReasonTunnel)
		return
	}
	from := 8
	if b[3]&radio != 0 {
		from++ // the length of the address
	}
	a.blank(off+from, min(off+size, end))
	switch {
	case size >= len(b):
	case b[2]&native != 0:
		a.wlan(off+size, end, false)
	default:
		a.ethernet(off+size, end)
	}
}

// ayiya anonymises the packet in AYIYA (draft-massar-v6ops-ayiya-02, 3). An identity of 16 bytes is
// an IPv6 address; others, which are names, and the signature are blanked.
func (a *Anonymizer) ayiya(off, end int) {
	const forward = 1
	b := a.packet.data[off:end]
	if len(b) < 8 || b[2]&0x0f != forward || b[3] != pcapio.ProtoIPv4 && b[3] != pcapio.ProtoIPv6 {
		a.unknown(off, ReasonTunnel)
		return
	}
	identity := 1 << (b[0] >> 4)
	body := off + 8 + identity + int(b[1]>>4)*4
	signature := off + 8
	if identity == 16 {
		a.rewrite6(off+8, end)
		signature += identity
	}
	a.blank(signature, min(body, end))
	a.ip(body, end)
}
