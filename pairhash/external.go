package pairhash

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/reeftools/reef/internal/sat"
)

// MinMemory is the least Memory of [ExternalConfig].
const MinMemory = 8 << 20

// ExternalConfig bounds the memory of an [External] counter. The zero value sets no bound and never
// spills.
type ExternalConfig struct {
	// Memory is how many bytes the tables and sort buffers may take, at least 8 MiB. 0 means no
	// bound.
	Memory int64
	// Dir is the directory for spilled runs; empty means the system's one for temporary files. A
	// run takes 40 bytes for each pair that was in memory. Merging needs room for a second copy.
	Dir string
	// Seed keys the hash of the table; it changes no result. 0 takes a random one.
	Seed uint64
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *ExternalConfig) Validate() error {
	if c.Memory != 0 && c.Memory < MinMemory {
		return fmt.Errorf("%w: Memory is %d, less than %d", ErrConfig, c.Memory, MinMemory)
	}
	return nil
}

// External counts every pair by itself, like [Exact] and with the same result, but in bounded
// memory.
//
// When the table in memory is full, its pairs are written to a temporary file in the order of
// pairs: a sorted run. The result merges the runs and the table, and adds up a pair's counts on the
// way. Close removes the files; where the system lets open files be nameless, Unix for one, none is
// left behind either when the process is killed.
//
// A full disk loses nothing that was counted: AddN returns a [*SpillError] and refuses the new pair
// that it was called with, then and later; pairs that are in memory go on, and the results can
// still be read.
type External struct {
	cfg    ExternalConfig
	mem    *Exact
	runs   runs // ByPair
	total  uint64
	failed error // of an earlier spill
}

// NewExternal makes an empty counter.
func NewExternal(cfg ExternalConfig) (*External, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &External{
		cfg:  cfg,
		mem:  NewExact(ExactConfig{MaxPairs: cfg.pairs(), Seed: cfg.Seed}),
		runs: runs{dir: cfg.Dir, order: ByPair, create: createTemp},
	}, nil
}

// pairs returns how many pairs the table may hold: a wide one takes 40 bytes, its index at most 8
// after doubling and as much again while it doubles, and a slab of each kind may be almost empty. A
// quarter is left for the buffer of sortByCount.
func (c *ExternalConfig) pairs() int {
	if c.Memory == 0 {
		return 0
	}
	const slack = slabLen * (narrowSize + wideSize)
	n := (c.Memory*3/4 - slack) / (wideSize + 16)
	return int(min(n, maxEntries))
}

// buffer returns how many counts may be sorted in memory while runs are merged.
func (c *ExternalConfig) buffer() int {
	if c.Memory == 0 {
		return 1 << 24
	}
	return int(min(c.Memory/4/runRecord, maxEntries))
}

// Add counts the pair once.
func (x *External) Add(a, b Addr) error { return x.AddN(a, b, 1) }

// AddN counts the pair n times. The error is a [*SpillError] when the table is full and cannot be
// spilled.
func (x *External) AddN(a, b Addr, n uint64) error {
	err := x.mem.AddN(a, b, n)
	if errors.Is(err, ErrFull) {
		if err = x.spill(); err == nil {
			err = x.mem.AddN(a, b, n)
		}
	}
	if err == nil {
		x.total = sat.AddUint(x.total, n)
	}
	return err
}

// AddBatch does the same as AddN for each pair in turn, and faster: see [Exact.AddBatch]. It
// returns how many were counted; if not all, the next is the one that the error is about.
func (x *External) AddBatch(batch []PairCount) (int, error) {
	done := 0
	for {
		before := x.mem.total
		n, err := x.mem.AddBatch(batch[done:])
		x.total = sat.AddUint(x.total, x.mem.total-before)
		done += n
		if errors.Is(err, ErrFull) {
			err = x.spill()
		}
		if err != nil || done == len(batch) {
			return done, err
		}
	}
}

