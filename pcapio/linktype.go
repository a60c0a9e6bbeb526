package pcapio

import "strconv"

// LinkType is a link-layer header type as registered at https://www.tcpdump.org/linktypes.html.
// It has 16 bits, where gopacket's has 8: LINUX_SLL2 is 276.
type LinkType uint16

// Link types that a [Decoder] can decode.
const (
	LinkNull      LinkType = 0   // BSD loopback, address family in the capturing host's byte order
	LinkEthernet  LinkType = 1   //
	LinkTokenRing LinkType = 6   // 802.5
	LinkPPP       LinkType = 9   // PPP, perhaps with HDLC address and control
	LinkFDDI      LinkType = 10  //
	LinkRaw12     LinkType = 12  // raw IP, as some systems number it
	LinkRaw14     LinkType = 14  // raw IP on OpenBSD
	LinkPPPHDLC   LinkType = 50  // PPP in HDLC-like framing
	LinkPPPoE     LinkType = 51  // PPPoE session
	LinkATM       LinkType = 100 // RFC 2684 over ATM, with LLC
	LinkRaw       LinkType = 101 // raw IP
	LinkCHDLC     LinkType = 104 // Cisco HDLC
	LinkWLAN      LinkType = 105 // 802.11
	LinkFRelay    LinkType = 107 // Frame Relay
	LinkLoop      LinkType = 108 // OpenBSD loopback, address family in network byte order
	LinkSLL       LinkType = 113 // Linux cooked capture
	LinkPrism     LinkType = 119 // Prism header, then 802.11
	LinkRadiotap  LinkType = 127 // radiotap header, then 802.11
	LinkAVS       LinkType = 163 // AVS header, then 802.11
	LinkPPI       LinkType = 192 // per-packet information
	LinkIPv4      LinkType = 228 // raw IPv4
	LinkIPv6      LinkType = 229 // raw IPv6
	LinkSLL2      LinkType = 276 // Linux cooked capture, version 2
	LinkNone      LinkType = 0xffff
)

// linkNames are the names of the link types that are met most. They are not taken from gopacket's layers, since that package
// takes milliseconds to initialise, in every program.
var linkNames = map[LinkType]string{
	LinkNull: "Null", LinkEthernet: "Ethernet", LinkTokenRing: "Token Ring", LinkPPP: "PPP", LinkFDDI: "FDDI",
	LinkRaw12: "Raw IP", LinkRaw14: "Raw IP", LinkPPPHDLC: "PPP in HDLC", LinkPPPoE: "PPPoE", LinkATM: "ATM", LinkRaw: "Raw IP",
	LinkCHDLC: "Cisco HDLC", LinkWLAN: "802.11", LinkFRelay: "Frame Relay", LinkLoop: "Loop", LinkSLL: "Linux SLL",
	LinkPrism: "Prism 802.11", LinkRadiotap: "radiotap 802.11", LinkAVS: "AVS 802.11", LinkPPI: "PPI", LinkIPv4: "Raw IPv4",
	LinkIPv6: "Raw IPv6", LinkSLL2: "Linux SLL2", LinkNone: "none",
	8: "SLIP", 99: "Symbian", 117: "OpenBSD pflog", 147: "User 0", 187: "Bluetooth HCI", 189: "USB", 195: "802.15.4", 220: "Linux USB",
	227: "CAN", 239: "nflog", 249: "USBPcap", 253: "Netlink",
}

// String returns the name of the link type, or its number where it has none here.
func (t LinkType) String() string {
	if name, ok := linkNames[t]; ok {
		return name
	}
	return "link type " + strconv.Itoa(int(t))
}
