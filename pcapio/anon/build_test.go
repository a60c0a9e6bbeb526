package anon

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/reeftools/reef/internal/lab/frames"
	"github.com/reeftools/reef/pcapio"
)

// Builders of headers for tests, checksums filled in. Each takes what comes behind it.

var cat, u16 = frames.Cat, frames.U16

var (
	macA, macB = []byte{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}, []byte{0x02, 0x66, 0x77, 0x88, 0x99, 0xaa}
	hostA      = addr("192.0.2.77")
	hostB      = addr("198.51.100.123")
	hostC      = addr("203.0.113.211")
	hostA6     = addr("2001:db8:aaaa:bbbb::c:77")
	hostB6     = addr("2001:db8:cccc:dddd::e:99")
	hostC6     = addr("2001:db8:eeee:ffff::1:23")
	secrets    = [][]byte{macA, macB, hostA, hostB, hostC, hostA6, hostB6, hostC6}
)

func addr(s string) []byte { return netip.MustParseAddr(s).AsSlice() }

// onesSum is the checksum of RFC 1071 over the parts.
func onesSum(parts ...[]byte) uint16 {
	var s uint32
	for _, b := range parts {
		for i := 0; i < len(b); i++ {
			if i%2 == 0 {
				s += uint32(b[i]) << 8
			} else {
				s += uint32(b[i])
			}
		}
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

func put(b []byte, at int, v uint16) []byte {
	binary.BigEndian.PutUint16(b[at:], v)
	return b
}

func pseudo(src, dst []byte, proto, length int) []byte {
	return cat(src, dst, []byte{0, byte(proto), byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)})
}

func eth(typ int, payload []byte) []byte { return cat(macB, macA, u16(typ), payload) }

func ip4opt(proto int, src, dst, options, payload []byte) []byte {
	h := cat([]byte{0x40 | byte(5+len(options)/4), 0}, u16(20+len(options)+len(payload), 0x4321, 0), []byte{64, byte(proto)}, u16(0), src, dst, options)
	return cat(put(h, 10, onesSum(h)), payload)
}

func ip4(proto int, payload []byte) []byte { return ip4opt(proto, hostA, hostB, nil, payload) }

func ip6(next int, payload []byte) []byte {
	return cat([]byte{0x60, 0, 0, 0}, u16(len(payload)), []byte{byte(next), 64}, hostA6, hostB6, payload)
}

func tcpSeg(src, dst []byte, options, payload []byte) []byte {
	b := cat(u16(1234, 443, 1, 2, 3, 4, (20+len(options))<<10|0x18, 100, 0, 0), options, payload)
	return put(b, 16, onesSum(pseudo(src, dst, 6, len(b)), b))
}

func udpSeg(src, dst []byte, sport, dport int, payload []byte) []byte {
	b := cat(u16(sport, dport, 8+len(payload), 0), payload)
	return put(b, 6, onesSum(pseudo(src, dst, 17, len(b)), b))
}

func icmp4(typ, code int, rest []byte) []byte {
	b := cat([]byte{byte(typ), byte(code), 0, 0}, rest)
	return put(b, 2, onesSum(b))
}

func icmp6(typ int, rest []byte) []byte {
	b := cat([]byte{byte(typ), 0, 0, 0}, rest)
	return put(b, 2, onesSum(pseudo(hostA6, hostB6, 58, len(b)), b))
}

// run anonymises a frame under the sample key and checks that no address was left.
func run(t *testing.T, a *Anonymizer, link pcapio.LinkType, frame []byte) []byte {
	t.Helper()
	original := slices.Clone(frame)
	r := pcapio.Record{LinkType: link, OrigLen: len(frame), Data: frame}
	a.Record(&r)
	if !bytes.Equal(frame, original) {
		t.Fatal("the input was changed")
	}
	for _, s := range secrets {
		if i := bytes.Index(r.Data, s); i >= 0 {
			t.Errorf("%x is left at %d of %x", s, i, r.Data)
		}
	}
	return r.Data
}

// image4, image6 and imageMAC are what addresses become.
func image4(a *Anonymizer, b []byte) []byte   { x := a.IPv4([4]byte(b)); return x[:] }
func image6(a *Anonymizer, b []byte) []byte   { x := a.IPv6([16]byte(b)); return x[:] }
func imageMAC(a *Anonymizer, b []byte) []byte { x := a.MAC([6]byte(b)); return x[:] }
