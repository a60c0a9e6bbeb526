package pcapio

import "encoding/binary"

// FixChecksums returns a transform that puts right checksums into the IPv4 header and the TCP, UDP, ICMP or ICMPv6 header of the
// outermost IP packet, for use behind one that changes bytes. Transport checksums need the whole packet: they stay as they are where
// it was cut or fragmented, and so does that of UDP over IPv4 where it is 0, which means that there is none.
func FixChecksums() Transform {
	d := NewDecoder(nil, DecodeConfig{FragmentCache: -1})
	var p Packet
	var copied []byte
	return TransformFunc(func(r *Record) bool {
		p.Record = *r
		d.Decode(&p)
		if !p.IsIP() || p.IPOff+p.IPHdrLen > len(r.Data) {
			return true
		}
		copied = append(copied[:0], r.Data...)
		p.Data, r.Data = copied, copied
		if p.IPVersion == 4 {
			fixIPv4(copied[p.IPOff:])
		}
		fixTransport(&p)
		return true
	})
}

// fixIPv4 writes the header checksum (RFC 791, 3.1). The header is there as a whole.
func fixIPv4(h []byte) {
	n := int(h[0]&15) * 4
	if n < 20 || n > len(h) {
		return
	}
	binary.BigEndian.PutUint16(h[10:], 0)
	binary.BigEndian.PutUint16(h[10:], ^fold(sumWords(0, h[:n])))
}

// fixTransport writes the checksum of a whole transport segment (RFC 9293, 3.1; RFC 768; RFC 792; RFC 4443, 2.3; RFC 8200, 8.1).
func fixTransport(p *Packet) {
	end := p.IPOff + p.IPLen
	if p.Status != StatusOK || p.IsFragment() || end > len(p.Data) || p.TransportOff == 0 {
		return
	}
	segment := p.Data[p.TransportOff:end]
	at, pseudo := 0, true
	switch {
	case p.Layers.Has(LayerTCP):
		at = 16
	case p.Layers.Has(LayerUDP):
		at = 6
		if n := int(binary.BigEndian.Uint16(segment[4:])); n >= 8 && n <= len(segment) {
			segment = segment[:n]
		}
		if p.IPVersion == 4 && binary.BigEndian.Uint16(segment[at:]) == 0 {
			return
		}
	case p.Layers.Has(LayerICMPv6):
		at = 2
	case p.Layers.Has(LayerICMP):
		at, pseudo = 2, false
	default:
		return
	}
	if at+2 > len(segment) {
		return
	}
	binary.BigEndian.PutUint16(segment[at:], 0)
	sum := uint64(0)
	if pseudo {
		src, dst := p.Src[:], p.Dst[:]
		if p.IPVersion == 4 {
			src, dst = src[12:], dst[12:]
		}
		sum = sumWords(sumWords(uint64(p.Proto)+uint64(len(segment)), src), dst)
	}
	check := ^fold(sumWords(sum, segment))
	if check == 0 && p.Layers.Has(LayerUDP) {
		check = 0xffff // 0 would mean that there is none
	}
	binary.BigEndian.PutUint16(segment[at:], check)
}

// sumWords adds b as words of 16 bits, the last one padded by zero (RFC 1071).
func sumWords(sum uint64, b []byte) uint64 {
	for len(b) >= 2 {
		sum += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		sum += uint64(b[0]) << 8
	}
	return sum
}

// fold makes a sum in one's complement of 16 bits.
func fold(sum uint64) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
