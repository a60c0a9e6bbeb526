package pcapio

import "strings"

// Layers is a set of headers.
type Layers uint32

// The headers that a [Decoder] knows.
const (
	LayerEthernet Layers = 1 << iota
	LayerVLAN            // 802.1Q or 802.1ad, any number; not those inside a tunnel
	LayerPPPoE
	LayerPPP
	LayerMPLS // not inside a tunnel
	LayerWLAN // 802.11
	LayerLLC  // 802.2
	LayerARP
	LayerIPv4
	LayerIPv6
	LayerIPv6Ext // any IPv6 extension header
	LayerTCP
	LayerUDP
	LayerUDPLite
	LayerSCTP
	LayerDCCP
	LayerICMP
	LayerICMPv6
	LayerESP // encrypted from here on
	LayerAH
	LayerTunnel // a tunnel was entered
	// a tag other than VLAN and MPLS: 802.1ah, HSR, MACsec, VN-Tag, ...; not those inside a tunnel
	LayerTag
)

var layerNames = [...]string{"ethernet", "vlan", "pppoe", "ppp", "mpls", "wlan", "llc", "arp", "ipv4", "ipv6", "ipv6ext",
	"tcp", "udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "esp", "ah", "tunnel", "tag"}

// Has tells whether all of want are in l.
func (l Layers) Has(want Layers) bool { return l&want == want }

// String lists the names in l, separated by commas.
func (l Layers) String() string {
	var names []string
	for i, n := range layerNames {
		if l&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ",")
}
