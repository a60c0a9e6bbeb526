package flow

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// hasher is a keyed hash of flow keys. The two directions of a biflow have the same hash, so that a
// packet's ends need no sorting. Two unidirectional flows have different hashes, or a search for
// one would also meet the other.
//
// Each end is folded by multiplying two numbers, each mixed with a secret: without the secrets
// nobody can find keys that collide (multiplicative universal hashing). The port is multiplied by a
// third secret, or an address could be chosen to cancel it. The sum of the two ends does not depend
// on their order, unless one is rotated.
type hasher struct {
	k    [6]uint64
	turn int // bits by which the destination's end is rotated: 0 for biflows
}

func newHasher(seed uint64, uni bool) hasher {
	next := rand.Uint64
	if seed != 0 {
		next = rand.New(rand.NewPCG(seed, ^seed)).Uint64
	}
	var h hasher
	for i := range h.k {
		h.k[i] = next() | 1
	}
	if uni {
		h.turn = 32
	}
	return h
}

func (h *hasher) sum(k *packed) uint32 {
	common := uint64(k.tunnelID)<<32 | uint64(k.vlan)<<16 | uint64(k.tunnel)<<8 | uint64(k.proto)
	if k.portsOK {
		common ^= 1 << 15
	}
	common ^= uint64(k.innerVLAN)<<40 ^ uint64(k.version)<<28
	ends := h.end(&k.src, k.srcPort) + bits.RotateLeft64(h.end(&k.dst, k.dstPort), h.turn)
	x := fold(ends^h.k[4], common^h.k[5])
	// A second fold: with one fixed and one counting operand, such as a VLAN identifier, the high
	// bits of a single product only count in steps.
	return uint32(fold(x^h.k[2], h.k[5]) >> 32)
}

func (h *hasher) end(a *[16]byte, port uint16) uint64 {
	hi, lo := binary.LittleEndian.Uint64(a[:8]), binary.LittleEndian.Uint64(a[8:])
	return fold(hi^h.k[0]^uint64(port)*h.k[3], lo^h.k[1])
}

// fold multiplies to 128 bits and folds the halves.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
