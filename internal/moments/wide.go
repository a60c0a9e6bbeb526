package moments

import (
	"math"
	"math/big"
	"math/bits"
)

// Wide is an unsigned integer of 256 bits, the lowest 64 first: room for 2^64 times the sum of the
// squares of 2^64 values below 2^63.
type Wide [4]uint64

// Add adds o.
func (w *Wide) Add(o Wide) {
	var carry uint64
	for i := range w {
		w[i], carry = bits.Add64(w[i], o[i], carry)
	}
}

// sub returns w - o, which must not be negative.
func (w Wide) sub(o Wide) Wide {
	var borrow uint64
	for i := range w {
		w[i], borrow = bits.Sub64(w[i], o[i], borrow)
	}
	return w
}

// mul returns w times b, or the largest number if that has more than 256 bits.
func (w Wide) mul(b uint64) Wide {
	var carry uint64
	for i, v := range w {
		hi, lo := bits.Mul64(v, b)
		var c uint64
		w[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	if carry != 0 {
		return Wide{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	}
	return w
}

// div returns w / b, rounded down.
func (w Wide) div(b uint64) Wide {
	var rest uint64
	for i := len(w) - 1; i >= 0; i-- {
		w[i], rest = bits.Div64(rest, w[i], b)
	}
	return w
}

func (w Wide) big() *big.Int {
	v := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(w[i]))
	}
	return v
}

// Sqrt returns the square root of hi<<64 | lo, rounded down. The root in floating point is right to
// 52 bits; one step of Newton's method makes that all 64 but for the last, which is then tried out.
func Sqrt(hi, lo uint64) uint64 {
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
