package pairhash

import (
	"cmp"
	"encoding/binary"
	"net/netip"
)

// Addr is an address as a number of 128 bits. The zero Addr is a valid one.
//
// IPv4 addresses are IPv4-mapped (::ffff:a.b.c.d, RFC 4291, 2.5.5.2), as in a decoded packet.
// Numbers of 64 bits have Hi zero.
type Addr struct {
	Hi, Lo uint64 // most and least significant half
}

// AddrFrom16 makes an Addr of the 16 bytes of an address in network order, such as the Src of a
// packet.
func AddrFrom16(a [16]byte) Addr {
	return Addr{binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])}
}

// AddrFrom makes an Addr of a [netip.Addr]. A zone is dropped; the invalid address gives the zero
// Addr.
func AddrFrom(a netip.Addr) Addr {
	if !a.IsValid() {
		return Addr{}
	}
	return AddrFrom16(a.As16())
}

// AddrFromUint32 makes an Addr of an IPv4 address given as a number: 10.0.0.1 is 0x0a000001.
func AddrFromUint32(v uint32) Addr { return Addr{Lo: 0xffff<<32 | uint64(v)} }

// AddrFromUint64 makes an Addr of a number.
func AddrFromUint64(v uint64) Addr { return Addr{Lo: v} }

// IsIPv4 tells whether a is in the IPv4-mapped range.
func (a Addr) IsIPv4() bool { return a.Hi == 0 && a.Lo>>32 == 0xffff }

// Netip returns a as an IP address; IPv4-mapped addresses become IPv4.
func (a Addr) Netip() netip.Addr { return a.as16().Unmap() }

// as16 returns a as an IPv6 address, IPv4-mapped ones as such.
func (a Addr) as16() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], a.Hi)
	binary.BigEndian.PutUint64(b[8:], a.Lo)
	return netip.AddrFrom16(b)
}

// Compare orders addresses as numbers; it returns -1, 0 or 1.
func (a Addr) Compare(b Addr) int {
	if c := cmp.Compare(a.Hi, b.Hi); c != 0 {
		return c
	}
	return cmp.Compare(a.Lo, b.Lo)
}

// Pair is two addresses without direction: A is never greater than B. It is comparable.
type Pair struct {
	A, B Addr
}

// PairOf returns the pair of two addresses in either order.
func PairOf(x, y Addr) Pair {
	// min and max, because a branch on which is smaller would be mispredicted half the time
	if x.Hi == y.Hi {
		return Pair{Addr{x.Hi, min(x.Lo, y.Lo)}, Addr{x.Hi, max(x.Lo, y.Lo)}}
	}
	if y.Hi < x.Hi {
		return Pair{y, x}
	}
	return Pair{x, y}
}

// Compare orders pairs by A, then by B.
func (p Pair) Compare(q Pair) int {
	if c := p.A.Compare(q.A); c != 0 {
		return c
	}
	return p.B.Compare(q.B)
}

// PairCount is a pair and how much was counted for it.
type PairCount struct {
	Pair
	N uint64
}

// compareCount orders by count, highest first, and by pair among equal counts.
func compareCount(x, y *PairCount) int {
	if c := cmp.Compare(y.N, x.N); c != 0 {
		return c
	}
	return x.Pair.Compare(y.Pair)
}

// comparePair orders by pair.
func comparePair(x, y *PairCount) int { return x.Pair.Compare(y.Pair) }
