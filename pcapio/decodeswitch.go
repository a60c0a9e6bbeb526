package pcapio

import "encoding/binary"

// Frames between the processor of a router and its switch chip, which adds a tag of its own to
// Ethernet frames.

// marvell decodes a frame with a Marvell DSA tag between addresses and EtherType
// (LINKTYPE_DSA_TAG_DSA), which stands in the place of an 802.1Q tag where the frame had one. With
// skip that many bytes come before it: an EtherType and reserved ones (LINKTYPE_DSA_TAG_EDSA).
func (d *Decoder) marvell(p *Packet, off, end, skip int) Status {
	const tagged = 0x20
	tag := off + 12 + skip
	if len(p.Data)-tag < 4+2 {
		return StatusTruncatedLink
	}
	b := p.Data[tag:]
	p.Layers |= LayerEthernet
	if b[0]&tagged != 0 && p.TunnelDepth == 0 {
		p.Layers |= LayerVLAN
		p.VLAN = binary.BigEndian.Uint16(b[2:]) & 0x0fff
	}
	return d.etherType(p, binary.BigEndian.Uint16(b[4:]), tag+6, end)
}

// broadcom decodes a frame with a Broadcom tag of four bytes between addresses and EtherType
// (LINKTYPE_DSA_TAG_BRCM).
func (d *Decoder) broadcom(p *Packet, off, end int) Status {
	const typ = 12 + 4
	if len(p.Data)-off < typ+2 {
		return StatusTruncatedLink
	}
	p.Layers |= LayerEthernet
	return d.etherType(p, binary.BigEndian.Uint16(p.Data[off+typ:]), off+typ+2, end)
}
