package flow

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"

	"github.com/reeftools/reef/pcapio"
)

// Key is a flow key (RFC 7011, 2): what the packets of a flow have in common. It is comparable and
// holds no pointers.
//
// Source and destination are those of the flow's forward direction. Fields that [Config] leaves out
// of the key are zero.
type Key struct {
	Src, Dst  [16]byte // IPv4 as ::ffff:a.b.c.d
	SrcPort   uint16   // see KeyOf for ICMP
	DstPort   uint16
	VLAN      uint16 // outermost VLAN identifier, with Config.VLAN
	InnerVLAN uint16 // innermost of several, with Config.VLAN
	Proto     uint8  // IP protocol number
	Version   uint8  // 4 or 6
	// ports are known; false for later fragments, cut headers and protocols without ports
	PortsOK  bool
	Tunnel   pcapio.Tunnel // kind of the innermost tunnel, with Config.Tunnel
	TunnelID uint32        // VNI, GRE key or TEID, with Config.Tunnel
}

// SrcAddr returns the source address.
func (k Key) SrcAddr() netip.Addr { return addrOf(k.Version, &k.Src) }

// DstAddr returns the destination address.
func (k Key) DstAddr() netip.Addr { return addrOf(k.Version, &k.Dst) }

func addrOf(version uint8, a *[16]byte) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte(a[12:]))
	}
	return netip.AddrFrom16(*a)
}

// Reverse returns the key of the opposite direction.
func (k Key) Reverse() Key {
	k.Src, k.Dst = k.Dst, k.Src
	k.SrcPort, k.DstPort = k.DstPort, k.SrcPort
	return k
}

// Compare orders keys by version, addresses, protocol, ports, VLANs and tunnel; it returns -1, 0 or
// 1.
func (k *Key) Compare(o *Key) int {
	if c := cmp.Compare(k.Version, o.Version); c != 0 {
		return c
	}
	if c := bytes.Compare(k.Src[:], o.Src[:]); c != 0 {
		return c
	}
	if c := bytes.Compare(k.Dst[:], o.Dst[:]); c != 0 {
		return c
	}
	a, b := pack(k), pack(o)
	return a.compareRest(&b)
}

// String writes k as "6 10.0.0.1:1024 > 10.0.0.2:80", for messages; the first number is the
// protocol.
func (k Key) String() string {
	return fmt.Sprintf("%d %s > %s", k.Proto, netip.AddrPortFrom(k.SrcAddr(), k.SrcPort), netip.AddrPortFrom(k.DstAddr(), k.DstPort))
}

// Direction of a packet within its flow.
type Direction uint8

// Directions.
const (
	Forward Direction = iota // from Key.Src to Key.Dst
	Reverse
)

// String returns "forward" or "reverse".
func (d Direction) String() string {
	if d == Forward {
		return "forward"
	}
	return "reverse"
}

// KeyOf returns the key of the direction in which p travels. p must have an IP layer
// ([pcapio.Status.HasIP]).
//
// ICMP has no ports. In a unidirectional table its type is SrcPort and its code DstPort, as
// CoralReef has it. In a biflow table a query has its own type as SrcPort and the reply's type as
// DstPort, and the reply the other way round, so that both fall into one biflow; messages without
// counterpart have type and code.
func KeyOf(p *pcapio.Packet, cfg *Config) Key {
	var k packed
	k.of(p, cfg)
	return k.key()
}

// isReply tells whether an ICMP type with a counterpart is the reply, not the query.
func isReply(v6 bool, typ uint8) bool {
	if v6 {
		return typ == 129 || typ == 131 || typ == 134 || typ == 136 || typ == 140
	}
	return typ == 0 || typ == 9 || typ == 14 || typ == 16 || typ == 18
}

// counterpart returns the type of the message that answers an ICMP query, or the query's for a
// reply (RFC 792, 950, 1256, 4443, 4861).
func counterpart(v6 bool, typ uint8) (uint8, bool) {
	if v6 {
		switch typ {
		case 128, 133, 135, 139: // echo, router and neighbour solicitation, node information query
			return typ + 1, true
		case 129, 134, 136, 140:
			return typ - 1, true
		case 130: // multicast listener query and report
			return 131, true
		case 131:
			return 130, true
		}
		return 0, false
	}
	switch typ {
	case 8:
		return 0, true
	case 0:
		return 8, true
	case 13, 15, 17: // timestamp, information, address mask
		return typ + 1, true
	case 14, 16, 18:
		return typ - 1, true
	case 10: // router solicitation and advertisement
		return 9, true
	case 9:
		return 10, true
	}
	return 0, false
}
