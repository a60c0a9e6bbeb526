// Package index maps hashes to numbers of entries that are kept elsewhere.
//
// It is open-addressed with linear probing. A cell holds 32 bits of hash, the
// tag, beside the number, so that a probe mostly touches one cache line, an
// entry is looked at only where the tag agrees, and growing needs no entry.
// Nothing in it is a pointer for the garbage collector to follow.
//
// Tags must be those of a hash that is keyed with [Seed] or the like, or others
// can prepare entries that collide.
package index

import (
	"math/bits"
	"math/rand/v2"
)

// None is the number of no entry.
const None = ^uint32(0)

// Index maps tags to numbers below None; several numbers may have the same tag. Use [New].
type Index struct {
	cells []uint64 // tag<<32 | number+1; 0 is empty; a power of two long, at most 3/4 full
	shift uint     // where a tag is looked for first: tag >> shift
	used  int
}

// New returns an empty index with room for n numbers without growing.
func New(n int) Index {
	size := 2
	for size/4*3 < n && size < 1<<30 {
		size *= 2
	}
	return Index{cells: make([]uint64, size), shift: shiftOf(size)}
}

// shiftOf leaves as many of a tag's 32 bits as count size cells.
func shiftOf(size int) uint { return 32 - uint(bits.TrailingZeros(uint(size))) }

// Len returns how many numbers are in the index.
func (x *Index) Len() int { return x.used }

// Bytes returns how much memory the index takes.
func (x *Index) Bytes() int64 { return 8 * int64(len(x.cells)) }

// First returns the first number under tag, or None, and where Next goes on:
//
//	for n, i := x.First(tag); n != index.None; n, i = x.Next(tag, i) {
func (x *Index) First(tag uint32) (n, next uint32) { return x.Next(tag, tag>>x.shift) }

// Next returns the number under tag that comes after those that First and Next gave, or None.
func (x *Index) Next(tag, i uint32) (n, next uint32) {
	mask := uint32(len(x.cells) - 1)
	for {
		cell := x.cells[i&mask]
		i++
		if cell == 0 || uint32(cell>>32) == tag {
			return uint32(cell) - 1, i
		}
	}
}

// Near reads the cell where tag is looked for first, to have it in the cache. The value only keeps
// the load alive.
func (x *Index) Near(tag uint32) int64 { return int64(x.cells[tag>>x.shift]) }

// Insert adds number n under tag.
func (x *Index) Insert(tag, n uint32) {
	if x.used >= len(x.cells)/4*3 && x.shift > 1 {
		x.grow()
	}
	x.place(uint64(tag)<<32 | uint64(n+1))
	x.used++
}

func (x *Index) place(cell uint64) {
	mask := uint32(len(x.cells) - 1)
	for i := uint32(cell>>32) >> x.shift; ; i = (i + 1) & mask {
		if x.cells[i] == 0 {
			x.cells[i] = cell
			return
		}
	}
}

func (x *Index) grow() {
	old := x.cells
	x.cells = make([]uint64, 2*len(old))
	// Written before read: a new page that is read first is one of zeros, and replaced at the first
	// write.
	clear(x.cells)
	x.shift = shiftOf(len(x.cells))
	for _, c := range old {
		if c != 0 {
			x.place(c)
		}
	}
}

// Remove takes out number n, which is there under tag. The cells behind it move up, so that probes
// never meet tombstones.
func (x *Index) Remove(tag, n uint32) {
	mask := uint32(len(x.cells) - 1)
	i := tag >> x.shift
	for uint32(x.cells[i]) != n+1 {
		i = (i + 1) & mask
	}
	for j := (i + 1) & mask; x.cells[j] != 0; j = (j + 1) & mask {
		home := uint32(x.cells[j]>>32) >> x.shift
		// j may move to i unless its home lies cyclically in (i, j].
		if (j-home)&mask >= (j-i)&mask {
			x.cells[i], i = x.cells[j], j
		}
	}
	x.cells[i] = 0
	x.used--
}

// All calls yield with every number, in the order of the cells, until that returns false.
func (x *Index) All(yield func(n uint32) bool) {
	for _, c := range x.cells {
		if c != 0 && !yield(uint32(c)-1) {
			return
		}
	}
}

// Steps returns how many cells beyond the first are looked at to find each number once. Tests tell
// by it that made-up collisions have no effect.
func (x *Index) Steps() int {
	steps, mask := 0, len(x.cells)-1
	for i, c := range x.cells {
		if c != 0 {
			steps += (i - int(uint32(c>>32)>>x.shift)) & mask
		}
	}
	return steps
}

// Clear empties the index and keeps its memory.
func (x *Index) Clear() {
	clear(x.cells)
	x.used = 0
}

// Seed returns a random key for a hash.
func Seed() uint64 { return rand.Uint64() }
