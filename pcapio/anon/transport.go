package anon

import (
	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// transport anonymises what an IP packet carries.
func (a *Anonymizer) transport(proto byte, off, end int, d *datagram) {
	if off >= end {
		return
	}
	if d.later {
		a.unknown(off, ReasonFragment)
		return
	}
	switch proto {
	case pcapio.ProtoTCP:
		a.tcp(off, end, d)
	case pcapio.ProtoUDP, pcapio.ProtoUDPLite:
		a.udp(proto, off, end, d)
	case pcapio.ProtoDCCP:
		a.dccp(off, end, d)
	case pcapio.ProtoSCTP:
		a.sctp(off, end, d)
	case pcapio.ProtoICMP:
		a.icmp(off, end)
	case pcapio.ProtoICMPv6:
		a.icmpv6(off, end, d)
	case pcapio.ProtoIGMP:
		a.igmp(off, end)
	case pcapio.ProtoIPv4, pcapio.ProtoIPv6:
		a.ip(off, end)
	case pcapio.ProtoGRE:
		a.gre(off, end)
	case pcapio.ProtoEtherIP:
		if a.packet.data[off]>>4 != 3 { // version
			a.unknown(off, ReasonTunnel)
			return
		}
		a.ethernet(off+2, end)
	case pcapio.ProtoEthernet:
		a.ethernet(off, end)
	case pcapio.ProtoMPLS:
		a.mpls(off, end)
	case pcapio.ProtoL2TP: // what is behind the session follows from how it was set up
		a.unknown(off+4, ReasonTunnel)
	case pcapio.ProtoESP: // encrypted behind its index and sequence number, or not (RFC 2410)
		a.unknown(off+8, ReasonEncrypted)
	case pcapio.ProtoNone:
		a.blank(off, end)
	default:
		a.unknown(off, ReasonProtocol)
	}
}

const portDNS = 53

// tcp anonymises a TCP segment (RFC 9293).
func (a *Anonymizer) tcp(off, end int, d *datagram) {
	if end-off < 14 {
		return
	}
	body := off + int(a.packet.data[off+12]>>4)*4
	covered := min(max(body, off+20), end)
	isDNS := a.u16(off) == portDNS || a.u16(off+2) == portDNS
	if isDNS {
		covered = end
	}
	if d.routed {
		d.settle(pcapio.ProtoTCP, end-off, a.sumFrom(off, end))
	}
	before := a.sumFrom(off, covered)
	a.tcpOptions(off+20, min(body, end))
	if isDNS && body >= off+20 && body < end {
		a.dnsStream(body, end)
	}
	a.adjust(off+16, end, d.pseudo().plus(change{before, a.sumFrom(off, covered)}))
	a.payload(max(body, off+20))
}

// tcpOptions anonymises the address in MPTCP's ADD_ADDR option (RFC 8684, 3.4.1). It blanks the
// contents of unknown options, since a load balancer may have added a client's address, and the
// bytes behind the end of the list.
func (a *Anonymizer) tcpOptions(off, end int) {
	const endOfList, nop, kindMPTCP = 0, 1, 30
	for off < end {
		kind := a.packet.data[off]
		if kind == endOfList {
			a.blank(off, end)
			return
		}
		if kind == nop {
			off++
			continue
		}
		if end-off < 2 || a.packet.data[off+1] < 2 {
			a.blank(off+2, end)
			return
		}
		next := min(end, off+int(a.packet.data[off+1]))
		switch {
		case kind == kindMPTCP:
			a.mptcp(off, next)
		case !keptOption(kind, a.packet.data[off:next]):
			a.blank(off+2, next)
		}
		off = next
	}
}

// keptOption tells whether a TCP option holds numbers or keyed values only (IANA).
func keptOption(kind byte, option []byte) bool {
	const fastOpenMagic = 0xf989 // of the experimental option (RFC 7413)
	switch kind {
	// up to time stamps, checksums, signatures, timeout, authentication, fast open, ENO
	case 2, 3, 4, 5, 8, 14, 15, 18, 19, 27, 28, 29, 34, 69:
		return true
	case 254:
		return len(option) >= 4 && int(option[2])<<8|int(option[3]) == fastOpenMagic
	}
	return false
}

// mptcp anonymises an ADD_ADDR option. Its authentication value is blanked: it is a hash of the
// address under keys that were sent in clear.
func (a *Anonymizer) mptcp(off, end int) {
	const addAddr = 3
	if end-off < 4 || a.packet.data[off+2]>>4 != addAddr {
		return
	}
	// the length tells the version, a port, an authentication value
	switch size := int(a.packet.data[off+1]); size {
	case 8, 10, 16, 18:
		a.rewrite4(off+4, end)
		if size >= 16 {
			a.blank(off+size-8, end)
		}
	case 20, 22, 28, 30:
		a.rewrite6(off+4, end)
		if size >= 28 {
			a.blank(off+size-8, end)
		}
	default:
		a.blank(off+4, end)
	}
}

// dccp anonymises a DCCP packet (RFC 4340), which has addresses in its pseudo-header only. Its
// options hold negotiated numbers and are kept, since unknown ones cannot be told apart without
// more state.
func (a *Anonymizer) dccp(off, end int, d *datagram) {
	if d.routed {
		d.settle(pcapio.ProtoDCCP, end-off, a.sumFrom(off, end))
	}
	a.adjust(off+6, end, d.pseudo())
	if end-off > 4 {
		a.payload(off + int(a.packet.data[off+4])*4)
	}
}

// udp anonymises a UDP (RFC 768) or UDP-Lite datagram (RFC 3828), with the tunnels that are known
// by ports.
func (a *Anonymizer) udp(proto byte, off, end int, d *datagram) {
	if end-off < 8 {
		a.adjustUDP(off+6, end, d.pseudo())
		return
	}
	covered := end
	switch length := a.u16(off + 4); {
	case length < 8: // 0: a jumbogram, segmentation offload, or all of a UDP-Lite packet
	case proto == pcapio.ProtoUDPLite:
		covered = min(end, off+length)
	default:
		end = min(end, off+length)
		covered = end
	}
	before := a.sumFrom(off, covered)
	d.settle(proto, end-off, before)
	a.udpPayload(a.u16(off), a.u16(off+2), off+8, end, d.ip)
	a.adjustUDP(off+6, end, d.pseudo().plus(change{before, a.sumFrom(off, covered)}))
}

// udpPayload goes by ports; ip is where the IP header begins.
func (a *Anonymizer) udpPayload(src, dst, off, end, ip int) {
	either := func(port int) bool { return src == port || dst == port }
	switch {
	case off >= end:
	case a.udpTunnel(src, dst, off, end):
	case a.entered(ip, off, end): // a tunnel of the decoder's that nothing here goes through
		a.unknown(off, ReasonTunnel)
	case a.CutPayload:
		a.payload(off)
	// multicast DNS (RFC 6762), link-local name resolution (RFC 4795)
	case either(portDNS) || either(5353) || either(5355):
		a.dns(off, end)
	case either(123):
		a.ntp(off, end)
	case either(4500): // ESP in UDP (RFC 3948), which may have NULL encryption, or IKE
		a.unknown(min(off+8, end), ReasonEncrypted)
	case addressPort(src) || addressPort(dst) || wakeOnLAN(a.packet.data[off:end]):
		a.unknown(off, ReasonProtocol)
	}
}

// entered tells whether the decoder finds a tunnel in a UDP datagram whose IP header begins at ip.
func (a *Anonymizer) entered(ip, off, end int) bool {
	if end-off < 4 {
		return false
	}
	return a.ask(pcapio.LinkRaw, a.packet.data[ip:end], end).TunnelDepth > 0
}

// ntp anonymises the reference identifier of NTP, which is the address of the upstream server (RFC
// 5905, 7.3). Extensions, and messages other than time messages, are cut.
func (a *Anonymizer) ntp(off, end int) {
	const header = 48
	mode := a.packet.data[off] & 7
	if mode == 0 || mode > 5 {
		a.unknown(off, ReasonProtocol)
		return
	}
	if end-off >= 16 {
		if stratum := a.packet.data[off+1]; stratum >= 2 {
			a.rewrite4(off+12, end)
		}
	} else if end-off >= 12 {
		a.blank(off+12, end)
	}
	a.unknown(min(off+header, end), ReasonProtocol)
}

// wakeOnLAN tells whether a payload begins like a Wake-on-LAN message, in which the host's address
// follows.
func wakeOnLAN(b []byte) bool { return len(b) >= 6 && [6]byte(b) == broadcast }

// addressPort tells whether a UDP port belongs to a protocol that carries addresses or names and is
// not understood here.
func addressPort(port int) bool {
	switch port {
	case 67, 68, 546, 547, // DHCP, DHCPv6
		88, 1645, 1646, 1812, 1813, 3799, // Kerberos, RADIUS
		111,           // portmapper
		137, 138, 139, // NetBIOS
		161, 162, 514, // SNMP, syslog
		389, 500, // directory, IKE
		// Mobile IP, PIM-RP-DISC, RIP, LDP, OLSR, HSRP, MPLS echo, LISP control, Babel
		434, 496, 520, 521, 646, 698, 1985, 2029, 3503, 4342, 6696,
		// discovery and port mapping: SSDP, WS-Discovery, MNDP, PCP, Ubiquiti
		1900, 3702, 5678, 5351, 10001,
		// of tunnels, what is no data
		iana.PortL2TP, iana.PortLISP, iana.PortAYIYA, iana.PortCAPWAPControl, iana.PortCAPWAP, iana.PortGUE, iana.PortGENEVE, iana.PortMPLS, iana.PortTZSP,
		5349,              // STUN over DTLS
		3478, 3479, 19302, // STUN, which tells addresses
		5060, 5061, // SIP
		2123, 3386, 8805, // GTP-C, GTP', PFCP
		2055, 4739, 6343, 9995, 9996: // NetFlow, IPFIX, sFlow
		return true
	}
	return false
}
