package pairhash

import (
	"fmt"

	"github.com/reeftools/reef/internal/sat"
)

// Limits of [CounterConfig].
const (
	DefaultSlots = 1 << 16
	MaxSlots     = 1 << 27 // 1 GiB of counters
)

// CounterConfig says how a [Counter] folds. The zero value has 65,536 slots and the go-metro fold
// with seed 0.
type CounterConfig struct {
	// Slots is the length of the array, a power of two from 2 to 134,217,728. 0 means 65,536.
	Slots int
	// Fold maps pairs to slots.
	Fold Fold
	// Seed changes which pairs collide under FoldMetro. Only counters with the same seed can be
	// merged. FoldXOR ignores it.
	Seed uint64
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *CounterConfig) Validate() error {
	if _, ok := log2(c.Slots); c.Slots != 0 && (!ok || c.Slots < 2 || c.Slots > MaxSlots) {
		return fmt.Errorf("%w: Slots is %d, not a power of two from 2 to %d", ErrConfig, c.Slots, MaxSlots)
	}
	if c.Fold > FoldXOR {
		return fmt.Errorf("%w: no fold number %d", ErrConfig, c.Fold)
	}
	return nil
}

// Counter counts pairs in a fixed array: 8 bytes for each slot, and nothing else grows.
//
// A slot holds what was added for all the pairs that fold to it, so it is never less than the count
// of one of them. Counts stop at 2^64-1 instead of wrapping.
type Counter struct {
	cfg    CounterConfig
	width  uint // log2 of the number of slots
	counts []uint64
	near   uint64 // prefetch: the value only keeps the loads of find alive
}

// NewCounter makes an empty counter.
func NewCounter(cfg CounterConfig) (*Counter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Slots == 0 {
		cfg.Slots = DefaultSlots
	}
	width, _ := log2(cfg.Slots)
	return &Counter{cfg: cfg, width: width, counts: make([]uint64, cfg.Slots)}, nil
}

// Config returns the configuration, defaults filled in.
func (c *Counter) Config() CounterConfig { return c.cfg }

// Slot returns the number of the slot that counts the pair.
func (c *Counter) Slot(x, y Addr) int {
	if c.cfg.Fold == FoldXOR {
		return int(foldXOR(xor32(x, y), c.width))
	}
	p := PairOf(x, y)
	return int(p.hash(c.cfg.Seed) >> (64 - c.width))
}

// find returns the slots of a group. The array is not in the processor's first cache: the loads
// here do not depend on each other, so that many are waited for at once.
func (c *Counter) find(group []PairCount, slots *[batchLen]uint32) {
	if c.cfg.Fold == FoldXOR {
		for i := range group {
			slots[i&(batchLen-1)] = foldXOR(xor32(group[i].A, group[i].B), c.width)
		}
	} else {
		for i := range group {
			slots[i&(batchLen-1)] = uint32(c.Slot(group[i].A, group[i].B))
		}
	}
	near := uint64(0)
	for _, s := range slots[:len(group)] {
		near ^= c.counts[s]
	}
	c.near = near
}

// Add counts the pair once.
func (c *Counter) Add(x, y Addr) { c.AddN(x, y, 1) }

// AddN counts the pair n times: its packets, say, or bytes.
func (c *Counter) AddN(x, y Addr, n uint64) {
	s := &c.counts[c.Slot(x, y)]
	*s = sat.AddUint(*s, n)
}

// Count returns what the pair's slot holds: the pair's own count and that of all pairs that share
// the slot.
func (c *Counter) Count(x, y Addr) uint64 { return c.counts[c.Slot(x, y)] }

// Counts returns the array itself, to be read and not changed.
func (c *Counter) Counts() []uint64 { return c.counts }

// Total returns the sum of all slots.
func (c *Counter) Total() uint64 {
	t := uint64(0)
	for _, n := range c.counts {
		t = sat.AddUint(t, n)
	}
	return t
}

// Merge adds what o counted. The result is the same as if c had counted everything. It is
// ErrMismatch if the configurations differ.
func (c *Counter) Merge(o *Counter) error {
	if c.cfg != o.cfg {
		return fmt.Errorf("%w: %+v and %+v", ErrMismatch, c.cfg, o.cfg)
	}
	for i, n := range o.counts {
		c.counts[i] = sat.AddUint(c.counts[i], n)
	}
	return nil
}

// Reset empties all slots.
func (c *Counter) Reset() { clear(c.counts) }
