package netmate

import (
	"math"
	"math/bits"
)

// Moments are count, sum, sum of squares, minimum and maximum of samples, all exact integers. The
// zero value has no samples. The samples' sum must stay below 2^64, which periods that do not
// overlap and packet lengths always do.
type Moments struct {
	N          uint64 // number of samples
	Sum        uint64
	SqHi, SqLo uint64 // sum of the squares, 128 bits
	Min, Max   uint64 // smallest and largest sample; 0 without samples
}

// Add takes a sample.
func (m *Moments) Add(v uint64) {
	if m.N == 0 || v < m.Min {
		m.Min = v
	}
	if v > m.Max {
		m.Max = v
	}
	m.N++
	m.Sum += v
	hi, lo := bits.Mul64(v, v)
	var carry uint64
	m.SqLo, carry = bits.Add64(m.SqLo, lo, 0)
	m.SqHi += hi + carry
}

// Mean returns scale times the arithmetic mean, truncated; false without samples.
func (m *Moments) Mean(scale uint64) (int64, bool) {
	if m.N == 0 {
		return 0, false
	}
	return mulDiv(m.Sum, scale, m.N), true
}

// Std returns scale times the sample standard deviation, truncated; false for fewer than two
// samples:
//
//	sqrt((N*sum(v^2) - sum(v)^2) / (N*(N-1)))
//
// It is computed in integers of 192 bits, so nothing cancels or rounds before the end.
func (m *Moments) Std(scale uint64) (int64, bool) {
	if m.N < 2 {
		return 0, false
	}
	squares := mul192(word192{m.SqLo, m.SqHi, 0}, m.N)
	hi, lo := bits.Mul64(m.Sum, m.Sum)
	v := sub192(squares, word192{lo, hi, 0})
	v = mul192(mul192(v, scale), scale)
	v = div192(div192(v, m.N), m.N-1) // truncating twice is truncating once
	if v[2] != 0 {
		return math.MaxInt64, true
	}
	return saturate(isqrt(v[1], v[0])), true
}

// word192 is an unsigned integer of 192 bits, lowest word first.
type word192 [3]uint64

// mul192 returns a*b, or the largest value if that has more than 192 bits.
func mul192(a word192, b uint64) word192 {
	var r word192
	var carry uint64
	for i, w := range a {
		hi, lo := bits.Mul64(w, b)
		var c uint64
		r[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	if carry != 0 {
		return word192{math.MaxUint64, math.MaxUint64, math.MaxUint64}
	}
	return r
}

// sub192 returns a-b, which must not be negative.
func sub192(a, b word192) word192 {
	var r word192
	var borrow uint64
	for i := range a {
		r[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
	return r
}

// div192 returns a/b, truncated.
func div192(a word192, b uint64) word192 {
	var r word192
	var rem uint64
	for i := len(a) - 1; i >= 0; i-- {
		r[i], rem = bits.Div64(rem, a[i], b)
	}
	return r
}

// isqrt returns the square root of hi<<64 | lo, truncated. The root in floating point is right to
// 52 bits; one step of Newton's method makes that all 64 but for the last, which is then tried out.
func isqrt(hi, lo uint64) uint64 {
	switch {
	case hi == 0 && lo == 0:
		return 0
	case hi == math.MaxUint64:
		return math.MaxUint64
	}
	root := hi + 1 // no smaller, or the division would overflow
	if f := math.Sqrt(float64(hi)*(1<<64) + float64(lo)); f < 1<<64 {
		root = max(root, uint64(f))
	}
	quotient, _ := bits.Div64(hi, lo, root)
	root = root/2 + quotient/2 + root&quotient&1
	for above(root, hi, lo) {
		root--
	}
	for root < math.MaxUint64 && !above(root+1, hi, lo) {
		root++
	}
	return root
}

// above tells whether the square of root is more than hi<<64 | lo.
func above(root, hi, lo uint64) bool {
	h, l := bits.Mul64(root, root)
	return h > hi || h == hi && l > lo
}

// mulDiv returns a*b/c, truncated, or the largest int64 if that does not fit.
func mulDiv(a, b, c uint64) int64 {
	hi, lo := bits.Mul64(a, b)
	if hi >= c {
		return math.MaxInt64
	}
	q, _ := bits.Div64(hi, lo, c)
	return saturate(q)
}

// saturate returns v, or the largest int64 if that is smaller.
func saturate(v uint64) int64 { return int64(min(v, math.MaxInt64)) }
