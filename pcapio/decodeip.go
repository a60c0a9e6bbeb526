package pcapio

import "encoding/binary"

// mapped is the prefix of IPv4 addresses in sixteen bytes (RFC 4291, 2.5.5.2).
var mapped = [16]byte{10: 0xff, 11: 0xff}

// ip decodes an IP packet whose version nothing announced.
func (d *Decoder) ip(p *Packet, off, end int) Status {
	if len(p.Data) <= off {
		return StatusTruncatedIP
	}
	switch p.Data[off] >> 4 {
	case 4:
		return d.ipv4(p, off, end)
	case 6:
		return d.ipv6(p, off, end)
	}
	return StatusBadIP
}

// ipv4 decodes an IPv4 packet (RFC 791). A total length beyond the end of the frame is believed, as
// tcpdump and tshark do: captures whose wire lengths were lost are common; inside a tunnel it is
// bad. A total length of 0 is what segmentation offload leaves. Some equipment announces IPv6 as
// IPv4, or the other way round: the version field decides.
func (d *Decoder) ipv4(p *Packet, off, end int) Status {
	if len(p.Data)-off < 20 {
		return StatusTruncatedIP
	}
	b := p.Data[off:]
	header := int(b[0]&0x0f) * 4
	length := int(binary.BigEndian.Uint16(b[2:]))
	if length == 0 {
		length = end - off
		d.inferred = true
	}
	if b[0]>>4 != 4 || header < 20 || length < header || d.exceeds(p, length, off, end) {
		if b[0]>>4 == 6 {
			d.inferred = false
			return d.ipv6(p, off, end)
		}
		return StatusBadIP
	}
	fragment := binary.BigEndian.Uint16(b[6:])
	proto := b[9]
	p.Layers |= LayerIPv4
	p.IPVersion = 4
	p.Proto = proto
	p.TTL = b[8]
	p.TOS = b[1]
	p.IPFlags = IPFlags(fragment >> 13)
	p.FragOffset = fragment << 3
	p.IPID = uint32(binary.BigEndian.Uint16(b[4:]))
	p.Src, p.Dst = mapped, mapped
	*(*[4]byte)(p.Src[12:]) = [4]byte(b[12:])
	*(*[4]byte)(p.Dst[12:]) = [4]byte(b[16:])
	p.IPOff = off
	p.IPHdrLen = header
	p.IPLen = length
	d.fragProto = proto
	if len(b) < header {
		return StatusTruncatedIP
	}
	end = off + length
	off += header
	if p.FragOffset != 0 {
		return laterFragment(p, off, end)
	}
	if proto == ProtoAH {
		return d.extensions(p, proto, off, end)
	}
	if d.network && p.IPFlags&MoreFragments == 0 {
		return StatusNetworkOnly
	}
	return d.transport(p, proto, off, end)
}

// ipv6 decodes an IPv6 packet (RFC 8200) with its extension headers. As in IPv4 a payload length
// beyond the frame is believed. A payload length of 0 means a jumbogram if the option is there (RFC
// 2675), and before TCP or UDP segmentation offload.
func (d *Decoder) ipv6(p *Packet, off, end int) Status {
	if len(p.Data)-off < 40 || p.Data[off]>>4 != 6 {
		return d.notIPv6(p, off, end)
	}
	b := p.Data[off:]
	next := b[6]
	length := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if length == 40 {
		switch {
		case next == ProtoTCP && end-off >= 40+20, next == ProtoUDP && end-off >= 40+8:
			length = end - off
			d.inferred = true
		case next == ProtoHopByHop:
			if n := jumbo(b[40:]); n > 0xffff && n <= int64(end-off)-40 {
				length = 40 + int(n)
			}
		}
	}
	if d.exceeds(p, length, off, end) {
		return StatusBadIP
	}
	p.Layers |= LayerIPv6
	p.IPVersion = 6
	p.Proto = next
	p.TTL = b[7]
	p.TOS = b[0]<<4 | b[1]>>4
	p.IPFlags = 0
	p.FragOffset = 0
	p.IPID = 0
	p.Src = [16]byte(b[8:])
	p.Dst = [16]byte(b[24:])
	p.IPOff = off
	p.IPHdrLen = 40
	p.IPLen = length
	if isExtension(next) {
		return d.extensions(p, next, off+40, off+length)
	}
	if d.network {
		return StatusNetworkOnly
	}
	return d.transport(p, next, off+40, off+length)
}

