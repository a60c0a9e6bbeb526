package anon

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

var data = []byte("some payload, odd")

// sctpInit is an SCTP packet with an INIT that has addresses as parameters.
func sctpInit(v4, v6 []byte) []byte {
	params := cat(u16(5, 8), v4, u16(6, 20), v6)
	b := cat(u16(5000, 5001), make([]byte, 8), []byte{1, 0}, u16(20+len(params)), make([]byte, 16), params)
	binary.LittleEndian.PutUint32(b[8:], crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
	return b
}

// world is the addresses that a frame is built of: the test builds each frame of the originals, and
// of their images, and what the Anonymizer makes of the first must be the second, checksums and
// all.
type world struct{ macA, macB, a, b, c, a6, b6, c6 []byte }

var originals = world{macA, macB, hostA, hostB, hostC, hostA6, hostB6, hostC6}

func (w world) image(a *Anonymizer) world {
	return world{imageMAC(a, w.macA), imageMAC(a, w.macB), image4(a, w.a), image4(a, w.b), image4(a, w.c), image6(a, w.a6), image6(a, w.b6), image6(a, w.c6)}
}

func (w world) eth(typ int, p []byte) []byte   { return cat(w.macB, w.macA, u16(typ), p) }
func (w world) ip4(proto int, p []byte) []byte { return ip4opt(proto, w.a, w.b, nil, p) }
func (w world) ip6(next int, p []byte) []byte {
	return cat([]byte{0x60, 0, 0, 0}, u16(len(p)), []byte{byte(next), 64}, w.a6, w.b6, p)
}
func (w world) tcp4() []byte { return w.ip4(6, tcpSeg(w.a, w.b, nil, data)) }
func (w world) tcp6() []byte { return w.ip6(6, tcpSeg(w.a6, w.b6, nil, data)) }
func (w world) udp4(sport, dport int, p []byte) []byte {
	return w.ip4(17, udpSeg(w.a, w.b, sport, dport, p))
}
func (w world) udp6(sport, dport int, p []byte) []byte {
	return w.ip6(17, udpSeg(w.a6, w.b6, sport, dport, p))
}
func (w world) icmp6(typ int, rest []byte) []byte {
	b := cat([]byte{byte(typ), 0, 0, 0}, rest)
	return w.ip6(58, put(b, 2, onesSum(pseudo(w.a6, w.b6, 58, len(b)), b)))
}

var worlds = []struct {
	name  string
	link  pcapio.LinkType
	build func(w world) []byte
}{
	{"TCP", 1, func(w world) []byte { return w.eth(0x0800, w.tcp4()) }},
	{"TCP over IPv6", 1, func(w world) []byte { return w.eth(0x86dd, w.tcp6()) }},
	{"UDP in VLANs", 1, func(w world) []byte { return w.eth(0x88a8, cat(u16(5, 0x8100, 6, 0x0800), w.udp4(9, 9, data))) }},
	{"UDP without checksum", 101, func(w world) []byte { return w.ip4(17, cat(u16(9, 9, 12, 0), data[:4])) }},
	{"padding is blanked", 1, func(w world) []byte { return w.eth(0x0800, cat(w.udp4(9, 9, data[:1]), make([]byte, 9))) }},
	{"ARP", 1, func(w world) []byte {
		return w.eth(0x0806, cat(u16(1, 0x0800), []byte{6, 4}, u16(2), w.macA, w.a, w.macB, w.b))
	}},
	{"ARP request", 1, func(w world) []byte {
		return cat(broadcast[:], w.macA, u16(0x0806, 1, 0x0800), []byte{6, 4}, u16(1), w.macA, w.a, make([]byte, 6), w.b)
	}},
	{"LLC SNAP", 1, func(w world) []byte {
		return w.eth(8+len(w.tcp4()), cat([]byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4()))
	}},
	{"MPLS", 1, func(w world) []byte { return w.eth(0x8847, cat([]byte{0, 1, 0, 9, 0, 2, 1, 9}, w.tcp6())) }},
	{"MPLS pseudo-wire", 1, func(w world) []byte {
		return w.eth(0x8847, cat([]byte{0, 2, 1, 9, 0, 0, 0, 0}, w.eth(0x0800, w.tcp4())))
	}},
	{"PPPoE", 1, func(w world) []byte {
		return w.eth(0x8864, cat([]byte{0x11, 0}, u16(7, 2+len(w.tcp4()), 0x0021), w.tcp4()))
	}},
	{"cooked", 113, func(w world) []byte { return cat(u16(0, 1, 6), w.macA, u16(0, 0x0800), w.tcp4()) }},
	{"cooked tunnel", 113, func(w world) []byte { return cat(u16(0, 768, 4), w.a, u16(0, 0, 0x0800), w.tcp4()) }},
	{"cooked 2", 276, func(w world) []byte { return cat(u16(0x86dd, 0, 0, 3, 1), []byte{0, 6}, w.macA, u16(0), w.tcp6()) }},
	{"loopback", 0, func(w world) []byte { return cat([]byte{2, 0, 0, 0}, w.tcp4()) }},
	{"Cisco HDLC", 104, func(w world) []byte { return cat(u16(0x0f00, 0x0800), w.tcp4()) }},
	{"802.11", 105, func(w world) []byte {
		return cat([]byte{8, 1, 0, 0}, w.macA, w.macB, w.macA, u16(0), []byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4())
	}},
	{"radiotap, 802.11 with check sequence", 127, func(w world) []byte {
		f := cat([]byte{8, 1, 0, 0}, w.macA, w.macB, w.macA, u16(0), []byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4())
		return cat([]byte{0, 0, 9, 0, 2, 0, 0, 0, 0x10}, binary.LittleEndian.AppendUint32(f, crc32.ChecksumIEEE(f)))
	}},
	{"frame check sequence", 1, func(w world) []byte {
		f := w.eth(0x0800, w.tcp4())
		return binary.LittleEndian.AppendUint32(f, crc32.ChecksumIEEE(f))
	}},
	{"record route and timestamps", 101, func(w world) []byte {
		return ip4opt(17, w.a, w.b, cat([]byte{1, 7, 7, 8}, w.c, []byte{68, 12, 13, 1}, w.a, u16(0, 9)), udpSeg(w.a, w.b, 9, 9, data))
	}},
	{"loose source route", 101, func(w world) []byte { // checksums have the last hop
		return ip4opt(17, w.a, w.b, cat([]byte{1, 131, 11, 4}, w.a, w.c), udpSeg(w.a, w.c, 9, 9, data))
	}},
	{"authentication header", 101, func(w world) []byte {
		return w.ip4(51, cat([]byte{6, 4, 0, 0}, make([]byte, 20), tcpSeg(w.a, w.b, nil, data)))
	}},
	{"routing header", 101, func(w world) []byte {
		u := udpSeg(w.a6, w.c6, 9, 9, data)
		return w.ip6(0, cat([]byte{43, 0, 1, 4, 0, 0, 0, 0, 17, 2, 0, 1, 0, 0, 0, 0}, w.c6, u))
	}},
	{"segment routing", 101, func(w world) []byte {
		u := udpSeg(w.a6, w.c6, 9, 9, data)
		return w.ip6(43, cat([]byte{17, 4, 4, 1, 1, 0, 0, 0}, w.c6, w.b6, u))
	}},
	{"home address", 101, func(w world) []byte {
		u := udpSeg(w.c6, w.b6, 9, 9, data)
		return w.ip6(60, cat([]byte{17, 2, 1, 2, 0, 0, 201, 16}, w.c6, u))
	}},
	{"first fragment over IPv6", 101, func(w world) []byte {
		return w.ip6(44, cat([]byte{17, 0, 0, 1, 0, 0, 0, 9}, udpSeg(w.a6, w.b6, 9, 9, data)))
	}},
	{"MPTCP address", 101, func(w world) []byte {
		return w.ip4(6, tcpSeg(w.a, w.b, cat([]byte{30, 8, 0x34, 1}, w.c, []byte{1, 30, 20, 0x36, 2}, w.c6, []byte{1, 1, 0}), data))
	}},
	{"SCTP", 101, func(w world) []byte { return w.ip4(132, sctpInit(w.c, w.c6)) }},
	{"DCCP", 101, func(w world) []byte {
		b := cat(u16(5, 6), []byte{3, 0}, u16(0, 0, 0), data)
		return w.ip4(33, put(b, 6, onesSum(pseudo(w.a, w.b, 33, len(b)), b)))
	}},
	{"echo", 101, func(w world) []byte { return w.ip4(1, icmp4(8, 0, cat(u16(1, 2), data))) }},
	{"ICMP error", 101, func(w world) []byte {
		return ip4opt(1, w.b, w.a, nil, icmp4(3, 3, cat(make([]byte, 4), w.udp4(9, 10, data))))
	}},
	{"ICMP error about a cut packet", 101, func(w world) []byte {
		return ip4opt(1, w.b, w.a, nil, icmp4(11, 0, cat(make([]byte, 4), w.udp4(9, 10, data)[:28])))
	}},
	{"redirect", 101, func(w world) []byte {
		return ip4opt(1, w.b, w.a, nil, icmp4(5, 1, cat(w.c, w.tcp4()[:28])))
	}},
	{"ICMPv6 error", 101, func(w world) []byte { return w.icmp6(1, cat(make([]byte, 4), w.tcp6())) }},
	{"ICMPv6 echo", 101, func(w world) []byte { return w.icmp6(128, cat(u16(1, 2), data)) }},
	{"neighbour solicitation", 101, func(w world) []byte {
		return w.icmp6(135, cat(make([]byte, 4), w.c6, []byte{1, 1}, w.macA))
	}},
	{"router advertisement", 101, func(w world) []byte {
		return w.icmp6(134, cat(make([]byte, 12), []byte{1, 1}, w.macA, []byte{3, 4}, make([]byte, 14), w.c6, []byte{25, 3}, make([]byte, 6), w.b6))
	}},
	{"IGMP report", 101, func(w world) []byte { return w.ip4(2, icmp4(0x16, 0, w.c)) }},
	{"IGMP version 3", 101, func(w world) []byte {
		return w.ip4(2, icmp4(0x22, 0, cat(u16(0, 1), []byte{1, 0}, u16(1), w.c, w.a)))
	}},
	{"MLD report", 101, func(w world) []byte { return w.icmp6(131, cat(make([]byte, 4), w.c6)) }},
	{"IP in IP in IP", 101, func(w world) []byte { return w.ip4(4, w.ip4(41, w.tcp6())) }},
	{"GRE with checksum", 101, func(w world) []byte {
		g := cat(u16(0x8000, 0x0800, 0, 0), w.tcp4())
		return w.ip4(47, put(g, 4, onesSum(g)))
	}},
	{"GRE, Ethernet", 101, func(w world) []byte { return w.ip4(47, cat(u16(0, 0x6558), w.eth(0x0800, w.tcp4()))) }},
	{"PPTP", 101, func(w world) []byte {
		return w.ip4(47, cat(u16(0x3001, 0x880b, 5, 6, 0, 0), u16(0xff03, 0x0021), w.tcp4()))
	}},
	{"ERSPAN", 101, func(w world) []byte {
		return w.ip4(47, cat(u16(0x1000, 0x88be, 0, 1), make([]byte, 8), w.eth(0x0800, w.tcp4())))
	}},
	{"VXLAN", 101, func(w world) []byte {
		return w.udp4(999, 4789, cat(u16(0x0800, 0, 0, 0), w.eth(0x0800, w.tcp4())))
	}},
	{"GENEVE with ARP", 101, func(w world) []byte {
		return w.udp6(999, 6081, cat(u16(0x0100, 0x6558, 0, 0, 0, 0), w.eth(0x0806, cat(u16(1, 0x0800), []byte{6, 4}, u16(2), w.macA, w.a, w.macB, w.b))))
	}},
	{"GTP-U", 101, func(w world) []byte {
		return w.udp4(2152, 2152, cat([]byte{0x34, 255}, u16(0, 0, 9, 0), []byte{0, 0x85, 1, 0, 0, 0}, w.tcp4()))
	}},
	{"Teredo", 101, func(w world) []byte {
		inv := slices.Clone(w.c)
		for i := range inv {
			inv[i] = ^inv[i]
		}
		return w.udp4(3544, 999, cat(u16(0, 55), inv, w.tcp6()))
	}},
}

func TestRecord(t *testing.T) {
	a := sample(t)
	image := originals.image(a)
	for _, c := range worlds {
		t.Run(c.name, func(t *testing.T) {
			got, want := run(t, a, c.link, c.build(originals)), c.build(image)
			if !bytes.Equal(got, want) {
				t.Errorf("made\n%x of\n%x, want\n%x", got, c.build(originals), want)
			}
		})
	}
	// a check sequence, before it was made again
	if s := a.Stats(); s != (Stats{Records: uint64(len(worlds)), Blanked: 4}) {
		t.Errorf("counters %+v", s)
	}
}

// Every captured length gives the same bytes as the whole record, or fewer.
func TestSnapped(t *testing.T) {
	a := sample(t)
	for _, c := range worlds {
		frame := c.build(originals)
		if c.name == "frame check sequence" || c.name == "radiotap, 802.11 with check sequence" || c.name == "SCTP" || c.name == "GRE with checksum" {
			continue // the last depend on all bytes: checked by TestRecord
		}
		for n := range frame {
			r := pcapio.Record{LinkType: c.link, OrigLen: len(frame), Data: frame[:n]}
			a.Record(&r)
			if len(r.Data) > n {
				t.Fatalf("%s: %d bytes of %d", c.name, len(r.Data), n)
			}
			for _, s := range secrets {
				if i := bytes.Index(r.Data, s); i >= 0 {
					t.Fatalf("%s cut at %d: %x is left at %d", c.name, n, s, i)
				}
			}
		}
	}
}

func TestCut(t *testing.T) {
	tcp := ip4(6, tcpSeg(hostA, hostB, nil, data))
	for _, c := range []struct {
		name string
		link pcapio.LinkType
		data []byte
		keep int
		why  Reason
	}{
		{"LLDP", 1, eth(0x88cc, hostA), 14, ReasonLink},
		{"spanning tree", 1, eth(38, cat([]byte{0x42, 0x42, 3}, macA)), 14, ReasonLink},
		{"unknown link type", 147, macA, 0, ReasonLink},
		{"beacon", 105, cat([]byte{0x80, 0, 0, 0}, macA, macB, macA, u16(0), macA), 24, ReasonLink},
		{"acknowledgement", 105, cat([]byte{0xd4, 0, 0, 0}, macA), 10, ReasonLink},
		{"request to send", 105, cat([]byte{0xb4, 0, 0, 0}, macA, macB), 16, ReasonLink},
		{"OSPF", 101, ip4(89, hostC), 20, ReasonProtocol},
		{"DHCP", 101, ip4(17, udpSeg(hostA, hostB, 68, 67, hostC)), 28, ReasonProtocol},
		{"later fragment of UDP", 101, put(ip4(17, hostC), 6, 8), 20, ReasonFragment},
		{"bad header length", 101, put(ip4(17, hostC), 0, 0x4100), 0, ReasonDamaged},
		{"header cut short", 101, tcp[:18], 0, ReasonDamaged},
		{"routing header of an unknown type", 101, ip6(43, cat([]byte{6, 2, 9, 1}, make([]byte, 4), hostC6, data)), 40, ReasonProtocol},
		{"ARP of other addresses", 1, eth(0x0806, cat(u16(6, 0x0800), []byte{8, 4}, u16(1), macA, macB, hostA)), 22, ReasonLink},
		{"GTP error indication", 101, ip4(17, udpSeg(hostA, hostB, 2152, 2152, cat([]byte{0x32, 26}, make([]byte, 6), hostC))), 36, ReasonTunnel},
		{"unknown ICMP", 101, ip4(1, icmp4(42, 0, hostC)), 24, ReasonICMP},
		{"unknown neighbour option", 101, ip6(58, icmp6(133, cat(make([]byte, 4), []byte{99, 1}, macA))), 48, ReasonICMP},
		{"ESP, perhaps with NULL encryption", 101, ip4(50, cat(make([]byte, 8), hostC, data)), 28, ReasonEncrypted},
		{"ESP in UDP", 101, ip4(17, udpSeg(hostA, hostB, 4500, 4500, cat(u16(1, 2, 3, 4), hostC, data))), 36, ReasonEncrypted},
		{"later fragment of ICMP", 101, put(ip4(1, hostC), 6, 8), 20, ReasonFragment},
		{"later fragment of TCP", 101, put(ip4(6, hostC), 6, 8), 20, ReasonFragment},
		{"later fragment of ICMPv6", 101, ip6(44, cat([]byte{58, 0, 0, 8, 0, 0, 0, 1}, hostC6)), 48, ReasonFragment},
		{"mobility header", 101, ip6(135, cat([]byte{59, 2, 5, 0, 0, 0, 0, 0}, hostC6)), 40, ReasonProtocol},
		{"PPPoE discovery", 1, eth(0x8863, cat([]byte{0x11, 9}, u16(0, 8, 0x0103, 4), hostA)), 20, ReasonLink},
		{"IPCP", 9, cat(u16(0xff03, 0x8021), []byte{1, 1, 0, 10, 3, 6}, hostA), 4, ReasonLink},
		{"L2TP control", 101, ip4(17, udpSeg(hostA, hostB, 1701, 1701, cat(u16(0xc802, 20, 0, 0, 0, 0), hostA))), 36, ReasonTunnel},
		{"CAPWAP control", 101, ip4(17, udpSeg(hostA, hostB, 5246, 5246, hostA)), 28, ReasonProtocol},
		{"LISP control", 101, ip4(17, udpSeg(hostA, hostB, 4342, 4342, hostA)), 28, ReasonProtocol},
		{"PRP supervision", 1, eth(0x88fb, macA), 14, ReasonLink},
		{"encrypted MACsec", 1, eth(0x88e5, cat([]byte{0x0c, 0, 0, 0, 0, 1}, hostA)), 20, ReasonEncrypted},
		{"wake on LAN", 101, ip4(17, udpSeg(hostA, hostB, 9, 9, cat(broadcast[:], macA, macA))), 28, ReasonProtocol},
		{"headers without end", 1, eth(0x8100, bytes.Repeat(u16(1, 0x8100), 400)), 0, ReasonDepth},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := sample(t)
			got := run(t, a, c.link, c.data)
			if c.why == ReasonDepth {
				c.keep = len(got)
			}
			if len(got) != c.keep {
				t.Errorf("%d bytes were kept, want %d", len(got), c.keep)
			}
			want := Stats{Records: 1, CutBytes: uint64(len(c.data) - c.keep)}
			if c.keep < len(c.data) {
				want.UnknownCut, want.Unknown[c.why] = 1, 1
			}
			if s := a.Stats(); s != want {
				t.Errorf("counters %+v, want %+v", s, want)
			}
		})
	}
}

