package anon

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// Names that stand where headers have names of interfaces, processes and hosts.
var (
	secretName  = []byte("annas-if0\x00\x00\x00\x00\x00\x00\x00") // 16 bytes
	secretWords = []string{"annas", "laptop"}
)

// kinds are frames of each kind that the decoder knows, in which all that it can hold is marked.
// What they hold in places that are blanked is the world's, too, so that they are not compared byte
// by byte but searched.
var kinds = []struct {
	name  string
	link  pcapio.LinkType
	build func(w world) []byte
}{
	{"802.1ah", 1, func(w world) []byte { return w.eth(0x88e7, cat(u16(0, 100), w.eth(0x0800, w.tcp4()))) }},
	{"802.1ah in VLAN", 1, func(w world) []byte {
		return w.eth(0x88a8, cat(u16(5, 0x88e7, 0, 100), w.eth(0x8100, cat(u16(7, 0x86dd), w.tcp6()))))
	}},
	{"HSR", 1, func(w world) []byte { return w.eth(0x892f, cat(u16(0x1036, 7, 0x0800), w.tcp4())) }},
	{"PRP trailer", 1, func(w world) []byte { return w.eth(0x0800, cat(w.tcp4(), u16(7, 0xa036, 0x88fb))) }},
	{"802.1CB", 1, func(w world) []byte { return w.eth(0xf1c1, cat(u16(0, 7, 0x0800), w.tcp4())) }},
	{"VN-Tag", 1, func(w world) []byte { return w.eth(0x8926, cat(u16(0x8001, 2, 0x8100, 5, 0x0800), w.tcp4())) }},
	{"E-Tag", 1, func(w world) []byte { return w.eth(0x893f, cat(u16(0, 0x1001, 0, 0x86dd), w.tcp6())) }},
	{"Cisco MetaData", 1, func(w world) []byte { return w.eth(0x8909, cat(u16(0x0101, 1, 7, 0x0800), w.tcp4())) }},
	{"FabricPath", 1, func(w world) []byte { return w.eth(0x8903, cat(u16(0x0060), w.eth(0x0800, w.tcp4()))) }},
	{"TRILL", 1, func(w world) []byte { return w.eth(0x22f3, cat(u16(0x00bf, 1, 2), w.a, w.b, w.eth(0x0800, w.tcp4()))) }},
	{"fine-grained label", 1, func(w world) []byte { return w.eth(0x893b, cat(u16(5, 0x0800), w.tcp4())) }},
	{"Arista", 1, func(w world) []byte { return w.eth(0xd28b, cat(u16(1, 0x10, 0, 1, 0, 2, 0x0800), w.tcp4())) }},
	{"MACsec", 1, func(w world) []byte {
		return w.eth(0x88e5, cat([]byte{0x20, 0}, u16(0, 1), w.macA, u16(1, 0x0800), w.tcp4(), w.a6))
	}},
	{"NSH", 1, func(w world) []byte {
		return w.eth(0x894f, cat([]byte{0x0f, 0xc6, 1, 3}, u16(0, 9), w.a, w.b, w.a, w.b, w.eth(0x0800, w.tcp4())))
	}},
	{"bridged", 1, func(w world) []byte { return w.eth(0x6558, w.eth(0x0800, w.tcp4())) }},
	{"802.2 with EtherType", 1, func(w world) []byte {
		return w.eth(0x8870, cat([]byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4()))
	}},
	{"MPLS multicast", 1, func(w world) []byte { return w.eth(0x8848, cat([]byte{0, 2, 1, 9}, w.tcp4())) }},
	{"Ethernet in MPLS", 1, func(w world) []byte { return w.eth(0x8847, cat([]byte{0, 2, 1, 9}, w.eth(0x0800, w.tcp4()))) }},
	{"ARP in MPLS", 1, func(w world) []byte {
		return w.eth(0x8847, cat([]byte{0, 2, 1, 9, 0, 0, 0, 0}, w.eth(0x0806, cat(u16(1, 0x0800), []byte{6, 4}, u16(2), w.macA, w.a, w.macB, w.b, make([]byte, 18)))))
	}},
	{"IPv6 as IPv4", 1, func(w world) []byte { return w.eth(0x0800, w.tcp6()) }},

	{"SLIP", 8, func(w world) []byte { return cat([]byte{0}, w.tcp4()[:15], w.tcp4()) }},
	{"SLIP of BSD/OS", 102, func(w world) []byte { return cat([]byte{0}, w.tcp4()[1:24], w.tcp4()) }},
	{"PPP of pppd", 166, func(w world) []byte { return cat(u16(0x0003, 0x0021), w.tcp4()) }},
	{"PPP in HDLC", 50, func(w world) []byte { return cat(u16(0xff03, 0x0021), w.tcp4()) }},
	{"PPP with direction", 204, func(w world) []byte { return cat([]byte{1}, u16(0xff03, 0x0057), w.tcp6()) }},
	{"PPPoE link", 51, func(w world) []byte { return cat([]byte{0x11, 0}, u16(7, 2+len(w.tcp4()), 0x0021), w.tcp4()) }},
	{"MPLS in PPP", 9, func(w world) []byte { return cat(u16(0x0281), []byte{0, 2, 1, 9}, w.tcp4()) }},
	{"Cisco HDLC with direction", 205, func(w world) []byte { return cat([]byte{1}, u16(0x0f00, 0x0800), w.tcp4()) }},
	{"frame relay with direction", 206, func(w world) []byte { return cat([]byte{1, 0x18, 0x41, 3, 0xcc}, w.tcp4()) }},
	{"bridged over frame relay", 107, func(w world) []byte {
		return cat([]byte{0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7}, w.eth(0x0800, w.tcp4()))
	}},
	{"ATM", 100, func(w world) []byte { return cat([]byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4()) }},
	{"bridged over ATM", 100, func(w world) []byte {
		return cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0}, w.eth(0x0800, w.tcp4()))
	}},
	{"classical IP over ATM", 106, func(w world) []byte { return w.tcp4() }},
	{"SunATM", 123, func(w world) []byte { return cat([]byte{2, 0, 0, 5, 0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4()) }},
	{"SunATM, LAN emulation", 123, func(w world) []byte { return cat([]byte{1, 0, 0, 5, 0, 1}, w.eth(0x0800, w.tcp4())) }},
	{"FDDI", 10, func(w world) []byte {
		return cat([]byte{0x50}, w.macA, w.macB, []byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4())
	}},
	{"token ring", 6, func(w world) []byte {
		return cat([]byte{0x10, 0x40}, w.macA, w.macB, []byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4())
	}},
	{"IP over InfiniBand", 242, func(w world) []byte { return cat(w.a6, w.macA, u16(0), w.b6, u16(0x0800, 0), w.tcp4()) }},
	{"IEEE 1394", 138, func(w world) []byte { return cat(w.macA, u16(1), w.macB, u16(1, 0x0800), w.tcp4()) }},
	{"Fibre Channel", 122, func(w world) []byte {
		return cat(u16(0x1000), w.macA, u16(0x1000), w.macB, []byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), w.tcp4())
	}},
	{"Marvell DSA", 284, func(w world) []byte { return cat(w.macB, w.macA, u16(0x0010, 5, 0x0800), w.tcp4()) }},
	{"Marvell EDSA", 285, func(w world) []byte { return cat(w.macB, w.macA, u16(0xdada, 0, 0x0010, 5, 0x0800), w.tcp4()) }},
	{"Broadcom", 281, func(w world) []byte { return cat(w.macB, w.macA, u16(0x2000, 5, 0x0800), w.tcp4()) }},
	{"Broadcom in front", 282, func(w world) []byte { return cat(u16(0x2000, 5), w.eth(0x0800, w.tcp4())) }},
	{"netANALYZER", 240, func(w world) []byte { return cat(make([]byte, 4), w.eth(0x0800, w.tcp4()), make([]byte, 4)) }},
	{"netANALYZER transparent", 241, func(w world) []byte { return cat(make([]byte, 12), w.eth(0x0800, w.tcp4()), make([]byte, 4)) }},
	{"ERF", 197, func(w world) []byte {
		return cat(make([]byte, 8), []byte{0x82, 4}, u16(0, 0, 0), []byte{3}, w.macA, []byte{0, 0, 0}, w.eth(0x0800, w.tcp4()), make([]byte, 4))
	}},
	{"ERF, IPv4", 197, func(w world) []byte { return cat(make([]byte, 8), []byte{22, 4}, u16(0, 0, 0), w.tcp4()) }},
	{"Juniper Ethernet", 178, func(w world) []byte { return cat([]byte("MGC\x80"), u16(8), w.a, w.b, w.eth(0x0800, w.tcp4())) }},
	{"Juniper PPP", 179, func(w world) []byte { return cat([]byte("MGC\x00"), u16(0x0021), w.tcp4()) }},
	{"Juniper frame relay", 180, func(w world) []byte { return cat([]byte("MGC\x00"), []byte{0x18, 0x41, 3, 0xcc}, w.tcp4()) }},
	{"Juniper Cisco HDLC", 181, func(w world) []byte { return cat([]byte("MGC\x02"), w.a, w.tcp4()) }},
	{"DOCSIS", 143, func(w world) []byte { return cat([]byte{0, 0}, u16(0, 0), w.eth(0x0800, w.tcp4()), make([]byte, 4)) }},
	{"MPLS link", 219, func(w world) []byte { return cat([]byte{0, 2, 1, 9}, w.tcp6()) }},
	{"loopback", 108, func(w world) []byte { return cat([]byte{0, 0, 0, 2}, w.tcp4()) }},
	{"IPsec", 109, func(w world) []byte { return cat([]byte{2, 0, 0, 0}, make([]byte, 8), w.tcp4()) }},
	{"ipnet", 226, func(w world) []byte { return cat([]byte{1, 2}, make([]byte, 22), w.tcp4()) }},
	{"pflog", 117, func(w world) []byte {
		return cat([]byte{61, 2, 0, 0}, secretName, secretName, u16(0, 1, 0, 2), w.a, w.b, w.a, w.b, []byte{1, 0, 0, 0}, w.tcp4())
	}},
	{"nflog", 239, func(w world) []byte {
		attribute := func(typ int, data []byte) []byte {
			b := cat([]byte{byte(4 + len(data)), 0, byte(typ), 0}, data)
			return cat(b, make([]byte, -len(b)&3))
		}
		return cat([]byte{2, 0, 0, 0}, attribute(1, u16(0x0800, 0)), attribute(8, cat(u16(6, 0), w.macA, u16(0))), attribute(10, secretName),
			attribute(11, w.a), attribute(14, w.b), attribute(16, w.eth(0x0800, nil)), attribute(9, w.tcp4()))
	}},
	{"PKTAP", 258, pktap}, {"PKTAP of Apple", 149, pktap},
	{"Prism", 119, func(w world) []byte {
		return cat([]byte{0x44, 0, 0, 0, 144, 0, 0, 0}, secretName, make([]byte, 120), w.wlan(w.tcp4()))
	}},
	{"AVS", 163, func(w world) []byte {
		return cat([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, make([]byte, 56), w.wlan(w.tcp4()))
	}},
	{"PPI with a position", 192, func(w world) []byte {
		return cat([]byte{0, 0, 28, 0, 105, 0, 0, 0, 0x32, 0x75, 16, 0}, secretName, w.wlan(w.tcp4()))
	}},
	{"radiotap of a vendor", 127, func(w world) []byte {
		return cat([]byte{0, 0, 32, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 16, 0}, secretName, w.wlan(w.tcp4()))
	}},
	{"raw IP", 12, func(w world) []byte { return w.tcp4() }}, {"raw IP of OpenBSD", 14, func(w world) []byte { return w.tcp4() }},
	{"raw IPv4", 228, func(w world) []byte { return w.tcp4() }}, {"raw IPv6", 229, func(w world) []byte { return w.tcp6() }},

	{"4 in 6", 101, func(w world) []byte { return w.ip6(4, w.tcp4()) }}, {"6 in 6", 101, func(w world) []byte { return w.ip6(41, w.tcp6()) }},
	{"6 in 4", 101, func(w world) []byte { return w.ip4(41, w.tcp6()) }}, {"4 in 4", 101, func(w world) []byte { return w.ip4(4, w.tcp4()) }},
	{"GRE", 101, func(w world) []byte { return w.ip4(47, cat(u16(0x2000, 0x0800, 0, 77), w.tcp4())) }},
	{"EoIP", 101, func(w world) []byte { return w.ip4(47, cat(u16(0x2001, 0x6400, 80, 0x0100), w.eth(0x0800, w.tcp4()))) }},
	{"WCCP", 101, func(w world) []byte { return w.ip4(47, cat(u16(0, 0x883e, 1, 2), w.tcp4())) }},
	{"Aruba", 101, func(w world) []byte { return w.ip4(47, cat(u16(0, 0x8210), w.wlan(w.tcp4()))) }},
	{"ERSPAN III", 101, func(w world) []byte {
		return w.ip4(47, cat(u16(0x1000, 0x22eb, 0, 1, 0x2005, 77, 0, 0, 0, 0), w.eth(0x0800, w.tcp4())))
	}},
	{"GENEVE with options", 101, func(w world) []byte { return w.udp4(9, 6081, cat(u16(0x0200, 0x0800, 0, 0), w.a, w.b, w.tcp4())) }},
	{"VXLAN of Linux", 101, func(w world) []byte { return w.udp4(9, 8472, cat(u16(0x0800, 0, 0, 0), w.eth(0x86dd, w.tcp6()))) }},
	{"VXLAN-GPE", 101, func(w world) []byte { return w.udp4(9, 4790, cat([]byte{0x0c, 0, 0, 1}, u16(0, 0), w.tcp4())) }},
	{"L2TP", 101, func(w world) []byte {
		return w.udp4(1701, 1701, cat(u16(0x4002, 8+4+len(w.tcp4()), 1, 2, 0xff03, 0x0021), w.tcp4()))
	}},
	{"MPLS in UDP", 101, func(w world) []byte { return w.udp4(9, 6635, cat([]byte{0, 2, 1, 9}, w.tcp4())) }},
	{"MPLS in IP", 101, func(w world) []byte { return w.ip4(137, cat([]byte{0, 2, 1, 9}, w.tcp4())) }},
	{"LISP", 101, func(w world) []byte { return w.udp4(9, 4341, cat(make([]byte, 8), w.tcp4())) }},
	{"EtherIP", 101, func(w world) []byte { return w.ip4(97, cat(u16(0x3000), w.eth(0x0800, w.tcp4()))) }},
	{"Ethernet in IPv6", 101, func(w world) []byte { return w.ip6(143, w.eth(0x0800, w.tcp4())) }},
	{"CAPWAP", 101, func(w world) []byte {
		return w.udp4(9, 5247, cat([]byte{0, 0x20, 2, 0x10, 0, 0, 0, 0, 6}, w.macA, []byte{0}, w.eth(0x0800, w.tcp4())))
	}},
	{"CAPWAP, 802.11", 101, func(w world) []byte { return w.udp4(9, 5247, cat([]byte{0, 0x10, 3, 0, 0, 0, 0, 0}, w.wlan(w.tcp4()))) }},
	{"CAPWAP, 802.11 swapped", 101, func(w world) []byte {
		f := w.wlan(w.tcp4())
		f[0], f[1] = f[1], f[0]
		return w.udp4(9, 5247, cat([]byte{0, 0x10, 3, 0, 0, 0, 0, 0}, f))
	}},
	{"AYIYA", 101, func(w world) []byte {
		return w.udp4(9, 5072, cat([]byte{0x41, 0x52, 0x11, 41}, u16(1, 2), w.c6, make([]byte, 20), w.tcp6()))
	}},
	{"GUE", 101, func(w world) []byte { return w.udp4(9, 6080, cat([]byte{1, 4, 0, 0}, w.a, w.tcp4())) }},
	{"GUE, variant 1", 101, func(w world) []byte { return w.udp4(9, 6080, w.tcp4()) }},
	{"TZSP", 101, func(w world) []byte {
		return w.udp4(9, 37008, cat([]byte{1, 0, 0, 1, 60, 6}, w.macA, []byte{0, 1}, w.eth(0x0800, w.tcp4())))
	}},

	{"routing header of RPL", 101, func(w world) []byte {
		// Of the addresses the first four octets are those of the destination.
		u := udpSeg(w.a6, w.c6, 9, 9, data)
		return w.ip6(43, cat([]byte{17, 4, 3, 1, 0x44, 0x80, 0, 0}, w.a6[4:], w.c6[4:], make([]byte, 8), u))
	}},
	{"right by the header's destination", 101, func(w world) []byte {
		return w.ip6(43, cat([]byte{17, 2, 0, 1, 0, 0, 0, 0}, w.c6, udpSeg(w.a6, w.b6, 9, 9, data)))
	}},
	{"unknown options", 101, func(w world) []byte {
		return ip4opt(6, w.a, w.b, cat([]byte{82, 12, 0, 0, 0, 0, 0, 0}, w.c), tcpSeg(w.a, w.b, cat([]byte{200, 8, 0, 80}, w.c), data))
	}},
	{"unknown IPv6 options", 101, func(w world) []byte {
		return w.ip6(0, cat([]byte{17, 2, 0x6d, 16}, w.c6, []byte{1, 2, 0, 0}, udpSeg(w.a6, w.b6, 9, 9, data)))
	}},
	{"SCTP cookie and heartbeat", 101, func(w world) []byte {
		b := sctpInit(w.c, w.c6)
		b = cat(b, []byte{4, 0}, u16(12, 1, 8), w.c, []byte{10, 0}, u16(20), w.a6)
		return w.ip4(132, b)
	}},
	{"NTP", 101, func(w world) []byte {
		return w.udp4(123, 123, cat([]byte{0x24, 2, 0, 0}, make([]byte, 8), w.c, make([]byte, 32)))
	}},
	{"names in DNS", 101, func(w world) []byte {
		return w.udp4(53, 9, cat(head(1, 1, 0), name("annas-laptop.example.org"), u16(16, 1), rr(pointer, 16, []byte("\x0cannas-laptop"))))
	}},
}

