package intervalstat

import "github.com/reeftools/reef/pcapio"

// Protocols counts packets by protocol, behind VLAN tags, MPLS labels, cooked headers and the
// tunnels that the decoder enters.
//
// Each packet is in one of IPv4, IPv6, ARP and NonIP, and if its IP header is sound in one of TCP
// to OtherIP too. Later fragments count under the protocol of their datagram. A packet whose IP
// header is damaged or cut is under BadIP instead of TCP to OtherIP.
type Protocols struct {
	IPv4, IPv6, ARP, NonIP                uint64
	TCP, UDP, SCTP, ICMP, ICMPv6, OtherIP uint64
	BadIP                                 uint64
}

func (c *Protocols) add(p *pcapio.Packet) {
	switch {
	case p.IPVersion == 4:
		c.IPv4++
	case p.IPVersion == 6:
		c.IPv6++
	case p.Layers&pcapio.LayerARP != 0:
		c.ARP++
		return
	default:
		c.NonIP++
		return
	}
	if !p.Status.HasIP() {
		c.BadIP++
		return
	}
	c.addIP(p.Proto)
}

// addIP counts a sound IP packet by the protocol that it carries.
func (c *Protocols) addIP(proto uint8) {
	switch proto {
	case pcapio.ProtoTCP:
		c.TCP++
	case pcapio.ProtoUDP:
		c.UDP++
	case pcapio.ProtoSCTP:
		c.SCTP++
	case pcapio.ProtoICMP:
		c.ICMP++
	case pcapio.ProtoICMPv6:
		c.ICMPv6++
	default:
		c.OtherIP++
	}
}

func (c *Protocols) merge(o *Protocols) {
	c.IPv4 += o.IPv4
	c.IPv6 += o.IPv6
	c.ARP += o.ARP
	c.NonIP += o.NonIP
	c.TCP += o.TCP
	c.UDP += o.UDP
	c.SCTP += o.SCTP
	c.ICMP += o.ICMP
	c.ICMPv6 += o.ICMPv6
	c.OtherIP += o.OtherIP
	c.BadIP += o.BadIP
}