func TestCutPayload(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		keep int
	}{
		{"TCP", ip4(6, tcpSeg(hostA, hostB, []byte{1, 1, 1, 1}, data)), 44},
		{"UDP", ip4(17, udpSeg(hostA, hostB, 9, 9, data)), 28},
		{"DNS", ip4(17, udpSeg(hostA, hostB, 9, 53, data)), 28},
		{"echo", ip4(1, icmp4(8, 0, cat(u16(1, 2), data))), 28},
		{"in a tunnel", ip4(4, ip4(17, udpSeg(hostA, hostB, 9, 9, data))), 48},
		{"nothing to cut", ip4(6, tcpSeg(hostA, hostB, nil, nil)), 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := sample(t)
			a.CutPayload = true
			if got := run(t, a, pcapio.LinkRaw, c.data); len(got) != c.keep {
				t.Errorf("%d bytes were kept, want %d", len(got), c.keep)
			}
			cut := uint64(0)
			if c.keep < len(c.data) {
				cut = 1
			}
			if s := a.Stats(); s.Records != 1 || s.PayloadCut != cut || s.UnknownCut != 0 {
				t.Errorf("counters %+v", s)
			}
		})
	}
}

// A checksum that was wrong must stay as wrong as it was.
func TestWrongChecksumStaysWrong(t *testing.T) {
	a := sample(t)
	image := originals.image(a)
	frame, want := originals.tcp4(), image.tcp4()
	for _, at := range []int{10, 36} {
		put(frame, at, binary.BigEndian.Uint16(frame[at:])-1000)
		put(want, at, binary.BigEndian.Uint16(want[at:])-1000)
	}
	got := run(t, a, pcapio.LinkRaw, frame)
	for _, at := range []int{10, 36} {
		g, w := binary.BigEndian.Uint16(got[at:]), binary.BigEndian.Uint16(want[at:])
		if g != w && g != w+1 && g != w-1 { // the end-around carry
			t.Errorf("checksum at %d: %04x, want about %04x", at, g, w)
		}
	}
}