func (w world) wlan(packet []byte) []byte {
	return cat([]byte{8, 1, 0, 0}, w.macA, w.macB, w.macA, u16(0), []byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(0x0800), packet)
}

func pktap(w world) []byte {
	h := make([]byte, 108)
	h[0], h[4], h[8] = 108, 1, 1
	copy(h[12:], secretName)
	copy(h[56:], "annas-laptopd")
	return cat(h, w.eth(0x0800, w.tcp4()))
}

// spellings are all ways in which an address may be written.
func spellings(b []byte) [][]byte {
	reversed := slices.Clone(b)
	slices.Reverse(reversed)
	texts := [][]byte{b, reversed}
	add := func(s string) { texts = append(texts, []byte(s), []byte(strings.ToUpper(s))) }
	add(hex.EncodeToString(b))
	if len(b) == 6 {
		for _, separator := range []string{":", "-"} {
			add(strings.ReplaceAll(fmt.Sprintf("% x", b), " ", separator))
		}
		add(fmt.Sprintf("%x.%x.%x", b[:2], b[2:4], b[4:]))
		// EUI-64 (RFC 4291, A)
		return append(texts, cat(b[:3], []byte{0xff, 0xfe}, b[3:]), cat([]byte{b[0] ^ 2}, b[1:3], []byte{0xff, 0xfe}, b[3:]))
	}
	a, _ := netip.AddrFromSlice(b)
	add(a.String())
	add(a.StringExpanded())
	var labels, wire []string
	if len(b) == 4 {
		for _, v := range reversed {
			labels = append(labels, fmt.Sprint(v))
		}
	} else {
		for _, v := range reversed {
			labels = append(labels, fmt.Sprintf("%x", v&15), fmt.Sprintf("%x", v>>4))
		}
	}
	for _, l := range labels {
		wire = append(wire, string(rune(len(l)))+l)
	}
	add(strings.Join(labels, "."))
	add(strings.Join(wire, ""))
	return texts
}

