package pcapio

import "strconv"

// LinkType is a link-layer header type as registered at https://www.tcpdump.org/linktypes.html.
// It has 16 bits, where gopacket's has 8: LINUX_SLL2 is 276.
type LinkType uint16

// Link types that a [Decoder] can decode.
const (
	// BSD loopback, address family in the capturing host's byte order
	LinkNull           LinkType = 0
	LinkEthernet       LinkType = 1   //
	LinkTokenRing      LinkType = 6   // 802.5
	LinkSLIP           LinkType = 8   // IP behind 16 bytes of direction and compressed header
	LinkPPP            LinkType = 9   // PPP, perhaps with HDLC address and control
	LinkFDDI           LinkType = 10  //
	LinkRaw12          LinkType = 12  // raw IP, as some systems number it
	LinkRaw14          LinkType = 14  // raw IP on OpenBSD
	LinkPPPHDLC        LinkType = 50  // PPP in HDLC-like framing
	LinkPPPoE          LinkType = 51  // PPPoE session
	LinkATM            LinkType = 100 // RFC 2684 over ATM, with LLC
	LinkRaw            LinkType = 101 // raw IP
	LinkSLIPBSDOS      LinkType = 102 // SLIP with BSD/OS's header of 24 bytes
	LinkCHDLC          LinkType = 104 // Cisco HDLC
	LinkWLAN           LinkType = 105 // 802.11
	LinkCLIP           LinkType = 106 // classical IP over ATM of Linux
	LinkFRelay         LinkType = 107 // Frame Relay
	LinkLoop           LinkType = 108 // OpenBSD loopback, address family in network byte order
	LinkENC            LinkType = 109 // IPsec interface of the BSDs
	LinkSLL            LinkType = 113 // Linux cooked capture
	LinkPFLOG          LinkType = 117 // packet filter log of the BSDs
	LinkPrism          LinkType = 119 // Prism header, then 802.11
	LinkIPFC           LinkType = 122 // IP over Fibre Channel, RFC 2625
	LinkSunATM         LinkType = 123 // SunATM devices
	LinkRadiotap       LinkType = 127 // radiotap header, then 802.11
	LinkFireWire       LinkType = 138 // IP over IEEE 1394, as Apple captures it
	LinkDOCSIS         LinkType = 143 // cable modems
	LinkAVS            LinkType = 163 // AVS header, then 802.11
	LinkPPPD           LinkType = 166 // PPP of pppd: the direction is in the place of the address
	LinkJuniperEther   LinkType = 178 // Juniper's header, then Ethernet
	LinkJuniperPPP     LinkType = 179 // Juniper's header, then PPP
	LinkJuniperFR      LinkType = 180 // Juniper's header, then Frame Relay
	LinkJuniperCHDLC   LinkType = 181 // Juniper's header, then Cisco HDLC
	LinkPPI            LinkType = 192 // per-packet information
	LinkERF            LinkType = 197 // Endace's records
	LinkPPPDir         LinkType = 204 // a byte of direction, then PPP
	LinkCHDLCDir       LinkType = 205 // a byte of direction, then Cisco HDLC
	LinkFRelayDir      LinkType = 206 // a byte of direction, then Frame Relay
	LinkMPLS           LinkType = 219 // MPLS label stack
	LinkIPNET          LinkType = 226 // Solaris's ipnet
	LinkIPv4           LinkType = 228 // raw IPv4
	LinkIPv6           LinkType = 229 // raw IPv6
	LinkNFLOG          LinkType = 239 // netfilter log of Linux
	LinkNetAnalyzer    LinkType = 240 // 4 bytes, then Ethernet with check sequence
	LinkNetAnalyzerRaw LinkType = 241 // 4 bytes, the preamble, then Ethernet with check sequence
	LinkIPoIB          LinkType = 242 // IP over InfiniBand, RFC 4391
	// Apple's header with interface and process, then a frame of a type that it names
	LinkPKTAP         LinkType = 258
	LinkSLL2          LinkType = 276 // Linux cooked capture, version 2
	LinkBroadcom      LinkType = 281 // Ethernet with Broadcom's switch tag
	LinkBroadcomFront LinkType = 282 // Broadcom's switch tag, then Ethernet
	LinkDSA           LinkType = 284 // Ethernet with Marvell's switch tag
	LinkEDSA          LinkType = 285 // Ethernet with Marvell's switch tag behind an EtherType
	LinkNone          LinkType = 0xffff

	LinkUser2 LinkType = 149 // for private use; Apple's systems write PKTAP with it
)

// linkNames are the names of the link types that are met most. They are not taken from gopacket's
// layers, since that package takes milliseconds to initialise, in every program.
var linkNames = map[LinkType]string{
	LinkNull: "Null", LinkEthernet: "Ethernet", LinkTokenRing: "Token Ring", LinkPPP: "PPP", LinkFDDI: "FDDI",
	LinkRaw12: "Raw IP", LinkRaw14: "Raw IP", LinkPPPHDLC: "PPP in HDLC", LinkPPPoE: "PPPoE", LinkATM: "ATM", LinkRaw: "Raw IP",
	LinkCHDLC: "Cisco HDLC", LinkWLAN: "802.11", LinkFRelay: "Frame Relay", LinkLoop: "Loop", LinkSLL: "Linux SLL",
	LinkPrism: "Prism 802.11", LinkRadiotap: "radiotap 802.11", LinkAVS: "AVS 802.11", LinkPPI: "PPI", LinkIPv4: "Raw IPv4",
	LinkIPv6: "Raw IPv6", LinkSLL2: "Linux SLL2", LinkNone: "none",
	LinkSLIP: "SLIP", LinkSLIPBSDOS: "BSD/OS SLIP", LinkCLIP: "Linux ATM CLIP", LinkENC: "OpenBSD enc", LinkPFLOG: "OpenBSD pflog",
	LinkIPFC: "IP over Fibre Channel", LinkSunATM: "SunATM", LinkFireWire: "IP over IEEE 1394", LinkDOCSIS: "DOCSIS", LinkPPPD: "PPP of pppd",
	LinkJuniperEther: "Juniper Ethernet", LinkJuniperPPP: "Juniper PPP", LinkJuniperFR: "Juniper Frame Relay",
	LinkJuniperCHDLC: "Juniper Cisco HDLC", LinkERF: "ERF", LinkPPPDir: "PPP with direction", LinkCHDLCDir: "Cisco HDLC with direction",
	LinkFRelayDir: "Frame Relay with direction", LinkMPLS: "MPLS", LinkIPNET: "Solaris ipnet", LinkNFLOG: "nflog",
	LinkNetAnalyzer: "netANALYZER", LinkNetAnalyzerRaw: "netANALYZER transparent", LinkIPoIB: "IP over InfiniBand", LinkPKTAP: "Apple PKTAP",
	LinkBroadcom: "Broadcom tag", LinkBroadcomFront: "Broadcom tag in front", LinkDSA: "Marvell DSA", LinkEDSA: "Marvell EDSA",
	99: "Symbian", 147: "User 0", LinkUser2: "User 2", 187: "Bluetooth HCI", 189: "USB", 195: "802.15.4", 220: "Linux USB", 227: "CAN",
	249: "USBPcap", 253: "Netlink", 283: "802.15.4 TAP",
}

// String returns the name of the link type, or its number where it has none here.
func (t LinkType) String() string {
	if name, ok := linkNames[t]; ok {
		return name
	}
	return "link type " + strconv.Itoa(int(t))
}
