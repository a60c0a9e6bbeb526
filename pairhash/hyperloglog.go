package pairhash

import (
	"fmt"

	"github.com/reeftools/reef/internal/hll"
)

// DefaultPrecision gives 16,384 registers, and a standard error of 0.8 %.
const DefaultPrecision = hll.DefaultPrecision

// HyperLogLogConfig says how precise a [HyperLogLog] is and what hashes it takes. The zero value
// has 16,384 registers and seed 0.
type HyperLogLogConfig struct {
	// Precision is log2 of the number of registers, 4 to 18; each is one byte. 0 means 14. The
	// standard error of an estimate is 1.04 / sqrt(2^Precision).
	Precision int
	// Seed is that of the hashes. Only sketches with the same seed can be merged: by another one a
	// thing looks like two.
	Seed uint64
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
// It counts addresses, pairs, or anything else by hashes of 64 bits.
type HyperLogLog struct {
	sketch *hll.Sketch
	seed   uint64
}

// NewHyperLogLog makes an empty sketch.
func NewHyperLogLog(cfg HyperLogLogConfig) (*HyperLogLog, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s, err := hll.New(cfg.Precision)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return &HyperLogLog{s, cfg.Seed}, nil
}

// Seed returns the seed of the hashes.
func (h *HyperLogLog) Seed() uint64 { return h.seed }

// AddHash adds the thing that has this hash, which must be one by the seed, such as [Pair.Hash].
func (h *HyperLogLog) AddHash(hash uint64) { h.sketch.AddHash(hash) }

// Add adds an address.
func (h *HyperLogLog) Add(a Addr) { h.sketch.AddHash(a.Hash(h.seed)) }

// AddPairs adds the pairs of a batch, whatever their counts, by [Pair.Hash]. It is faster than
// AddHash for each.
func (h *HyperLogLog) AddPairs(batch []PairCount) {
	s := h.sketch
	for i := range batch {
		c := &batch[i]
		if c.A.Hi|c.B.Hi == 0 {
			s.AddHash(hashEven(min(c.A.Lo, c.B.Lo), max(c.A.Lo, c.B.Lo), h.seed))
		} else {
			s.AddHash(PairOf(c.A, c.B).Hash(h.seed))
		}
	}
}

// Estimate returns the estimated number of distinct things.
func (h *HyperLogLog) Estimate() float64 { return h.sketch.Estimate() }

// WritePairs is AddPairs, which makes a HyperLogLog a [PairWriter].
func (h *HyperLogLog) WritePairs(batch []PairCount) error {
	h.AddPairs(batch)
	return nil
}

// Merge adds what o has seen. It is [ErrMismatch] if the precisions or the seeds differ.
func (h *HyperLogLog) Merge(o *HyperLogLog) error {
	if h.seed != o.seed {
		return fmt.Errorf("%w: hashes by the seeds %d and %d", ErrMismatch, h.seed, o.seed)
	}
	if err := h.sketch.Merge(o.sketch); err != nil {
		return fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	return nil
}

// Clone returns a copy of h.
func (h *HyperLogLog) Clone() *HyperLogLog { return &HyperLogLog{h.sketch.Clone(), h.seed} }

// Reset empties h.
func (h *HyperLogLog) Reset() { h.sketch.Reset() }
