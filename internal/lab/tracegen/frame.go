package tracegen

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

const maxFrame = 2048 // more than any frame made here, Ethernet's MTU being 1500

var be = binary.BigEndian

// encode writes the frame of s, sent by end dir of f, into g.frame. It returns the lengths of the
// frame and of the IP datagram.
func (g *Generator) encode(f *flow, dir uint8, s *segment) (wire, ip int) {
	b := g.frame[:]
	copy(b, "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01")
	b[5], b[11] = 2-dir, 1+dir
	n := 12
	if f.vlan {
		be.PutUint32(b[n:], iana.EtherTypeVLAN<<16|100+f.server&7) // priority 0, VLAN 100 to 107
		n += 4
	}
	start := n + 2
	if f.v6 {
		be.PutUint16(b[n:], iana.EtherTypeIPv6)
		n = start + 40
	} else {
		be.PutUint16(b[n:], iana.EtherTypeIPv4)
		n = start + 20
	}
	end := g.encodeTransport(b, n, f, dir, s) // end of what is not zero
	total := n + transportHeader(f, s) + int(s.size)
	clear(b[end:max(end, g.dirty)]) // what an earlier frame left
	g.dirty = end

	var pseudo uint64
	if f.v6 {
		pseudo = encodeIPv6(b[start:], f, dir, total-n)
	} else {
		g.ipID++
		pseudo = encodeIPv4(b[start:], f, dir, total-n, g.ipID)
	}
	at := n + checksumAt(f.protocol)
	if f.protocol == pcapio.ProtoICMP {
		pseudo = 0
	}
	// Payload is zero, and so is what follows it: summing up to end, rounded up, sums it all.
	check := ^fold(pseudo + sum(b[n:end+3]))
	if check == 0 && f.protocol == pcapio.ProtoUDP {
		check = 0xffff // RFC 768: 0 would mean none
	}
	be.PutUint16(b[at:], check)
	return max(total, 60), total - start // Ethernet pads to 60 bytes
}

// transportHeader is the length of the transport header of s.
func transportHeader(f *flow, s *segment) int {
	if f.protocol != pcapio.ProtoTCP {
		return 8
	}
	return 20 + tcpOptionsLen(f, s)
}

// checksumAt is where the transport header of protocol has its checksum.
func checksumAt(protocol uint8) int {
	switch protocol {
	case pcapio.ProtoTCP:
		return 16
	case pcapio.ProtoUDP:
		return 6
	}
	return 2
}

// encodeIPv4 writes the IP header before a payload of n bytes. It returns the sum of the pseudo
// header.
func encodeIPv4(b []byte, f *flow, dir uint8, n int, id uint16) uint64 {
	be.PutUint32(b[0:], 0x4500_0000|uint32(20+n))
	be.PutUint32(b[4:], uint32(id)<<16|0x4000) // don't fragment
	be.PutUint32(b[8:], uint32(64-7*dir)<<24|uint32(f.protocol)<<16)
	src, dst := 10<<24|f.client&0xffffff, 198<<24|18<<16|f.server // RFC 1918, RFC 2544
	if dir == 1 {
		src, dst = dst, src
	}
	be.PutUint32(b[12:], src)
	be.PutUint32(b[16:], dst)
	be.PutUint16(b[10:], ^fold(sum(b[:20])))
	return uint64(src) + uint64(dst) + uint64(f.protocol) + uint64(n)
}

// encodeIPv6 writes the IPv6 header before a payload of n bytes. It returns the sum of the pseudo
// header.
func encodeIPv6(b []byte, f *flow, dir uint8, n int) uint64 {
	be.PutUint32(b[0:], 0x6000_0000)
	be.PutUint32(b[4:], uint32(n)<<16|uint32(f.protocol)<<8|uint32(64-7*dir))
	src, dst := b[8:24], b[24:40]
	if dir == 1 {
		src, dst = dst, src
	}
	copy(src, "\x20\x01\x0d\xb8\x00\x00\x00\x01\x00\x00\x00\x00") // RFC 3849
	be.PutUint32(src[12:], f.client)
	copy(dst, "\x20\x01\x0d\xb8\x00\x00\x00\x02\x00\x00\x00\x00")
	be.PutUint32(dst[12:], f.server)
	return sum(b[8:40]) + uint64(f.protocol) + uint64(n)
}

// sum adds b up in words of 32 bits, leaving out up to 3 bytes at the end.
func sum(b []byte) uint64 {
	var s uint64
	for ; len(b) >= 4; b = b[4:] {
		s += uint64(be.Uint32(b))
	}
	return s
}

// fold makes the 16-bit one's-complement sum of s (RFC 1071).
func fold(s uint64) uint16 {
	s = s>>32 + s&0xffffffff
	s = s>>32 + s&0xffffffff
	s = s>>16 + s&0xffff
	s = s>>16 + s&0xffff
	return uint16(s>>16 + s)
}

// encodeTransport writes the transport header of s at b[n:] and returns where what it wrote ends.
// The checksum is left 0.
func (g *Generator) encodeTransport(b []byte, n int, f *flow, dir uint8, s *segment) int {
	h := b[n:]
	switch f.protocol {
	case pcapio.ProtoTCP:
		return n + encodeTCP(h, f, dir, s)
	case pcapio.ProtoUDP:
		be.PutUint16(h[0:], f.port[dir])
		be.PutUint16(h[2:], f.port[1-dir])
		be.PutUint32(h[4:], uint32(8+s.size)<<16)
		if f.role == roleDNS {
			return n + 8 + encodeDNS(h[8:], f, dir, s)
		}
	default:
		kind := 8 * (1 - dir) // echo request, echo reply
		if f.v6 {
			kind = 128 + dir
		}
		be.PutUint32(h[0:], uint32(kind)<<24)
		be.PutUint32(h[4:], uint32(f.port[0])<<16|s.seq&0xffff)
	}
	return n + 8
}

// encodeDNS writes a query for h123456.example, or the response with A records, and returns the
// length.
func encodeDNS(b []byte, f *flow, dir uint8, s *segment) int {
	answers := (int(s.size) - dnsQuery) / dnsExtra
	// recursion desired; response, recursion available
	be.PutUint32(b[0:], s.seq<<16|0x0100|uint32(dir)*0x8080)
	be.PutUint32(b[4:], 1<<16|uint32(answers))
	be.PutUint32(b[8:], 0)
	copy(b[12:], "\x07h000000\x07example\x00\x00\x01\x00\x01")
	for i, v := 19, s.seq; v != 0; i, v = i-1, v/10 {
		b[i] = byte('0' + v%10)
	}
	n := dnsQuery
	for i := range answers {
		be.PutUint32(b[n:], 0xc00c_0001) // name as in the query, type A
		be.PutUint32(b[n+4:], 1<<16)     // class IN, time to live, high half
		be.PutUint32(b[n+8:], 300<<16|4) // low half, length
		be.PutUint32(b[n+12:], 192<<24|2<<8|f.server<<2&0xff|uint32(i))
		n += dnsExtra
	}
	return n
}
