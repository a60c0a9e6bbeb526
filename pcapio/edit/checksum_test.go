package edit

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/reeftools/reef/internal/lab/frames"
	"github.com/reeftools/reef/pcapio"
)

// checksumOf is the checksum of RFC 1071 over the parts one behind the other, of which all but the
// last have an even length.
func checksumOf(parts ...[]byte) int {
	s := 0
	for _, b := range parts {
		for i, c := range b {
			s += int(c) << (8 * (1 - i%2))
		}
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return s ^ 0xffff
}

// summed puts a checksum into b at the place at, over the first covered bytes and a pseudo-header
// of src, dst, protocol and length.
func summed(b []byte, at, covered, proto int, src, dst []byte) []byte {
	b = bytes.Clone(b)
	copy(b[at:], []byte{0, 0})
	pseudo := cat(src, dst, u32(uint32(len(b)), uint32(proto)))
	copy(b[at:], u16(checksumOf(pseudo, b[:covered])))
	return b
}

// headerSummed puts the header checksum into an IPv4 packet.
func headerSummed(b []byte) []byte {
	copy(b[10:], []byte{0, 0})
	copy(b[10:], u16(checksumOf(b[:int(b[0]&15)*4])))
	return b
}

var (
	test4     = []byte{203, 0, 113, 7} // an address that no header has
	test6     = cat([]byte{0x20, 0x01, 0x0d, 0xb8}, make([]byte, 8), []byte{9, 9, 9, 9})
	checkData = []byte("odd")
)

// Packets whose checksum is right, with the place of the checksum: each is left as it is, and is
// made again from any wrong one, but for those that are right by another reading only.
func TestFixChecksumsReadings(t *testing.T) {
	tcp := tcpSeg(0x10, nil, checkData)
	udp := udpSeg(9, 9, checkData)
	icmp := icmpMsg(128, 0, 1, 2, checkData)
	tcpTo := func(src, dst []byte) []byte { return summed(tcp, 16, len(tcp), 6, src, dst) }
	udpTo := func(src, dst []byte) []byte { return summed(udp, 6, len(udp), 17, src, dst) }
	icmpTo := func(src, dst []byte) []byte { return summed(icmp, 2, len(icmp), 58, src, dst) }
	route4 := func(kind, pointer int) []byte {
		return cat([]byte{1, byte(kind), 11, byte(pointer)}, frames.Src4, test4)
	}
	v4 := func(proto int, options, payload []byte) []byte {
		return headerSummed(ip4with(proto, 0x4000, options, payload))
	}
	routing := func(next, kind, left int, rest []byte, payload []byte) []byte {
		return ip6(43, cat([]byte{byte(next), byte((len(rest)+4)/8 - 1), byte(kind), byte(left)}, rest, payload))
	}
	zero4 := make([]byte, 4)
	// RFC 6554: 12 octets are elided of all addresses, then one address of 4 octets, and 4 octets
	// of padding.
	rpl := cat([]byte{0xcc, 0x40, 0, 0}, test6[12:], zero4)
	rplEnd := cat(frames.Dst6[:12], test6[12:])
	home := cat([]byte{60 - 43, 2, 1, 2, 0, 0, 201, 16}, test6)
	lite := cat(u16(9, 9, 10, 0), checkData)
	dccp := cat(u16(9, 9), []byte{4, 2}, u16(0), []byte{0, 0, 0, 1}, zero4, []byte("covered, not covered"))
	sctp := cat(u16(9, 9), make([]byte, 8), []byte{0, 3, 0, 16}, make([]byte, 12))
	binary.LittleEndian.PutUint32(sctp[8:], crc32.Checksum(sctp, crc32.MakeTable(crc32.Castagnoli)))
	jumboData := udpSeg(9, 9, make([]byte, 70000))
	copy(jumboData[4:], zero4)
	jumbogram := cat([]byte{0x60, 0, 0, 0, 0, 0, 0, 64}, frames.Src6, frames.Dst6, []byte{17, 0, 0xc2, 4}, u32(uint32(8+len(jumboData))),
		summed(jumboData, 6, len(jumboData), 17, frames.Src6, frames.Dst6))

	for _, test := range []struct {
		name   string
		packet []byte
		at     int  // of the checksum, from the end of the IP headers
		header int  // length of the IP headers
		alone  bool // a wrong one is left as well
	}{
		{"TCP", v4(6, nil, tcpTo(frames.Src4, frames.Dst4)), 16, 20, false},
		{"UDP over IPv6", ip6(17, udpTo(frames.Src6, frames.Dst6)), 6, 40, false},
		// no pseudo-header
		{"ICMP", v4(1, nil, cat(icmp[:2], u16(checksumOf(icmp)), icmp[4:])), 2, 20, false},
		{"loose source route", v4(17, route4(131, 4), udpTo(frames.Src4, test4)), 6, 32, false},
		{"strict source route", v4(6, route4(137, 8), tcpTo(frames.Src4, test4)), 16, 32, false},
		{"source route at its end", v4(6, route4(137, 12), tcpTo(frames.Src4, frames.Dst4)), 16, 32, false},
		{"record route", v4(6, route4(7, 4), tcpTo(frames.Src4, frames.Dst4)), 16, 32, false},
		{"routing type 0", routing(6, 0, 1, cat(zero4, frames.Src6, test6), tcpTo(frames.Src6, test6)), 16, 80, false},
		{"routing type 0, none left", routing(6, 0, 0, cat(zero4, test6), tcpTo(frames.Src6, frames.Dst6)), 16, 64, false},
		{"routing type 2", routing(17, 2, 1, cat(zero4, test6), udpTo(frames.Src6, test6)), 6, 64, false},
		{"routing type 3", routing(17, 3, 1, rpl, udpTo(frames.Src6, rplEnd)), 6, 56, false},
		{"routing type 4", routing(58, 4, 1, cat([]byte{1, 0, 0, 0}, test6, frames.Src6), icmpTo(frames.Src6, test6)), 2, 80, false},
		{"routing type 9", routing(58, 9, 1, cat(zero4, test6), icmpTo(frames.Src6, frames.Src4)), 2, 64, true},
		{"home address", ip6(60, cat(home, udpTo(test6, frames.Dst6))), 6, 64, false},
		{"home address and routing type 2", ip6(43, cat([]byte{60, 2, 2, 1}, zero4, rplEnd, home, udpTo(test6, rplEnd))), 6, 88, false},
		{"UDP-Lite", v4(136, nil, summed(lite, 6, 10, 136, frames.Src4, frames.Dst4)), 6, 20, false},
		{"DCCP", v4(33, nil, summed(dccp, 6, 20, 33, frames.Src4, frames.Dst4)), 6, 20, false},
		{"SCTP", v4(132, nil, sctp), 8, 20, false},
		{"jumbogram", jumbogram, 6, 48, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if p := decodeOne(pcapio.LinkRaw, test.packet, 0); p.Status != pcapio.StatusOK || p.IPHdrLen != test.header {
				t.Fatalf("status %v, headers of %d bytes", p.Status, p.IPHdrLen)
			}
			fix := FixChecksums()
			r := pcapio.Record{LinkType: pcapio.LinkRaw, OrigLen: len(test.packet), Data: test.packet}
			if fix.Transform(&r); !bytes.Equal(r.Data, test.packet) {
				t.Errorf("made of a right one\n%x, want\n%x", r.Data[:min(len(r.Data), 120)], test.packet[:min(len(r.Data), 120)])
			}
			wrong := bytes.Clone(test.packet)
			wrong[test.header+test.at] ^= 0x5a
			want := test.packet
			if test.alone {
				want = wrong
			}
			r.Data = wrong
			if fix.Transform(&r); !bytes.Equal(r.Data, want) {
				t.Errorf("made of a wrong one\n%x, want\n%x", r.Data[:min(len(r.Data), 120)], want[:min(len(r.Data), 120)])
			}
		})
	}
}

