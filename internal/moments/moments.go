// Package moments computes means, variances and standard deviations exactly:
// what is kept are integers that do not round, whatever the order of samples
// and however they are merged, and only the result is rounded.
package moments

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/reeftools/reef/internal/sat"
)

// Squares is a sum of squares, in 128 bits: room for all samples whose sum stays below 2^64.
type Squares struct{ hi, lo uint64 }

// Add adds the square of v.
func (s *Squares) Add(v uint64) {
	hi, lo := bits.Mul64(v, v)
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi += hi + carry
}

// Merge adds the squares of o.
func (s *Squares) Merge(o Squares) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, o.lo, 0)
	s.hi += o.hi + carry
}

// Moments are the number of samples, their sum and that of their squares. The zero value has no
// samples. The sum must stay below 2^64.
type Moments struct {
	N, Sum  uint64
	Squares Squares
}

// Add takes a sample.
func (m *Moments) Add(v uint64) {
	m.N++
	m.Sum += v
	m.Squares.Add(v)
}

// Mean returns scale times the arithmetic mean, rounded down, or the largest uint64 if that is
// less; 0 without samples.
func (m *Moments) Mean(scale uint64) uint64 {
	if m.N == 0 {
		return 0
	}
	return sat.MulDiv(m.Sum, scale, m.N)
}

// StdDev returns scale times the standard deviation of the samples as a population, rounded down,
// or the largest uint64 if that is less; 0 without samples:
//
//	sqrt((N Σv² - (Σv)²) / N²)
func (m *Moments) StdDev(scale uint64) uint64 {
	return deviation(m.N, Wide{m.Sum}, m.squares(), m.N, scale)
}

// SampleStdDev returns scale times the standard deviation of what the samples are taken from, as
// StdDev rounds it; 0 for fewer than two samples:
//
//	sqrt((N Σv² - (Σv)²) / (N (N-1)))
func (m *Moments) SampleStdDev(scale uint64) uint64 {
	if m.N < 2 {
		return 0
	}
	return deviation(m.N, Wide{m.Sum}, m.squares(), m.N-1, scale)
}

// Variance returns the variance of the samples as a population, the square of StdDev, as the number
// next to it; 0 without samples.
func (m *Moments) Variance() float64 { return m.variance(m.N) }

// SampleVariance returns the variance of what the samples are taken from, the square of
// SampleStdDev, as the number next to it; 0 for fewer than two samples.
func (m *Moments) SampleVariance() float64 {
	if m.N < 2 {
		return 0
	}
	return m.variance(m.N - 1)
}

func (m *Moments) variance(over uint64) float64 {
	if m.N == 0 {
		return 0
	}
	n := new(big.Int).SetUint64(m.N)
	over256 := new(big.Int).SetUint64(over)
	v, _ := new(big.Rat).SetFrac(spread(m.N, Wide{m.Sum}, m.squares()).big(), n.Mul(n, over256)).Float64()
	return v
}

func (m *Moments) squares() Wide { return Wide{m.Squares.lo, m.Squares.hi} }

// StdDev returns the standard deviation of n values as a population, rounded down, from their sum
// and the sum of their squares, where these may be longer than those of [Moments]; 0 without
// values.
func StdDev(n uint64, sum, squares Wide) uint64 { return deviation(n, sum, squares, n, 1) }

// narrow returns (n Σv² - (Σv)²) / (n over), if 128 bits hold the first and 64 the rest, as usual.
func narrow(n uint64, sum, squares Wide, over uint64) (quotient uint64, ok bool) {
	beyond, high := bits.Mul64(squares[1], n)
	carry, low := bits.Mul64(squares[0], n)
	high, c := bits.Add64(high, carry, 0)
	sumHigh, sumLow := bits.Mul64(sum[0], sum[0])
	low, borrow := bits.Sub64(low, sumLow, 0)
	high, _ = bits.Sub64(high, sumHigh, borrow)
	if sum[1]|squares[2]|squares[3]|beyond|c != 0 || n >= 1<<32 || high >= n*over {
		return 0, false
	}
	quotient, _ = bits.Div64(high, low, n*over)
	return quotient, true
}

// deviation returns scale sqrt((n Σv² - (Σv)²) / (n over)), rounded down.
func deviation(n uint64, sum, squares Wide, over, scale uint64) uint64 {
	if n == 0 {
		return 0
	}
	if v, ok := narrow(n, sum, squares, over); ok && scale == 1 {
		return Sqrt(0, v)
	}
	v := spread(n, sum, squares).mul(scale).mul(scale)
	v = v.div(n).div(over) // rounding down twice is rounding down once
	if v[2]|v[3] != 0 {
		return math.MaxUint64
	}
	return Sqrt(v[1], v[0])
}

// spread returns n Σv² - (Σv)², which is never negative.
func spread(n uint64, sum, squares Wide) Wide {
	// (Σv)² of 128 bits: (2^64 h + l)² = 2^128 h² + 2^65 h l + l²
	hh, hl := bits.Mul64(sum[1], sum[1])
	mh, ml := bits.Mul64(sum[1], sum[0])
	lh, ll := bits.Mul64(sum[0], sum[0])
	square := Wide{ll, lh, hl, hh}
	square.Add(Wide{0, ml << 1, mh<<1 | ml>>63, mh >> 63})
	return squares.mul(n).sub(square)
}
