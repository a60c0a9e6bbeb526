package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
)

// Frames that a host's own packet filter or tap recorded. A header in front of the packet holds
// what the host knew about it.

// Address families that differ from system to system: AF_INET is 2 everywhere.
const afINET = 2

// family decodes an IP packet whose version an address family announces: AF_INET6 is 10 on Linux,
// 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS.
func (d *Decoder) family(p *Packet, family uint32, off, end int) Status {
	switch family {
	case afINET:
		return d.ipv4(p, off, end)
	case 10, 24, 28, 30:
		return d.ipv6(p, off, end)
	}
	return StatusNonIP
}

// hostFamily reads an address family in the byte order of the capturing host, which is the order
// that gives the smaller number.
func hostFamily(b []byte) uint32 {
	family := binary.LittleEndian.Uint32(b)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(b)
	}
	return family
}

// loopback decodes the BSD loopback header: an address family in the byte order of the host that
// captured, or in network byte order.
func (d *Decoder) loopback(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	return d.family(p, hostFamily(p.Data[off:]), off+4, end)
}

// enc decodes the header of OpenBSD's and FreeBSD's IPsec interface: address family, security
// parameter index, flags (LINKTYPE_ENC).
func (d *Decoder) enc(p *Packet, off, end int) Status {
	if len(p.Data)-off < 12 {
		return StatusTruncatedLink
	}
	return d.family(p, hostFamily(p.Data[off:]), off+12, end)
}

// pflog decodes the header of the BSDs' packet filter log (LINKTYPE_PFLOG). It begins with its
// length, without the padding to 4 bytes, and the address family. Its size differs: 61 bytes at
// first, 69 on newer FreeBSD, 100 on newer OpenBSD.
func (d *Decoder) pflog(p *Packet, off, end int) Status {
	if len(p.Data)-off < 2 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	const least = 45 // of all versions with this link type; tcpdump's bound
	if b[0] < least {
		return StatusBadLink
	}
	size := (int(b[0]) + 3) &^ 3
	if len(b) < size {
		return StatusTruncatedLink
	}
	return d.family(p, uint32(b[1]), off+size, end)
}

// ipnet decodes Solaris's ipnet header, whose second byte is an address family of Solaris
// (LINKTYPE_IPNET).
func (d *Decoder) ipnet(p *Packet, off, end int) Status {
	if len(p.Data)-off < 24 {
		return StatusTruncatedLink
	}
	const afINET6 = 26
	switch p.Data[off+1] {
	case afINET:
		return d.ipv4(p, off+24, end)
	case afINET6:
		return d.ipv6(p, off+24, end)
	}
	return StatusNonIP
}

// nflog decodes a message of Linux's netfilter log (LINKTYPE_NFLOG): address family, version,
// resource, and attributes of length and type in the byte order of the host that captured, padded
// to 4 bytes. One of them is the packet, from the network layer on.
func (d *Decoder) nflog(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	const (
		packetHeader, payload = 1, 9 // attribute types (linux/netfilter/nfnetlink_log.h)

		ipv4, ipv6 = 2, 10 // protocol families (linux/netfilter.h)
	)
	family, etherType := p.Data[off], uint16(0)
	for off += 4; ; {
		b := p.Data[min(off, len(p.Data)):]
		if len(b) < 4 {
			if off >= end {
				return StatusNonIP // a message without a packet
			}
			return StatusTruncatedLink
		}
		size, typ := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		if typ&0x7fff > 0xff { // types are small, but for a flag in the highest bit
			size, typ = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		}
		if size < 4 {
			return StatusBadLink
		}
		switch typ & 0x7fff {
		case packetHeader:
			if len(b) >= 6 && size >= 6 {
				etherType = binary.BigEndian.Uint16(b[4:])
			}
		case payload:
			end = min(end, off+int(size))
			switch {
			case family == ipv4:
				return d.ipv4(p, off+4, end)
			case family == ipv6:
				return d.ipv6(p, off+4, end)
			case etherType >= iana.EtherTypeMin: // of bridges, devices and both versions at once
				return d.etherType(p, etherType, off+4, end)
			}
			return StatusNonIP
		}
		off += (int(size) + 3) &^ 3
	}
}

// pktap decodes Apple's header with interface and process (bsd/net/pktap.h), in little-endian byte
// order: length, type of record, link type of what follows.
func (d *Decoder) pktap(p *Packet, off, end int) Status {
	if len(p.Data)-off < 12 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	size, record, inner := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	const least, most = 108, 1 << 16
	if d.linkHeaders--; size < least || size > most || d.linkHeaders < 0 {
		return StatusBadLink
	}
	if record == 0 {
		return StatusNonIP // nothing follows
	}
	if inner > 0xffff {
		return StatusUnknownLink
	}
	if uint32(len(b)) < size {
		return StatusTruncatedLink
	}
	return d.link(p, LinkType(inner), off+int(size), end)
}

// user2 decodes the link type LINKTYPE_USER2, which is for private use. Apple uses it for pktap: it
// is decoded if it looks like that.
func (d *Decoder) user2(p *Packet, off, end int) Status {
	const pktapLeast, pktapMost = 108, 512
	if b := p.Data[off:]; len(b) >= 12 {
		size, record, inner := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
		if size >= pktapLeast && size <= pktapMost && record <= 1 && inner <= 0xffff {
			return d.pktap(p, off, end)
		}
	}
	return StatusUnknownLink
}
