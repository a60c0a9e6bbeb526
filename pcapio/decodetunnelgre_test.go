package pcapio

import "github.com/reeftools/reef/internal/lab/frames"

// greData is GRE without options, with the given flags and version.
func greData(flags, typ int, payload []byte) []byte { return ip4(47, cat(u16(flags, typ), payload)) }

// Tunnels that GRE and IP protocol numbers announce besides IP in IP.
var shimTunnelFrames = []tunnelFrame{
	{"gre mpls multicast, two labels", greData(0, 0x8848, cat(u32(0x00020000, bottom), udp6)), TunnelGRE, 1, 0, 47},
	{"gre mpls, pseudowire", greData(0x2000, 0x8847, cat(u32(77, bottom, 0), eth(0x0800, udp4))), TunnelGRE, 1, 77, 47},
	{"gre nsh", greData(0, 0x894f, nshData(1, 1, make([]byte, 16), udp4)), TunnelGRE, 1, 0, 47},
	{"gre nsh, ethernet", greData(0, 0x894f, nshData(2, 3, u32(1, 2), eth(0x86dd, udp6))), TunnelGRE, 1, 0, 47},

	{"mpls in udp", udpTo(6635, cat(u32(bottom), udp4)), TunnelMPLS, 1, 17, 17},
	{"mpls in udp, two labels, ipv6", udpTo(6635, cat(u32(0x00020000, bottom), udp6)), TunnelMPLS, 1, 17, 17},
	{"mpls in udp, pseudowire", udpTo(6635, cat(u32(bottom, 0), eth(0x0800, udp4))), TunnelMPLS, 1, 17, 17},
	// Label 7 says that the next one is for load balancing only (RFC 6790): 17 is the last that
	// means something.
	{"mpls in udp, entropy label", udpTo(6635, cat(u32(17<<12|255, 7<<12|255, 0x12345<<12|0x100), udp4)), TunnelMPLS, 1, 17, 17},
	{"mpls in ip", ip4(137, cat(u32(bottom), udp4)), TunnelMPLS, 1, 17, 137},
	{"mpls in ipv6, pseudowire", ip6(137, cat(u32(bottom), eth(0x86dd, udp6))), TunnelMPLS, 1, 17, 137},
	{"mpls in ip, explicit null", ip4(137, cat(u32(2<<12|0x1ff), udp6)), TunnelMPLS, 1, 2, 137},

	// RFC 3378, 3: version 3 in the first four bits, 12 reserved ones that are 0.
	{"etherip", ip4(97, cat(u16(0x3000), eth(0x0800, udp4))), TunnelEtherIP, 1, 0, 97},
	{"etherip in ipv6, vlan", ip6(97, cat(u16(0x3000), eth(0x8100, vlanTag(5, 0x86dd, udp6)))), TunnelEtherIP, 1, 0, 97},
	{"protocol 143", ip6(143, eth(0x0800, udp4)), TunnelEtherIP, 1, 0, 143}, // RFC 8986, 4.9
	{"protocol 143 in ipv4, 802.3", ip4(143, length(snap(0x86dd, udp6))), TunnelEtherIP, 1, 0, 143},
	{"protocol 143 behind segment routing", ip6(43, cat([]byte{143, 2, 4, 0, 0, 0, 0, 0}, frames.Dst6, eth(0x0800, udp4))), TunnelEtherIP, 1, 0, 143},

	// The redirect header of WCCPv2 is 4 bytes: flags, service identifier, alternative bucket,
	// primary bucket.
	{"wccp without redirect header", greData(0, 0x883e, udp4), TunnelGRE, 1, 0, 47},
	{"wccp with redirect header", greData(0, 0x883e, cat([]byte{0x80, 90, 1, 2}, udp4)), TunnelGRE, 1, 0, 47},
	// 0x45 as the header's first byte looks like IPv4.
	{"wccp with a redirect header like ip", greData(0, 0x883e, cat([]byte{0x45, 0, 0, 40}, sum4)), TunnelGRE, 1, 0, 47},

	// K and version 1; behind the type the length in network byte order, then the tunnel in the
	// other: 77 is 4d 00.
	{"eoip", greData(0x2001, 0x6400, cat(u16(14+len(udp4), 0x4d00), eth(0x0800, udp4))), TunnelGRE, 1, 77, 47},
	{"eoip, vlan", greData(0x2001, 0x6400, cat(u16(18+len(udp6), 0x0102), eth(0x8100, vlanTag(5, 0x86dd, udp6)))), TunnelGRE, 1, 0x0201, 47},

	// RFC 2637, 4.1: K and version 1; S 0x1000 and A 0x0080 add 4 bytes each; payload length and
	// call identifier.
	{"pptp with sequence number", greData(0x3001, 0x880b, cat(u16(4+len(udp4), 7), u32(1), pppUDP4)), TunnelGRE, 1, 7, 47},
	{"pptp with acknowledgement, short ppp header", greData(0x3081, 0x880b, cat(u16(1+len(udp4), 7), u32(1, 2), []byte{0x21}, udp4)), TunnelGRE, 1, 7, 47},
	{"pptp with ipv6", greData(0x3001, 0x880b, cat(u16(2+len(udp6), 7), u32(1), u16(0x57), udp6)), TunnelGRE, 1, 7, 47},
	{"ppp in gre of version 0", greData(0, 0x880b, pppUDP4), TunnelGRE, 1, 0, 47},

	{"aruba 0x8200", greData(0, 0x8200, wlanUDP4), TunnelGRE, 1, 0, 47},
	{"aruba 0x8310, QoS", greData(0, 0x8310, wlanQoSUDP6), TunnelGRE, 1, 0, 47},
	{"aruba 0x9000, swapped", greData(0, 0x9000, wlanSwapped), TunnelGRE, 1, 0, 47},
}

