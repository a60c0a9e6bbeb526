package pcapio

import (
	"strconv"

	"github.com/google/gopacket/layers"
)

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

// String returns gopacket's name for the link type where there is one, else the registry's or the number.
func (t LinkType) String() string {
	switch t {
	case LinkSLL2:
		return "Linux SLL2"
	case LinkPPI:
		return "PPI"
	case LinkIPv4:
		return "Raw IPv4"
	case LinkIPv6:
		return "Raw IPv6"
	case LinkRaw12, LinkRaw14, LinkRaw:
		return "Raw IP"
	case LinkNone:
		return "none"
	}
	if t < 256 {
		if name := layers.LinkType(t).String(); name != "UnknownLinkType" && name != "" {
			return name
		}
	}
	return "link type " + strconv.Itoa(int(t))
}
