package pairhash

import (
	"fmt"

	"github.com/reeftools/reef/internal/hll"
)

// DefaultPrecision gives 16,384 registers, and a standard error of 0.8 %.
const DefaultPrecision = hll.DefaultPrecision

// HyperLogLogConfig says how precise a [HyperLogLog] is.
type HyperLogLogConfig struct {
	// Precision is log2 of the number of registers, 4 to 18; each is one byte. 0 means 14. The
	// standard error of an estimate is 1.04 / sqrt(2^Precision).
	Precision int
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *HyperLogLogConfig) Validate() error {
	if c.Precision != 0 && (c.Precision < hll.MinPrecision || c.Precision > hll.MaxPrecision) {
		return fmt.Errorf("%w: Precision is %d, not 4 to 18", ErrConfig, c.Precision)
	}
	return nil
}

// HyperLogLog estimates how many distinct things were added, in fixed memory (Flajolet and others,
// 2007; the estimator is that of Ertl, New cardinality estimation algorithms for HyperLogLog
// sketches, 2017, algorithm 6, which needs no bias tables).
//
// It takes hashes of 64 bits, such as [Pair.Hash] and [Addr.Hash]. Use one seed for everything that
// is merged.
type HyperLogLog struct{ sketch *hll.Sketch }

// NewHyperLogLog makes an empty sketch.
func NewHyperLogLog(cfg HyperLogLogConfig) (*HyperLogLog, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s, err := hll.New(cfg.Precision)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return &HyperLogLog{s}, nil
}

// AddHash adds the thing that has this hash.
func (h *HyperLogLog) AddHash(hash uint64) { h.sketch.AddHash(hash) }

// AddPairs adds the pairs of a batch, whatever their counts, by [Pair.Hash] with this seed. It is
// faster than AddHash for each.
func (h *HyperLogLog) AddPairs(batch []PairCount, seed uint64) {
	s := h.sketch
	for i := range batch {
		c := &batch[i]
		if c.A.Hi|c.B.Hi == 0 {
			s.AddHash(hashEven(min(c.A.Lo, c.B.Lo), max(c.A.Lo, c.B.Lo), seed))
		} else {
			s.AddHash(PairOf(c.A, c.B).Hash(seed))
		}
	}
}

// Estimate returns the estimated number of distinct things.
func (h *HyperLogLog) Estimate() float64 { return h.sketch.Estimate() }

// Merge adds what o has seen. It is [ErrMismatch] if the precisions differ.
func (h *HyperLogLog) Merge(o *HyperLogLog) error {
	if err := h.sketch.Merge(o.sketch); err != nil {
		return fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	return nil
}

// Clone returns a copy of h.
func (h *HyperLogLog) Clone() *HyperLogLog { return &HyperLogLog{h.sketch.Clone()} }

// Reset empties h.
func (h *HyperLogLog) Reset() { h.sketch.Reset() }