// What FixChecksums leaves alone although it would compute something else.
func TestFixChecksumsLeft(t *testing.T) {
	udp := udpSeg(9, 9, checkData)
	sctp := cat(u16(9, 9), make([]byte, 8), []byte{0, 3, 0, 16}, make([]byte, 12))
	// identification such that the header's sum is all ones without a checksum
	onesHeader := ip4(17, udp)
	copy(onesHeader[4:], u16(0))
	copy(onesHeader[4:], u16(checksumOf(onesHeader[:20])))
	copy(onesHeader[10:], []byte{0xff, 0xff})
	byHeader := cat([]byte{17, 2, 0, 1, 0, 0, 0, 0}, test6, summed(udp, 6, len(udp), 17, frames.Src6, frames.Dst6))
	wrong := func(b []byte) []byte { return with(b, 6, 0x55) }
	for _, test := range []struct {
		name   string
		packet []byte
	}{
		{"UDP without checksum", headerSummed(ip4(17, udp))},
		{"UDP without checksum over IPv6", ip6(17, udp)},
		{"SCTP without checksum", headerSummed(ip4(132, sctp))},
		{"header checksum of all ones", onesHeader},
		{"right with the header's destination", ip6(43, byHeader)},
		{"first fragment", headerSummed(ip4with(17, 0x2000, nil, wrong(udp)))},
		{"later fragment", headerSummed(ip4with(17, 0x0001, nil, wrong(udp)))},
		{"fragment over IPv6", ip6(44, fragmentHeader(17, 1, 7, wrong(udp)))},
		{"unknown protocol", headerSummed(ip4(89, wrong(udp)))},
		{"cut packet", headerSummed(ip4(17, wrong(udpSeg(9, 9, make([]byte, 100)))))[:60]},
		{"in a tunnel", headerSummed(ip4(4, ip4(17, wrong(udp))))},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := bytes.Clone(test.packet)
			r := pcapio.Record{LinkType: pcapio.LinkRaw, OrigLen: len(test.packet), Data: test.packet}
			if FixChecksums().Transform(&r); !bytes.Equal(r.Data, before) {
				t.Errorf("made\n%x of\n%x", r.Data, before)
			}
		})
	}
}