var notShimTunnels = []noTunnel{
	{"gre, no space for the key", ip4(47, u16(0x2000, 0x0800, 0)), StatusUnknownTransport, 0},
	{"pptp, acknowledgement only", greData(0x2081, 0x880b, cat(u16(0, 7), u32(2))), StatusUnknownTransport, 0},
	{"pptp with lcp", greData(0x3001, 0x880b, cat(u16(24, 7), u32(1), u16(0xff03, 0xc021), make([]byte, 20))), StatusUnknownTransport, 0},
	{"eoip keep-alive", greData(0x2001, 0x6400, u16(0, 0x4d00)), StatusUnknownTransport, 0},
	{"aruba, protected", greData(0, 0x8200, wlanSecret), StatusUnknownTransport, 0},
	{"aruba, beacon", greData(0, 0x8200, dot11(0x80, 0, 24, snap(0x0800, udp4))), StatusUnknownTransport, 0},
	{"gre nsh with unknown protocol", greData(0, 0x894f, nshData(2, 7, nil, udp4)), StatusUnknownTransport, 0},
	{"mpls in udp without end of the stack", udpTo(6635, u32(0x00020000, 0x00030000)), StatusOK, 0},
	{"mpls in udp, associated channel", udpTo(6635, cat(u32(13<<12|0x1ff), udp4)), StatusOK, 0},
	{"mpls in ip, nothing behind", ip4(137, u32(bottom)), StatusUnknownTransport, 0},
	{"mpls in ip, no ip", ip4(137, cat(u32(bottom), make([]byte, 60))), StatusUnknownTransport, 0},
	{"etherip version 4", ip4(97, cat(u16(0x4000), eth(0x0800, udp4))), StatusUnknownTransport, 0},
	{"etherip, reserved bit", ip4(97, cat(u16(0x3001), eth(0x0800, udp4))), StatusUnknownTransport, 0},
	{"etherip, arp", ip4(97, cat(u16(0x3000), eth(0x0806, make([]byte, 28)))), StatusUnknownTransport, 0},
	{"protocol 143, arp", ip4(143, eth(0x0806, make([]byte, 28))), StatusUnknownTransport, 0},
	{"protocol 143, nothing", ip4(143, nil), StatusUnknownTransport, 0},
}