// leaks returns what of the secrets is in data.
func leaks(data []byte) (found []string) {
	for _, s := range secrets {
		for _, text := range spellings(s) {
			if bytes.Contains(data, text) {
				found = append(found, fmt.Sprintf("%q", text))
			}
		}
	}
	for _, word := range secretWords {
		if bytes.Contains(data, []byte(word)) {
			found = append(found, word)
		}
	}
	return found
}

// structureOf is what must be the same of a packet before and after.
func structureOf(r pcapio.Record, tunnels pcapio.Tunnel) (pcapio.Packet, string) {
	p := pcapio.Packet{Record: r}
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: tunnels, FragmentCache: -1}).Decode(&p)
	return p, fmt.Sprint(p.Status, p.Layers, p.Tunnel, p.TunnelDepth, p.TunnelID, p.VLAN, p.IPOff, p.IPHdrLen, p.IPLen, p.Proto, p.SrcPort, p.DstPort, p.PayloadOff,
		p.PayloadLen, p.TCP.Seq, p.TCP.Options, p.ICMP.Type, p.ICMP.Code)
}

func TestKinds(t *testing.T) {
	a := sample(t)
	for _, c := range slices.Concat(worlds, kinds) {
		t.Run(c.name, func(t *testing.T) {
			frame := c.build(originals)
			if len(leaks(frame)) == 0 {
				t.Error("nothing is marked")
			}
			before := a.Stats().UnknownCut
			r := pcapio.Record{LinkType: c.link, OrigLen: len(frame), Data: frame}
			was := r
			a.Record(&r)
			if found := leaks(r.Data); found != nil {
				t.Errorf("left are %v in %x", found, r.Data)
			}
			if len(r.Data) != len(frame) || a.Stats().UnknownCut != before {
				t.Errorf("cut to %d bytes of %d: %v", len(r.Data), len(frame), a.Stats().Unknown)
			}
			for _, tunnels := range []pcapio.Tunnel{0, pcapio.TunnelAll} {
				p, s := structureOf(was, tunnels)
				q, got := structureOf(r, tunnels)
				if s != got {
					t.Errorf("%s became %s", s, got)
				}
				if q.SrcAddr() != a.Addr(p.SrcAddr()) || q.DstAddr() != a.Addr(p.DstAddr()) {
					t.Errorf("%v > %v became %v > %v", p.SrcAddr(), p.DstAddr(), q.SrcAddr(), q.DstAddr())
				}
				wasRight, known := transportRight(&p)
				if isRight, _ := transportRight(&q); known && wasRight != isRight {
					t.Errorf("checksum right: %v, then %v", wasRight, isRight)
				}
			}
			for n := range frame { // no captured length lets anything through
				r := pcapio.Record{LinkType: c.link, OrigLen: len(frame), Data: frame[:n]}
				a.Record(&r)
				if found := leaks(r.Data); found != nil {
					t.Fatalf("cut at %d: left are %v in %x", n, found, r.Data)
				}
			}
		})
	}
}

