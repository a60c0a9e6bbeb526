// Package slab keeps values of one type in fixed blocks, addressed by number
// instead of pointer.
//
// Values that hold no pointers cost the garbage collector nothing, never move,
// and are recycled when freed. Blocks are never given back: memory follows the
// highest number of live values.
package slab

import (
	"math"
	"unsafe"
)

// Slab holds values of type T. Number 0 is never given out: it means "none". The zero Slab is ready
// for use.
type Slab[T any] struct {
	blocks []*[block]T
	spare  []T // memory for further blocks
	free   []uint32
	used   uint32 // numbers 1 to used were given out at least once
}

const (
	shift    = 8
	block    = 1 << shift
	maxChunk = 16 << 20 // bytes
)

// New returns the number of a zero value.
func (s *Slab[T]) New() uint32 {
	if n := len(s.free); n > 0 {
		i := s.free[n-1]
		s.free = s.free[:n-1]
		var zero T
		*s.At(i) = zero
		return i
	}
	if s.used == math.MaxUint32-1 {
		panic("slab: more than 4 billion values") // callers bound their state far below
	}
	s.used++
	if int(s.used>>shift) >= len(s.blocks) {
		s.grow()
	}
	return s.used
}

// grow adds a block. Memory comes in chunks, each as large as all before it up to a limit, since
// large ones can have huge pages.
func (s *Slab[T]) grow() {
	if len(s.spare) == 0 {
		var zero T
		most := max(maxChunk/int(unsafe.Sizeof(zero))/block, 1)
		s.spare = make([]T, min(max(len(s.blocks), 1), most)*block)
		hugePages(s.spare)
	}
	s.blocks = append(s.blocks, (*[block]T)(s.spare))
	s.spare = s.spare[block:]
}

// At returns the value with number i, which must be live. The pointer stays good until Free.
func (s *Slab[T]) At(i uint32) *T { return &s.blocks[i>>shift][i&(block-1)] }

// Free recycles number i.
func (s *Slab[T]) Free(i uint32) { s.free = append(s.free, i) }

// Max returns the highest number that was given out.
func (s *Slab[T]) Max() uint32 { return s.used }

// Live returns how many values are in use.
func (s *Slab[T]) Live() int { return int(s.used) - len(s.free) }
