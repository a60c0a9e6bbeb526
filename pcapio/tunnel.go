package pcapio

import (
	"fmt"
	"math/bits"
	"strings"
)

// Tunnel names a kind of tunnel; as a set, the kinds to enter.
type Tunnel uint32

// The tunnels that a [Decoder] can enter. docs/formats.md lists which variants of each.
const (
	// RFC 2784, 2890, with Ethernet, IP, MPLS or PPP inside; PPTP, WCCP, EoIP, Aruba
	TunnelGRE  Tunnel = 1 << iota
	TunnelIPIP        // IPv4 in IPv4, RFC 2003
	Tunnel6in4        // IPv6 in IPv4, RFC 4213
	Tunnel4in6        // IPv4 in IPv6, RFC 2473
	Tunnel6in6        // IPv6 in IPv6, RFC 2473
	// RFC 7348, UDP destination port 4789, or 8472 as Linux had it; VXLAN-GPE, port 4790
	TunnelVXLAN
	TunnelGENEVE // RFC 8926, UDP destination port 6081
	TunnelGTPU   // 3GPP TS 29.281, UDP port 2152
	TunnelTeredo // RFC 4380, UDP port 3544
	TunnelERSPAN // draft-foschiano-erspan, types I, II and III in GRE
	// L2TPv2, RFC 2661, and L2TPv3, RFC 3931: UDP port 1701, IP protocol 115
	TunnelL2TP
	// MPLS in UDP, RFC 7510, destination port 6635; in IP, RFC 4023, protocol 137
	TunnelMPLS
	TunnelLISP // RFC 9300 and 9305, UDP destination port 4341
	// Ethernet in IP: RFC 3378, protocol 97; RFC 8986, protocol 143
	TunnelEtherIP
	TunnelCAPWAP // RFC 5415, data channel in clear, UDP port 5247
	TunnelAYIYA  // draft-massar-v6ops-ayiya, UDP port 5072
	// draft-ietf-intarea-gue, variants 0 and 1, UDP destination port 6080
	TunnelGUE
	TunnelTZSP // TaZmen Sniffer Protocol, UDP destination port 37008

	TunnelNone Tunnel = 0
	TunnelAll  Tunnel = 1<<18 - 1
)

// tunnelNames are in the order of the Tunnel bits.
var tunnelNames = [...]string{"gre", "ipip", "6in4", "4in6", "6in6", "vxlan", "geneve", "gtpu", "teredo", "erspan",
	"l2tp", "mpls", "lisp", "etherip", "capwap", "ayiya", "gue", "tzsp"}

// String lists the names in t, separated by commas; it is empty for [TunnelNone].
func (t Tunnel) String() string {
	var names []string
	for t &= TunnelAll; t != 0; t &= t - 1 {
		name := tunnelNames[bits.TrailingZeros32(uint32(t))]
		if t&(t-1) == 0 && names == nil {
			return name // one, as of most packets that have any: without allocation
		}
		names = append(names, name)
	}
	return strings.Join(names, ",")
}

// ParseTunnel reads a list of names as String writes it; "all" is [TunnelAll], the empty list
// [TunnelNone].
func ParseTunnel(list string) (Tunnel, error) {
	var t Tunnel
	if list == "" {
		return t, nil
	}
next:
	for word := range strings.SplitSeq(list, ",") {
		if word == "all" {
			t |= TunnelAll
			continue
		}
		for i, name := range tunnelNames {
			if word == name {
				t |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("pcapio: unknown tunnel %q: want some of %v,all", word, TunnelAll)
	}
	return t, nil
}