// Whatever kind the decoder knows has a frame above: one that it learns fails this test until it
// has.
func TestKindsAreComplete(t *testing.T) {
	links, types := map[pcapio.LinkType]bool{pcapio.LinkNone: true}, map[int]bool{}
	var tunnels pcapio.Tunnel
	for _, c := range slices.Concat(worlds, kinds) {
		frame := c.build(originals)
		links[c.link] = true
		if c.link == pcapio.LinkEthernet {
			types[int(binary.BigEndian.Uint16(frame[12:]))] = true
		}
		p, _ := structureOf(pcapio.Record{LinkType: c.link, OrigLen: len(frame), Data: frame}, pcapio.TunnelAll)
		tunnels |= p.Tunnel
	}
	for link := range pcapio.LinkNone {
		r := pcapio.Record{LinkType: link, OrigLen: 64, Data: make([]byte, 64)}
		if p, _ := structureOf(r, 0); p.Status != pcapio.StatusUnknownLink && !links[link] {
			t.Errorf("no frame of link type %v", link)
		}
	}
	vlan := []int{0x88e8, 0x9100, 0x9200, 0x9300, 0x98a8, 0x8200, 0x8100} // as 0x88a8
	other := []int{0x8863}                                                // cut: TestCut
	for typ := iana.EtherTypeMin; typ < 0x10000; typ++ {
		frame := eth(typ, nil)
		p, _ := structureOf(pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: 64, Data: frame}, 0)
		if p.Status == pcapio.StatusNonIP && p.Layers == pcapio.LayerEthernet {
			continue
		}
		if !types[typ] && !slices.Contains(vlan, typ) && !slices.Contains(other, typ) {
			t.Errorf("no frame of EtherType %#x", typ)
		}
	}
	if missing := pcapio.TunnelAll &^ tunnels; missing != 0 {
		t.Errorf("no packet in %v", missing)
	}
}

