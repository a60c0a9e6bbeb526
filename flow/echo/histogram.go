package echo

import (
	"maps"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/reeftools/reef/internal/moments"
)

// Distribution holds response times: count, extremes, mean and standard deviation exactly,
// percentiles to 0.1 %. Its memory grows with the different values, to at most 28,160 counters. The
// zero value is empty. Times below 0 are not taken.
type Distribution struct {
	Count    uint64
	Min, Max time.Duration

	sum, squares moments.Wide // of the nanoseconds and of their squares
	buckets      map[uint16]uint64
}

// Each power of two is divided into 512 equal buckets; values below 1024 have their own.
const bucketBits = 9

func bucketOf(ns uint64) uint16 {
	shift := max(bits.Len64(ns)-1-bucketBits, 0)
	return uint16(shift<<bucketBits) + uint16(ns>>shift)
}

// middle is the value that stands for all in a bucket.
func middle(bucket uint16) uint64 {
	shift := max(int(bucket>>bucketBits)-1, 0)
	low := uint64(bucket-uint16(shift<<bucketBits)) << shift
	return low + 1<<shift>>1
}

// Add counts one response time. It returns false, and counts nothing, if d is negative.
func (h *Distribution) Add(d time.Duration) bool {
	if d < 0 {
		return false
	}
	if h.buckets == nil {
		h.buckets = make(map[uint16]uint64)
	}
	if h.Count == 0 {
		h.Min = d
	}
	h.Count++
	h.Min, h.Max = min(h.Min, d), max(h.Max, d)
	hi, lo := bits.Mul64(uint64(d), uint64(d))
	h.sum.Add(moments.Wide{uint64(d)})
	h.squares.Add(moments.Wide{lo, hi})
	h.buckets[bucketOf(uint64(d))]++
	return true
}

// Merge adds the values of o, exactly.
func (h *Distribution) Merge(o *Distribution) {
	if o.Count == 0 {
		return
	}
	if h.Count == 0 {
		h.Min = o.Min
	}
	if h.buckets == nil {
		h.buckets = make(map[uint16]uint64)
	}
	h.Count += o.Count
	h.Min, h.Max = min(h.Min, o.Min), max(h.Max, o.Max)
	h.sum.Add(o.sum)
	h.squares.Add(o.squares)
	for b, n := range o.buckets {
		h.buckets[b] += n
	}
}

// Mean returns the arithmetic mean in nanoseconds, rounded down; 0 if there are no values.
func (h *Distribution) Mean() time.Duration {
	if h.Count == 0 {
		return 0
	}
	mean, _ := bits.Div64(h.sum[1], h.sum[0], h.Count) // cannot overflow: each value is below 2^63
	return time.Duration(mean)
}

// StdDev returns the standard deviation of the values as a population, sqrt(Σx²/n - (Σx/n)²),
// rounded down. What tshark -z icmp,srt prints is that of a sample: sqrt(n/(n-1)) times as much.
func (h *Distribution) StdDev() time.Duration {
	return time.Duration(moments.StdDev(h.Count, h.sum, h.squares))
}

// Percentile returns the value below or at which p percent of all lie (nearest rank), at most 0.1 %
// off; 0 if there are no values. p is cut to 0..100; 50 is the median.
func (h *Distribution) Percentile(p float64) time.Duration {
	if h.Count == 0 {
		return 0
	}
	rank := max(uint64(math.Ceil(min(max(p, 0), 100)/100*float64(h.Count))), 1)
	var below uint64
	for _, b := range slices.Sorted(maps.Keys(h.buckets)) {
		if below += h.buckets[b]; below >= rank {
			return min(max(time.Duration(middle(b)), h.Min), h.Max)
		}
	}
	return h.Max
}
