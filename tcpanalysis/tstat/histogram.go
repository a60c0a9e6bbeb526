package tstat

import (
	"bufio"
	"fmt"
	"math"
)

// Histogram counts values in bins of equal width. Values below Min and from Max on have bins of
// their own.
type Histogram struct {
	Name           string
	Description    string
	Min, Max, Step int64
	// Counts has first the values below Min, last those from Max on: Counts[i] is of
	// [Min+(i-1)*Step, Min+i*Step).
	Counts []uint64
}

func newHistogram(name, description string, lo, hi, step int64) *Histogram {
	return &Histogram{Name: name, Description: description, Min: lo, Max: hi, Step: step, Counts: make([]uint64, (hi-lo)/step+2)}
}

// Add counts v.
func (h *Histogram) Add(v int64) {
	switch {
	case v < h.Min:
		h.Counts[0]++
	case v >= h.Max:
		h.Counts[len(h.Counts)-1]++
	default:
		h.Counts[(v-h.Min)/h.Step+1]++
	}
}

// Edge returns the lower edge of bin i as Tstat writes it: Min-Step for what is below Min, Max for
// what is above.
func (h *Histogram) Edge(i int) int64 { return h.Min + int64(i-1)*h.Step }

// Samples returns how many values were counted.
func (h *Histogram) Samples() uint64 {
	var n uint64
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// Merge adds the counts of o, which must have the same bins.
func (h *Histogram) Merge(o *Histogram) error {
	if h.Min != o.Min || h.Max != o.Max || h.Step != o.Step {
		return fmt.Errorf("%w: histograms %s and %s have different bins", ErrConfig, h.Name, o.Name)
	}
	for i, c := range o.Counts {
		h.Counts[i] += c
	}
	return nil
}

// writeTo writes the histogram as Tstat does: description, range, and a line with lower edge and
// count for each bin that is not empty.
func (h *Histogram) writeTo(w *bufio.Writer) error {
	fmt.Fprintf(w, "#%s\n#RANGE: min=%d bin_size=%d max=%d\n", h.Description, h.Min, h.Step, h.Max)
	for i, c := range h.Counts {
		if c > 0 {
			fmt.Fprintf(w, "%d %d\n", h.Edge(i), c)
		}
	}
	return w.Flush()
}

// addFloat counts a value that may be no number.
func (h *Histogram) addFloat(v float64) {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
	case v < float64(h.Min):
		h.Counts[0]++
	case v >= float64(h.Max):
		h.Counts[len(h.Counts)-1]++
	default:
		h.Add(int64(v))
	}
}
