package pcapio

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// udp4 and udp6 are the IP packets that the link-layer tests carry.
var (
	udp4 = ip4(17, udpSeg(1024, 53, []byte("question")))
	udp6 = ip6(17, udpSeg(1024, 53, []byte("question")))
)

func snap(typ int, payload []byte) []byte {
	return cat([]byte{0xaa, 0xaa, 3, 0, 0, 0}, u16(typ), payload)
}

func length(payload []byte) []byte { return eth(len(payload), payload) }

func pppoeSession(payload []byte) []byte {
	return cat([]byte{0x11, 0}, u16(7, len(payload)), payload)
}

// dot11 is a data frame from the access point.
func dot11(control0, control1 byte, header int, payload []byte) []byte {
	h := make([]byte, header)
	h[0], h[1] = control0, control1
	return cat(h, payload)
}

// radiotapWith has TSFT and Flags.
func radiotapWith(flags byte, payload []byte) []byte {
	return cat([]byte{0, 0, 17, 0, 3, 0, 0, 0}, make([]byte, 8), []byte{flags}, payload)
}

var (
	le = binary.LittleEndian
	be = binary.BigEndian

	macs     = []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	preamble = []byte{0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xd5}
)

// attribute is one of a netfilter log message: length without padding, type, value.
func attribute(order byteOrder, typ uint16, value []byte) []byte {
	b := order.AppendUint16(nil, uint16(4+len(value)))
	b = append(order.AppendUint16(b, typ), value...)
	if typ != 9 { // the packet comes last and needs none
		b = append(b, make([]byte, -len(value)&3)...)
	}
	return b
}

// pktapWith has length, type of record 1 (packet), link type, and the rest of the header as zeros.
func pktapWith(link, size uint32, frame []byte) []byte {
	b := le.AppendUint32(nil, size)
	b = le.AppendUint32(b, 1)
	b = le.AppendUint32(b, link)
	return cat(b, make([]byte, size-12), frame)
}

// erfWith is an ERF header with a type and a wire length.
func erfWith(typ byte, wire int) []byte {
	return cat(make([]byte, 8), []byte{typ, 4}, u16(0, 0, wire))
}

// linkFrame is a frame with udp4 or udp6 in it.
type linkFrame struct {
	name   string
	link   LinkType
	data   []byte
	layers Layers // besides IP and UDP
}