// A declared check sequence that is none is blanked where it is behind a packet, and else not
// believed.
func TestWrongFrameCheckSequence(t *testing.T) {
	a := sample(t)
	tail := []byte{1, 2, 3, 4}
	arp := cat(u16(1, 0x0800), []byte{6, 4}, u16(2), macA, hostA, macB, hostB)
	for _, frame := range [][]byte{originals.eth(0x0800, originals.tcp4()), originals.eth(0x0806, arp)} {
		whole := run(t, sample(t), pcapio.LinkEthernet, frame)
		for _, fcs := range []uint8{0, 4, 20, 255} {
			r := pcapio.Record{LinkType: pcapio.LinkEthernet, FCSLen: fcs, OrigLen: len(frame) + 4, Data: cat(frame, tail)}
			a.Record(&r)
			if !bytes.Equal(r.Data, cat(whole, make([]byte, 4))) {
				t.Errorf("length %d: %x", fcs, r.Data)
			}
			r = pcapio.Record{LinkType: pcapio.LinkEthernet, FCSLen: fcs, OrigLen: len(frame), Data: frame}
			a.Record(&r)
			if !bytes.Equal(r.Data, whole) {
				t.Errorf("length %d, nothing there: %x", fcs, r.Data)
			}
		}
	}
}