// Total returns the sum of all counts.
func (x *External) Total() uint64 { return x.total }

// Runs returns the number of runs on disk.
func (x *External) Runs() int { return len(x.runs.list) }

// spill moves the table to a run. After a failure it does not try again.
func (x *External) spill() error {
	if x.failed == nil {
		x.failed = x.runs.add(merged(x.mem.sources(ByPair), ByPair))
	}
	if x.failed == nil {
		x.mem.Reset()
	}
	return x.failed
}

// Each calls f for every pair in the given order. Without spilled runs it is as fast as
// [Exact.Sorted]; with them, ByPair reads each run once, and ByCount writes and reads a second set
// of runs. An error of f ends it.
func (x *External) Each(order Order, f func(PairCount) error) (err error) {
	if len(x.runs.list) == 0 {
		return drain(merged(x.mem.sources(order), order), f)
	}
	src, failed := x.runs.merge(x.mem.sources(ByPair))
	if order == ByPair {
		return errors.Join(drain(src, f), failed())
	}
	sorted := runs{dir: x.cfg.Dir, order: ByCount, create: x.runs.create}
	defer func() { err = errors.Join(err, sorted.remove()) }()
	rest, err := x.sortByCount(&sorted, src)
	if err = errors.Join(err, failed()); err != nil {
		return err
	}
	src, failed = sorted.merge([]source{rest})
	return errors.Join(drain(src, f), failed())
}

// Top calls f for the n pairs with the highest counts, highest first. It needs memory for n pairs,
// or calls Each if that may be too many.
func (x *External) Top(n int, f func(PairCount) error) error {
	if n > maxHeap {
		return x.first(n, f)
	}
	t := newTop(n)
	if len(x.runs.list) > 0 {
		if err := x.Each(ByPair, func(c PairCount) error { t.offer(&c); return nil }); err != nil {
			return err
		}
	} else {
		for c := range x.mem.All() { // no need to sort
			t.offer(&c)
		}
	}
	return drain(&countSource{t.sorted()}, f)
}

const maxHeap = 1 << 16

func (x *External) first(n int, f func(PairCount) error) error {
	err := x.Each(ByCount, func(c PairCount) error {
		if n--; n < 0 {
			return errStop
		}
		return f(c)
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// Sorted returns an iterator over every pair in the given order; an error comes last, with a zero
// count.
func (x *External) Sorted(order Order) iter.Seq2[PairCount, error] {
	return func(yield func(PairCount, error) bool) {
		err := x.Each(order, func(c PairCount) error {
			if !yield(c, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(PairCount{}, err)
		}
	}
}

var errStop = errors.New("pairhash: iteration ended")

// sortByCount sorts src by count in pieces of the buffer's size: runs, and the last piece in
// memory.
func (x *External) sortByCount(to *runs, src source) (rest source, err error) {
	buf := make([]PairCount, 0, x.cfg.buffer())
	for c, ok := src.next(); ok; c, ok = src.next() {
		if len(buf) == cap(buf) {
			if err := to.add(sortedCounts(buf)); err != nil {
				return nil, err
			}
			buf = buf[:0]
		}
		buf = append(buf, c)
	}
	return sortedCounts(buf), nil
}

// countSource reads a slice.
type countSource struct{ rest []PairCount }

func sortedCounts(s []PairCount) *countSource {
	slices.SortFunc(s, func(x, y PairCount) int { return compareCount(&x, &y) })
	return &countSource{s}
}

func (s *countSource) next() (PairCount, bool) {
	if len(s.rest) == 0 {
		return PairCount{}, false
	}
	c := s.rest[0]
	s.rest = s.rest[1:]
	return c, true
}

func drain(src source, f func(PairCount) error) error {
	for c, ok := src.next(); ok; c, ok = src.next() {
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// Close removes the spilled runs and forgets all counts.
func (x *External) Close() error {
	x.mem.Reset()
	x.total, x.failed = 0, nil
	return x.runs.remove()
}
