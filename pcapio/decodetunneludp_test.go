package pcapio

import "testing"

// gpe is a VXLAN-GPE header (draft-ietf-nvo3-vxlan-gpe, 3: R R Ver Ver I P B O, two reserved bytes,
// next protocol, VNI, reserved byte).
func gpe(flags, next byte, vni uint32, payload []byte) []byte {
	return udpTo(4790, cat([]byte{flags, 0, 0, next}, u32(vni<<8), payload))
}

// lispData is a LISP header (RFC 9300, 5.1: N L E V I P K K, nonce or map versions, instance and
// locator status bits); with P the last byte of the first word is the next protocol (RFC 9305, 3).
func lispData(flags byte, nonce, instance uint32, payload []byte) []byte {
	return udpTo(4341, cat(u32(uint32(flags)<<24|nonce, instance), payload))
}

// capwapData is a CAPWAP header (RFC 5415, 4.3): preamble; HLEN of 5 bits, RID of 5, WBID of 5 and
// T; F L W M K and 3 reserved; fragment identifier; offset of 13 bits. HLEN counts words of the
// header with its optional fields.
func capwapData(preamble, wbid, native, flags byte, fragment int, options, payload []byte) []byte {
	hlen := byte(8+len(options)) / 4
	return udpTo(5247, cat([]byte{preamble, hlen << 3, wbid<<1 | native, flags}, u16(7, fragment), options, payload))
}

// tzspData is a TZSP packet: version, type, encapsulated protocol, tagged fields.
func tzspData(typ byte, proto int, tags, payload []byte) []byte {
	return udpTo(37008, cat([]byte{1, typ}, u16(proto), tags, payload))
}

// nshData is a network service header (RFC 8300, 2): version of 2 bits, O, U, time to live of 6
// (here 63), length of 6 in words; U of 4, metadata type of 4; next protocol; service path 9 of 24
// bits, index 255.
func nshData(mdType, next byte, metadata, payload []byte) []byte {
	ttlLength := 63<<6 | (8+len(metadata))/4
	return cat(u16(ttlLength), []byte{mdType, next}, u32(9<<8|255), metadata, payload)
}

var (
	wlanUDP4    = dot11(0x08, 0x01, 24, snap(0x0800, udp4)) // data to the distribution system
	wlanQoSUDP6 = dot11(0x88, 0x02, 26, snap(0x86dd, udp6)) // QoS data from it
	// as wlanUDP4, the two bytes of frame control the other way round
	wlanSwapped = dot11(0x01, 0x08, 24, snap(0x0800, udp4))
	wlanQoSSwap = dot11(0x02, 0x88, 26, snap(0x86dd, udp6)) // as wlanQoSUDP6
	wlanSecret  = dot11(0x08, 0x41, 24, snap(0x0800, udp4)) // protected
	// the beginning of a datagram of 1000 bytes
	first4 = with(with(udp4, 2, 1000), 24, 980)
	// radio MAC address: length, address, padding to a word
	capwapMAC = []byte{6, 2, 0, 0, 0, 0, 1, 0}
	// wireless specific information: length, RSSI, SNR, rate, padding
	capwapInfo = []byte{4, 20, 30, 0, 1, 0, 0, 0}
	// padding, RSSI, padding, channel, an empty tag, end
	tzspTags = []byte{0, 10, 1, 40, 0, 18, 1, 6, 30, 0, 1}
	prism    = cat([]byte{0x44, 0, 0, 0, 144}, make([]byte, 139))
	avs      = cat([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 64}, make([]byte, 56))
)

// ayiyaData is a header of draft-massar-v6ops-ayiya-02, 3: identity length as a power of 2 and its
// type; signature length in words and hash method; authentication method and operation; next
// header; epoch time; identity and signature.
func ayiyaData(idPower, sigWords, op, next byte, payload []byte) []byte {
	return cat([]byte{idPower<<4 | 1, sigWords<<4 | 1, 1<<4 | op, next}, u32(1), make([]byte, 1<<idPower+4*int(sigWords)), payload)
}

