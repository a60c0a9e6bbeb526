package anon

import "encoding/binary"

// change is the sums of the 16-bit words under a checksum before and after a change (RFC 1071).
type change struct{ before, after uint64 }

func (c change) plus(d change) change { return change{c.before + d.before, c.after + d.after} }

// sum adds the 16-bit words of b; an odd byte at the end is the high one of a word.
func sum(b []byte) uint64 {
	var s uint64
	for len(b) >= 4 {
		s += uint64(binary.BigEndian.Uint32(b))
		b = b[4:]
	}
	if len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s // of 32-bit words, which are as good modulo 65535
}

// fold adds the carries until 16 bits are left.
func fold(s uint64) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// sumFrom is the sum of the packet from off to end.
func (a *Anonymizer) sumFrom(off, end int) uint64 { return sum(a.packet.data[off:max(off, end)]) }

// adjust updates the checksum at off, if it lies before end, by HC' = ~(~HC + ~m + m') (RFC 1624,
// 3).
func (a *Anonymizer) adjust(off, end int, c change) {
	before, after := fold(c.before), fold(c.after)
	if end-off < 2 || before == after {
		return
	}
	b := a.packet.data[off:]
	checksum := ^fold(uint64(^binary.BigEndian.Uint16(b)) + uint64(^before) + uint64(after))
	binary.BigEndian.PutUint16(b, checksum)
}

// adjustUDP is adjust for a checksum where 0 says that there is none (RFC 768).
func (a *Anonymizer) adjustUDP(off, end int, c change) {
	if end-off < 2 || a.u16(off) == 0 {
		return
	}
	a.adjust(off, end, c)
	if a.u16(off) == 0 {
		binary.BigEndian.PutUint16(a.packet.data[off:], 0xffff)
	}
}
