package moments

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

func TestMoments(t *testing.T) {
	const top = math.MaxUint64
	for _, c := range []struct {
		name              string
		v                 []uint64
		scale             uint64
		mean, std, sample uint64
		variance          float64
		sampleVariance    float64
	}{
		{"none", nil, 1, 0, 0, 0, 0, 0},
		{"one", []uint64{5}, 1000, 5000, 0, 0, 0, 0},
		// 2 4 4 4 5 5 7 9: sum 40, squares 232; 232/8 - 25 = 4, deviation 2; (232-200)/7 = 32/7 =
		// 4.571428, deviation 2.138089
		{"eight", []uint64{2, 4, 4, 4, 5, 5, 7, 9}, 1000, 5000, 2000, 2138, 4, 32. / 7},
		{"equal", []uint64{7, 7, 7}, 1000, 7000, 0, 0, 0, 0},
		{"zero first", []uint64{0, 50}, 1, 25, 25, 35, 625, 1250}, // 35.355
		{"zeros", []uint64{0, 0}, 1000, 0, 0, 0, 0, 0},
		// mean 4/3; squares 6/3 - 16/9 = 2/9, deviation 0.471404; sample 1/3, 0.577350
		{"thirds", []uint64{1, 1, 2}, 1000, 1333, 471, 577, 2. / 9, 1. / 3},
		// Cancellation in float64: the squares differ in their last of 119 bits. Deviations 1/2 and
		// sqrt(1/2).
		{"close", []uint64{1 << 59, 1<<59 + 1}, 10, 10<<59 + 5, 5, 7, 0.25, 0.5},
		{"close and 2", []uint64{1 << 59, 1<<59 + 2}, 1, 1<<59 + 1, 1, 1, 1, 2}, // 1.414
		// 2^64-1 = m: m/2, m/2 and m/sqrt(2), which is 2^64 0.70710678118654752440
		{"wide", []uint64{0, top}, 1, 1<<63 - 1, 1<<63 - 1, 13043817825332782211, 1 << 126, 1 << 127},
		{"too wide", []uint64{0, top}, 1000, top, top, top, 1 << 126, 1 << 127},
	} {
		t.Run(c.name, func(t *testing.T) {
			var whole, front, back Moments
			for i, v := range c.v {
				whole.Add(v)
				if i%2 == 0 {
					front.Add(v)
				} else {
					back.Add(v)
				}
			}
			front.N, front.Sum = front.N+back.N, front.Sum+back.Sum
			front.Squares.Merge(back.Squares)
			for name, m := range map[string]*Moments{"whole": &whole, "merged": &front} {
				if m.N != uint64(len(c.v)) || m.Mean(c.scale) != c.mean || m.StdDev(c.scale) != c.std || m.SampleStdDev(c.scale) != c.sample {
					t.Errorf("%s: n %d mean %d deviations %d %d, want %d %d %d", name, m.N, m.Mean(c.scale), m.StdDev(c.scale), m.SampleStdDev(c.scale), c.mean, c.std, c.sample)
				}
				if m.Variance() != c.variance || m.SampleVariance() != c.sampleVariance {
					t.Errorf("%s: variances %v %v, want %v %v", name, m.Variance(), m.SampleVariance(), c.variance, c.sampleVariance)
				}
			}
		})
	}
}

// TestBig compares the deviations with math/big on samples of all magnitudes.
func TestBig(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 2000 {
		var m Moments
		sum, squares := new(big.Int), new(big.Int)
		var wideSum, wideSquares Wide
		n := 2 + rnd.IntN(20)
		shift := uint(5 + rnd.IntN(59))
		for range n {
			v := rnd.Uint64() >> shift
			m.Add(v)
			hi, lo := bits.Mul64(v, v)
			wideSum.Add(Wide{v})
			wideSquares.Add(Wide{lo, hi})
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
		root := func(scale uint64, over int) uint64 {
			v := new(big.Int).Mul(num, new(big.Int).SetUint64(scale*scale))
			return v.Sqrt(v.Div(v, big.NewInt(int64(n*over)))).Uint64()
		}
		if got, want := m.SampleStdDev(scale), root(scale, n-1); got != want {
			t.Fatalf("round %d: %+v: sample %d, want %d", round, m, got, want)
		}
		if got, want := m.StdDev(scale), root(scale, n); got != want {
			t.Fatalf("round %d: %+v: population %d, want %d", round, m, got, want)
		}
		if got, want := StdDev(uint64(n), wideSum, wideSquares), root(1, n); got != want {
			t.Fatalf("round %d: %+v: wide sums give %d, want %d", round, m, got, want)
		}
	}
}

// TestWide has sums beyond 64 and squares beyond 128 bits: n times 0 and n times 2^63-2, whose mean
// and deviation are both 2^62-1.
func TestWide(t *testing.T) {
	for _, n := range []uint64{1, 2, 3, 1 << 20, 1<<63 - 1} {
		const v = 1<<63 - 2
		hi, lo := bits.Mul64(v, n)
		sum := Wide{lo, hi}
		hi, lo = bits.Mul64(v, v)
		squares := Wide{lo, hi}.mul(n)
		if got := StdDev(2*n, sum, squares); got != 1<<62-1 {
			t.Errorf("%d values: %d, want %d", 2*n, got, uint64(1<<62-1))
		}
	}
	if got := StdDev(0, Wide{}, Wide{}); got != 0 {
		t.Errorf("no values: %d", got)
	}
	full := Wide{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64}
	if got := full.mul(2); got != full {
		t.Errorf("twice the largest is %x", got)
	}
}

// The root of squares, of their neighbours, and of numbers of all lengths is that of math/big.
func TestSqrt(t *testing.T) {
	check := func(hi, lo uint64) {
		t.Helper()
		x := new(big.Int).SetUint64(hi)
		x.Add(x.Lsh(x, 64), new(big.Int).SetUint64(lo))
		if got, want := Sqrt(hi, lo), x.Sqrt(x).Uint64(); got != want {
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