var udpTunnelFrames = []tunnelFrame{
	// Next protocol: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS. Flags: 0x08 I, 0x04 P, 0x02 B.
	{"vxlan-gpe ipv4", gpe(0x0c, 1, 77, udp4), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe ipv6", gpe(0x0c, 2, 77, udp6), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe ethernet", gpe(0x0c, 3, 77, eth(0x8100, vlanTag(5, 0x0800, udp4))), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe nsh", gpe(0x0c, 4, 77, nshData(1, 1, make([]byte, 16), udp4)), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe nsh without metadata, ethernet", gpe(0x0c, 4, 77, nshData(2, 3, nil, eth(0x86dd, udp6))), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe nsh, nsh, mpls", gpe(0x0c, 4, 77, nshData(1, 4, make([]byte, 16), nshData(2, 5, u32(1), cat(u32(bottom), udp4)))), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe mpls", gpe(0x0c, 5, 77, cat(u32(0x00020000), u32(bottom), udp4)), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe broadcast bit", gpe(0x0e, 1, 77, udp4), TunnelVXLAN, 1, 77, 17},
	{"vxlan-gpe without identifier", gpe(0x04, 1, 77, udp4), TunnelVXLAN, 1, 0, 17},
	{"vxlan-gpe without next protocol", gpe(0x08, 0, 77, eth(0x0800, udp4)), TunnelVXLAN, 1, 77, 17},
	{"vxlan with group policy", udpTo(4789, cat(u32(0x88000005, 77<<8), eth(0x0800, udp4))), TunnelVXLAN, 1, 77, 17},

	{"geneve ipv6", udpTo(6081, cat(u16(0, 0x86dd), u32(77<<8), udp6)), TunnelGENEVE, 1, 77, 17},
	{"geneve mpls", udpTo(6081, cat(u16(0, 0x8847), u32(77<<8, bottom), udp4)), TunnelGENEVE, 1, 77, 17},
	{"geneve nsh", udpTo(6081, cat(u16(0, 0x894f), u32(77<<8), nshData(1, 2, make([]byte, 16), udp6))), TunnelGENEVE, 1, 77, 17},

	{"lisp", lispData(0, 0, 0, udp4), TunnelLISP, 1, 0, 17},
	{"lisp nonce and locator status", lispData(0xc0, 0x123456, 0x00000003, udp6), TunnelLISP, 1, 0, 17},
	{"lisp map versions", lispData(0x10, 0x001002, 0, udp4), TunnelLISP, 1, 0, 17},
	{"lisp instance", lispData(0x48, 0, 77<<8|3, udp6), TunnelLISP, 1, 77, 17},
	{"lisp next ipv4", lispData(0x04, 1, 0, udp4), TunnelLISP, 1, 0, 17},
	{"lisp next ipv6, instance", lispData(0x0c, 2, 77<<8, udp6), TunnelLISP, 1, 77, 17},
	{"lisp next ethernet, instance, nonce", lispData(0x8c, 0x123403, 77<<8, eth(0x0800, udp4)), TunnelLISP, 1, 77, 17},
	{"lisp next nsh", lispData(0x0c, 4, 77<<8, nshData(1, 1, make([]byte, 16), udp4)), TunnelLISP, 1, 77, 17},
	{"lisp next mpls", lispData(0x0c, 5, 77<<8, cat(u32(bottom), udp4)), TunnelLISP, 1, 77, 17},

	// T 0: Ethernet; T 1 and binding 1, or 0 as Cisco writes it: 802.11. F 0x80, L 0x40, W 0x20, M
	// 0x10, K 0x08.
	{"capwap 802.3", capwapData(0, 1, 0, 0, 0, nil, eth(0x0800, udp4)), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.3, radio mac", capwapData(0, 1, 0, 0x10, 0, capwapMAC, eth(0x86dd, udp6)), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.3, from the port", ip4(17, udpSeg(5247, 9, capwapData(0, 1, 0, 0, 0, nil, eth(0x0800, udp4))[28:])), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.11", capwapData(0, 1, 1, 0, 0, nil, wlanUDP4), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.11, radio mac and wireless information", capwapData(0, 1, 1, 0x30, 0, cat(capwapMAC, capwapInfo), wlanUDP4), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.11 QoS", capwapData(0, 1, 1, 0x20, 0, capwapInfo, wlanQoSUDP6), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.11 swapped", capwapData(0, 1, 1, 0, 0, nil, wlanSwapped), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.11 QoS swapped, binding 0", capwapData(0, 0, 1, 0, 0, nil, wlanQoSSwap), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.3, first fragment", capwapData(0, 1, 0, 0x80, 0, nil, eth(0x0800, first4)), TunnelCAPWAP, 1, 0, 17},
	{"capwap 802.11, first fragment", capwapData(0, 1, 1, 0x80, 0, nil, dot11(0x08, 0x01, 24, snap(0x0800, first4))), TunnelCAPWAP, 1, 0, 17},

	// Operation 1 is forward; an IPv6 address is an identity of 2^4 bytes, a SHA1 signature is 5
	// words.
	{"ayiya ipv6", udpTo(5072, ayiyaData(4, 5, 1, 41, udp6)), TunnelAYIYA, 1, 0, 17},
	{"ayiya ipv4, short identity, no signature", udpTo(5072, ayiyaData(2, 0, 1, 4, udp4)), TunnelAYIYA, 1, 0, 17},
	{"ayiya from the port", ip4(17, udpSeg(5072, 9, ayiyaData(4, 5, 1, 41, udp6))), TunnelAYIYA, 1, 0, 17},

	// Variant of 2 bits, C, length of 5 bits in words without the first; protocol; flags. Variant 1
	// is the IP header itself.
	{"gue ipv4", udpTo(6080, cat([]byte{0, 4, 0, 0}, udp4)), TunnelGUE, 1, 0, 17},
	{"gue ipv6 with options", udpTo(6080, cat([]byte{2, 41, 0x80, 0}, u32(1, 2), udp6)), TunnelGUE, 1, 0, 17},
	{"gue mpls", udpTo(6080, cat([]byte{0, 137, 0, 0}, u32(bottom), udp4)), TunnelGUE, 1, 0, 17},
	{"gue ethernet", udpTo(6080, cat([]byte{0, 143, 0, 0}, eth(0x0800, udp4))), TunnelGUE, 1, 0, 17},
	{"gue variant 1, ipv4", udpTo(6080, udp4), TunnelGUE, 1, 0, 17},
	{"gue variant 1, ipv6", udpTo(6080, udp6), TunnelGUE, 1, 0, 17},

	// Type 0 received, 1 to transmit; protocol 1 Ethernet, 18 802.11, 119 Prism, 127 AVS. Tag 1
	// ends the tags.
	{"tzsp ethernet", tzspData(0, 1, []byte{1}, eth(0x0800, udp4)), TunnelTZSP, 1, 0, 17},
	{"tzsp ethernet with tags", tzspData(0, 1, tzspTags, eth(0x86dd, udp6)), TunnelTZSP, 1, 0, 17},
	{"tzsp to transmit", tzspData(1, 1, []byte{1}, eth(0x0800, udp4)), TunnelTZSP, 1, 0, 17},
	{"tzsp 802.11", tzspData(0, 18, tzspTags, wlanUDP4), TunnelTZSP, 1, 0, 17},
	{"tzsp prism", tzspData(0, 119, []byte{1}, cat(prism, wlanUDP4)), TunnelTZSP, 1, 0, 17},
	{"tzsp avs", tzspData(0, 127, []byte{1}, cat(avs, wlanQoSUDP6)), TunnelTZSP, 1, 0, 17},
}

var notUDPTunnels = []noTunnel{
	{"vxlan-gpe, next protocol 0", gpe(0x0c, 0, 77, udp4), StatusOK, 0},
	{"vxlan-gpe, unknown next protocol", gpe(0x0c, 6, 77, udp4), StatusOK, 0},
	{"vxlan-gpe, maintenance", gpe(0x0d, 1, 77, udp4), StatusOK, 0},
	{"vxlan-gpe, version 1", gpe(0x1c, 1, 77, udp4), StatusOK, 0},
	{"vxlan-gpe, neither identifier nor next protocol", gpe(0, 0, 77, eth(0x0800, udp4)), StatusOK, 0},
	{"vxlan-gpe, nsh of version 1", gpe(0x0c, 4, 77, cat([]byte{0x4f}, nshData(1, 1, make([]byte, 16), udp4)[1:])), StatusOK, 0},
	{"vxlan-gpe, nsh of length 1", gpe(0x0c, 4, 77, cat([]byte{0x0f, 0xc1, 2, 1}, u32(1), udp4)), StatusOK, 0},
	{"vxlan-gpe, nsh beyond the end", gpe(0x0c, 4, 77, cat([]byte{0x0f, 0xff, 2, 1}, u32(1), udp4)), StatusOK, 0},
	{"vxlan-gpe, nsh with unknown protocol", gpe(0x0c, 4, 77, nshData(2, 6, nil, udp4)), StatusOK, 0},
	{"vxlan of a port that is not given", udpTo(9999, cat(u32(0x08000000, 77<<8), eth(0x0800, udp4))), StatusOK, 0},
	{"vxlan from the port", ip4(17, udpSeg(4789, 9, cat(u32(0x08000000, 77<<8), eth(0x0800, udp4)))), StatusOK, 0},
	{"lisp, encrypted with the first key", lispData(0x01, 0, 0, udp4), StatusOK, 0},
	{"lisp, encrypted with the second key", lispData(0x02, 0, 0, udp4), StatusOK, 0},
	{"lisp, unknown next protocol", lispData(0x04, 9, 0, udp4), StatusOK, 0},
	{"capwap keep-alive", capwapData(0, 1, 0, 0x08, 0, nil, eth(0x0800, udp4)), StatusOK, 0},
	{"capwap dtls", capwapData(1, 1, 0, 0, 0, nil, eth(0x0800, udp4)), StatusOK, 0},
	{"capwap version 1", capwapData(0x10, 1, 0, 0, 0, nil, eth(0x0800, udp4)), StatusOK, 0},
	{"capwap, later fragment", capwapData(0, 1, 0, 0xc0, 64<<3, nil, eth(0x0800, udp4)), StatusOK, 0},
	{"capwap, another binding", capwapData(0, 3, 1, 0, 0, nil, wlanUDP4), StatusOK, 0},
	{"capwap, 802.11 protected", capwapData(0, 1, 1, 0, 0, nil, wlanSecret), StatusOK, 0},
	{"capwap, header of 4 bytes", udpTo(5247, cat([]byte{0, 1 << 3, 2, 0}, u16(0, 0), eth(0x0800, udp4))), StatusOK, 0},
	{"capwap, no fragment and longer ip", capwapData(0, 1, 0, 0, 0, nil, eth(0x0800, first4)), StatusOK, 0},
	{"ayiya echo request", udpTo(5072, ayiyaData(4, 5, 2, 41, udp6)), StatusOK, 0},
	{"ayiya without next header", udpTo(5072, ayiyaData(4, 5, 1, 59, udp6)), StatusOK, 0},
	{"ayiya identity beyond the end", udpTo(5072, cat([]byte{0xf1, 0, 0x11, 41}, u32(1), udp6)), StatusOK, 0},
	{"gue control message", udpTo(6080, cat([]byte{0x20, 4, 0, 0}, udp4)), StatusOK, 0},
	{"gue variant 2", udpTo(6080, cat([]byte{0x80, 4, 0, 0}, udp4)), StatusOK, 0},
	{"gue options beyond the end", udpTo(6080, cat([]byte{0x1f, 4, 0, 0}, udp4)), StatusOK, 0},
	{"gue with udp", udpTo(6080, cat([]byte{0, 17, 0, 0}, udp4)), StatusOK, 0},
	{"tzsp keep-alive", tzspData(4, 1, []byte{1}, eth(0x0800, udp4)), StatusOK, 0},
	{"tzsp without end of the tags", tzspData(0, 1, []byte{10, 1, 40, 60, 200}, eth(0x0800, udp4)), StatusOK, 0},
	{"tzsp version 2", udpTo(37008, cat([]byte{2, 0, 0, 1, 1}, eth(0x0800, udp4))), StatusOK, 0},
	{"tzsp of another protocol", tzspData(0, 7, []byte{1}, eth(0x0800, udp4)), StatusOK, 0},
}

func TestDecodeVXLANPorts(t *testing.T) {
	for _, f := range []struct {
		name     string
		src, dst int
		depth    uint8
	}{
		{"first", 40000, 9999, 1},
		{"second", 40000, 250, 1},
		{"as ever", 40000, 4789, 1},
		{"another", 40000, 9998, 0},
		{"source only", 9999, 40000, 0},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := packetOf(LinkRaw, ip4(17, udpSeg(f.src, f.dst, cat(u32(0x08000000, 77<<8), eth(0x0800, udp4)))))
			NewDecoder(nil, DecodeConfig{Tunnels: TunnelVXLAN, VXLANPorts: []uint16{9999, 250}}).Decode(p)
			if p.TunnelDepth != f.depth || p.Status != StatusOK || f.depth > 0 && (p.Tunnel != TunnelVXLAN || p.TunnelID != 77 || p.DstPort != 53) {
				t.Errorf("%v, tunnel %v %d at depth %d, port %d", p.Status, p.Tunnel, p.TunnelID, p.TunnelDepth, p.DstPort)
			}
		})
	}
}
