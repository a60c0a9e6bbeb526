package netmate

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

func TestMoments(t *testing.T) {
	for _, c := range []struct {
		name     string
		v        []uint64
		scale    uint64
		min, max uint64
		mean     int64
		std      int64
	}{
		// 2 4 4 4 5 5 7 9: sum 40, squares 232, variance (232-1600/8)/7 = 32/7 = 4.571428,
		// deviation 2.138089
		{"eight", []uint64{2, 4, 4, 4, 5, 5, 7, 9}, 1000, 2, 9, 5000, 2138},
		{"equal", []uint64{7, 7, 7}, 1000, 7, 7, 7000, 0},
		{"zero first", []uint64{0, 50}, 1, 0, 50, 25, 35}, // 35.355
		{"zeros", []uint64{0, 0}, 1000, 0, 0, 0, 0},
		{"thirds", []uint64{1, 1, 2}, 1000, 1, 2, 1333, 577}, // variance 1/3
		// Cancellation in float64: the squares differ in their last of 119 bits. Deviation
		// sqrt(1/2).
		{"close", []uint64{1 << 59, 1<<59 + 1}, 1, 1 << 59, 1<<59 + 1, 1 << 59, 0},
		{"close and 2", []uint64{1 << 59, 1<<59 + 2}, 1, 1 << 59, 1<<59 + 2, 1<<59 + 1, 1}, // 1.414
		{"wide", []uint64{0, math.MaxUint64}, 1, 0, math.MaxUint64, math.MaxInt64, math.MaxInt64},
	} {
		var m Moments
		for _, v := range c.v {
			m.Add(v)
		}
		mean, some := m.Mean(c.scale)
		std, two := m.Std(c.scale)
		if m.Min != c.min || m.Max != c.max || mean != c.mean || std != c.std || !some || !two || m.N != uint64(len(c.v)) {
			t.Errorf("%s: min %d max %d mean %d %v std %d %v n %d", c.name, m.Min, m.Max, mean, some, std, two, m.N)
		}
	}
	var m Moments
	if _, ok := m.Mean(1); ok {
		t.Error("mean of nothing")
	}
	m.Add(5)
	if _, ok := m.Std(1); ok {
		t.Error("deviation of one sample")
	}
}

// TestMomentsBig compares the deviation with math/big on samples of all magnitudes.
func TestMomentsBig(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 2000 {
		var m Moments
		sum, squares := new(big.Int), new(big.Int)
		n := 2 + rnd.IntN(20)
		shift := uint(5 + rnd.IntN(59))
		for range n {
			v := rnd.Uint64() >> shift
			m.Add(v)
			b := new(big.Int).SetUint64(v)
			sum.Add(sum, b)
			squares.Add(squares, b.Mul(b, b))
		}
		scale := uint64(1)
		if shift > 32 {
			scale = 1000
		}
		num := squares.Mul(squares, big.NewInt(int64(n)))
		num.Sub(num, sum.Mul(sum, sum))
		num.Mul(num, big.NewInt(int64(scale*scale)))
		want := num.Div(num, big.NewInt(int64(n*(n-1))))
		want.Sqrt(want)
		if got, _ := m.Std(scale); got != want.Int64() {
			t.Fatalf("round %d: %+v: got %d, want %v", round, m, got, want)
		}
	}
}

// The root of squares, of their neighbours, and of numbers of all lengths is that of math/big.
func TestIsqrt(t *testing.T) {
	check := func(hi, lo uint64) {
		t.Helper()
		x := new(big.Int).SetUint64(hi)
		x.Add(x.Lsh(x, 64), new(big.Int).SetUint64(lo))
		if got, want := isqrt(hi, lo), x.Sqrt(x).Uint64(); got != want {
			t.Fatalf("root of %#x %016x: got %d, want %d", hi, lo, got, want)
		}
	}
	around := func(root uint64) {
		t.Helper()
		hi, lo := bits.Mul64(root, root)
		check(hi, lo)
		if hi > 0 || lo > 0 {
			below, borrow := bits.Sub64(lo, 1, 0)
			check(hi-borrow, below)
		}
		more, carry := bits.Add64(lo, 1, 0)
		check(hi+carry, more)
	}
	for n := range uint64(5000) {
		check(0, n)
		check(n, 0)
		check(math.MaxUint64, math.MaxUint64-n)
		check(math.MaxUint64-n, n)
		around(math.MaxUint64 - n)
		around(1<<32 + n - 2500)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 50_000 {
		check(rnd.Uint64()>>rnd.IntN(65), rnd.Uint64())
		check(0, rnd.Uint64()>>rnd.IntN(65))
		around(rnd.Uint64() >> rnd.IntN(64))
	}
}
