package anon

// transport anonymises what an IP packet carries.
func (a *Anonymizer) transport(proto byte, off, end int, d *datagram) {
	if off >= end {
		return
	}
	if d.later {
		a.laterFragment(proto, off)
		return
	}
	switch proto {
	case protoTCP:
		a.tcp(off, end, d)
	case protoUDP, protoUDPLite:
		a.udp(proto, off, end, d)
	case protoDCCP:
		a.adjust(off+6, end, d.pseudo())
		if end-off > 4 {
			a.payload(off + int(a.packet.data[off+4])*4)
		}
	case protoSCTP:
		a.sctp(off, end, d)
	case protoICMP:
		a.icmp(off, end)
	case protoICMPv6:
		a.icmpv6(off, end, d)
	case protoIGMP:
		a.igmp(off, end)
	case protoIPv4, protoIPv6:
		a.ip(off, end)
	case protoGRE:
		a.gre(off, end)
	case protoESP: // encrypted behind its index and sequence number
		a.payload(off + 8)
	case protoNone:
	default:
		a.unknown(off)
	}
}

// laterFragment handles a fragment without transport header. What is in it follows from the first fragment, which may have come
// later or never: so the protocols decide whose further fragments can hold addresses.
func (a *Anonymizer) laterFragment(proto byte, off int) {
	switch proto {
	case protoTCP, protoICMP, protoICMPv6, protoESP: // of ICMP, messages with addresses are too short for it
		a.payload(off)
	default:
		a.unknown(off)
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
	before := a.sumFrom(off, covered)
	a.mptcp(off+20, min(body, end))
	if isDNS && body >= off+20 && body < end {
		a.dnsStream(body, end)
	}
	a.adjust(off+16, end, d.pseudo().plus(change{before, a.sumFrom(off, covered)}))
	a.payload(max(body, off+20))
}

// mptcp anonymises the address in the ADD_ADDR option (RFC 8684, 3.4.1) among TCP options.
func (a *Anonymizer) mptcp(off, end int) {
	const endOfList, nop, kindMPTCP, addAddr = 0, 1, 30, 3
	for off < end {
		kind := a.packet.data[off]
		if kind == endOfList {
			return
		}
		if kind == nop {
			off++
			continue
		}
		if end-off < 2 || a.packet.data[off+1] < 2 {
			return
		}
		next := min(end, off+int(a.packet.data[off+1]))
		if kind == kindMPTCP && next-off >= 8 && a.packet.data[off+2]>>4 == addAddr {
			// The version is in the low bits in RFC 6824; RFC 8684 has the length tell: 8, 10, 16 and 18 are IPv4.
			if size := int(a.packet.data[off+1]); size >= 20 && size != 22 {
				a.rewrite6(off+4, next)
			} else {
				a.rewrite4(off+4, next)
			}
		}
		off = next
	}
}

// udp anonymises a UDP (RFC 768) or UDP-Lite datagram (RFC 3828), with the tunnels that are known by ports.
func (a *Anonymizer) udp(proto byte, off, end int, d *datagram) {
	if end-off < 8 {
		a.adjustUDP(off+6, end, d.pseudo())
		return
	}
	covered := end
	switch length := a.u16(off + 4); {
	case length < 8: // 0: a jumbogram, segmentation offload, or all of a UDP-Lite packet
	case proto == protoUDPLite:
		covered = min(end, off+length)
	default:
		end = min(end, off+length)
		covered = end
	}
	before := a.sumFrom(off, covered)
	a.udpPayload(a.u16(off), a.u16(off+2), off+8, end, d)
	a.adjustUDP(off+6, end, d.pseudo().plus(change{before, a.sumFrom(off, covered)}))
}

// udpPayload goes by ports.
func (a *Anonymizer) udpPayload(src, dst, off, end int, d *datagram) {
	either := func(port int) bool { return src == port || dst == port }
	switch {
	case dst == portVXLAN || dst == portVXLANOld:
		a.vxlan(off, end)
	case dst == portGENEVE:
		a.geneve(off, end)
	case either(portGTPU):
		a.gtpu(off, end)
	case either(portTeredo):
		a.teredo(off, end)
	case a.CutPayload:
		a.payload(off)
	case either(portDNS) || either(5353) || either(5355): // multicast DNS (RFC 6762), link-local name resolution (RFC 4795)
		a.dns(off, end)
	case addressPort(src) || addressPort(dst):
		a.unknown(off)
	}
}

// addressPort tells whether a UDP port belongs to a protocol that is made of addresses and is not understood here.
func addressPort(port int) bool {
	switch port {
	case 67, 68, 546, 547, // DHCP, DHCPv6
		137, 138, // NetBIOS names and datagrams
		434,           // Mobile IP
		496, 520, 521, // PIM-RP-DISC, RIP, RIPng
		1985, 2029, // HSRP
		2123, 3386, 8805, // GTP-C, GTP', PFCP
		2055, 4739, 6343, 9995, 9996: // NetFlow, IPFIX, sFlow
		return true
	}
	return false
}
