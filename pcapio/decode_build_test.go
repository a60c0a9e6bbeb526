package pcapio

import (
	"encoding/binary"
	"slices"
)

// Builders of headers for tests. Each returns its header with the payload behind it and lengths
// filled in.

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func u16(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, uint16(x))
	}
	return b
}

func u32(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

var (
	testSrc4 = []byte{192, 0, 2, 1}
	testDst4 = []byte{198, 51, 100, 2}
	testSrc6 = append([]byte{0x20, 0x01, 0x0d, 0xb8}, []byte{11: 1}...)
	testDst6 = append([]byte{0x20, 0x01, 0x0d, 0xb8}, []byte{11: 2}...)
)

func eth(typ int, payload []byte) []byte {
	return cat([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, u16(typ), payload)
}

func vlanTag(id, typ int, payload []byte) []byte { return cat(u16(id, typ), payload) }

// ip4with builds an IPv4 packet with options and the 16 bits of flags and fragment offset.
func ip4with(proto, fragment int, options, payload []byte) []byte {
	header := 20 + len(options)
	return cat([]byte{0x40 | byte(header/4), 0x2e}, u16(header+len(payload), 0x1234, fragment), []byte{64, byte(proto)}, u16(0), testSrc4, testDst4, options, payload)
}

func ip4(proto int, payload []byte) []byte { return ip4with(proto, 0x4000, nil, payload) }

func ip6(next int, payload []byte) []byte {
	return cat([]byte{0x62, 0xe0, 0, 0}, u16(len(payload)), []byte{byte(next), 63}, testSrc6, testDst6, payload)
}

func tcpSeg(flags int, options, payload []byte) []byte {
	header := 20 + len(options)
	return cat(u16(1024, 80), u32(0x01020304, 0x05060708), u16(header/4<<12|flags, 0x2000, 0, 7), options, payload)
}

func udpSeg(src, dst int, payload []byte) []byte {
	return cat(u16(src, dst, 8+len(payload), 0), payload)
}

func icmpMsg(typ, code, id, seq int, payload []byte) []byte {
	return cat([]byte{byte(typ), byte(code)}, u16(0, id, seq), payload)
}

var tsOption = cat([]byte{1, 1, 8, 10}, u32(111, 222))

// packetOf makes a record of data as if it was captured whole.
func packetOf(link LinkType, data []byte) *Packet {
	return &Packet{Record: Record{LinkType: link, OrigLen: len(data), Data: data}}
}

// decodeOne decodes data with a new Decoder.
func decodeOne(link LinkType, data []byte, tunnels Tunnel) *Packet {
	p := packetOf(link, data)
	NewDecoder(nil, DecodeConfig{Tunnels: tunnels}).Decode(p)
	return p
}
