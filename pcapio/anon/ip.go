package anon

import "github.com/reeftools/reef/pcapio"

// datagram is what the code behind the IP header needs to know about the packet.
type datagram struct {
	src, dst change // of the addresses in the pseudo-header of checksums, by the RFCs
	// of those in the header, which differ where a route or a home address has others
	headers change
	routed  bool     // they may differ
	final   [16]byte // destination of an IPv6 header before it was anonymised
	ip      int      // where the header begins
	version int
	first   bool // the first of several fragments
	later   bool // another of several fragments
}

// pseudo is the change of the pseudo-header (RFC 9293, 3.1; RFC 8200, 8.1).
func (d *datagram) pseudo() change { return d.src.plus(d.dst) }

// settle finds out which addresses the sender used in the pseudo-header, if the message has another
// source or destination than its IP header. before is the sum of the words of the message. If the
// checksum was right with the addresses of the IP header, their change counts.
func (d *datagram) settle(proto byte, length int, before uint64) {
	if !d.routed {
		return
	}
	rest := before + uint64(proto) + uint64(length)
	if fold(rest+d.pseudo().before) != 0xffff && fold(rest+d.headers.before) == 0xffff {
		d.src, d.dst = d.headers, change{}
	}
}

// ip anonymises an IP packet.
func (a *Anonymizer) ip(off, end int) {
	if off >= end {
		return
	}
	if a.packet.depth++; a.packet.depth > maxDepth {
		a.unknown(off, ReasonDepth)
		return
	}
	switch a.packet.data[off] >> 4 {
	case 4:
		a.ipv4(off, end)
	case 6:
		a.ipv6(off, end)
	default:
		a.unknown(off, ReasonDamaged)
	}
	a.packet.depth--
}

// ipv4 anonymises an IPv4 packet (RFC 791).
func (a *Anonymizer) ipv4(off, end int) {
	if end-off < 20 {
		a.unknown(off, ReasonDamaged)
		return
	}
	b := a.packet.data[off:end]
	header, length := int(b[0]&0x0f)*4, a.u16(off+2)
	if length == 0 { // as segmentation offload leaves it
		length = len(b)
	}
	if header < 20 || length < header {
		a.unknown(off, ReasonDamaged)
		return
	}
	proto := b[9]
	fragment := a.u16(off + 6)
	end = a.padding(off+length, end)
	body := off + header
	d := datagram{ip: off, version: 4, first: fragment&0x3fff == 0x2000, later: fragment&0x1fff != 0}

	before := a.sumFrom(off, min(body, end))
	d.src = a.rewrite4(off+12, end)
	d.dst = a.rewrite4(off+16, end)
	d.headers = d.pseudo()
	a.options4(off+20, min(body, end), &d)
	a.adjust(off+10, end, change{before, a.sumFrom(off, min(body, end))})
	if proto == pcapio.ProtoAH {
		a.extensions(proto, body, end, &d)
		return
	}
	a.transport(proto, body, end, &d)
}

// options4 anonymises the addresses in IPv4 options (RFC 791, 3.1) and blanks what is in unknown
// ones.
func (a *Anonymizer) options4(off, end int, d *datagram) {
	const endOfList, nop, recordRoute, timestamp, security, looseRoute, stream, strictRoute, routerAlert = 0, 1, 7, 68, 130, 131, 136, 137, 148
	for off < end {
		b := a.packet.data[off:end]
		if b[0] == endOfList {
			a.blank(off, end)
			return
		}
		if b[0] == nop {
			off++
			continue
		}
		if len(b) < 3 || b[1] < 2 || int(b[1]) > len(b) {
			a.blank(off+1, end)
			return
		}
		next := off + int(b[1])
		switch b[0] {
		case recordRoute, looseRoute, strictRoute:
			// the header's destination is not yet the last one
			toGo := b[0] != recordRoute && b[2] <= b[1]
			at := off + 3
			for ; at+4 <= next; at += 4 {
				last := a.rewrite4(at, next)
				if toGo {
					d.dst, d.routed = last, true
				}
			}
			a.blank(at, next)
		case timestamp:
			if b[1] >= 4 && b[3]&0x0f != 0 { // with addresses
				at := off + 4
				for ; at+8 <= next; at += 8 {
					a.rewrite4(at, next)
				}
				a.blank(at, next)
			}
		case security, stream, routerAlert:
		default:
			a.blank(off+2, next)
		}
		off = next
	}
}

// ipv6 anonymises an IPv6 packet (RFC 8200).
func (a *Anonymizer) ipv6(off, end int) {
	if end-off < 40 {
		a.unknown(off, ReasonDamaged)
		return
	}
	next := a.packet.data[off+6]
	if length := a.u16(off + 4); length != 0 { // 0: a jumbogram, or segmentation offload
		end = a.padding(off+40+length, end)
	}
	d := datagram{ip: off, version: 6}
	d.src = a.rewrite6(off+8, off+40)
	before := [16]byte(a.packet.data[off+24:])
	d.dst = a.rewrite6(off+24, off+40)
	d.headers, d.final = d.pseudo(), before
	a.extensions(next, off+40, end, &d)
}