// An original length that is shorter than what was captured is wrong, and hides nothing from being
// rewritten.
func TestOriginalLengthTooShort(t *testing.T) {
	a := sample(t)
	frame := originals.eth(0x0800, originals.udp4(9, 4789, cat(u16(0x0800, 0, 0, 0), originals.eth(0x0800, originals.tcp4()))))
	whole := run(t, a, pcapio.LinkEthernet, frame)
	for n := range frame {
		r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: n, Data: frame}
		a.Record(&r)
		if !bytes.Equal(r.Data, whole) {
			t.Fatalf("original length %d: %x, want %x", n, r.Data, whole)
		}
	}
}

type described []pcapio.Interface

func (d described) Interfaces() []pcapio.Interface { return d }

func TestInterfaces(t *testing.T) {
	a := sample(t)
	src := described{{Name: "eth0", Description: "at home", Filter: "host 192.0.2.1", MAC: [6]byte(macA), LinkType: pcapio.LinkEthernet}}
	got := a.Interfaces(src).Interfaces()
	if want := (pcapio.Interface{Name: "if0", MAC: a.MAC([6]byte(macA)), LinkType: pcapio.LinkEthernet}); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
	if src[0].Filter == "" {
		t.Error("the source was changed")
	}
}

// Frames of links without an example in worlds.
func TestOtherLinks(t *testing.T) {
	a := sample(t)
	snap := cat([]byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800))
	build := func(w world, b, c []byte) map[pcapio.LinkType][]byte {
		return map[pcapio.LinkType][]byte{
			pcapio.LinkFDDI:      cat([]byte{0x50}, w.macA, w.macB, snap, w.tcp4()),
			pcapio.LinkTokenRing: cat([]byte{0x10, 0x40}, b, c, snap, w.tcp4()),
			pcapio.LinkFRelay:    cat([]byte{0x18, 0x41, 3, 0xcc}, w.tcp4()),
			pcapio.LinkPPP:       cat(u16(0x0057), w.tcp6()),
			pcapio.LinkPPI:       cat([]byte{0, 0, 8, 0, 1, 0, 0, 0}, w.eth(0x0800, w.tcp4())),
		}
	}
	want := build(originals.image(a), make([]byte, 6), make([]byte, 6))
	for link, frame := range build(originals, macA, macB) {
		if got := run(t, a, link, frame); !bytes.Equal(got, want[link]) {
			t.Errorf("%v: made\n%x, want\n%x", link, got, want[link])
		}
	}
}

