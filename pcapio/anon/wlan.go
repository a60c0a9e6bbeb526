package anon

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// monitor anonymises the header of a capture in monitor mode and the 802.11 frame behind it. What
// it measures is kept; names, places and what vendors add are blanked.
func (a *Anonymizer) monitor(t pcapio.LinkType, off, end int) {
	b := a.packet.data[min(off, end):end]
	if len(b) < 8 {
		a.unknown(off, ReasonDamaged)
		return
	}
	size, pad := uint32(0), false
	const prismName = 16
	switch {
	case t == pcapio.LinkRadiotap:
		size = uint32(binary.LittleEndian.Uint16(b[2:]))
		pad = a.radiotap(off, min(off+int(size), end))
	case t == pcapio.LinkPPI:
		size = uint32(binary.LittleEndian.Uint16(b[2:]))
		a.ppi(off+8, min(off+int(size), end))
		if inner := binary.LittleEndian.Uint32(b[4:]); inner != uint32(pcapio.LinkWLAN) {
			if inner <= 0xffff && inner != uint32(pcapio.LinkPPI) && size >= 8 && int(size) <= len(b) {
				a.link(pcapio.LinkType(inner), off+int(size), end)
			} else {
				a.unknown(off+8, ReasonLink)
			}
			return
		}
	case binary.BigEndian.Uint32(b)&0xfffff000 == 0x80211000: // AVS
		size = binary.BigEndian.Uint32(b[4:])
	default:
		size = binary.LittleEndian.Uint32(b[4:])
		if size > 0xffff {
			size = binary.BigEndian.Uint32(b[4:])
		}
		a.blank(off+8, min(off+8+prismName, end)) // of the device
	}
	if size < 8 || uint64(size) > uint64(len(b)) {
		a.unknown(off+8, ReasonDamaged)
		return
	}
	a.wlan(off+int(size), end, pad)
}

// radiotap blanks what is behind the flags if vendors have fields of their own among them, and
// tells whether the 802.11 header is padded.
func (a *Anonymizer) radiotap(off, end int) (pad bool) {
	const hasTSFT, hasFlags, vendor, more = 1 << 0, 1 << 1, 1 << 30, 1 << 31
	const flagPad = 0x20
	if end-off < 8 {
		return false
	}
	present := binary.LittleEndian.Uint32(a.packet.data[off+4:])
	field, vendors := off+8, present&vendor != 0
	for word := present; word&more != 0 && end-field >= 4; field += 4 {
		word = binary.LittleEndian.Uint32(a.packet.data[field:])
		vendors = vendors || word&vendor != 0
	}
	if present&hasTSFT != 0 {
		field = off + (field-off+7)&^7 + 8
	}
	if present&hasFlags != 0 {
		pad = field < end && a.packet.data[field]&flagPad != 0
		field++
	}
	if vendors {
		a.blank(field, end)
	}
	return pad
}

// ppi blanks the fields of a per-packet information header that are not of 802.11, such as
// positions. Each field has a type and a length.
func (a *Anonymizer) ppi(off, end int) {
	for end-off >= 4 {
		typ := binary.LittleEndian.Uint16(a.packet.data[off:])
		next := min(end, off+4+int(binary.LittleEndian.Uint16(a.packet.data[off+2:])))
		if typ < 2 || typ > 4 {
			a.blank(off+4, next)
		}
		off = next
	}
	a.blank(off, end)
}

// wlan anonymises an 802.11 frame. Only data frames that are neither encrypted, fragmented nor
// aggregated are kept behind their header: management frames are full of addresses and names. With
// pad the header is padded to a multiple of four bytes.
func (a *Anonymizer) wlan(off, end int, pad bool) {
	b := a.packet.data[min(off, end):end]
	if len(b) < 4 || !a.deeper(off) {
		a.unknown(min(off, end), ReasonDamaged)
		return
	}
	if a.packet.depth == 0 {
		a.packet.frame.find(a.packet.data, off)
	}
	const control, data = 1, 2
	const protected, order, bothDS, null, qos, aggregate = 0x40, 0x80, 0x03, 0x40, 0x80, 0x80
	fc, flags := b[0], b[1]
	// a data frame with its bytes swapped, as access points send it in tunnels
	if a.packet.depth > 0 && fc&0x0f != 0x08 && flags&0x0f == 0x08 {
		fc, flags = flags, fc
	}
	kind, subtype := fc>>2&3, fc>>4
	a.rewriteMAC(off+4, end)
	if kind == control {
		switch subtype {
		case 8, 9, 10, 11, 14, 15: // have a transmitter address
			a.rewriteMAC(off+10, end)
			a.unknown(off+16, ReasonLink)
		default:
			a.unknown(off+10, ReasonLink)
		}
		return
	}
	a.rewriteMAC(off+10, end)
	a.rewriteMAC(off+16, end)
	if len(b) < 24 {
		return
	}
	body := off + 24
	if flags&bothDS == bothDS {
		a.rewriteMAC(body, end)
		body += 6
	}
	aggregated := false
	if kind == data && fc&qos != 0 {
		aggregated = body < end && a.packet.data[body]&aggregate != 0
		body += 2
		if flags&order != 0 {
			body += 4
		}
	}
	if pad {
		body = off + (body-off+3)&^3
	}
	body = min(body, end)
	switch {
	case kind == data && flags&protected != 0:
		a.unknown(body, ReasonEncrypted)
	case kind != data || fc&3 != 0 || fc&null != 0 || b[22]&0x0f != 0 || aggregated:
		a.unknown(body, ReasonLink)
	case body < end:
		a.llc(body, end)
	}
}
