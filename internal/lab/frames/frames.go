// Package frames builds packets by hand to test decoders with. Each builder
// returns its header with the payload behind it and lengths filled in;
// checksums are left 0.
package frames

import (
	"encoding/binary"
	"slices"
)

// Cat returns parts behind each other, in memory of its own.
func Cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

// U16 returns numbers of 16 bits in network byte order.
func U16(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, uint16(x))
	}
	return b
}

// U32 returns numbers of 32 bits in network byte order.
func U32(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

// With returns a copy of b with the 16 bits at i replaced by v.
func With(b []byte, i, v int) []byte {
	b = Cat(b)
	binary.BigEndian.PutUint16(b[i:], uint16(v))
	return b
}

// The addresses of all packets, of those for documentation (RFC 5737 and RFC 3849).
var (
	Src4 = []byte{192, 0, 2, 1}
	Dst4 = []byte{198, 51, 100, 2}
	Src6 = append([]byte{0x20, 0x01, 0x0d, 0xb8}, []byte{11: 1}...)
	Dst6 = append([]byte{0x20, 0x01, 0x0d, 0xb8}, []byte{11: 2}...)
)

// Eth builds an Ethernet frame.
func Eth(typ int, payload []byte) []byte {
	return Cat([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, U16(typ), payload)
}

// VLANTag builds what follows the EtherType of a tag: identifier, next EtherType, payload.
func VLANTag(id, typ int, payload []byte) []byte { return Cat(U16(id, typ), payload) }

// IPv4With builds an IPv4 packet with options and the 16 bits of flags and fragment offset.
func IPv4With(proto, fragment int, options, payload []byte) []byte {
	header := 20 + len(options)
	return Cat([]byte{0x40 | byte(header/4), 0x2e}, U16(header+len(payload), 0x1234, fragment), []byte{64, byte(proto)}, U16(0), Src4, Dst4, options, payload)
}

// IPv4 builds a whole IPv4 packet, not to be fragmented.
func IPv4(proto int, payload []byte) []byte { return IPv4With(proto, 0x4000, nil, payload) }

// IPv6 builds an IPv6 packet.
func IPv6(next int, payload []byte) []byte {
	return Cat([]byte{0x62, 0xe0, 0, 0}, U16(len(payload)), []byte{byte(next), 63}, Src6, Dst6, payload)
}

// FragmentHeader builds an IPv6 fragment header.
func FragmentHeader(next, offsetAndFlags int, id uint32, payload []byte) []byte {
	return Cat([]byte{byte(next), 0}, U16(offsetAndFlags), U32(id), payload)
}

// TCP builds a segment from port 1024 to 80 with urgent pointer 7.
func TCP(flags int, options, payload []byte) []byte {
	header := 20 + len(options)
	return Cat(U16(1024, 80), U32(0x01020304, 0x05060708), U16(header/4<<12|flags, 0x2000, 0, 7), options, payload)
}

// UDP builds a datagram.
func UDP(src, dst int, payload []byte) []byte {
	return Cat(U16(src, dst, 8+len(payload), 0), payload)
}

// ICMP builds a message with the identifier and sequence number of an echo.
func ICMP(typ, code, id, seq int, payload []byte) []byte {
	return Cat([]byte{byte(typ), byte(code)}, U16(0, id, seq), payload)
}
