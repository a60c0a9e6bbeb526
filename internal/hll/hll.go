// Package hll is the HyperLogLog sketch beneath the packages that count distinct
// things.
package hll

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// DefaultPrecision gives 16,384 registers, and a standard error of 0.8 %.
const DefaultPrecision = 14

// The precisions that there are.
const (
	MinPrecision = 4
	MaxPrecision = 18
)

// ErrMismatch means that sketches of different precision were to be merged.
var ErrMismatch = errors.New("sketches of different precision")

// Sketch estimates how many distinct things were added, in fixed memory (Flajolet and others,
// 2007; the estimator is that of Ertl, New cardinality estimation algorithms for HyperLogLog
// sketches, 2017, algorithm 6, which needs no bias tables).
//
// It takes hashes of 64 bits, of one seed for everything that is merged.
type Sketch struct {
	precision uint
	registers []uint8
	floor     uint   // no register is less
	atFloor   int    // registers that are no more
	lowRank   uint64 // bits of a hash of which one is set if its rank is no more than floor
}

// New makes an empty sketch of 2^precision registers, each of one byte; 0 is DefaultPrecision. The
// standard error of an estimate is 1.04 / sqrt(2^precision).
func New(precision int) (*Sketch, error) {
	if precision == 0 {
		precision = DefaultPrecision
	}
	if precision < MinPrecision || precision > MaxPrecision {
		return nil, fmt.Errorf("precision %d is not %d to %d", precision, MinPrecision, MaxPrecision)
	}
	h := &Sketch{precision: uint(precision), registers: make([]uint8, 1<<precision)}
	h.findFloor()
	return h, nil
}

// AddHash adds the thing that has this hash.
func (h *Sketch) AddHash(hash uint64) {
	// Most hashes of a long list rank no higher than the lowest register: leave the registers
	// alone.
	if hash&h.lowRank == 0 {
		h.addHash(hash)
	}
}

func (h *Sketch) addHash(hash uint64) {
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
func (h *Sketch) findFloor() {
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
func (h *Sketch) Estimate() float64 {
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

// Merge adds what o has seen. It is ErrMismatch if the precisions differ.
func (h *Sketch) Merge(o *Sketch) error {
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
func (h *Sketch) Clone() *Sketch {
	c := *h
	c.registers = slices.Clone(h.registers)
	return &c
}

// Reset empties h.
func (h *Sketch) Reset() {
	clear(h.registers)
	h.findFloor()
}
