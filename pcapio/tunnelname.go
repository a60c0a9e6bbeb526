package pcapio

import (
	"fmt"
	"math/bits"
	"strings"
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
