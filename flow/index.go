package flow

import "math/bits"

// index maps hashes to entry numbers by open addressing with linear probing. A slot holds 32 bits
// of hash and the number plus one, so that a probe mostly touches one cache line and an entry is
// looked at only when the hash agrees.
type index struct {
	slots []uint64 // hash<<32 | number+1; 0 is empty
	shift uint     // a hash's home is hash >> shift
	used  int
}

const minIndexBits = 10

func newIndex() index {
	return index{slots: make([]uint64, 1<<minIndexBits), shift: 32 - minIndexBits}
}

// first returns the first number under hash, or none.
func (x *index) first(hash uint32) uint32 {
	mask := uint32(len(x.slots) - 1)
	for i := hash >> x.shift; ; i++ {
		slot := x.slots[i&mask]
		if slot == 0 {
			return none
		}
		if uint32(slot>>32) == hash {
			return uint32(slot) - 1
		}
	}
}

// near looks at where hash is searched for first. What it returns is of no use but for having been
// fetched.
func (x *index) near(hash uint32) int64 { return int64(x.slots[hash>>x.shift]) }

// insert adds number n under hash; the caller knows that its key is not there.
func (x *index) insert(hash uint32, n uint32) {
	if x.used >= len(x.slots)/4*3 && x.shift > 1 {
		x.grow()
	}
	x.place(uint64(hash)<<32 | uint64(n+1))
	x.used++
}

func (x *index) place(slot uint64) {
	mask := uint32(len(x.slots) - 1)
	for i := uint32(slot>>32) >> x.shift; ; i = (i + 1) & mask {
		if x.slots[i] == 0 {
			x.slots[i] = slot
			return
		}
	}
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]uint64, 2*len(old))
	// written to before read: a new page that is read first is one of zeros, and replaced at the
	// first write
	clear(x.slots)
	x.shift = 32 - uint(bits.TrailingZeros(uint(len(x.slots))))
	for _, s := range old {
		if s != 0 {
			x.place(s)
		}
	}
}

// clear empties the index.
func (x *index) clear() {
	clear(x.slots)
	x.used = 0
}

// remove takes number n, inserted under hash, out. The slots behind it move up, so that probes
// never meet tombstones.
func (x *index) remove(hash uint32, n uint32) {
	mask := uint32(len(x.slots) - 1)
	i := hash >> x.shift
	for uint32(x.slots[i]) != n+1 {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; x.slots[j] != 0; j = (j + 1) & mask {
		home := uint32(x.slots[j]>>32) >> x.shift
		// j may move to i unless its home lies cyclically in (i, j].
		if (j-home)&mask >= (j-i)&mask {
			x.slots[i], i = x.slots[j], j
		}
	}
	x.slots[i] = 0
	x.used--
}
