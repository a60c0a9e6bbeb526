package anon

import "github.com/reeftools/reef/pcapio"

// icmp anonymises an ICMP message (RFC 792): the packet that an error quotes, the gateway of a
// redirect, router advertisements.
func (a *Anonymizer) icmp(off, end int) {
	before := a.sumFrom(off, end)
	body := off + 8
	switch typ := a.packet.data[off]; typ {
	case 3, 11, 12: // unreachable, time exceeded, parameter problem
		length := 0
		if body <= end {
			length = int(a.packet.data[off+5]) * 4
		}
		a.quoted(body, end, length, true)
	case 4, 5: // source quench and redirect
		if typ == 5 {
			a.rewrite4(off+4, end)
		}
		a.quoted(body, end, 0, false)
	case 0, 8, 13, 14, 15, 16, 17, 18: // echo, timestamp, information, mask
		a.payload(body)
	case 9: // router advertisement (RFC 1256)
		for at := body; at < end; at += 8 {
			a.rewrite4(at, end)
		}
	case 10:
		a.unknown(body, ReasonICMP)
	default:
		a.unknown(off+4, ReasonICMP)
	}
	a.adjust(off+2, end, change{before, a.sumFrom(off, end)})
}

// icmpv6 anonymises an ICMPv6 message (RFC 4443): errors, multicast listener discovery (RFC 2710,
// 3810) and neighbour discovery (RFC 4861).
func (a *Anonymizer) icmpv6(off, end int, d *datagram) {
	before := a.sumFrom(off, end)
	d.settle(pcapio.ProtoICMPv6, end-off, before)
	body := off + 8
	switch typ := a.packet.data[off]; typ {
	case 1, 3: // unreachable, time exceeded
		length := 0
		if body <= end {
			length = int(a.packet.data[off+4]) * 8
		}
		a.quoted(body, end, length, true)
	case 2, 4: // packet too big, parameter problem
		a.quoted(body, end, 0, false)
	case 128, 129: // echo
		a.payload(body)
	case 130, 131, 132: // listener query, report, done; sources in version 2
		a.rewrite6(body, end)
		a.addresses6(off+28, end)
	case 143:
		a.groupRecords(body, end, 6)
	case 133: // router solicitation
		a.neighbourOptions(body, end)
	case 134: // router advertisement
		a.neighbourOptions(off+16, end)
	case 135, 136: // neighbour solicitation, advertisement
		a.rewrite6(body, end)
		a.neighbourOptions(off+24, end)
	case 137: // redirect
		a.rewrite6(body, end)
		a.rewrite6(off+24, end)
		a.neighbourOptions(off+40, end)
	default:
		a.unknown(off+4, ReasonICMP)
	}
	a.adjust(off+2, end, d.pseudo().plus(change{before, a.sumFrom(off, end)}))
}

// addresses6 anonymises addresses from off to end.
func (a *Anonymizer) addresses6(off, end int) {
	for ; off < end; off += 16 {
		a.rewrite6(off, end)
	}
}

// neighbourOptions anonymises the options of neighbour discovery (RFC 4861, 4.6; RFC 8106); unknown
// ones are cut.
func (a *Anonymizer) neighbourOptions(off, end int) {
	for off < end {
		if end-off < 8 || a.packet.data[off+1] == 0 {
			a.unknown(off, ReasonICMP)
			return
		}
		next := min(end, off+int(a.packet.data[off+1])*8)
		switch a.packet.data[off] {
		case 1, 2: // link-layer address
			a.rewriteMAC(off+2, next)
			a.blank(off+8, next)
		case 3: // prefix
			a.rewrite6(off+16, next)
		case 4: // redirected packet
			if off+8 < next {
				a.ip(off+8, next)
			}
		case 5, 14, 26: // MTU, nonce, flags
		case 24: // route (RFC 4191): as much of the prefix as it needs
			a.routePrefix(off+8, next)
		case 31: // names of the site
			a.blank(off+8, next)
		case 25: // DNS servers
			a.addresses6(off+8, next)
		default:
			a.unknown(off, ReasonICMP)
			return
		}
		off = next
	}
}

// routePrefix anonymises a prefix of 0, 8 or 16 bytes.
func (a *Anonymizer) routePrefix(off, end int) {
	var addr [16]byte
	n := copy(addr[:], a.packet.data[min(off, end):end])
	image := a.IPv6(addr)
	copy(a.packet.data[min(off, end):end], image[:n])
}

// igmp anonymises group addresses and sources (RFC 2236, RFC 9776).
func (a *Anonymizer) igmp(off, end int) {
	before := a.sumFrom(off, end)
	switch a.packet.data[off] {
	case 0x11: // query; sources in version 3
		a.rewrite4(off+4, end)
		for at := off + 12; at < end; at += 4 {
			a.rewrite4(at, end)
		}
	case 0x12, 0x16, 0x17: // reports of versions 1 and 2, leave
		a.rewrite4(off+4, end)
		a.blank(off+8, end)
	case 0x22:
		a.groupRecords(off+8, end, 4)
	default:
		a.unknown(off, ReasonICMP)
	}
	a.adjust(off+2, end, change{before, a.sumFrom(off, end)})
}

// groupRecords anonymises the group records of a multicast report: type, length of auxiliary data,
// number of sources, then the group, the sources and the auxiliary data (RFC 9776, 4.2; RFC 3810,
// 5.2).
func (a *Anonymizer) groupRecords(off, end, version int) {
	for off < end {
		if end-off < 4 {
			a.unknown(off, ReasonICMP)
			return
		}
		auxiliary, sources := int(a.packet.data[off+1])*4, a.u16(off+2)
		off += 4
		for range sources + 1 {
			if off >= end {
				return
			}
			if version == 4 {
				a.rewrite4(off, end)
				off += 4
			} else {
				a.rewrite6(off, end)
				off += 16
			}
		}
		a.blank(off, min(end, off+auxiliary))
		off += auxiliary
	}
}
