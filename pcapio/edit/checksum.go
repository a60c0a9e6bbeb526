package edit

import (
	"encoding/binary"
	"hash/crc32"

	"github.com/reeftools/reef/internal/checksum"
	"github.com/reeftools/reef/pcapio"
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
	d := pcapio.NewDecoder(nil, pcapio.DecodeConfig{FragmentCache: -1})
	var p pcapio.Packet
	var copied []byte
	return TransformFunc(func(r *pcapio.Record) bool {
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
	if n < 20 || n > len(h) || checksum.Fold(checksum.Add(0, h[:n])) == 0xffff {
		return
	}
	binary.BigEndian.PutUint16(h[10:], 0)
	binary.BigEndian.PutUint16(h[10:], ^checksum.Fold(checksum.Add(0, h[:n])))
}

// fixTransport writes the checksum of a whole transport segment (RFC 9293, 3.1; RFC 768; RFC 3828,
// 3.1; RFC 4340, 9; RFC 9260, 6.8; RFC 792; RFC 4443, 2.3).
func fixTransport(p *pcapio.Packet) {
	end := p.IPOff + p.IPLen
	if p.Status != pcapio.StatusOK || p.IsFragment() || end > len(p.Data) || p.TransportOff == 0 {
		return
	}
	segment := p.Data[p.TransportOff:end]
	covered := len(segment) // by the checksum
	length := len(segment)  // in the pseudo-header
	at := 0
	switch {
	case p.Layers.Has(pcapio.LayerTCP):
		at = 16
	case p.Layers.Has(pcapio.LayerUDP):
		at = 6
		if n := int(binary.BigEndian.Uint16(segment[4:])); n >= 8 && n <= covered {
			covered, length = n, n
		}
	case p.Layers.Has(pcapio.LayerUDPLite):
		at = 6
		if n := int(binary.BigEndian.Uint16(segment[4:])); n >= 8 && n <= covered {
			covered = n
		}
	case p.Layers.Has(pcapio.LayerDCCP):
		at = 6
		if n := int(segment[5] & 15); n > 0 { // header and n-1 words of data
			covered = min(covered, int(segment[4])*4+(n-1)*4)
		}
	case p.Layers.Has(pcapio.LayerICMP), p.Layers.Has(pcapio.LayerICMPv6):
		at = 2
	case p.Layers.Has(pcapio.LayerSCTP):
		fixSCTP(segment)
		return
	default:
		return
	}
	if at+2 > covered {
		return
	}
	check := segment[at : at+2]
	if p.Layers.Has(pcapio.LayerUDP) && binary.BigEndian.Uint16(check) == 0 {
		return
	}
	segment = segment[:covered]
	if p.Layers.Has(pcapio.LayerICMP) {
		if checksum.Fold(checksum.Add(0, segment)) != 0xffff {
			complete(check, 0, segment, false)
		}
		return
	}
	ends, known := pseudoEndpoints(p)
	pseudo := uint64(p.Proto) + uint64(length)
	sum := checksum.Add(pseudo, segment)
	for _, src := range ends.src {
		for _, dst := range ends.dst {
			if checksum.Fold(sum+src+dst) == 0xffff {
				return
			}
		}
	}
	if known {
		complete(check, pseudo+ends.src[0]+ends.dst[0], segment, p.Layers&(pcapio.LayerUDP|pcapio.LayerUDPLite) != 0)
	}
}

// complete writes the checksum at check, a part of segment, where sum is that of the pseudo-header.
// Where 0 would say that there is none, it is written as all ones, which is the same number.
func complete(check []byte, sum uint64, segment []byte, notZero bool) {
	binary.BigEndian.PutUint16(check, 0)
	v := ^checksum.Fold(checksum.Add(sum, segment))
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