// extensions goes through IPv6 extension headers, and authentication headers also in IPv4, to the
// transport header.
func (a *Anonymizer) extensions(next byte, off, end int, d *datagram) {
	for {
		v6 := d.version == 6 && (next == pcapio.ProtoHopByHop || next == pcapio.ProtoRouting || next == pcapio.ProtoFragment || next == pcapio.ProtoDestOptions)
		if !v6 && next != pcapio.ProtoAH {
			break
		}
		if end-off < 8 {
			a.unknown(off, ReasonDamaged)
			return
		}
		b := a.packet.data[off:end]
		size := (int(b[1]) + 1) * 8
		switch next {
		case pcapio.ProtoFragment:
			size = 8
			fragment := a.u16(off + 2)
			d.first, d.later = fragment&0xfff9 == 1, fragment&0xfff8 != 0
		case pcapio.ProtoAH:
			size = (int(b[1]) + 2) * 4
		}
		if size < 8 || size > len(b) {
			a.unknown(off, ReasonDamaged)
			return
		}
		switch next {
		case pcapio.ProtoRouting:
			if !a.routing(off, off+size, d) {
				return
			}
		case pcapio.ProtoDestOptions:
			a.options6(off+2, off+size, d)
		case pcapio.ProtoHopByHop:
			a.options6(off+2, off+size, d)
		}
		next = b[0]
		off += size
		if d.later {
			break
		}
	}
	a.transport(next, off, end, d)
}

// routing anonymises a routing header of type 0 (RFC 5095), 2 (RFC 6275), 3 (RFC 6554) or 4 (RFC
// 8754); others are cut. Until the last segment is reached, checksums have that one in their
// pseudo-header, not the destination.
func (a *Anonymizer) routing(off, end int, d *datagram) bool {
	kind, left := a.packet.data[off+2], a.packet.data[off+3]
	count, lastFirst := (end-off-8)/16, false
	switch kind {
	case 0, 2:
	case 3:
		return a.compressedRouting(off, end, d)
	case 4:
		count, lastFirst = min(count, int(a.packet.data[off+4])+1), true
	default:
		a.unknown(off, ReasonProtocol)
		return false
	}
	for i := range count {
		c := a.rewrite6(off+8+16*i, end)
		if left > 0 && (!lastFirst || i == 0) {
			d.dst, d.routed = c, true
		}
	}
	a.blank(off+8+16*count, end) // type-length-values of segment routing
	return true
}

// compressedRouting anonymises addresses whose first bytes are left out, since they are those of
// the destination. Their images share them with the image of the destination.
func (a *Anonymizer) compressedRouting(off, end int, d *datagram) bool {
	b := a.packet.data[off:end]
	others, last, padding := 16-int(b[4]>>4), 16-int(b[4]&15), int(b[5]>>4)
	room := len(b) - 8 - padding - last
	if room < 0 || room%others != 0 {
		a.unknown(off, ReasonDamaged)
		return false
	}
	for at := 8; at < len(b)-padding; {
		size := others
		if at-8 == room {
			size = last
		}
		addr := d.final
		copy(addr[16-size:], b[at:at+size])
		image := a.IPv6(addr)
		copy(b[at:at+size], image[16-size:])
		if at-8 == room && b[3] > 0 { // segments left
			d.dst, d.routed = change{sum(addr[:]), sum(image[:])}, true
		}
		at += size
	}
	a.blank(end-padding, end)
	return true
}

// options6 anonymises hop-by-hop and destination options: the home address (RFC 6275, 6.3), which
// takes the place of the source in checksums. What is in unknown ones is blanked.
func (a *Anonymizer) options6(off, end int, d *datagram) {
	const pad1, padN, tunnelLimit, routerAlert, calipso, pdm, jumbo, home = 0, 1, 4, 5, 7, 15, 0xc2, 201
	for off+2 <= end {
		kind, size := a.packet.data[off], int(a.packet.data[off+1])
		if kind == pad1 {
			off++
			continue
		}
		switch next := min(end, off+2+size); {
		case kind == home && size == 16 && next == off+18:
			d.src, d.routed = a.rewrite6(off+2, end), true
		case kind == tunnelLimit, kind == routerAlert, kind == calipso, kind == pdm, kind == jumbo:
		default:
			a.blank(off+2, next)
		}
		off += 2 + size
	}
}

// padding blanks the bytes between the end of an IP packet and the end of its frame, and returns
// the nearer end.
func (a *Anonymizer) padding(packetEnd, end int) int {
	if packetEnd < end {
		a.blank(packetEnd, end)
		return packetEnd
	}
	return end
}
