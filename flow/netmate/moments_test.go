package netmate

import (
	"math"
	"testing"
)

func TestMoments(t *testing.T) {
	for _, c := range []struct {
		name      string
		v         []uint64
		scale     uint64
		min, max  uint64
		mean, std int64
		some, two bool
	}{
		{name: "none"},
		{"one", []uint64{5}, 1, 5, 5, 5, 0, true, false},
		// sum 40, squares 232: variance (232-1600/8)/7 = 32/7 = 4.571428, deviation 2.138089
		{"eight", []uint64{2, 4, 4, 4, 5, 5, 7, 9}, 1000, 2, 9, 5000, 2138, true, true},
		{"zero first", []uint64{0, 50}, 1, 0, 50, 25, 35, true, true}, // 35.355
		// The deviation, 2^64/sqrt(2), is more than an int64 holds.
		{"wide", []uint64{0, math.MaxUint64}, 1, 0, math.MaxUint64, math.MaxInt64, math.MaxInt64, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m Moments
			for _, v := range c.v {
				m.Add(v)
			}
			mean, some := m.Mean(c.scale)
			std, two := m.SampleStdDev(c.scale)
			if m.Min != c.min || m.Max != c.max || mean != c.mean || std != c.std || some != c.some || two != c.two || m.N != uint64(len(c.v)) {
				t.Errorf("min %d max %d mean %d %v std %d %v n %d", m.Min, m.Max, mean, some, std, two, m.N)
			}
		})
	}
}
