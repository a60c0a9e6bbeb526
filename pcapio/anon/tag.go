package anon

import "slices"

// EtherTypes (IEEE 802, IANA).
const (
	typeIPv4      = 0x0800
	typeARP       = 0x0806
	typeTRILL     = 0x22f3
	typeERSPAN3   = 0x22eb // in GRE only
	typeEoIP      = 0x6400 // in GRE only
	typeBridged   = 0x6558
	typeRARP      = 0x8035
	typeIPv6      = 0x86dd
	typePPP       = 0x880b // in GRE only
	typeWCCP      = 0x883e // in GRE only
	typeMPLS      = 0x8847
	typeMPLSMulti = 0x8848
	typePPPoEDisc = 0x8863
	typePPPoE     = 0x8864
	typeJumboLLC  = 0x8870
	typeERSPAN2   = 0x88be // in GRE only
	typeMACsec    = 0x88e5
	typeITag      = 0x88e7 // 802.1ah
	typeFabric    = 0x8903 // FabricPath
	typeCiscoMeta = 0x8909
	typeVNTag     = 0x8926
	typeHSR       = 0x892f
	typeFineLabel = 0x893b
	typeETag      = 0x893f
	typeNSH       = 0x894f
	typeArista    = 0xd28b
	typeRTag      = 0xf1c1
	typeMin       = 0x0600 // below, it is a length
)

// isVLAN tells whether typ announces a VLAN tag.
func (a *Anonymizer) isVLAN(typ int) bool {
	switch typ {
	case 0x8100, 0x88a8, 0x8200, 0x88e8, 0x9100, 0x9200, 0x9300, 0x98a8:
		return true
	}
	return slices.Contains(a.cfg.TPIDs, uint16(typ))
}

// etherType anonymises what follows an EtherType or length field.
func (a *Anonymizer) etherType(typ, off, end int) {
	if !a.deeper(off) {
		return
	}
	if off > end {
		a.unknown(end, ReasonDamaged)
		return
	}
	switch typ {
	case typeIPv4, typeIPv6:
		a.ip(off, end)
	case typeARP, typeRARP:
		a.arp(off, end)
	case typeMPLS, typeMPLSMulti:
		a.mpls(off, end)
	case typePPPoE, typePPPoEDisc:
		a.pppoe(off, end)
	case typeBridged:
		a.ethernet(off, end)
	case typeJumboLLC:
		a.llc(off, end)
	case typeMACsec:
		a.macsec(off, end)
	case typeNSH:
		a.nsh(off, end)
	default:
		if typ < typeMin {
			a.llc(off, min(end, off+typ))
			return
		}
		a.tag(typ, off, end)
	}
}

// tag anonymises what is behind a tag that has only numbers: of networks, ports, sequences, times.
// At its end is an EtherType or, where it holds a whole frame, that.
func (a *Anonymizer) tag(typ, off, end int) {
	size, inFrame := 0, false
	switch typ {
	case typeFineLabel:
		size = 4
	case typeHSR, typeRTag, typeVNTag:
		size = 6
	case typeETag, typeCiscoMeta:
		size = 8
	case typeArista: // by the form of the time stamp
		if end-off >= 4 && a.packet.data[off+1] == 1 {
			size = map[byte]int{0x10: 14, 0x20: 12}[a.packet.data[off+3]&0xf0]
		}
	case typeITag:
		size, inFrame = 4, true
	case typeFabric:
		size, inFrame = 2, true
	case typeTRILL:
		if end-off >= 6 {
			size, inFrame = 6+a.u16(off)>>6&0x1f*4, true
			a.blank(off+6, min(off+size, end)) // options
		}
	default:
		if a.isVLAN(typ) {
			size = 4
		}
	}
	switch {
	case size == 0:
		a.unknown(off, ReasonLink)
	case end-off < size: // cut short: it has no addresses
	case inFrame:
		a.ethernet(off+size, end)
	default:
		a.typed(off+size-2, off+size, end)
	}
}

// macsec anonymises a frame behind the security tag of IEEE 802.1AE, which may have an address in
// it. The check value at the end is blanked as all that is behind a packet.
func (a *Anonymizer) macsec(off, end int) {
	const version, hasSCI, encrypted, changed = 0x80, 0x20, 0x08, 0x04
	if end-off < 6 {
		return
	}
	flags, size := a.packet.data[off], 6
	if flags&hasSCI != 0 {
		a.rewriteMAC(off+6, end)
		size = 14
	}
	if flags&(version|encrypted|changed) != 0 {
		a.unknown(min(off+size, end), ReasonEncrypted)
		return
	}
	a.typed(off+size, off+size+2, end)
}

// nsh anonymises what is behind a network service header (RFC 8300), whose context may be anything
// and is blanked.
func (a *Anonymizer) nsh(off, end int) {
	if end-off < 8 {
		return
	}
	size := int(a.packet.data[off+1]&0x3f) * 4
	if a.packet.data[off]>>6 != 0 || size < 8 {
		a.unknown(off, ReasonDamaged)
		return
	}
	next := int(a.packet.data[off+3])
	a.blank(off+8, min(off+size, end))
	a.nextProtocol(next, off+size, end)
}

// nextProtocol anonymises what one of the numbers names that NSH, VXLAN-GPE and LISP share (RFC
// 8300, 2.2).
func (a *Anonymizer) nextProtocol(n, off, end int) {
	if off > end {
		return
	}
	switch n {
	case 1, 2:
		a.ip(off, end)
	case 3:
		a.ethernet(off, end)
	case 4:
		a.etherType(typeNSH, off, end)
	case 5:
		a.mpls(off, end)
	default:
		a.unknown(off, ReasonTunnel)
	}
}
