package pcapio

import "encoding/binary"

// wlan decodes an 802.11 frame. IP is found in data frames that are neither encrypted, nor a later
// fragment, nor an aggregate of several (A-MSDU); all others are StatusNonIP, or StatusEncrypted.
// With pad the header is padded to a multiple of four bytes.
func (d *Decoder) wlan(p *Packet, off, end int, pad bool) Status {
	if len(p.Data)-off < 2 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	control, flags := b[0], b[1]
	// version 0, data: swapped, as many access points send it
	if p.TunnelDepth > 0 && control&0x0f != 0x08 && flags&0x0f == 0x08 {
		control, flags = flags, control
	}
	if control&0x03 != 0 { // protocol version
		return StatusBadLink
	}
	p.Layers |= LayerWLAN
	const (
		typeMask, typeData = 0x0c, 0x08
		nullData           = 0x40 // subtype bits, in the place of frame control
		qosData            = 0x80

		bothDS, protected, order = 0x03, 0x40, 0x80 // flags
	)
	if control&typeMask != typeData || control&nullData != 0 {
		return StatusNonIP
	}
	if flags&protected != 0 {
		return StatusEncrypted
	}
	size := 24
	if flags&bothDS == bothDS {
		size += 6 // fourth address
	}
	qosAt := size
	if control&qosData != 0 {
		size += 2
		if flags&order != 0 {
			size += 4 // HT control
		}
	}
	if len(b) < size {
		return StatusTruncatedLink
	}
	if b[22]&0x0f != 0 { // fragment number
		return StatusNonIP
	}
	if control&qosData != 0 && b[qosAt]&0x80 != 0 { // A-MSDU present
		return StatusNonIP
	}
	if pad {
		size = (size + 3) &^ 3
	}
	return d.llc(p, off+size, end)
}

// radiotap decodes a radiotap header (radiotap.org). Only the Flags field matters here: it tells
// whether a frame check sequence is at the end, and whether the 802.11 header is padded.
func (d *Decoder) radiotap(p *Packet, off, end int) Status {
	b := p.Data[min(off, len(p.Data)):]
	if len(b) < 8 {
		return StatusTruncatedLink
	}
	size := int(binary.LittleEndian.Uint16(b[2:]))
	if b[0] != 0 || size < 8 {
		return StatusBadLink
	}
	if len(b) < size {
		return StatusTruncatedLink
	}
	const (
		hasTSFT, hasFlags, more = 1 << 0, 1 << 1, 1 << 31
		flagFCS, flagPad        = 0x10, 0x20
	)
	present := binary.LittleEndian.Uint32(b[4:])
	field := 8
	for word := present; word&more != 0; field += 4 {
		if size < field+4 {
			return StatusBadLink
		}
		word = binary.LittleEndian.Uint32(b[field:])
	}
	if present&hasTSFT != 0 {
		field = (field+7)&^7 + 8
	}
	pad := false
	if present&hasFlags != 0 {
		if size < field+1 {
			return StatusBadLink
		}
		pad = b[field]&flagPad != 0
		if b[field]&flagFCS != 0 && p.FCSLen == 0 {
			end -= 4
		}
	}
	return d.wlan(p, off+size, end, pad)
}

// prism decodes a Prism header, in either byte order, or an AVS header where a driver wrote one
// instead.
func (d *Decoder) prism(p *Packet, off, end int) Status {
	if len(p.Data)-off < 8 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	if binary.BigEndian.Uint32(b)&0xfffff000 == avsMagic {
		return d.avs(p, off, end)
	}
	size := binary.LittleEndian.Uint32(b[4:])
	if size > 0xffff {
		size = binary.BigEndian.Uint32(b[4:])
	}
	if size < 8 || size > 0xffff {
		return StatusBadLink
	}
	return d.wlan(p, off+int(size), end, false)
}

const avsMagic = 0x80211000 // and a version in the last 12 bits

// avs decodes an AVS header.
func (d *Decoder) avs(p *Packet, off, end int) Status {
	if len(p.Data)-off < 8 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	size := binary.BigEndian.Uint32(b[4:])
	if binary.BigEndian.Uint32(b)&0xfffff000 != avsMagic || size < 8 || size > 0xffff {
		return StatusBadLink
	}
	return d.wlan(p, off+int(size), end, false)
}

// ppi decodes a per-packet information header, which names the link type of what follows.
func (d *Decoder) ppi(p *Packet, off, end int) Status {
	if len(p.Data)-off < 8 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	size := int(binary.LittleEndian.Uint16(b[2:]))
	inner := binary.LittleEndian.Uint32(b[4:])
	if b[0] != 0 || size < 8 || inner == uint32(LinkPPI) {
		return StatusBadLink
	}
	if inner > 0xffff {
		return StatusUnknownLink
	}
	if len(b) < size {
		return StatusTruncatedLink
	}
	// The field 802.11-Common (type 2) tells in its flags, after an 8-byte timer, whether a frame
	// check sequence is at the end.
	if size >= 8+4+10 && binary.LittleEndian.Uint16(b[8:]) == 2 && b[8+4+8]&1 != 0 && p.FCSLen == 0 {
		end -= 4
	}
	return d.link(p, LinkType(inner), off+size, end)
}