// A tunnel that the decoder enters and this package does not go through is cut.
func TestUnknownTunnelIsCut(t *testing.T) {
	a := sample(t)
	a.dec = pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll, VXLANPorts: []uint16{9999}})
	got := run(t, a, pcapio.LinkRaw, originals.udp4(9, 9999, cat(u16(0x0800, 0, 0, 0), originals.eth(0x0800, originals.tcp4()))))
	if len(got) != 28 || a.Stats().Unknown[ReasonTunnel] != 1 {
		t.Errorf("%d bytes, %+v", len(got), a.Stats())
	}
}

// Ports and EtherTypes that the configuration names are gone through like the usual ones.
func TestConfig(t *testing.T) {
	inner := originals.eth(0x0800, originals.tcp4())
	vxlan := originals.eth(0x0800, originals.udp4(9, 9999, cat(u16(0x0800, 0, 0, 0), inner)))
	tagged := originals.eth(0x9400, cat(u16(7, 0x0800), originals.tcp4()))
	a, err := Config{VXLANPorts: []uint16{9999}, TPIDs: []uint16{0x9400}}.New(sampleKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range [][]byte{vxlan, tagged} {
		if got := run(t, a, pcapio.LinkEthernet, frame); len(got) != len(frame) {
			t.Errorf("%d of %d bytes are left, %+v", len(got), len(frame), a.Stats())
		}
	}
	if _, err := (Config{TPIDs: []uint16{5}}).New(sampleKey); err == nil {
		t.Error("a length was taken for an EtherType")
	}
}

// A frame below labels, with a control word and without one, is rewritten where it is, with tags
// too, and cut where it is not clear where it begins.
func TestPseudowireFrames(t *testing.T) {
	inner := func(w world) [][]byte {
		return [][]byte{w.eth(0x0800, w.tcp4()), w.eth(0x8100, cat(u16(5, 0x0800), w.tcp4())), w.eth(0x88a8, cat(u16(5, 0x8100, 6, 0x86dd), w.tcp6()))}
	}
	for i := range inner(originals) {
		for _, word := range [][]byte{nil, u16(0, 0), u16(0x002a, 7)} {
			build := func(w world) []byte { return w.eth(0x8847, cat(u16(1, 0x01ff), word, inner(w)[i])) }
			a := sample(t)
			if got, want := run(t, a, pcapio.LinkEthernet, build(originals)), build(originals.image(a)); !slices.Equal(got, want) {
				t.Errorf("frame %d, control word %x:\ngot  %x\nwant %x", i, word, got, want)
			}
		}
	}
	a := sample(t) // LLDP at one place and an unknown type at the other: no IP at both
	if got := run(t, a, pcapio.LinkEthernet, originals.eth(0x8847, cat(u16(1, 0x01ff), originals.eth(0x88cc, bytes.Repeat([]byte{0xfe}, 50))))); len(got) != 14+4 {
		t.Errorf("%x", got)
	}
}