func TestFixChecksums(t *testing.T) {
	fix := FixChecksums()
	good := bytes.Clone(udpFrame)
	for _, test := range []struct {
		name   string
		change func(b []byte)
		cut    int
		same   bool // nothing is repaired
	}{
		{"right already", func([]byte) {}, 0, false},
		{"header", func(b []byte) { b[24] ^= 0x55 }, 0, false},
		{"UDP", func(b []byte) { b[40] ^= 0x55 }, 0, false},
		{"UDP, cut packet", func(b []byte) { b[40] ^= 0x55 }, 44, true},
		{"header, cut header", func(b []byte) { b[24] ^= 0x55 }, 30, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := bytes.Clone(good)
			test.change(b)
			if test.cut > 0 {
				b = b[:test.cut]
			}
			before := bytes.Clone(b)
			r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(udpFrame), Data: b}
			if !fix.Transform(&r) || !bytes.Equal(b, before) {
				t.Error("dropped, or the reader's bytes were changed")
			}
			want := good
			if test.same {
				want = before
			}
			if !bytes.Equal(r.Data, want[:len(b)]) {
				t.Errorf("%x, want\n%x", r.Data, want[:len(b)])
			}
		})
	}
	none := bytes.Clone(udpFrame)
	none[40], none[41] = 0, 0
	r := frame(none)
	if fix.Transform(&r); !bytes.Equal(r.Data, none) {
		t.Error("UDP without a checksum got one")
	}
	for _, r := range []pcapio.Record{frame(arpFrame), frame(nil), {LinkType: 9999, Data: []byte("xyz")}} {
		before := bytes.Clone(r.Data)
		if !fix.Transform(&r) || !bytes.Equal(r.Data, before) {
			t.Errorf("%+v was changed", r)
		}
	}
}
