package anon

// quoted anonymises what is behind the header of an ICMP or ICMPv6 error: the packet that it is
// about, and objects that some routers add (RFC 4884). length is the length of the quoted packet by
// the header, in bytes. It is 0 if the header has none; then objects may follow after 128 bytes, as
// older routers sent them (RFC 4884, 5.5).
func (a *Anonymizer) quoted(off, end, length int, extended bool) {
	const compatible = 128
	packetEnd := end
	switch {
	case !extended:
	case length > 0:
		packetEnd = min(end, off+length)
	case end-off >= compatible+4 && a.u16(off+compatible) == extensionVersion<<12:
		packetEnd = off + compatible
	case end-off > compatible && end-off < compatible+4 && end == len(a.packet.data) && a.packet.missing > 0:
		packetEnd = off + compatible // too little was captured to tell
	}
	if off < packetEnd {
		a.ip(off, packetEnd)
	}
	if packetEnd < end {
		a.extension(packetEnd, end)
	}
}

const extensionVersion = 2

// extension anonymises the objects of an extension structure. It cuts the record at the first
// object that is not understood.
func (a *Anonymizer) extension(off, end int) {
	if end-off < 4 || a.packet.data[off]>>4 != extensionVersion {
		a.unknown(off, ReasonICMP)
		return
	}
	before := a.sumFrom(off, end)
	for at := off + 4; at < end; {
		if end-at < 4 || a.u16(at) < 4 {
			a.unknown(at, ReasonICMP)
			break
		}
		const labels, interfaceInformation = 1, 2
		next := min(end, at+a.u16(at))
		switch class, kind := a.packet.data[at+2], a.packet.data[at+3]; class {
		case labels: // RFC 4950
		case interfaceInformation:
			a.interfaceObject(kind, at+4, next)
		default:
			a.unknown(at+4, ReasonICMP)
		}
		at = next
	}
	if a.u16(off+2) != 0 { // 0: no checksum was sent
		a.adjust(off+2, end, change{before, a.sumFrom(off, end)})
	}
}

// interfaceObject anonymises the address in an interface information object and masks the name by x
// (RFC 5837, 4).
func (a *Anonymizer) interfaceObject(kind byte, off, end int) {
	const hasIndex, hasAddress, hasName = 0x08, 0x04, 0x02
	if kind&hasIndex != 0 {
		off += 4
	}
	if kind&hasAddress != 0 {
		if end-off < 4 {
			a.unknown(min(off, end), ReasonICMP)
			return
		}
		const ipv4, ipv6 = 1, 2 // address families (IANA)
		switch a.u16(off) {
		case ipv4:
			a.rewrite4(off+4, end)
			off += 8
		case ipv6:
			a.rewrite6(off+4, end)
			off += 20
		default:
			a.unknown(off+4, ReasonICMP)
			return
		}
	}
	if kind&hasName != 0 && off < end {
		next := min(end, off+max(1, int(a.packet.data[off])))
		for i := off + 1; i < next; i++ {
			if a.packet.data[i] != 0 { // padding
				a.packet.data[i] = 'x'
			}
		}
		off = next
	}
	const mtu = 4
	if off+mtu < end {
		a.unknown(off+mtu, ReasonICMP)
	}
}
