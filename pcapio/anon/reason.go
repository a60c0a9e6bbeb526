package anon

import (
	"fmt"
	"strings"
)

// Reason is why a record was cut: what began there is not understood.
type Reason uint8

// The reasons.
const (
	// a link type or what a frame carries: management, discovery, control protocols, unknown tags
	ReasonLink    Reason = iota
	ReasonDamaged        // a header that contradicts itself or is not there as a whole
	// an IP protocol, an extension header or a message that is not understood: OSPF, DHCP, NetBIOS,
	// ...
	ReasonProtocol
	// an ICMP, ICMPv6 or IGMP message, option or extension object that is not understood
	ReasonICMP
	ReasonTunnel    // a tunnel's control message, or what a tunnel carries
	ReasonDNS       // a DNS message that cannot be read to its end
	ReasonFragment  // a later fragment: what is in it follows from the first
	ReasonEncrypted // what may be encrypted: ESP, MACsec, 802.11
	ReasonDepth     // headers nested too deeply
	numReasons
)

var reasonNames = [numReasons]string{"link", "damaged", "protocol", "icmp", "tunnel", "dns", "fragment", "encrypted", "depth"}

// String returns the name that messages use.
func (r Reason) String() string {
	if r < numReasons {
		return reasonNames[r]
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

// ReasonCounts counts records by [Reason].
type ReasonCounts [numReasons]uint64

// Merge adds the counts of o.
func (c *ReasonCounts) Merge(o *ReasonCounts) {
	for r, n := range o {
		c[r] += n
	}
}

// String lists the reasons that occurred, as "link 5, encrypted 1".
func (c ReasonCounts) String() string {
	var parts []string
	for r, n := range c {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%v %d", Reason(r), n))
		}
	}
	return strings.Join(parts, ", ")
}
