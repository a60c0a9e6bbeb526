package tracegen

import (
	"math/bits"
	"math/rand/v2"
)

// rng draws from the distributions that the generator needs, in integers only.
type rng struct{ pcg rand.PCG }

// chance is true with probability s.
func (r *rng) chance(s Share) bool {
	return r.pcg.Uint64()>>32*1_000_000>>32 < uint64(s)
}

// below returns a number in [0, n), evenly. The bias for n below 2^32 is no matter here.
func (r *rng) below(n uint64) uint64 {
	hi, _ := bits.Mul64(r.pcg.Uint64(), n)
	return hi
}

// between returns a number in [lo, hi], evenly.
func (r *rng) between(lo, hi uint64) uint64 { return lo + r.below(hi-lo+1) }

// popular returns an index in [0, n), low ones more often: n times the cube of an even number, so
// that of 65,536 clients the first one gets 2.5 % of all draws.
func (r *rng) popular(n uint64) uint64 {
	u := r.pcg.Uint64() >> 32
	return u * u >> 32 * u >> 32 * n >> 32
}

// minusLog2 returns -log2 of an even number in (0, 1], in units of 2^-32. The error is below 1 %:
// log2(1+f) is taken as f + 0.34 f (1-f).
func (r *rng) minusLog2() uint64 {
	u := r.pcg.Uint64() | 1
	zeros := bits.LeadingZeros64(u)
	f := u << zeros << 1 >> 32
	log := f + f*(1<<32-f)>>32*1420>>12
	return uint64(zeros+1)<<32 - min(log, 1<<32)
}

// exp2 returns scale * 2^x, x in units of 2^-32 and below 24. 2^f is taken as 1 + f (0.6565 +
// 0.3435 f).
func exp2(scale, x uint64) uint64 {
	f := x & (1<<32 - 1) >> 8 // 24 bits
	m := 1<<24 + f*(11014259+f*5762957>>24)>>24
	return scale * m >> 24 << (x >> 32)
}

// exponential returns a draw from the exponential distribution.
func (r *rng) exponential(mean uint64) uint64 {
	const ln2 = 2977044472 // ln 2 * 2^32
	hi, lo := bits.Mul64(r.minusLog2()>>16*ln2>>16, mean)
	return hi<<32 | lo>>32
}

// pareto returns a draw from the Pareto distribution with shape 1.25, lowest value least, cut at
// most (least*2^20 or less).
func (r *rng) pareto(least, most uint64) uint64 {
	x := min(r.minusLog2()*4/5, 20<<32)
	return min(exp2(least, x), most)
}
