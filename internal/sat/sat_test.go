package sat

import (
	"math"
	"math/big"
	"strconv"
	"testing"
)

// edges are the numbers at and beside the ends of int64, 0 and powers of two.
func edges() []int64 {
	all := []int64{0, 7, -7, 1000, -1000}
	for _, e := range []int64{math.MinInt64, math.MaxInt64, 1 << 62, -1 << 62, 1 << 32, 0} {
		for d := int64(-2); d <= 2; d++ {
			all = append(all, e+d) // wraps at the ends, which gives the other end
		}
	}
	return all
}

// cut returns v, or the end of int64 next to it.
func cut(v *big.Int) int64 {
	switch {
	case v.IsInt64():
		return v.Int64()
	case v.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

func TestAdd(t *testing.T) {
	for _, a := range edges() {
		for _, b := range edges() {
			x, y := big.NewInt(a), big.NewInt(b)
			if got, want := Add(a, b), cut(new(big.Int).Add(x, y)); got != want {
				t.Errorf("%d + %d = %d, want %d", a, b, got, want)
			}
			u := new(big.Int).SetUint64(uint64(b))
			if got, want := Later(a, uint64(b)), cut(new(big.Int).Add(x, u)); got != want {
				t.Errorf("%d later than %d = %d, want %d", uint64(b), a, got, want)
			}
			if got, want := Earlier(a, uint64(b)), cut(new(big.Int).Sub(x, u)); got != want {
				t.Errorf("%d earlier than %d = %d, want %d", uint64(b), a, got, want)
			}
		}
	}
}

func TestAddUint(t *testing.T) {
	for _, c := range [][3]uint64{
		{0, 0, 0},
		{1, 2, 3},
		{math.MaxUint64 - 1, 1, math.MaxUint64}, // just fits
		{math.MaxUint64, 1, math.MaxUint64},
		{1, math.MaxUint64, math.MaxUint64},
		{math.MaxUint64, math.MaxUint64, math.MaxUint64},
	} {
		if got := AddUint(c[0], c[1]); got != c[2] {
			t.Errorf("%d + %d = %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestInt(t *testing.T) {
	for v, want := range map[uint64]int64{0: 0, math.MaxInt64: math.MaxInt64, 1 << 63: math.MaxInt64, math.MaxUint64: math.MaxInt64} {
		t.Run(strconv.FormatUint(v, 10), func(t *testing.T) {
			if got := Int(v); got != want {
				t.Errorf("%d: got %d, want %d", v, got, want)
			}
		})
	}
}

func TestFloor(t *testing.T) {
	for _, a := range edges() {
		for _, b := range edges() {
			if b <= 0 {
				continue
			}
			// Div of math/big is Euclidean: rounded down for a positive divisor.
			q := new(big.Int).Div(big.NewInt(a), big.NewInt(b))
			if got := FloorDiv(a, b); got != q.Int64() {
				t.Errorf("%d / %d = %d, want %v", a, b, got, q)
			}
			if got, want := Floor(a, b), cut(q.Mul(q, big.NewInt(b))); got != want {
				t.Errorf("multiple of %d below %d = %d, want %d", b, a, got, want)
			}
		}
	}
}

func TestMulDiv(t *testing.T) {
	for _, c := range [][4]uint64{
		{0, 5, 7, 0},
		{10, 10, 7, 14}, // 14.28
		{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64},
		{math.MaxUint64, 1000, 1001, 18428315757951600014}, // 18428315757951600014.98
		{math.MaxUint64, 2, 1, math.MaxUint64},
	} {
		if got := MulDiv(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%d * %d / %d = %d, want %d", c[0], c[1], c[2], got, c[3])
		}
	}
}
