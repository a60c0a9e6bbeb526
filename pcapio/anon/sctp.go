package anon

import (
	"encoding/binary"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sctp anonymises the address parameters of SCTP (RFC 9260, 3.3.2 and 3.3.3; RFC 5061). Its
// checksum is a CRC without pseudo-header: it is computed anew if the packet is whole and the CRC
// was right.
func (a *Anonymizer) sctp(off, end int, d *datagram) {
	const data, initChunk, initAck, heartbeat, heartbeatAck, abort, errorChunk, cookieEcho, iData, padChunk = 0, 1, 2, 4, 5, 6, 9, 10, 64, 132
	if end-off < 12 {
		return
	}
	right := !d.first && a.crc(off, end) == binary.LittleEndian.Uint32(a.packet.data[off+8:])
	for at := off + 12; end-at >= 4; {
		size := a.u16(at + 2)
		if size < 4 {
			a.blank(at+4, end)
			break
		}
		next := min(end, at+size)
		switch a.packet.data[at] {
		case initChunk, initAck:
			a.parameters(at+20, next)
		case data:
			a.payload(at + 16)
		case iData:
			a.payload(at + 20)
		// what only its maker reads, but may be addresses in clear
		case heartbeat, heartbeatAck, abort, errorChunk, cookieEcho, padChunk:
			a.blank(at+4, next)
		case 3, 7, 8, 11, 12, 13, 14, 15, 130, 192, 194: // numbers only, or authentication
		default: // ASCONF among them
			a.unknown(at, ReasonProtocol)
		}
		at = min(end, at+(size+3)&^3)
	}
	if right {
		binary.LittleEndian.PutUint32(a.packet.data[off+8:], a.crc(off, end))
	}
}

// crc is the checksum of an SCTP packet, with its own field as zero (RFC 9260, 6.8).
func (a *Anonymizer) crc(off, end int) uint32 {
	b := a.packet.data[off:end]
	c := crc32.Update(0, castagnoli, b[:8])
	c = crc32.Update(c, castagnoli, zero[:])
	return crc32.Update(c, castagnoli, b[12:])
}

var zero [4]byte

// parameters anonymises the IPv4 and IPv6 address parameters of an INIT or INIT ACK. The state
// cookie is for its maker only, but may hold addresses in clear: it is blanked, and so are names
// and what is unknown.
func (a *Anonymizer) parameters(off, end int) {
	const ipv4, ipv6, preservative, supported = 5, 6, 9, 12
	for end-off >= 4 {
		typ, size := a.u16(off), a.u16(off+2)
		if size < 4 {
			a.blank(off+4, end)
			return
		}
		next := min(end, off+size)
		switch typ {
		case ipv4:
			a.rewrite4(off+4, next)
		case ipv6:
			a.rewrite6(off+4, next)
		// numbers
		case preservative, supported, 0x8000, 0x8001, 0x8002, 0x8003, 0x8004, 0x8008, 0xc000, 0xc006:
		default:
			a.blank(off+4, next)
		}
		off = min(end, off+(size+3)&^3)
	}
}
