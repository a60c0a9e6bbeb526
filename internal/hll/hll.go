package pairhash

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// DefaultPrecision gives 16,384 registers, and a standard error of 0.8 %.
const DefaultPrecision = 14

// HyperLogLogConfig says how precise a [HyperLogLog] is.
type HyperLogLogConfig struct {
	// Precision is log2 of the number of registers, 4 to 18; each is one byte. 0 means 14. The
	// standard error of an estimate is 1.04 / sqrt(2^Precision).
	Precision int
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *HyperLogLogConfig) Validate() error {
	if c.Precision != 0 && (c.Precision < 4 || c.Precision > 18) {
		return fmt.Errorf("%w: Precision is %d, not 4 to 18", ErrConfig, c.Precision)
	}
	return nil
}

// HyperLogLog estimates how many distinct things were added, in fixed memory (Flajolet and others,
// 2007; the estimator is that of Ertl, New cardinality estimation algorithms for HyperLogLog
// sketches, 2017, algorithm 6, which needs no bias tables).
//
// It takes hashes of 64 bits, such as [Pair.Hash] and [Addr.Hash]. Use one seed for everything that
// is merged.
type HyperLogLog struct {
	precision uint
	registers []uint8
	floor     uint   // no register is less
	atFloor   int    // registers that are no more
	lowRank   uint64 // bits of a hash of which one is set if its rank is no more than floor
}

// NewHyperLogLog makes an empty sketch.
func NewHyperLogLog(cfg HyperLogLogConfig) (*HyperLogLog, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Precision == 0 {
		cfg.Precision = DefaultPrecision
	}
	h := &HyperLogLog{precision: uint(cfg.Precision), registers: make([]uint8, 1<<cfg.Precision)}
	h.findFloor()
	return h, nil
}

// AddHash adds the thing that has this hash.
func (h *HyperLogLog) AddHash(hash uint64) {
	// Most hashes of a long list rank no higher than the lowest register: leave the registers
	// alone.
	if hash&h.lowRank == 0 {
		h.addHash(hash)
	}
}

// AddPairs adds the pairs of a batch, whatever their counts, by [Pair.Hash] with this seed. It is
// faster than AddHash for each.
func (h *HyperLogLog) AddPairs(batch []PairCount, seed uint64) {
	for i := range batch {
		c := &batch[i]
		if c.A.Hi|c.B.Hi == 0 {
			h.AddHash(hashEven(min(c.A.Lo, c.B.Lo), max(c.A.Lo, c.B.Lo), seed))
		} else {
			h.AddHash(PairOf(c.A, c.B).Hash(seed))
		}
	}
}

func (h *HyperLogLog) addHash(hash uint64) {
	r := &h.registers[hash>>(64-h.precision)]
	// The rank of the other bits: 1 + leading zeros. The bit set at the end bounds it.
	rank := uint8(1 + bits.LeadingZeros64(hash<<h.precision|1<<(h.precision-1)))
	if rank <= *r {
		return
	}
	if uint(*r) == h.floor {
		h.atFloor--
	}
	*r = rank
	if h.atFloor == 0 {
		h.findFloor()
	}
}

// findFloor finds the lowest register.
func (h *HyperLogLog) findFloor() {
	h.floor, h.atFloor = uint(slices.Min(h.registers)), 0
	for _, r := range h.registers {
		if uint(r) == h.floor {
			h.atFloor++
		}
	}
	rest := 64 - h.precision // bits that have the rank; the first floor of them
	h.lowRank = (1<<rest - 1) &^ (1<<(rest-min(h.floor, rest)) - 1)
}

// Estimate returns the estimated number of distinct things.
func (h *HyperLogLog) Estimate() float64 {
	q := 64 - int(h.precision)
	var histogram [66]int // registers by rank, 0 to q+1
	for _, r := range h.registers {
		histogram[r]++
	}
	m := float64(len(h.registers))
	z := m * tau(1-float64(histogram[q+1])/m)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + float64(histogram[k]))
	}
	z += m * sigma(float64(histogram[0])/m)
	return m / (2 * math.Ln2) * m / z
}

// sigma and tau correct for empty and for saturated registers (Ertl, 2017, equations 11 and 14).
func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += x * y
		y += y
		if z == before {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y *= 0.5
		z -= (1 - x) * (1 - x) * y
		if z == before {
			return z / 3
		}
	}
}

// Merge adds what o has seen. It is [ErrMismatch] if the precisions differ.
func (h *HyperLogLog) Merge(o *HyperLogLog) error {
	if h.precision != o.precision {
		return fmt.Errorf("%w: precision %d and %d", ErrMismatch, h.precision, o.precision)
	}
	for i, r := range o.registers {
		h.registers[i] = max(h.registers[i], r)
	}
	h.findFloor()
	return nil
}

// Clone returns a copy of h.
func (h *HyperLogLog) Clone() *HyperLogLog {
	c := *h
	c.registers = slices.Clone(h.registers)
	return &c
}

// Reset empties h.
func (h *HyperLogLog) Reset() {
	clear(h.registers)
	h.findFloor()
}
