package netmate

import (
	"github.com/reeftools/reef/internal/moments"
	"github.com/reeftools/reef/internal/sat"
)

// Moments are count N, sum Sum, sum of squares, minimum and maximum of samples, all exact integers.
// The zero value has no samples. The samples' sum must stay below 2^64, which periods that do not
// overlap and packet lengths always do.
type Moments struct {
	moments.Moments
	Min, Max uint64 // smallest and largest sample; 0 without samples
}

// Add takes a sample.
func (m *Moments) Add(v uint64) {
	if m.N == 0 || v < m.Min {
		m.Min = v
	}
	if v > m.Max {
		m.Max = v
	}
	m.Moments.Add(v)
}

// Mean returns scale times the arithmetic mean, truncated; false without samples.
func (m *Moments) Mean(scale uint64) (int64, bool) {
	return sat.Int(m.Moments.Mean(scale)), m.N > 0
}

// SampleStdDev returns scale times the sample standard deviation, truncated; false for fewer than
// two samples.
func (m *Moments) SampleStdDev(scale uint64) (int64, bool) {
	return sat.Int(m.Moments.SampleStdDev(scale)), m.N > 1
}
