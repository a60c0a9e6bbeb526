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
// quantiles to 0.1 %. Its memory grows with the different values, to at most 28,160 counters. The
// zero value is empty. Times below 0 are not taken.
type Distribution struct {
	Count    uint64
	Min, Max time.Duration

	sum, squares moments.Wide      // of the nanoseconds and of their squares
	buckets      map[uint16]uint64 // by bucketOf, without its lowest coarse bits
	coarse       uint8
}

// Each power of two is divided into 512 equal buckets; values below 1024 have their own.
const bucketBits = 9

func bucketOf(ns uint64) uint16 {
	shift := max(bits.Len64(ns)-1-bucketBits, 0)
	return uint16(shift<<bucketBits) + uint16(ns>>shift)
}

// middle is the value that represents a bucket, whose number lacks coarse bits.
func middle(bucket uint16, coarse uint8) uint64 {
	first, next := lowest(bucket<<coarse), lowest((bucket+1)<<coarse)
	return first + (next-first)>>1
}

// lowest is the smallest value of a bucket.
func lowest(bucket uint16) uint64 {
	shift := max(int(bucket>>bucketBits)-1, 0)
	return uint64(bucket-uint16(shift<<bucketBits)) << shift
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
	h.buckets[bucketOf(uint64(d))>>h.coarse]++
	return true
}

// Merge adds the values of o exactly. The buckets become as wide as the wider ones of the two.
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
	for h.coarse < o.coarse {
		h.coarsen()
	}
	for b, n := range o.buckets {
		h.buckets[b>>(h.coarse-o.coarse)] += n
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
// rounded down. tshark -z icmp,srt prints the sample standard deviation, which is sqrt(n/(n-1))
// times as much.
func (h *Distribution) StdDev() time.Duration {
	return time.Duration(moments.StdDev(h.Count, h.sum, h.squares))
}

// Quantile returns the value that the share q of all values do not exceed (nearest rank); 0 if
// there are no values. It is at most 0.1 % off, or more as Coarse says. q is clamped to 0..1; 0.5
// is the median.
func (h *Distribution) Quantile(q float64) time.Duration {
	if h.Count == 0 {
		return 0
	}
	rank := max(uint64(math.Ceil(min(max(q, 0), 1)*float64(h.Count))), 1)
	var below uint64
	for _, b := range slices.Sorted(maps.Keys(h.buckets)) {
		if below += h.buckets[b]; below >= rank {
			return min(max(time.Duration(middle(b, h.coarse)), h.Min), h.Max)
		}
	}
	return h.Max
}

// Coarse returns how often a [Summary] doubled the width of the buckets to save memory, from 0 to
// 9. Each time doubles the possible error of quantiles.
func (h *Distribution) Coarse() int { return int(h.coarse) }

// coarsen joins each two buckets to one, which saves half of the memory if values lie close
// together. It returns false when the buckets have their greatest width, one for each power of two.
func (h *Distribution) coarsen() bool {
	if h.coarse == bucketBits {
		return false
	}
	h.coarse++
	half := make(map[uint16]uint64)
	for b, n := range h.buckets {
		half[b>>1] += n
	}
	h.buckets = half
	return true
}
