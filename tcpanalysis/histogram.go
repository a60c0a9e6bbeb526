package tcpanalysis

import (
	"math"
	"math/bits"
	"time"
)

// Histogram counts durations in log-linear bins: 16 of equal width to each power of two, so that a
// bin is at most 1/16 as wide as its values. Durations below 2^10 ns (about 1 µs) share the first
// bin, those from 2^40 ns (18 minutes) on the last.
//
// Histograms merge exactly and in any order.
type Histogram struct {
	Bins  [histBins]uint64
	Total uint64
}

const (
	histLow  = 10 // exponent of the first power of two
	histHigh = 40
	histBins = 16*(histHigh-histLow) + 2
)

// bin returns the bin of ns nanoseconds.
func bin(ns int64) uint16 {
	switch {
	case ns < 1<<histLow:
		return 0
	case ns >= 1<<histHigh:
		return histBins - 1
	}
	e := bits.Len64(uint64(ns)) - 1
	return uint16(1 + 16*(e-histLow) + int(ns>>(e-4)&15))
}

// BinLow returns the lowest duration of bin i; that of bin i+1 bounds it from above.
func BinLow(i int) time.Duration {
	if i <= 0 {
		return 0
	}
	e, f := (i-1)/16+histLow, (i-1)%16
	return time.Duration((16 + int64(f)) << (e - 4))
}

// Add counts d.
func (h *Histogram) Add(d time.Duration) {
	h.Bins[bin(int64(d))]++
	h.Total++
}

// Merge adds the counts of o.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o.Bins {
		h.Bins[i] += n
	}
	h.Total += o.Total
}

// Quantile returns the middle of the bin that holds the sample of rank ceil(q * Total): 0.5 gives
// the median. It takes q from 0 to 1, to six decimals. Without samples it is 0.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank := rankOf(h.Total, q)
	var sum uint64
	for i, n := range h.Bins {
		if sum += n; sum >= rank && n > 0 {
			return middle(i)
		}
	}
	return 0
}

// rankOf returns ceil(q * n), at least 1, in integers: 0.95 of 20 is not a bit more than 19.
func rankOf(n uint64, q float64) uint64 {
	const whole = 1e6
	part := uint64(0)
	if q > 0 {
		part = uint64(min(q, 1)*whole + 0.5)
	}
	return max(n/whole*part+(n%whole*part+whole-1)/whole, 1) // in two parts, that neither overflow
}

func middle(i int) time.Duration {
	if i == histBins-1 {
		return BinLow(i)
	}
	return (BinLow(i) + BinLow(i+1)) / 2
}

// sparse is a histogram that costs little while it holds few samples: their bins in order, then the
// number of a full one.
type sparse struct {
	few  [20]uint16
	n    uint8
	full uint32 // in Tracker.hists, or noHist
}

// noHist says that Config.MaxHistograms had no room for another.
const noHist = math.MaxUint32

type fullHist [histBins]uint32

func (t *Tracker) histAdd(s *sparse, ns int64) {
	b := bin(ns)
	if s.full == 0 {
		if int(s.n) < len(s.few) {
			i := int(s.n)
			for ; i > 0 && s.few[i-1] > b; i-- {
				s.few[i] = s.few[i-1]
			}
			s.few[i] = b
			s.n++
			return
		}
		if t.hists.Live() >= t.cfg.MaxHistograms {
			s.full, s.n = noHist, 0
			t.stats.NoHistogram++
			return
		}
		s.full = t.hists.New()
		f := t.hists.At(s.full)
		for _, b := range s.few {
			f[b]++
		}
	}
	if s.full == noHist {
		return
	}
	if f := t.hists.At(s.full); f[b] < 1<<32-1 {
		f[b]++
	}
}

// AddTo adds the samples to h, if Config.Percentiles kept them. Valid only during WriteConn.
func (r *RTT) AddTo(h *Histogram) {
	if r.bins != nil {
		for i, n := range r.bins {
			h.Bins[i] += uint64(n)
			h.Total += uint64(n)
		}
		return
	}
	for _, b := range r.hist.few[:r.hist.n] {
		h.Bins[b]++
	}
	h.Total += uint64(r.hist.n)
}

// Quantile is [Histogram.Quantile] of the samples, kept between Min and Max; 0 if
// Config.Percentiles did not keep them, or Config.MaxHistograms not all. Valid only during
// WriteConn.
func (r *RTT) Quantile(q float64) time.Duration {
	i := 0
	switch {
	case r.bins != nil:
		rank := rankOf(r.Samples, q)
		i = int(bin(int64(r.Min)))
		for sum := uint64(0); i < histBins-1; i++ {
			if sum += uint64(r.bins[i]); sum >= rank {
				break
			}
		}
	case r.hist.n > 0:
		i = int(r.hist.few[min(rankOf(uint64(r.hist.n), q), uint64(r.hist.n))-1])
	default:
		return 0
	}
	return min(max(middle(i), r.Min), r.Max)
}
