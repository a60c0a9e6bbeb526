package anon

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// Frames behind a header that a host or a device added. It may name interfaces, processes, users
// and rules.

// Protocol numbers of Linux that are no EtherTypes, and hardware types with other protocols.
const (
	cookedLLC     = 4
	arphrdNetlink = 824
)

// cooked anonymises a Linux cooked capture, version 1 or 2: a header of size bytes that has the
// hardware type, protocol, address and the end of the address's length at the given places. The
// address is that of the sender, of up to eight bytes.
func (a *Anonymizer) cooked(off, end, size, hardware, protocol, address, length int) {
	if end-off < size {
		a.unknown(off, ReasonDamaged)
		return
	}
	n := int(a.packet.data[off+length+1])
	switch at := off + address; n {
	case 6:
		a.rewriteMAC(at, end)
		a.blank(at+6, at+8) // may be left over from something
	case 4: // a tunnel over IPv4
		a.rewrite4(at, end)
		a.blank(at+4, at+8)
	default:
		a.blank(at, at+8)
	}
	switch typ := a.u16(off + protocol); {
	case a.u16(off+hardware) == arphrdNetlink:
		a.unknown(off+size, ReasonLink)
	case typ >= iana.EtherTypeMin:
		a.etherType(typ, off+size, end)
	case typ == cookedLLC:
		a.llc(off+size, end)
	default:
		a.unknown(off+size, ReasonLink)
	}
}

// nflog anonymises a message of Linux's netfilter log: attributes of length and type, one of which
// is the packet. Those with names, users and hardware headers are blanked.
func (a *Anonymizer) nflog(off, end int) {
	const packetHeader, mark, timestamp, lastIndex, hardware, payload, sequence, globalSequence, hwType, hwLen = 1, 2, 3, 7, 8, 9, 12, 13, 15, 17
	const ipv4, ipv6 = 2, 10 // protocol families
	if end-off < 4 {
		return
	}
	family, typ := a.packet.data[off], 0
	for off += 4; end-off >= 4; {
		var order binary.ByteOrder = binary.LittleEndian
		// types are small, but for a flag in the highest bit
		if order.Uint16(a.packet.data[off+2:])&0x7fff > 0xff {
			order = binary.BigEndian
		}
		size, attribute := int(order.Uint16(a.packet.data[off:])), order.Uint16(a.packet.data[off+2:])&0x7fff
		if size < 4 {
			a.unknown(off, ReasonDamaged)
			return
		}
		next := min(end, off+size)
		switch {
		case attribute == packetHeader:
			if next-off >= 6 {
				typ = a.u16(off + 4)
			}
		case attribute == hardware && next-off >= 14 && a.u16(off+4) == 6:
			a.rewriteMAC(off+8, next)
			a.blank(off+14, next)
		case attribute == payload:
			a.blank(next, end) // padding, and what may come behind
			switch {
			case family == ipv4 || family == ipv6:
				a.ip(off+4, next)
			case typ >= iana.EtherTypeMin:
				a.etherType(typ, off+4, next)
			default:
				a.unknown(off+4, ReasonLink)
			}
			return
		case attribute <= lastIndex && attribute >= mark, attribute == sequence, attribute == globalSequence, attribute == hwType, attribute == hwLen:
		default:
			a.blank(off+4, next)
		}
		off = min(end, off+(size+3)&^3)
	}
}

// pflog anonymises a record of the BSDs' packet filter log: behind length, family, action and
// reason it has the names of interface and rule set, numbers of rules, users and processes, and
// addresses, which are blanked.
func (a *Anonymizer) pflog(off, end int) {
	if off >= end {
		return
	}
	size := (int(a.packet.data[off]) + 3) &^ 3
	if size < 45 {
		a.unknown(off, ReasonDamaged)
		return
	}
	a.behind(off+4, off+size, end, a.ip)
}

// pktap anonymises Apple's header with interface and process. It keeps the header's length, the
// type of record, the link type, and the lengths of header and trailer of the frame. All else is
// blanked.
func (a *Anonymizer) pktap(off, end int) {
	if end-off < 12 {
		a.unknown(off, ReasonDamaged)
		return
	}
	size, inner := binary.LittleEndian.Uint32(a.packet.data[off:]), binary.LittleEndian.Uint32(a.packet.data[off+8:])
	if size < 108 || size > 1<<16 || inner > 0xffff || off+int(size) > end {
		a.unknown(off, ReasonDamaged)
		return
	}
	a.blank(off+12, off+int(size))
	a.link(pcapio.LinkType(inner), off+int(size), end)
}

// erf anonymises a record of Endace's cards: time stamp, type, flags, lengths, extension headers,
// whose contents are blanked, and a frame.
func (a *Anonymizer) erf(off, end int) {
	if end-off < 16 {
		a.unknown(off, ReasonDamaged)
		return
	}
	typ := a.packet.data[off+8]
	off += 16
	for more := typ; more&0x80 != 0; off += 8 {
		if end-off < 8 {
			a.unknown(off, ReasonDamaged)
			return
		}
		more = a.packet.data[off]
		a.blank(off+1, off+8)
	}
	switch typ & 0x7f {
	case 2, 11, 16, 20: // Ethernet behind an offset and padding
		a.ethernet(off+2, end)
	case 1, 10, 15, 19:
		a.pos(off, end)
	case 5, 17: // with a header of its own
		a.pos(off+4, end)
	case 22, 23:
		a.ip(off, end)
	default:
		a.unknown(off, ReasonLink)
	}
}

// pos anonymises packet over SONET: PPP or Cisco HDLC.
func (a *Anonymizer) pos(off, end int) {
	if end-off < 4 {
		return
	}
	switch a.u16(off) {
	case 0x0f00, 0x8f00:
		a.chdlc(off, end)
	case 0xff03:
		a.ppp(off, end)
	default:
		a.unknown(off, ReasonLink)
	}
}

// juniper anonymises a frame behind the header of Juniper's routers, whose extensions are blanked.
func (a *Anonymizer) juniper(inner pcapio.LinkType, off, end int) {
	const noL2, ext = 0x02, 0x80
	if end-off < 6 || a.packet.data[off] != 'M' || a.packet.data[off+1] != 'G' || a.packet.data[off+2] != 'C' {
		a.unknown(off, ReasonDamaged)
		return
	}
	flags, body := a.packet.data[off+3], off+4
	if flags&ext != 0 {
		body = off + 6 + a.u16(off+4)
		a.blank(off+6, min(body, end))
	}
	if flags&noL2 == 0 {
		a.link(inner, body, end)
		return
	}
	a.behind(min(body, end), body+4, end, a.ip)
}

// docsis anonymises an Ethernet frame of cable modems behind its MAC header; what may be encrypted
// is cut.
func (a *Anonymizer) docsis(off, end int) {
	const hasExtended = 1
	if end-off < 6 {
		return
	}
	b := a.packet.data[off:end]
	body := off + 6
	if b[0]&hasExtended != 0 {
		body += int(b[1])
	}
	if typ := b[0] >> 6; typ != 0 && typ != 2 || body > end {
		a.unknown(off+6, ReasonLink)
		return
	}
	if b[0]&hasExtended != 0 {
		for elements := b[4 : body-2-off]; len(elements) > 0; {
			typ, n := elements[0]>>4, int(elements[0]&0x0f)
			if 1+n > len(elements) {
				break
			}
			if typ == 3 || typ == 4 || typ == 7 { // baseline privacy
				a.unknown(body, ReasonEncrypted)
				return
			}
			elements = elements[1+n:]
		}
	}
	a.ethernet(body, end)
}
