package anon

import (
	"slices"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// isVLAN tells whether typ announces a VLAN tag.
func (a *Anonymizer) isVLAN(typ int) bool {
	return pcapio.IsTPID(uint16(typ)) || slices.Contains(a.cfg.TPIDs, uint16(typ))
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
	case iana.EtherTypeIPv4, iana.EtherTypeIPv6:
		a.ip(off, end)
	case iana.EtherTypeARP, iana.EtherTypeRARP:
		a.arp(off, end)
	case iana.EtherTypeMPLS, iana.EtherTypeMPLSMulti:
		a.mpls(off, end)
	case iana.EtherTypePPPoE, iana.EtherTypePPPoEDisc:
		a.pppoe(off, end)
	case iana.EtherTypeBridged:
		a.ethernet(off, end)
	case iana.EtherTypeJumboLLC:
		a.llc(off, end)
	case iana.EtherTypeMACsec:
		a.macsec(off, end)
	case iana.EtherTypeNSH:
		a.nsh(off, end)
	default:
		if typ < iana.EtherTypeMin {
			a.llc(off, min(end, off+typ))
			return
		}
		a.tag(typ, off, end)
	}
}

// tag anonymises what follows a tag that holds only numbers: of networks, ports, sequences, times.
// Behind them is an EtherType or a whole frame.
func (a *Anonymizer) tag(typ, off, end int) {
	size, inFrame := 0, false
	switch typ {
	case iana.EtherTypeFineLabel:
		size = 4
	case iana.EtherTypeHSR, iana.EtherTypeRTag, iana.EtherTypeVNTag:
		size = 6
	case iana.EtherTypeETag, iana.EtherTypeCiscoMeta:
		size = 8
	case iana.EtherTypeArista: // by the form of the time stamp
		if end-off >= 4 && a.packet.data[off+1] == 1 {
			size = map[byte]int{0x10: 14, 0x20: 12}[a.packet.data[off+3]&0xf0]
		}
	case iana.EtherTypeITag:
		size, inFrame = 4, true
	case iana.EtherTypeFabric:
		size, inFrame = 2, true
	case iana.EtherTypeTRILL:
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

// macsec anonymises a frame behind the security tag of IEEE 802.1AE. The tag may hold an address.
// The check value at the end is blanked like all bytes behind a packet.
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

// nextProtocol anonymises the payload that next protocol n names. NSH, VXLAN-GPE and LISP share the
// numbers (RFC 8300, 2.2).
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
		a.etherType(iana.EtherTypeNSH, off, end)
	case 5:
		a.mpls(off, end)
	default:
		a.unknown(off, ReasonTunnel)
	}
}