func TestAllocations(t *testing.T) {
	a := sample(t)
	var frames []pcapio.Record
	for _, c := range worlds {
		f := c.build(originals)
		frames = append(frames, pcapio.Record{LinkType: c.link, OrigLen: len(f), Data: f})
	}
	work := func() {
		for _, r := range frames {
			a.Record(&r)
		}
	}
	work()
	if n := testing.AllocsPerRun(100, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzRecord(f *testing.F) {
	for _, c := range slices.Concat(worlds, kinds) {
		f.Add(uint16(c.link), uint8(0), c.build(originals))
	}
	for _, m := range dnsMessages {
		f.Add(uint16(101), uint8(4), ip4(17, udpSeg(hostA, hostB, 53, 9, m.build(originals))))
	}
	a := sample(f)
	b := sample(f)
	f.Fuzz(func(t *testing.T, link uint16, fcs uint8, data []byte) {
		r := pcapio.Record{LinkType: pcapio.LinkType(link), FCSLen: fcs, OrigLen: len(data), Data: data}
		original := slices.Clone(data)
		a.Record(&r)
		if len(r.Data) > len(data) || !bytes.Equal(data, original) {
			t.Fatal("longer, or the input was changed")
		}
		again := pcapio.Record{LinkType: pcapio.LinkType(link), FCSLen: fcs, OrigLen: len(data), Data: data}
		b.Record(&again)
		if !bytes.Equal(r.Data, again.Data) {
			t.Fatalf("%x, then %x", r.Data, again.Data)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	a := sample(b)
	frame := eth(0x0800, ip4(6, tcpSeg(hostA, hostB, nil, make([]byte, 500))))
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		r := pcapio.Record{LinkType: 1, OrigLen: len(frame), Data: frame}
		a.Record(&r)
	}
}
