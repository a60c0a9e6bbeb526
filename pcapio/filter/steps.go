package filter

import "math"

// step is a test of one, two or four bytes of the packet. Most expressions are nothing but such
// tests, and are run as a list of steps: a step is a load, a mask and a comparison in one, without
// a branch on what kind of them it is.
//
// The bytes are always read as 32 bits, with a mask for fewer. A packet that ends within those 32
// bits is left to the code. See [Filter.Match].
type step struct {
	at        uint32 // where the bytes begin; below maxStepOffset
	header    uint32 // where an IPv4 header begins whose length is added to at; noHeader for none
	mask      uint32 // the test holds if low <= bytes&mask <= low+span
	low, span uint32
	yes, no   uint32 // the next step; len(steps) accepts the packet, len(steps)+1 rejects it
	_         uint32 // 32 bytes, so that an index costs a shift
}

const (
	noHeader      = math.MaxUint32
	maxStepOffset = 1 << 20
)

// steps returns the graph as steps, or nil if it has other tests or none.
func (g *graph) steps() []step {
	list := g.sorted()
	var steps []step
	for _, b := range list {
		s, ok := b.test.step()
		if !ok {
			return nil
		}
		s.yes, s.no = uint32(g.position(b.jt, len(list))), uint32(g.position(b.jf, len(list)))
		if b.test.jump == opJset {
			s.yes, s.no = s.no, s.yes
		}
		steps = append(steps, s)
	}
	// jumps only go forward: what a step joins has joined others before
	for i := len(steps) - 1; i >= 0; i-- {
		s := &steps[i]
		for int(s.yes) < len(steps) && s.join(&steps[s.yes]) {
		}
	}
	return steps
}

// join makes one step of s and of next, where s leads when it holds, if both compare bits of the
// same 32 with numbers and fail alike.
func (s *step) join(next *step) bool {
	if s.span != 0 || next.span != 0 || s.no != next.no || s.header != next.header {
		return false
	}
	if s.low&^s.mask != 0 || next.low&^next.mask != 0 {
		return false // never holds, which the other's mask must not hide
	}
	a, b := s.from(min(s.at, next.at)), next.from(min(s.at, next.at))
	if a.mask == 0 || b.mask == 0 || (a.low^b.low)&a.mask&b.mask != 0 {
		return false
	}
	*s = step{at: a.at, header: s.header, mask: a.mask | b.mask, low: a.low | b.low, yes: next.yes, no: s.no}
	return true
}

// from returns s with its 32 bits read from an earlier place, or without a mask if its own are not
// all there.
func (s *step) from(at uint32) step {
	moved := *s
	back := 8 * (s.at - at)
	moved.at, moved.mask, moved.low = at, s.mask>>back, s.low>>back
	if moved.mask<<back != s.mask {
		moved.mask = 0
	}
	return moved
}

// step returns t as a step without its ends, if it can be one. For opJset it is the opposite: that
// all bits are 0.
func (t *test) step() (s step, ok bool) {
	code := t.code
	s.header = noHeader
	if len(code) > 1 && code[0].Op == opLdxIP && code[1].Op&^(sizeH|sizeB) == opLdInd {
		s.header = code[0].K
		code = code[1:]
	} else if len(code) == 0 || code[0].Op&^(sizeH|sizeB) != opLdAbs {
		return s, false
	}
	load := code[0]
	if t.loop || load.K >= maxStepOffset || s.header != noHeader && s.header >= maxStepOffset {
		return s, false
	}
	s.at = load.K
	bytesMask, shift := uint32(math.MaxUint32), 0
	switch load.Op & (sizeH | sizeB) {
	case sizeH:
		bytesMask, shift = 0xffff, 16
	case sizeB:
		bytesMask, shift = 0xff, 24
	}
	s.mask = bytesMask
	if code = code[1:]; len(code) == 1 && code[0].Op == opAnd {
		s.mask &= code[0].K
	} else if len(code) > 0 {
		return s, false
	}
	s.mask <<= shift
	never := step{at: s.at, header: s.header, low: 1} // with a mask of 0
	switch k := t.k; t.jump {
	case opJset:
		s.mask &= k << shift
	case opJeq:
		if k > bytesMask {
			return never, true
		}
		s.low = k << shift
	case opJgt:
		if k >= bytesMask {
			return never, true
		}
		s.low = (k + 1) << shift
		s.span = math.MaxUint32 - s.low
	case opJge:
		if k > bytesMask {
			return never, true
		}
		s.low = k << shift
		s.span = math.MaxUint32 - s.low
	default:
		return s, false
	}
	return s, true
}
