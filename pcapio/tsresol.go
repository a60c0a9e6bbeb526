package pcapio

import (
	"math"
	"math/bits"
)

// TSResol is the resolution of times in a file: one second has Units units, or 2^Log2 if Units is
// 0.
type TSResol struct {
	Units uint64 // a power of ten; 1e6 for microseconds. 0: the resolution is a power of two
	Log2  uint8
	exp10 uint8  // if Units does not fit: 10^exp10
	nanos uint64 // in one unit, if that is a whole number
}

// tsResol decodes if_tsresol: the high bit tells a power of two from a power of ten, the others are
// the negative exponent.
func tsResol(b byte) TSResol {
	exp := b &^ 0x80
	if b&0x80 != 0 {
		return TSResol{Log2: exp}
	}
	r := TSResol{exp10: exp}
	if exp <= 19 {
		r.Units = pow10(exp)
	}
	if exp <= 9 {
		r.nanos = pow10(9 - exp)
	}
	return r
}

// nanoseconds converts ts units since 1970 plus offset seconds, rounding down. Times beyond int64
// are set to its nearest value.
func (r TSResol) nanoseconds(ts uint64, offset int64) (ns int64, saturated bool) {
	if r.nanos > 0 && offset == 0 { // the hot path: no division
		if hi, lo := bits.Mul64(ts, r.nanos); hi == 0 && lo <= math.MaxInt64 {
			return int64(lo), false
		}
		return math.MaxInt64, true
	}
	hi, lo := bits.Mul64(ts, 1e9)
	switch {
	case r.Units > 0 && hi < r.Units:
		lo, _ = bits.Div64(hi, lo, r.Units)
		hi = 0
	case r.Units > 0: // the quotient has more than 64 bits
		q := hi / r.Units
		lo, _ = bits.Div64(hi%r.Units, lo, r.Units)
		hi = q
	case r.exp10 > 0: // finer than 10^-19 s: first to 10^-19 s
		for e := r.exp10; e > 19 && ts > 0; e-- {
			ts /= 10
		}
		hi, lo = bits.Mul64(ts, 1e9)
		lo, _ = bits.Div64(hi, lo, pow10(19))
		hi = 0
	case r.Log2 >= 64:
		lo, hi = hi>>(r.Log2-64), 0
	default:
		lo = lo>>r.Log2 | hi<<(64-r.Log2)
		hi >>= r.Log2
	}
	// hi:lo is below 2^94 and offset*1e9 within ±2^93: add them in 128 bits of two's complement.
	ohi, olo := bits.Mul64(magnitude(offset), 1e9)
	var carry uint64
	if offset < 0 {
		lo, carry = bits.Sub64(lo, olo, 0)
		hi, _ = bits.Sub64(hi, ohi, carry)
	} else {
		lo, carry = bits.Add64(lo, olo, 0)
		hi, _ = bits.Add64(hi, ohi, carry)
	}
	switch {
	case hi == 0 && lo <= math.MaxInt64, hi == math.MaxUint64 && lo > math.MaxInt64:
		return int64(lo), false
	case int64(hi) < 0:
		return math.MinInt64, true
	}
	return math.MaxInt64, true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

func pow10(e uint8) uint64 {
	p := uint64(1)
	for range e {
		p *= 10
	}
	return p
}
