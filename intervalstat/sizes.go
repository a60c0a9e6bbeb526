package intervalstat

import (
	"math"
	"math/bits"
)

// Sizes is a distribution of sizes. It is exact up to 65,535; above, it keeps the leading nine
// bits, and so rounds down by less than 0.4 %. Memory is taken in pages as sizes come up, at most
// 550 kB. The zero value is empty and ready.
type Sizes struct {
	pages [numPages]*page
	n     uint64
}

type page [256]uint64

// Pages 0 to 255 hold the sizes below 2^16, one slot each; each page after them holds the sizes of
// one more bit.
const numPages = 256 + 63 - 16

// Add counts a size, which must not be negative.
func (s *Sizes) Add(size int) { s.add(uint64(size), 1) }

func (s *Sizes) add(size, n uint64) {
	i, slot := size>>8, size
	if size >= 1<<16 {
		length := bits.Len64(size)
		i, slot = 256+uint64(length)-17, size>>(length-9)
	}
	p := s.pages[i]
	if p == nil {
		p = new(page)
		s.pages[i] = p
	}
	p[slot&255] += n
	s.n += n
}

// Quantile returns the smallest size that at least the share q (0 to 1) of the sizes do not exceed;
// 0 if there are none.
func (s *Sizes) Quantile(q float64) int {
	rank := uint64(1) // of the wanted size
	if q > 0 {
		rank = uint64(max(1, math.Ceil(min(q, 1)*float64(s.n))))
	}
	rank = min(rank, s.n)
	for i, p := range s.pages {
		if p == nil {
			continue
		}
		for slot, n := range p {
			if rank <= n {
				return sizeOf(i, slot)
			}
			rank -= n
		}
	}
	return 0
}

// sizeOf returns the smallest size that counts in a slot.
func sizeOf(page, slot int) int {
	if page < 256 {
		return page<<8 | slot
	}
	return (256 | slot) << (page - 256 + 17 - 9)
}

// Merge adds what o has counted.
func (s *Sizes) Merge(o *Sizes) {
	for i, p := range o.pages {
		if p == nil {
			continue
		}
		if s.pages[i] == nil {
			s.pages[i] = new(page)
		}
		for slot, n := range p {
			s.pages[i][slot] += n
		}
	}
	s.n += o.n
}

// Clone returns a copy of s that shares nothing with it.
func (s *Sizes) Clone() *Sizes {
	c := &Sizes{}
	c.Merge(s)
	return c
}

// reset empties s and keeps its memory.
func (s *Sizes) reset() {
	for _, p := range s.pages {
		if p != nil {
			*p = page{}
		}
	}
	s.n = 0
}
