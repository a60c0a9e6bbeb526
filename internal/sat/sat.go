// Package sat does integer arithmetic that stops at the ends of its type
// instead of wrapping, and division that rounds down. Times and counts from a
// hostile file must neither turn negative nor start again at 0.
package sat

import (
	"math"
	"math/bits"
)

// Add returns a + b, or the end of int64 that lies beyond it.
func Add(a, b int64) int64 {
	s := a + b
	if (a^s)&(b^s) >= 0 { // the sum has the sign of one of them: no overflow
		return s
	}
	if a > 0 {
		return math.MaxInt64
	}
	return math.MinInt64
}

// AddUint returns a + b, or the largest uint64.
func AddUint(a, b uint64) uint64 {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxUint64
}

// Later returns the time d after t, or the last one.
func Later(t int64, d uint64) int64 {
	if d > uint64(math.MaxInt64)-uint64(t) {
		return math.MaxInt64
	}
	return int64(uint64(t) + d)
}

// Earlier returns the time d before t, or the first one.
func Earlier(t int64, d uint64) int64 {
	if d > uint64(t)-1<<63 {
		return math.MinInt64
	}
	return int64(uint64(t) - d)
}

// Int returns v, or the largest int64 if that is smaller.
func Int(v uint64) int64 { return int64(min(v, math.MaxInt64)) }

// MulDiv returns a * b / c rounded down, or the largest uint64 if that is less.
func MulDiv(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	if hi >= c {
		return math.MaxUint64
	}
	q, _ := bits.Div64(hi, lo, c)
	return q
}

// FloorDiv returns a / b rounded down, where / rounds towards 0. b must be positive.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Floor returns the largest multiple of b that is not more than a, or the least int64 if that
// multiple is less. b must be positive.
func Floor(a, b int64) int64 {
	rest := a % b
	if rest < 0 {
		rest += b
	}
	return Add(a, -rest)
}
