package pairhash

import (
	"encoding/binary"
	"math/bits"

	"github.com/dgryski/go-metro"
)

// Fold says how a pair becomes the number of a slot. Every fold gives (A,B) and (B,A) the same
// slot.
type Fold uint8

const (
	// FoldMetro hashes both addresses, the smaller first, with MetroHash64 and takes the top bits.
	// It spreads any address plan evenly.
	FoldMetro Fold = iota
	// FoldXOR is the classic fold: the 32-bit words of both addresses are combined by exclusive or,
	// then the halves of the result:
	//
	//	x = src.high ^ src.low ^ dst.high ^ dst.low
	//	slot = x>>16 ^ x&0xffff
	//
	// It costs next to nothing, but pairs that differ in the same bits at both ends fall together:
	// 10.0.0.1 with 10.0.0.2 and 10.0.0.5 with 10.0.0.6 share a slot.
	FoldXOR
)

// String returns "metro" or "xor".
func (f Fold) String() string {
	if f == FoldXOR {
		return "xor"
	}
	return "metro"
}

// xor32 combines the words of both addresses. An IPv4 address is a word; the mapped prefix is in
// both, and cancels.
func xor32(x, y Addr) uint32 {
	t := x.Hi ^ x.Lo ^ y.Hi ^ y.Lo
	return uint32(t>>32) ^ uint32(t)
}

// foldXOR cuts x into pieces of width bits, from the right, and combines them by exclusive or. For
// 16 bits that is x>>16 ^ x&0xffff.
func foldXOR(x uint32, width uint) uint32 {
	if width == 16 {
		return x>>16 ^ x&0xffff
	}
	mask := uint32(1)<<width - 1
	r := uint32(0)
	for ; x != 0; x >>= width {
		r ^= x & mask
	}
	return r
}

// hash returns MetroHash64 of the pair's four numbers in little-endian order.
func (p *Pair) hash(seed uint64) uint64 {
	var b [32]byte
	binary.LittleEndian.PutUint64(b[0:], p.A.Hi)
	binary.LittleEndian.PutUint64(b[8:], p.A.Lo)
	binary.LittleEndian.PutUint64(b[16:], p.B.Hi)
	binary.LittleEndian.PutUint64(b[24:], p.B.Lo)
	return metro.Hash64(b[:], seed)
}

// Hash returns a number of 64 bits that depends on seed and both addresses, for
// [HyperLogLog.AddHash].
func (p Pair) Hash(seed uint64) uint64 {
	// It is called for every flow, so it takes the short way where there is one.
	if !p.narrow() {
		return p.hash(seed)
	}
	return hashEven(p.A.Lo, p.B.Lo, seed)
}

// hashEven is hashNarrow with another product, after which all bits are of use.
func hashEven(a, b, seed uint64) uint64 {
	high, low := bits.Mul64(hashNarrow(a, b, seed)^0x8ebc6af09c88c6e3, 0x589965cc75374cc3)
	return high ^ low
}

// Hash returns a number of 64 bits that depends on seed and the address, for [HyperLogLog.AddHash].
func (a Addr) Hash(seed uint64) uint64 {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[0:], a.Hi)
	binary.LittleEndian.PutUint64(b[8:], a.Lo)
	return metro.Hash64(b[:], seed)
}

// log2 returns the width of a power of two, and whether n is one.
func log2(n int) (uint, bool) {
	return uint(bits.Len(uint(n)) - 1), n > 0 && n&(n-1) == 0
}