// notIPv6 decodes what was announced as IPv6 and is not: IPv4 by its version, or no whole header.
func (d *Decoder) notIPv6(p *Packet, off, end int) Status {
	switch {
	case len(p.Data) > off && p.Data[off]>>4 == 4:
		return d.ipv4(p, off, end)
	case len(p.Data)-off < 40:
		return StatusTruncatedIP
	}
	return StatusBadIP
}

// jumbo returns the length in the Jumbo Payload option of the hop-by-hop options header b, 0 if
// there is none.
func jumbo(b []byte) int64 {
	const optPad1, optJumbo = 0x00, 0xc2
	if len(b) < 8 {
		return 0
	}
	b = b[2:min(len(b), (int(b[1])+1)*8)]
	for len(b) >= 2 {
		if b[0] == optPad1 {
			b = b[1:]
			continue
		}
		size := 2 + int(b[1])
		if len(b) < size {
			return 0
		}
		if b[0] == optJumbo && size == 6 {
			return int64(binary.BigEndian.Uint32(b[2:]))
		}
		b = b[size:]
	}
	return 0
}

// isExtension tells whether an IPv6 extension header with a next header field follows (IANA; ESP
// has none in clear).
func isExtension(proto uint8) bool {
	switch proto {
	case ProtoHopByHop, ProtoRouting, ProtoFragment, ProtoAH, ProtoDestOptions, ProtoMobility, ProtoHIP, ProtoShim6:
		return true
	}
	return false
}

// extensions goes through the chain of extension headers at off, the first of which is next; in
// IPv4 that is only the authentication header (RFC 4302). They count as part of the IP header.
func (d *Decoder) extensions(p *Packet, next uint8, off, end int) Status {
	v6 := p.IPVersion == 6
	for next == ProtoAH || v6 && isExtension(next) {
		if end-off < 8 {
			return StatusBadIP
		}
		if len(p.Data)-off < 8 {
			return StatusTruncatedIP
		}
		b := p.Data[off:]
		size := (int(b[1]) + 1) * 8
		switch next {
		case ProtoFragment:
			size = 8
		case ProtoAH:
			size = (int(b[1]) + 2) * 4
			p.Layers |= LayerAH
		}
		if v6 {
			p.Layers |= LayerIPv6Ext
		}
		if size < 8 || size > end-off {
			return StatusBadIP
		}
		if len(b) < size {
			return StatusTruncatedIP
		}
		p.IPHdrLen += size
		p.Proto = b[0]
		if next == ProtoFragment {
			fragment := binary.BigEndian.Uint16(b[2:])
			p.IPID = binary.BigEndian.Uint32(b[4:])
			p.IPFlags = IPFlags(fragment & 1) // MoreFragments
			p.FragOffset = fragment &^ 7
			d.fragBase = off + size
			// the identification is unique whatever follows (RFC 8200, 4.5)
			d.fragProto = ProtoFragment
			if p.FragOffset != 0 {
				return laterFragment(p, off+size, end)
			}
		}
		next = b[0]
		off += size
	}
	if d.network && p.IPFlags&MoreFragments == 0 {
		return StatusNetworkOnly
	}
	return d.transport(p, next, off, end)
}

// laterFragment ends the decoding of a fragment without transport header.
func laterFragment(p *Packet, off, end int) Status {
	p.PayloadOff = off
	p.PayloadLen = end - off
	return StatusFragment
}
