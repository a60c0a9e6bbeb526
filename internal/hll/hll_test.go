package hll

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"testing"
)

func must(t *testing.T, precision int) *Sketch {
	t.Helper()
	h, err := New(precision)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// mix is a hash of numbers: the finalizer of MurmurHash3.
func mix(v uint64) uint64 {
	v ^= v >> 33
	v *= 0xff51afd7ed558ccd
	v ^= v >> 33
	v *= 0xc4ceb9fe1a85ec53
	return v ^ v>>33
}

// Estimates lie within four standard errors, 1.04/sqrt(2^precision) each, and a merged sketch is
// that of everything.
func TestEstimate(t *testing.T) {
	for _, precision := range []int{MinPrecision, DefaultPrecision, MaxPrecision} {
		for _, n := range []uint64{0, 1, 10, 1000, 20000, 300000} {
			t.Run(fmt.Sprintf("2^%d registers, %d things", precision, n), func(t *testing.T) {
				all, even, odd := must(t, precision), must(t, precision), must(t, precision)
				for v := range n {
					all.AddHash(mix(v + 1))
					all.AddHash(mix(v + 1))
					[]*Sketch{even, odd}[v%2].AddHash(mix(v + 1))
				}
				tolerance := 4 * 1.04 / math.Sqrt(float64(uint(1)<<precision)) * float64(n)
				if e := all.Estimate(); math.Abs(e-float64(n)) > tolerance {
					t.Errorf("estimate %g", e)
				}
				if err := even.Merge(odd); err != nil || !slices.Equal(even.registers, all.registers) {
					t.Errorf("merged: other registers, %v", err)
				}
			})
		}
	}
}

func TestPrecision(t *testing.T) {
	for _, precision := range []int{-1, 1, MinPrecision - 1, MaxPrecision + 1} {
		if _, err := New(precision); err == nil {
			t.Errorf("%d was taken", precision)
		}
	}
	if err := must(t, 4).Merge(must(t, 0)); !errors.Is(err, ErrMismatch) {
		t.Errorf("merged with another precision: %v", err)
	}
}

// Hashes that rank no higher than the lowest register are passed over; registers are the same as
// without that.
func TestRegisters(t *testing.T) {
	for _, precision := range []int{MinPrecision, 8, MaxPrecision} {
		h := must(t, precision)
		fill := func(h *Sketch, want []uint8, from, to uint64) {
			for v := from; v < to; v++ {
				hash := mix(v)
				if v%1000 == 0 {
					hash &= 1<<40 - 1 // a high rank
				}
				h.AddHash(hash)
				rest := hash<<precision | 1<<(precision-1)
				r := &want[hash>>(64-precision)]
				*r = max(*r, uint8(1+bits.LeadingZeros64(rest)))
			}
		}
		want := make([]uint8, 1<<precision)
		check := func(step string, h *Sketch) {
			t.Helper()
			if !slices.Equal(h.registers, want) {
				t.Errorf("precision %d: wrong registers after %s", precision, step)
			}
		}
		fill(h, want, 0, 50_000)
		check("adding", h)
		c := h.Clone()
		fill(c, want, 50_000, 60_000)
		check("cloning", c)
		if err := h.Merge(c); err != nil {
			t.Fatal(err)
		}
		fill(h, want, 60_000, 70_000)
		check("merging", h)
		h.Reset()
		clear(want)
		fill(h, want, 5, 500)
		check("resetting", h)
	}
}