// Every link type and encapsulation with IP inside; decoding must find the UDP packet at the right
// offset.
var linkFrames = slices.Concat(tagFrames, []linkFrame{
	{"ethernet", LinkEthernet, eth(0x0800, udp4), LayerEthernet},
	{"ethernet v6", LinkEthernet, eth(0x86dd, udp6), LayerEthernet},
	{"802.3 snap", LinkEthernet, length(snap(0x0800, udp4)), LayerEthernet | LayerLLC},
	{"802.3 snap 802.1H", LinkEthernet, length(cat([]byte{0xaa, 0xaa, 3, 0, 0, 0xf8, 8, 0}, udp4)), LayerEthernet | LayerLLC},
	{"802.3 llc ip", LinkEthernet, length(cat([]byte{6, 6, 3}, udp4)), LayerEthernet | LayerLLC},
	{"vlan", LinkEthernet, eth(0x8100, vlanTag(5, 0x0800, udp4)), LayerEthernet | LayerVLAN},
	{"802.1ad", LinkEthernet, eth(0x88a8, vlanTag(5, 0x8100, vlanTag(6, 0x86dd, udp6))), LayerEthernet | LayerVLAN},
	{"0x9100", LinkEthernet, eth(0x9100, vlanTag(5, 0x8100, vlanTag(6, 0x8100, vlanTag(7, 0x0800, udp4)))), LayerEthernet | LayerVLAN},
	{"vlan llc", LinkEthernet, eth(0x8100, vlanTag(5, 100, snap(0x0800, udp4))), LayerEthernet | LayerVLAN | LayerLLC},
	{"pppoe", LinkEthernet, eth(0x8864, pppoeSession(cat(u16(0x21), udp4))), LayerEthernet | LayerPPPoE | LayerPPP},
	{"pppoe v6 in vlan", LinkEthernet, eth(0x8100, vlanTag(5, 0x8864, pppoeSession(cat(u16(0x57), udp6)))), LayerEthernet | LayerVLAN | LayerPPPoE | LayerPPP},
	{"mpls", LinkEthernet, eth(0x8847, cat(u32(0x000100ff), u32(0x000111ff), udp4)), LayerEthernet | LayerMPLS},
	{"mpls stack", LinkEthernet, eth(0x8848, cat(u32(0x000100ff&^0x100), u32(0x000111ff), udp6)), LayerEthernet | LayerMPLS},
	{"mpls pseudo-wire", LinkEthernet, eth(0x8847, cat(u32(0x000111ff), u32(0), eth(0x0800, udp4))), LayerEthernet | LayerMPLS},
	{"mpls pseudo-wire vlan", LinkEthernet, eth(0x8847, cat(u32(0x000111ff), u32(0), eth(0x8100, vlanTag(9, 0x86dd, udp6)))), LayerEthernet | LayerMPLS | LayerVLAN},
	{"cisco metadata in vlan", LinkEthernet, eth(0x8100, vlanTag(5, 0x8909, cat([]byte{1, 1}, u16(1, 77, 0x0800), udp4))), LayerEthernet | LayerVLAN | LayerTag},
	{"nsh", LinkEthernet, eth(0x894f, cat([]byte{0x0f, 0xc6, 1, 1}, make([]byte, 20), udp4)), LayerEthernet | LayerTag},
	{"nsh of type 2 v6", LinkEthernet, eth(0x894f, cat([]byte{0x0f, 0xc2, 2, 2}, u32(9), udp6)), LayerEthernet | LayerTag},
	{"nsh ethernet", LinkEthernet, eth(0x894f, cat([]byte{0x0f, 0xc2, 2, 3}, u32(9), eth(0x0800, udp4))), LayerEthernet | LayerTag},
	{"nsh in nsh, mpls", LinkEthernet, eth(0x894f, cat([]byte{0x0f, 0xc2, 2, 4}, u32(9), []byte{0x0f, 0xc2, 2, 5}, u32(9), u32(0x000111ff), udp4)), LayerEthernet | LayerMPLS | LayerTag},
	{"raw", LinkRaw, udp4, 0},
	{"raw 12", LinkRaw12, udp6, 0},
	{"raw 14", LinkRaw14, udp4, 0},
	{"raw ipv4", LinkIPv4, udp4, 0},
	{"raw ipv6", LinkIPv6, udp6, 0},
	{"null little-endian", LinkNull, cat([]byte{2, 0, 0, 0}, udp4), 0},
	{"null big-endian", LinkNull, cat([]byte{0, 0, 0, 2}, udp4), 0},
	{"null linux", LinkNull, cat([]byte{10, 0, 0, 0}, udp6), 0},
	{"null netbsd", LinkNull, cat([]byte{24, 0, 0, 0}, udp6), 0},
	{"null freebsd", LinkNull, cat([]byte{0, 0, 0, 28}, udp6), 0},
	{"null macos", LinkNull, cat([]byte{30, 0, 0, 0}, udp6), 0},
	{"loop", LinkLoop, cat([]byte{0, 0, 0, 24}, udp6), 0},
	{"sll", LinkSLL, cat(u16(0, 1, 6), make([]byte, 8), u16(0x0800), udp4), 0},
	{"sll vlan", LinkSLL, cat(u16(0, 1, 6), make([]byte, 8), u16(0x8100), vlanTag(5, 0x86dd, udp6)), LayerVLAN},
	{"sll llc", LinkSLL, cat(u16(0, 1, 6), make([]byte, 8), u16(4), snap(0x0800, udp4)), LayerLLC},
	{"sll2", LinkSLL2, cat(u16(0x86dd, 0, 0, 3, 1), make([]byte, 10), udp6), 0},
	{"ppp", LinkPPP, cat([]byte{0xff, 3}, u16(0x21), udp4), LayerPPP},
	{"ppp without address", LinkPPP, cat(u16(0x57), udp6), LayerPPP},
	{"ppp compressed protocol", LinkPPP, cat([]byte{0x21}, udp4), LayerPPP},
	{"ppp mpls", LinkPPP, cat([]byte{0xff, 3}, u16(0x281), u32(0x000111ff), udp4), LayerPPP | LayerMPLS},
	{"ppp hdlc", LinkPPPHDLC, cat([]byte{0xff, 3}, u16(0x21), udp4), LayerPPP},
	{"ppp hdlc cisco", LinkPPPHDLC, cat([]byte{0x0f, 0}, u16(0x0800), udp4), 0},
	{"chdlc", LinkCHDLC, cat([]byte{0x8f, 0}, u16(0x86dd), udp6), 0},
	{"pppoe link", LinkPPPoE, pppoeSession(cat(u16(0x21), udp4)), LayerPPPoE | LayerPPP},
	{"frame relay", LinkFRelay, cat([]byte{0x18, 0x41, 3, 0xcc}, udp4), 0},
	{"frame relay long address", LinkFRelay, cat([]byte{0x18, 0x40, 0, 1, 3, 0x8e}, udp6), 0},
	{"frame relay snap", LinkFRelay, cat([]byte{0x18, 0x41, 3, 0, 0x80, 0, 0, 0}, u16(0x0800), udp4), 0},
	{"frame relay cisco", LinkFRelay, cat([]byte{0x18, 0x41}, u16(0x0800), udp4), 0},
	{"fddi", LinkFDDI, cat([]byte{0x57}, make([]byte, 12), snap(0x0800, udp4)), LayerLLC},
	{"token ring", LinkTokenRing, cat([]byte{0x10, 0x40}, make([]byte, 12), snap(0x0800, udp4)), LayerLLC},
	{"token ring routed", LinkTokenRing, cat([]byte{0x10, 0x40}, make([]byte, 6), []byte{0x80}, make([]byte, 5), []byte{4, 0, 0, 0}, snap(0x0800, udp4)), LayerLLC},
	{"atm", LinkATM, snap(0x0800, udp4), LayerLLC},
	{"802.11", LinkWLAN, dot11(0x08, 2, 24, snap(0x0800, udp4)), LayerWLAN | LayerLLC},
	{"802.11 four addresses", LinkWLAN, dot11(0x08, 3, 30, snap(0x86dd, udp6)), LayerWLAN | LayerLLC},
	{"802.11 qos", LinkWLAN, dot11(0x88, 1, 26, snap(0x0800, udp4)), LayerWLAN | LayerLLC},
	{"802.11 qos ht four addresses", LinkWLAN, dot11(0x88, 0x83, 36, snap(0x0800, udp4)), LayerWLAN | LayerLLC},
	{"radiotap", LinkRadiotap, radiotapWith(0, dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"radiotap fcs", LinkRadiotap, radiotapWith(0x10, dot11(0x08, 2, 24, snap(0x0800, cat(udp4, u32(1))))), LayerWLAN | LayerLLC},
	{"radiotap padded", LinkRadiotap, radiotapWith(0x20, dot11(0x88, 1, 28, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"radiotap two present words", LinkRadiotap, cat([]byte{0, 0, 25, 0, 3, 0, 0, 0x80, 1, 0, 0, 0}, make([]byte, 12), []byte{0x20}, dot11(0x88, 1, 28, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"radiotap empty", LinkRadiotap, cat([]byte{0, 0, 8, 0, 0, 0, 0, 0}, dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"ppi", LinkPPI, cat([]byte{0, 0, 8, 0, 105, 0, 0, 0}, dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"ppi ethernet", LinkPPI, cat([]byte{0, 0, 8, 0, 1, 0, 0, 0}, eth(0x0800, udp4)), LayerEthernet},
	{"prism", LinkPrism, cat([]byte{0x44, 0, 0, 0, 144, 0, 0, 0}, make([]byte, 136), dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"prism big-endian", LinkPrism, cat([]byte{0, 0, 0, 0x44, 0, 0, 0, 144}, make([]byte, 136), dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"prism avs", LinkPrism, cat(u32(0x80211001, 64), make([]byte, 56), dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
	{"nflog", LinkNFLOG, cat([]byte{2, 0, 0, 1}, attribute(le, 1, []byte{8, 0, 1, 0}), attribute(le, 10, []byte("log\x00")), attribute(le, 9, udp4)), 0},
	{"nflog big-endian v6", LinkNFLOG, cat([]byte{10, 0, 0, 1}, attribute(be, 5, u32(3)), attribute(be, 10, []byte("prefix\x00")), attribute(be, 9, udp6)), 0},
	{"nflog bridge, nested", LinkNFLOG, cat([]byte{7, 0, 0, 1}, attribute(be, 0x8014, attribute(be, 1, u16(0, 0))), attribute(be, 1, []byte{0x86, 0xdd, 0, 0}), attribute(be, 9, udp6)), 0},
	{"nflog of both versions", LinkNFLOG, cat([]byte{1, 0, 0, 1}, attribute(le, 1, []byte{8, 0, 1, 0}), attribute(le, 9, udp4)), 0},
	{"nflog of a device", LinkNFLOG, cat([]byte{5, 0, 0, 1}, attribute(le, 1, []byte{0x81, 0, 0, 0}), attribute(le, 9, vlanTag(5, 0x0800, udp4))), LayerVLAN},
	{"nflog padded behind the packet", LinkNFLOG, cat([]byte{2, 0, 0, 1}, attribute(le, 9, udp4), attribute(le, 12, u32(9))), 0},
	{"pflog 61", LinkPFLOG, cat([]byte{61, 2}, make([]byte, 62), udp4), 0},
	{"pflog 48", LinkPFLOG, cat([]byte{48, 24}, make([]byte, 46), udp6), 0},
	{"pflog 69 freebsd", LinkPFLOG, cat([]byte{69, 28}, make([]byte, 70), udp6), 0},
	{"pflog 100", LinkPFLOG, cat([]byte{100, 24}, make([]byte, 98), udp6), 0},
	{"enc little-endian", LinkENC, cat([]byte{2, 0, 0, 0}, u32(0x1234, 0x0800), udp4), 0},
	{"enc big-endian v6", LinkENC, cat([]byte{0, 0, 0, 24}, u32(0x1234, 0x0800), udp6), 0},
	{"ipnet", LinkIPNET, cat([]byte{1, 2, 0, 1}, u32(uint32(len(udp4))), make([]byte, 16), udp4), 0},
	{"ipnet v6", LinkIPNET, cat([]byte{1, 26, 0, 2}, u32(uint32(len(udp6))), make([]byte, 16), udp6), 0},
	{"pktap ethernet", LinkPKTAP, pktapWith(1, 108, eth(0x0800, udp4)), LayerEthernet},
	{"pktap raw, longer header", LinkPKTAP, pktapWith(12, 156, udp6), 0},
	{"pktap null", LinkPKTAP, pktapWith(0, 108, cat([]byte{30, 0, 0, 0}, udp6)), 0},
	{"slip", LinkSLIP, cat([]byte{1, 0x45}, make([]byte, 14), udp4), 0},
	{"slip bsd/os", LinkSLIPBSDOS, cat([]byte{0, 0}, make([]byte, 22), udp6), 0},
	{"pppd", LinkPPPD, cat([]byte{1, 3}, u16(0x21), udp4), LayerPPP},
	{"ppp with direction", LinkPPPDir, cat([]byte{0, 0xff, 3}, u16(0x57), udp6), LayerPPP},
	{"chdlc with direction", LinkCHDLCDir, cat([]byte{1, 0x0f, 0}, u16(0x0800), udp4), 0},
	{"frame relay with direction", LinkFRelayDir, cat([]byte{1, 0x18, 0x41, 3, 0xcc}, udp4), 0},
	{"mpls link", LinkMPLS, cat(u32(0x000100ff&^0x100), u32(0x000111ff), udp4), LayerMPLS},
	{"dsa", LinkDSA, cat(macs, []byte{0xc0, 0x08, 0, 1}, u16(0x0800), udp4), LayerEthernet},
	{"dsa tagged", LinkDSA, cat(macs, []byte{0xe0, 0x08, 0x60, 5}, u16(0x86dd), udp6), LayerEthernet | LayerVLAN},
	{"edsa", LinkEDSA, cat(macs, u16(0xdada, 0), []byte{0xc0, 0x08, 0, 1}, u16(0x0800), udp4), LayerEthernet},
	{"edsa tagged", LinkEDSA, cat(macs, u16(0xdada, 0), []byte{0xe0, 0x08, 0, 5}, u16(0x0800), udp4), LayerEthernet | LayerVLAN},
	{"broadcom", LinkBroadcom, cat(macs, []byte{0x40, 0, 0, 2}, u16(0x86dd), udp6), LayerEthernet},
	{"broadcom in front", LinkBroadcomFront, cat([]byte{0, 0, 0, 2}, eth(0x8100, vlanTag(5, 0x0800, udp4))), LayerEthernet | LayerVLAN},
	{"netanalyzer", LinkNetAnalyzer, cat(u32(0x01000000), eth(0x0800, udp4), u32(0)), LayerEthernet},
	{"netanalyzer transparent", LinkNetAnalyzerRaw, cat(u32(0x01000000), preamble, eth(0x86dd, udp6), u32(0)), LayerEthernet},
	{"erf ethernet", LinkERF, cat(erfWith(2, 100), u16(0), eth(0x0800, udp4), u32(0)), LayerEthernet},
	{"erf colour ethernet, two extensions", LinkERF, cat(erfWith(0x80|11, 100), []byte{0x80}, make([]byte, 7), make([]byte, 8), u16(0), eth(0x86dd, udp6), u32(0)), LayerEthernet},
	{"erf hdlc ppp", LinkERF, cat(erfWith(1, 100), []byte{0xff, 3}, u16(0x21), udp4), LayerPPP},
	{"erf hdlc cisco on channels", LinkERF, cat(erfWith(5, 100), u32(7), []byte{0x0f, 0}, u16(0x0800), udp4), 0},
	{"erf ipv4", LinkERF, cat(erfWith(22, 100), udp4), 0},
	{"erf ipv6", LinkERF, cat(erfWith(23, 100), udp6), 0},
	{"juniper ethernet", LinkJuniperEther, cat([]byte("MGC\x01"), eth(0x0800, udp4)), LayerEthernet},
	{"juniper ethernet, extensions", LinkJuniperEther, cat([]byte("MGC\x81"), u16(7), []byte{1, 1, 5, 2, 2, 0, 3}, eth(0x86dd, udp6)), LayerEthernet},
	{"juniper without link header", LinkJuniperEther, cat([]byte("MGC\x82"), u16(3), []byte{1, 1, 5}, u32(0x11223344), udp4), 0},
	{"juniper ppp", LinkJuniperPPP, cat([]byte("MGC\x00"), []byte{0xff, 3}, u16(0x21), udp4), LayerPPP},
	{"juniper frame relay", LinkJuniperFR, cat([]byte("MGC\x00"), []byte{0x18, 0x41, 3, 0xcc}, udp4), 0},
	{"juniper chdlc", LinkJuniperCHDLC, cat([]byte("MGC\x00"), []byte{0x0f, 0}, u16(0x86dd), udp6), 0},
	{"docsis", LinkDOCSIS, cat([]byte{0, 0}, u16(len(udp4)+18, 0x6ba8), eth(0x0800, udp4), u32(0)), LayerEthernet},
	{"docsis extended, in clear", LinkDOCSIS, cat([]byte{1, 6}, u16(len(udp4)+24), []byte{0x35, 0, 0, 0, 0, 0, 0xc7, 0x5f}, eth(0x0800, udp4), u32(0)), LayerEthernet},
	{"docsis isolated", LinkDOCSIS, cat([]byte{0x80, 0}, u16(len(udp6)+18, 0xee3c), eth(0x86dd, udp6), u32(0)), LayerEthernet},
	{"ipoib", LinkIPoIB, cat(make([]byte, 40), u16(0x0800, 0), udp4), 0},
	{"ipoib v6", LinkIPoIB, cat(make([]byte, 40), u16(0x86dd, 0), udp6), 0},
	{"ip over fibre channel", LinkIPFC, cat(make([]byte, 16), snap(0x0800, udp4)), LayerLLC},
	{"ieee 1394", LinkFireWire, cat(make([]byte, 16), u16(0x86dd), udp6), 0},
	{"clip", LinkCLIP, snap(0x0800, udp4), LayerLLC},
	{"atm bridged", LinkATM, cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0}, eth(0x8864, pppoeSession(cat(u16(0x21), udp4)))), LayerLLC | LayerEthernet | LayerPPPoE | LayerPPP},
	{"atm bridged with fcs", LinkATM, cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 1, 0, 0}, eth(0x86dd, udp6), u32(0)), LayerLLC | LayerEthernet},
	{"atm ppp", LinkATM, cat([]byte{0xfe, 0xfe, 3, 0xcf}, u16(0x21), udp4), LayerLLC | LayerPPP},
	{"atm nlpid", LinkATM, cat([]byte{0xfe, 0xfe, 3, 0x8e}, udp6), LayerLLC},
	{"sunatm llc", LinkSunATM, cat([]byte{0x82, 0, 0, 100}, snap(0x0800, udp4)), LayerLLC},
	{"sunatm lane", LinkSunATM, cat([]byte{0x01, 0, 0, 100, 0, 9}, eth(0x0800, udp4)), LayerEthernet},
	{"avs", LinkAVS, cat(u32(0x80211001, 64), make([]byte, 56), dot11(0x08, 2, 24, snap(0x0800, udp4))), LayerWLAN | LayerLLC},
})

func TestDecodeLinks(t *testing.T) {
	for _, f := range linkFrames {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(f.link, f.data, 0)
			if p.Status != StatusOK || p.SrcPort != 1024 || p.DstPort != 53 || p.PayloadLen != 8 {
				t.Fatalf("%v, ports %d %d, payload %d", p.Status, p.SrcPort, p.DstPort, p.PayloadLen)
			}
			ip := bytes.LastIndex(f.data, udp4)
			if p.IPVersion == 6 {
				ip = bytes.LastIndex(f.data, udp6)
			}
			if p.IPOff != ip {
				t.Errorf("IP header at %d, not at %d", p.IPOff, ip)
			}
			if got := p.Layers &^ (LayerIPv4 | LayerIPv6 | LayerUDP); got != f.layers {
				t.Errorf("layers %v, not %v", got, f.layers)
			}
			if string(p.Payload()) != "question" {
				t.Errorf("payload %q", p.Payload())
			}
		})
	}
}

// A capture that ends after any number of bytes has a status that says so, and the same one in a
// packet that was used before.
func TestDecodeTruncatedEverywhere(t *testing.T) {
	used := decodeOne(LinkEthernet, eth(0x8100, vlanTag(5, 0x86dd, ip6(6, tcpSeg(2, tsOption, nil)))), 0)
	frames := linkFrames
	for _, f := range transportFrames {
		frames = append(frames, linkFrame{f.name, LinkRaw, f.data, 0})
	}
	for _, f := range frames {
		whole := decodeOne(f.link, f.data, 0)
		for n := range f.data {
			p := &Packet{Record: Record{LinkType: f.link, OrigLen: len(f.data), Data: f.data[:n:n]}}
			d := NewDecoder(nil, DecodeConfig{})
			d.Decode(p)
			want := StatusTruncatedLink
			switch {
			case strings.Contains(f.name, "pseudo-wire") && n < whole.IPOff+1 && p.Status == StatusNonIP:
				want = StatusNonIP // a pseudo-wire is only recognised by what it carries
			case n == whole.IPOff && whole.Layers.Has(LayerMPLS):
				want = StatusTruncatedLink // a label stack does not say that IP follows
			case n >= whole.IPOff+whole.IPHdrLen && p.Status >= StatusTruncatedTransport:
				want = max(p.Status, StatusTruncatedTransport) // checked in TestDecodeSnapped
			case n >= whole.IPOff && whole.IPOff > 0 || f.link == LinkRaw || f.link == LinkRaw12 || f.link == LinkRaw14 || f.link == LinkIPv4 || f.link == LinkIPv6:
				want = StatusTruncatedIP
			}
			if p.Status != want && !(p.Status == StatusFragment && whole.Status == StatusFragment) {
				t.Errorf("%s, %d bytes: %v, want %v", f.name, n, p.Status, want)
			}
			if p.Status == StatusOK && n < whole.TransportOff+8 {
				t.Errorf("%s, %d bytes: ok before the transport header", f.name, n)
			}
			if s := d.Stats().Packets; s[p.Status] != 1 || s.Total() != 1 {
				t.Errorf("%s, %d bytes: counted as %v", f.name, n, s)
			}
			used.Record = p.Record
			NewDecoder(nil, DecodeConfig{}).Decode(used)
			if !samePacket(p, used) {
				t.Errorf("%s, %d bytes: a used packet differs", f.name, n)
			}
			NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll}).Decode(p)
		}
	}
}

func TestDecodeTags(t *testing.T) {
	for _, f := range []struct {
		name                   string
		data                   []byte
		vlan, inner, etherType uint16
		label                  uint32
	}{
		{"none", eth(0x0800, udp4), 0, 0, 0x0800, 0},
		// priority is no part of the identifier
		{"one", eth(0x8100, vlanTag(0xe005, 0x0800, udp4)), 5, 0, 0x0800, 0},
		{"two", eth(0x88a8, vlanTag(5, 0x8100, vlanTag(6, 0x86dd, udp6))), 5, 6, 0x86dd, 0},
		{"three", eth(0x88a8, vlanTag(5, 0x8100, vlanTag(6, 0x8100, vlanTag(7, 0x0800, udp4)))), 5, 7, 0x0800, 0},
		{"mpls", eth(0x8847, cat(u32(0x00010000), u32(0x000111ff), udp4)), 0, 0, 0x8847, 17},
		{"snap", length(snap(0x0800, udp4)), 0, 0, 0x0800, 0},
		{"llc", length(cat([]byte{6, 6, 3}, udp4)), 0, 0, 0, 0},
		{"pppoe", eth(0x8864, pppoeSession(cat(u16(0x21), udp4))), 0, 0, 0x8864, 0},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(LinkEthernet, f.data, 0)
			if p.Status != StatusOK || p.VLAN != f.vlan || p.InnerVLAN != f.inner || p.EtherType != f.etherType || p.MPLSLabel != f.label {
				t.Errorf("%v, VLAN %d, inner %d, EtherType %#x, label %d", p.Status, p.VLAN, p.InnerVLAN, p.EtherType, p.MPLSLabel)
			}
		})
	}
}

func TestDecodeNotIP(t *testing.T) {
	endless := u32(0x000111ff)
	// pseudo-wires within pseudo-wires, each announcing an IPv4 packet behind its tag
	for range 100 {
		endless = cat(u32(0x000111ff), u32(0), eth(0x8100, vlanTag(0, 0x8847, endless)))
	}
	var tags []byte
	for range maxLinkHeaders + 1 {
		tags = cat(u16(1, 0x8100), tags)
	}
	for _, f := range []struct {
		name string
		link LinkType
		data []byte
		want Status
	}{
		{"arp", LinkEthernet, eth(0x0806, make([]byte, 28)), StatusNonIP},
		{"lldp", LinkEthernet, eth(0x88cc, make([]byte, 28)), StatusNonIP},
		{"stp", LinkEthernet, length([]byte{0x42, 0x42, 3, 0, 0, 0, 0}), StatusNonIP},
		{"ipx", LinkEthernet, length([]byte{0xff, 0xff, 0, 30}), StatusNonIP},
		{"cdp", LinkEthernet, length(cat([]byte{0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0}, udp4)), StatusNonIP},
		{"snap with length", LinkEthernet, length(snap(8, udp4)), StatusNonIP},
		{"pppoe discovery", LinkEthernet, eth(0x8863, cat([]byte{0x11, 9}, u16(0, 4), u32(0))), StatusNonIP},
		{"pppoe session with code", LinkEthernet, eth(0x8864, cat([]byte{0x11, 9}, u16(0, 4), u32(0))), StatusNonIP},
		{"lcp", LinkPPP, cat([]byte{0xff, 3}, u16(0xc021), u32(0)), StatusNonIP},
		{"mpls other", LinkEthernet, eth(0x8847, cat(u32(0x000111ff), []byte{0x10, 0, 0, 0})), StatusNonIP},
		{"mpls control word alone", LinkEthernet, eth(0x8847, cat(u32(0x000111ff), u32(0), make([]byte, 60))), StatusNonIP},
		{"pseudo-wires", LinkEthernet, eth(0x8847, endless), StatusBadLink},
		{"tags without end", LinkEthernet, eth(0x8100, tags), StatusBadLink},
		{"null other", LinkNull, cat([]byte{7, 0, 0, 0}, udp4), StatusNonIP},
		{"sll netlink", LinkSLL, cat(u16(0, 824, 0), make([]byte, 8), u16(0x0800), udp4), StatusNonIP},
		{"sll novell", LinkSLL, cat(u16(0, 1, 6), make([]byte, 8), u16(1), udp4), StatusNonIP},
		{"slarp", LinkCHDLC, cat([]byte{0x8f, 0}, u16(0x8035), u32(0)), StatusNonIP},
		{"chdlc small protocol", LinkCHDLC, cat([]byte{0x8f, 0}, u16(1), u32(0)), StatusNonIP},
		{"frame relay lmi", LinkFRelay, []byte{0, 1, 3, 8, 0, 0x75}, StatusNonIP},
		{"frame relay address of one byte", LinkFRelay, []byte{1, 1, 3, 0xcc}, StatusBadLink},
		{"frame relay address without end", LinkFRelay, []byte{0, 0, 0, 0, 0, 0}, StatusBadLink},
		{"fddi mac", LinkFDDI, make([]byte, 30), StatusNonIP},
		{"token ring mac", LinkTokenRing, make([]byte, 30), StatusNonIP},
		{"token ring route of one byte", LinkTokenRing, cat([]byte{0x10, 0x40}, make([]byte, 6), []byte{0x80}, make([]byte, 5), []byte{1, 0}), StatusBadLink},
		{"802.11 beacon", LinkWLAN, dot11(0x80, 0, 24, nil), StatusNonIP},
		{"802.11 ack", LinkWLAN, dot11(0xd4, 0, 10, nil), StatusNonIP},
		{"802.11 null data", LinkWLAN, dot11(0x48, 1, 24, nil), StatusNonIP},
		{"802.11 qos null", LinkWLAN, dot11(0xc8, 1, 26, nil), StatusNonIP},
		{"802.11 protected", LinkWLAN, dot11(0x08, 0x42, 24, snap(0x0800, udp4)), StatusEncrypted},
		{"802.11 version", LinkWLAN, dot11(0x09, 2, 24, snap(0x0800, udp4)), StatusBadLink},
		{"802.11 later fragment", LinkWLAN, cat([]byte{0x08, 2}, make([]byte, 20), []byte{1, 0}, snap(0x0800, udp4)), StatusNonIP},
		{"802.11 a-msdu", LinkWLAN, cat([]byte{0x88, 2}, make([]byte, 22), []byte{0x80, 0}, snap(0x0800, udp4)), StatusNonIP},
		{"nflog without packet", LinkNFLOG, cat([]byte{2, 0, 0, 1}, attribute(le, 10, []byte("log\x00"))), StatusNonIP},
		{"nflog of another family", LinkNFLOG, cat([]byte{3, 0, 0, 1}, attribute(le, 9, udp4)), StatusNonIP},
		{"nflog bridged arp", LinkNFLOG, cat([]byte{7, 0, 0, 1}, attribute(le, 1, []byte{8, 6, 0, 0}), attribute(le, 9, make([]byte, 28))), StatusNonIP},
		{"nflog attribute of 3 bytes", LinkNFLOG, []byte{2, 0, 0, 1, 3, 0, 1, 0}, StatusBadLink},
		{"pflog of 28 bytes", LinkPFLOG, cat([]byte{28, 2}, make([]byte, 26), udp4), StatusBadLink},
		{"pflog of another family", LinkPFLOG, cat([]byte{61, 7}, make([]byte, 62), udp4), StatusNonIP},
		{"enc of another family", LinkENC, cat([]byte{7, 0, 0, 0}, u32(0, 0), udp4), StatusNonIP},
		{"ipnet of another family", LinkIPNET, cat([]byte{1, 7}, make([]byte, 22), udp4), StatusNonIP},
		{"pktap without packet", LinkPKTAP, cat([]byte{108, 0, 0, 0}, make([]byte, 104)), StatusNonIP},
		{"pktap too short", LinkPKTAP, pktapWith(1, 104, eth(0x0800, udp4)), StatusBadLink},
		{"pktap of unknown link", LinkPKTAP, pktapWith(0x10000, 108, udp4), StatusUnknownLink},
		{"pktap in pktap without end", LinkPKTAP, bytes.Repeat(pktapWith(258, 108, nil), maxLinkHeaders+1), StatusBadLink},
		{"user 2", LinkUser2, udp4, StatusUnknownLink},
		{"erf without packet", LinkERF, cat(erfWith(3, 100), make([]byte, 52)), StatusNonIP},
		{"erf hdlc of neither kind", LinkERF, cat(erfWith(1, 100), u16(0x1234, 0x21), udp4), StatusNonIP},
		{"juniper magic", LinkJuniperEther, cat([]byte("MGD\x00"), eth(0x0800, udp4)), StatusBadLink},
		{"juniper without link header, not ip", LinkJuniperEther, cat([]byte("MGC\x02"), u32(1), []byte{0x10}), StatusNonIP},
		{"docsis management", LinkDOCSIS, cat([]byte{0xc2, 0}, u16(len(udp4)+18, 0x6ba8), eth(0x0800, udp4), u32(0)), StatusNonIP},
		{"docsis encrypted", LinkDOCSIS, cat([]byte{1, 6}, u16(len(udp4)+24), []byte{0x35, 0, 0x80, 0, 0, 0, 0x12, 0x34}, eth(0x0800, udp4), u32(0)), StatusNonIP},
		{"sunatm lane control", LinkSunATM, cat([]byte{0x01, 0, 0, 100, 0xff, 0}, eth(0x0800, udp4)), StatusNonIP},
		{"sunatm signalling", LinkSunATM, cat([]byte{0x06, 0, 0, 5}, udp4), StatusNonIP},
		{"atm iso", LinkATM, cat([]byte{0xfe, 0xfe, 3, 0x81}, udp4), StatusNonIP},
		{"radiotap version", LinkRadiotap, cat([]byte{1, 0, 8, 0, 0, 0, 0, 0}, udp4), StatusBadLink},
		{"radiotap length 7", LinkRadiotap, cat([]byte{0, 0, 7, 0, 0, 0, 0, 0}, udp4), StatusBadLink},
		{"radiotap present without end", LinkRadiotap, cat([]byte{0, 0, 12, 0, 0, 0, 0, 0x80, 0, 0, 0, 0x80}, udp4), StatusBadLink},
		{"radiotap flags beyond header", LinkRadiotap, cat([]byte{0, 0, 8, 0, 2, 0, 0, 0}, udp4), StatusBadLink},
		{"ppi in ppi", LinkPPI, cat([]byte{0, 0, 8, 0, 192, 0, 0, 0}, udp4), StatusBadLink},
		{"ppi link beyond 16 bits", LinkPPI, cat([]byte{0, 0, 8, 0, 1, 0, 1, 0}, udp4), StatusUnknownLink},
		{"ppi unknown link", LinkPPI, cat([]byte{0, 0, 8, 0, 147, 0, 0, 0}, udp4), StatusUnknownLink},
		{"prism length", LinkPrism, cat([]byte{0x44, 0, 0, 0, 0, 1, 1, 0}, udp4), StatusBadLink},
		{"avs magic", LinkAVS, cat(u32(0x70211001, 64), make([]byte, 80)), StatusBadLink},
		{"unknown", 147, udp4, StatusUnknownLink},
		{"none", LinkNone, udp4, StatusUnknownLink},
		{"empty", LinkEthernet, nil, StatusTruncatedLink},
		{"empty raw", LinkRaw, nil, StatusTruncatedIP},
		{"raw version", LinkRaw, cat([]byte{0x55}, udp4[1:]), StatusBadIP},
	} {
		t.Run(f.name, func(t *testing.T) {
			d := NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll})
			p := packetOf(f.link, f.data)
			if d.Decode(p); p.Status != f.want || p.IsIP() || p.PortsOK || d.Stats().Packets[f.want] != 1 {
				t.Errorf("%v, want %v", p.Status, f.want)
			}
		})
	}
}
