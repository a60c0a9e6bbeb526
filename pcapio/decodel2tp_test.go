package pcapio

// l2tp2Data is an L2TPv2 header (RFC 2661, 3.1): T L x x S x O P and 4 reserved bits before the
// version; then length, tunnel 5, session 6, Ns and Nr, offset size and pad, as the flags say.
func l2tp2Data(flags byte, pad int, payload []byte) []byte {
	b := u16(5, 6)
	if flags&0x08 != 0 { // S
		b = cat(b, u16(1, 2))
	}
	if flags&0x02 != 0 { // O
		b = cat(b, u16(pad), make([]byte, pad))
	}
	b = cat(b, payload)
	if flags&0x40 != 0 { // L: of the whole message
		b = cat(u16(4+len(b)), b)
	}
	return cat([]byte{flags, 2}, b)
}

// l2tp3IP and l2tp3UDP are L2TPv3 data messages (RFC 3931, 4.1.1.1 and 4.1.2.1) of session 77 with
// a cookie of the given size, a default sublayer (4.6: x S x x x x x x and a sequence number of 24
// bits) if that is wanted, and a payload.
func l2tp3IP(cookie int, sublayer bool, payload []byte) []byte {
	return ip4(115, l2tp3Session(cookie, sublayer, payload))
}

func l2tp3UDP(cookie int, sublayer bool, payload []byte) []byte {
	return udpTo(1701, cat(u16(0x0003, 0), l2tp3Session(cookie, sublayer, payload)))
}

func l2tp3Session(cookie int, sublayer bool, payload []byte) []byte {
	b := cat(u32(77), []byte{0xa5, 0x17, 0xc3, 0x2e, 0x88, 0x01, 0x47, 0x9b}[:cookie])
	if sublayer {
		b = cat(b, u32(0x40000009))
	}
	return cat(b, payload)
}

var (
	pppUDP4 = cat(u16(0xff03, 0x0021), udp4)
	sum4    = ip4sum(udp4)      // where nothing says that IP follows its checksum does
	eth4    = eth(0x0800, sum4) // an Ethernet pseudowire (RFC 4719)
	ethTags = eth(0x88a8, vlanTag(5, 0x8100, vlanTag(6, 0x86dd, udp6)))
)

// tunnel 5, session 6
const l2tp2ID = 5<<16 | 6

var l2tpFrames = []tunnelFrame{
	{"l2tpv2", udpTo(1701, l2tp2Data(0, 0, pppUDP4)), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 from the port", ip4(17, udpSeg(1701, 9, l2tp2Data(0, 0, pppUDP4))), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 length", udpTo(1701, l2tp2Data(0x40, 0, pppUDP4)), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 length, padding behind", udpTo(1701, cat(l2tp2Data(0x40, 0, pppUDP4), make([]byte, 9))), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 sequence", udpTo(1701, l2tp2Data(0x08, 0, cat(u16(0x0057), udp6))), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 offset", udpTo(1701, l2tp2Data(0x02, 3, pppUDP4)), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 offset 0", udpTo(1701, l2tp2Data(0x02, 0, cat([]byte{0x21}, udp4))), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 length, sequence, offset, priority", udpTo(1701, l2tp2Data(0x4b, 5, pppUDP4)), TunnelL2TP, 1, l2tp2ID, 17},
	{"l2tpv2 mpls in ppp", udpTo(1701, l2tp2Data(0x40, 0, cat(u16(0xff03, 0x0281), u32(bottom), udp4))), TunnelL2TP, 1, l2tp2ID, 17},

	{"l2tpv3 ethernet", l2tp3IP(0, false, eth4), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ethernet, wrong checksum", l2tp3IP(0, false, eth(0x0800, udp4)), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ethernet, cookie 4", l2tp3IP(4, false, ethTags), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ethernet, cookie 8", l2tp3IP(8, false, eth4), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ethernet, sublayer", l2tp3IP(0, true, ethTags), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ethernet, cookie 4, sublayer", l2tp3IP(4, true, eth4), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ethernet, cookie 8, sublayer", l2tp3IP(8, true, ethTags), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 802.3", l2tp3IP(4, false, length(snap(0x0800, sum4))), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ip", l2tp3IP(0, false, sum4), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ip, cookie 4", l2tp3IP(4, false, udp6), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ip, cookie 8, sublayer", l2tp3IP(8, true, sum4), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ppp", l2tp3IP(0, false, cat(u16(0xff03, 0x0021), sum4)), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ppp, short header, cookie 8", l2tp3IP(8, false, cat(u16(0x0057), udp6)), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 ppp, cookie 8, sublayer", l2tp3IP(8, true, cat(u16(0xff03, 0x0021), sum4)), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 hdlc, cookie 4, sublayer", l2tp3IP(4, true, cat(u16(0x0f00, 0x0800), sum4)), TunnelL2TP, 1, 77, 115},
	// RFC 8159, cookies of 8 bytes
	{"l2tpv3 in ipv6", ip6(115, l2tp3Session(8, false, eth4)), TunnelL2TP, 1, 77, 115},
	{"l2tpv3 udp", l2tp3UDP(0, false, eth4), TunnelL2TP, 1, 77, 17},
	{"l2tpv3 udp, cookie 4", l2tp3UDP(4, false, eth4), TunnelL2TP, 1, 77, 17},
	{"l2tpv3 udp, cookie 8, sublayer", l2tp3UDP(8, true, ethTags), TunnelL2TP, 1, 77, 17},
	{"l2tpv3 udp, ip, cookie 4, sublayer", l2tp3UDP(4, true, udp6), TunnelL2TP, 1, 77, 17},
}

var notL2TP = []noTunnel{
	{"l2tpv2 control", udpTo(1701, l2tp2Data(0xc8, 0, pppUDP4)), StatusOK, 0},
	{"l2tpv2 with lcp", udpTo(1701, l2tp2Data(0x40, 0, cat(u16(0xff03, 0xc021), make([]byte, 20)))), StatusOK, 0},
	{"l2tpv2, offset beyond the end", udpTo(1701, cat(u16(0x0202, 5, 6, 6000), pppUDP4)), StatusOK, 0},
	{"l2tpv2, length of nothing", udpTo(1701, cat(u16(0x4002, 0, 5, 6), pppUDP4)), StatusOK, 0},
	{"l2tpv2, length cuts the ip packet", udpTo(1701, cat(u16(0x4002, 12+len(udp4)-1, 5, 6), pppUDP4)), StatusOK, 0},
	{"l2f", udpTo(1701, cat(u16(0x0001), make([]byte, 8), pppUDP4)), StatusOK, 0},
	{"l2tpv3 control in ip", ip4(115, cat(u32(0), u16(0xc803, 20), u32(1), sum4)), StatusUnknownTransport, 0},
	{"l2tpv3 control in udp", udpTo(1701, cat(u16(0xc803, 12), u32(1), u16(0, 0), eth4)), StatusOK, 0},
	{"l2tpv3 session 0 in udp", udpTo(1701, cat(u16(0x0003, 0), u32(0), eth4)), StatusOK, 0},
	{"l2tpv3, ip with wrong checksum", l2tp3IP(0, false, udp4), StatusUnknownTransport, 0},
	{"l2tpv3, arp", l2tp3IP(4, false, eth(0x0806, cat(u16(1, 0x0800), []byte{6, 4}, make([]byte, 22)))), StatusUnknownTransport, 0},
	{"l2tpv3, session only", ip4(115, u32(77)), StatusUnknownTransport, 0},
	{"l2tpv3, nothing", ip4(115, nil), StatusUnknownTransport, 0},
}
