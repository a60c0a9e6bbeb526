package pcapio

import (
	"encoding/binary"
	"hash/crc32"
)

// FixChecksums returns a transform that puts right checksums into the IPv4 header and the TCP, UDP,
// UDP-Lite, DCCP, SCTP, ICMP or ICMPv6 header of the outermost IP packet, for use behind one that
// changes bytes, or where the sender's hardware would have completed them.
//
// One that is right stays as it is, also if it is right by another reading only: with the addresses
// of the header where a source route, a routing header or a home address has others for the
// pseudo-header. Transport checksums need the whole packet: they stay as they are where it was cut
// or fragmented or goes on by a routing header that is not understood, and so does that of UDP, UDP
// over IPv6 (RFC 6935) and SCTP (RFC 9653) where it is 0, which means that there is none. What a
// tunnel carries is not touched.
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
	if n < 20 || n > len(h) || fold(sumWords(0, h[:n])) == 0xffff {
		return
	}
	binary.BigEndian.PutUint16(h[10:], 0)
	binary.BigEndian.PutUint16(h[10:], ^fold(sumWords(0, h[:n])))
}

// fixTransport writes the checksum of a whole transport segment (RFC 9293, 3.1; RFC 768; RFC 3828,
// 3.1; RFC 4340, 9; RFC 9260, 6.8; RFC 792; RFC 4443, 2.3).
func fixTransport(p *Packet) {
	end := p.IPOff + p.IPLen
	if p.Status != StatusOK || p.IsFragment() || end > len(p.Data) || p.TransportOff == 0 {
		return
	}
	segment := p.Data[p.TransportOff:end]
	covered := len(segment) // by the checksum
	length := len(segment)  // in the pseudo-header
	at := 0
	switch {
	case p.Layers.Has(LayerTCP):
		at = 16
	case p.Layers.Has(LayerUDP):
		at = 6
		if n := int(binary.BigEndian.Uint16(segment[4:])); n >= 8 && n <= covered {
			covered, length = n, n
		}
	case p.Layers.Has(LayerUDPLite):
		at = 6
		if n := int(binary.BigEndian.Uint16(segment[4:])); n >= 8 && n <= covered {
			covered = n
		}
	case p.Layers.Has(LayerDCCP):
		at = 6
		if n := int(segment[5] & 15); n > 0 { // header and n-1 words of data
			covered = min(covered, int(segment[4])*4+(n-1)*4)
		}
	case p.Layers.Has(LayerICMP), p.Layers.Has(LayerICMPv6):
		at = 2
	case p.Layers.Has(LayerSCTP):
		fixSCTP(segment)
		return
	default:
		return
	}
	if at+2 > covered {
		return
	}
	check := segment[at : at+2]
	if p.Layers.Has(LayerUDP) && binary.BigEndian.Uint16(check) == 0 {
		return
	}
	segment = segment[:covered]
	if p.Layers.Has(LayerICMP) {
		if fold(sumWords(0, segment)) != 0xffff {
			complete(check, 0, segment, false)
		}
		return
	}
	ends, known := pseudoEndpoints(p)
	pseudo := uint64(p.Proto) + uint64(length)
	sum := sumWords(pseudo, segment)
	for _, src := range ends.src {
		for _, dst := range ends.dst {
			if fold(sum+src+dst) == 0xffff {
				return
			}
		}
	}
	if known {
		complete(check, pseudo+ends.src[0]+ends.dst[0], segment, p.Layers&(LayerUDP|LayerUDPLite) != 0)
	}
}

// complete writes the checksum at check, a part of segment, where sum is that of the pseudo-header.
// Where 0 would say that there is none, it is written as all ones, which is the same number.
func complete(check []byte, sum uint64, segment []byte, notZero bool) {
	binary.BigEndian.PutUint16(check, 0)
	v := ^fold(sumWords(sum, segment))
	if v == 0 && notZero {
		v = 0xffff
	}
	binary.BigEndian.PutUint16(check, v)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// fixSCTP writes the CRC32c of an SCTP packet, which has no pseudo-header.
func fixSCTP(packet []byte) {
	check := packet[8:12]
	was := binary.LittleEndian.Uint32(check)
	if was == 0 {
		return
	}
	clear(check)
	binary.LittleEndian.PutUint32(check, crc32.Checksum(packet, castagnoli))
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
