package pairhash

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/reeftools/reef/internal/index"
	"github.com/reeftools/reef/internal/sat"
)

// DefaultTopK is the size of a [TopK] whose configuration says none.
const DefaultTopK = 1 << 16

// TopKConfig says how many pairs a [TopK] keeps. The zero value keeps 65,536.
type TopKConfig struct {
	// Size is the number of pairs, 0 for 65,536, at most 134,217,728. Each takes 76 bytes or
	// a few more, by how full the index is.
	Size int
	// Seed keys the hash of the table; it changes no result. 0 takes a random one.
	Seed uint64
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *TopKConfig) Validate() error {
	if c.Size < 0 || c.Size > MaxSlots {
		return fmt.Errorf("%w: Size is %d, not 0 to %d", ErrConfig, c.Size, MaxSlots)
	}
	return nil
}

// TopK keeps the pairs with the highest counts in fixed memory, by Space-Saving (Metwally, Agrawal
// and El Abbadi, 2005).
//
// A new pair takes the place of the one with the lowest count and inherits that count as its
// possible error. So with k places and a total of T, a count is too high by at most T/k and never
// too low, and every pair above T/k is there.
type TopK struct {
	cfg     TopKConfig
	entries []topEntry
	heap    []uint32 // entries, lowest count first
	index   index.Index
	total   uint64
}

type topEntry struct {
	pair   Pair
	n, err uint64
	hash   uint32
	pos    uint32 // in heap
}

// TopCount is a pair of a [TopK]: its true count is at least N-Err and at most N.
type TopCount struct {
	PairCount
	Err uint64
}

// NewTopK makes an empty counter.
func NewTopK(cfg TopKConfig) (*TopK, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Size == 0 {
		cfg.Size = DefaultTopK
	}
	cfg.Seed = keyed(cfg.Seed)
	return &TopK{cfg: cfg, entries: make([]topEntry, 0, cfg.Size), heap: make([]uint32, 0, cfg.Size), index: index.New(cfg.Size)}, nil
}

// Add counts the pair once.
func (t *TopK) Add(x, y Addr) { t.AddN(x, y, 1) }

// AddN counts the pair n times. Adding nothing does nothing.
func (t *TopK) AddN(x, y Addr, n uint64) {
	if n == 0 {
		return
	}
	t.total = sat.AddUint(t.total, n)
	p := PairOf(x, y)
	h := uint32(p.hash(t.cfg.Seed))
	if id := t.find(&p, h); id != index.None {
		e := &t.entries[id]
		e.n = sat.AddUint(e.n, n)
		t.down(e.pos)
		return
	}
	if len(t.entries) < cap(t.entries) {
		t.insert(topEntry{pair: p, n: n, hash: h})
		return
	}
	id := t.heap[0]
	e := &t.entries[id]
	t.index.Remove(e.hash, id)
	*e = topEntry{pair: p, n: sat.AddUint(e.n, n), err: e.n, hash: h}
	t.index.Insert(h, id)
	t.down(0)
}

// Total returns the sum of everything that was added.
func (t *TopK) Total() uint64 { return t.total }

// Bound returns the highest count that a pair can have which is not kept.
func (t *TopK) Bound() uint64 {
	if len(t.entries) < cap(t.entries) {
		return 0
	}
	return t.entries[t.heap[0]].n
}

// Top returns the n pairs with the highest counts, highest first.
func (t *TopK) Top(n int) []TopCount {
	r := make([]TopCount, len(t.entries))
	for i := range t.entries {
		e := &t.entries[i]
		r[i] = TopCount{PairCount{e.pair, e.n}, e.err}
	}
	slices.SortFunc(r, compareTop)
	return r[:min(max(n, 0), len(r))]
}

// compareTop orders by count; among equal counts the surer comes first.
func compareTop(x, y TopCount) int {
	return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Err, y.Err), x.Pair.Compare(y.Pair))
}

// Merge adds what o counted, with the same guarantees for the whole: a pair that one of them does
// not keep may have had that one's Bound (Agarwal and others, Mergeable Summaries, 2013). It is
// [ErrMismatch] if the sizes differ.
func (t *TopK) Merge(o *TopK) error {
	if t.cfg.Size != o.cfg.Size {
		return fmt.Errorf("%w: %d and %d pairs", ErrMismatch, t.cfg.Size, o.cfg.Size)
	}
	all := t.widened(o)
	for _, c := range o.widened(t) {
		if t.find(&c.Pair, uint32(c.Pair.hash(t.cfg.Seed))) == index.None { // those in both are in all already
			all = append(all, c)
		}
	}
	slices.SortFunc(all, compareTop)
	total := sat.AddUint(t.total, o.total)
	t.Reset()
	t.total = total
	for _, c := range all[:min(len(all), t.cfg.Size)] {
		t.insert(topEntry{pair: c.Pair, n: c.N, err: c.Err, hash: uint32(c.Pair.hash(t.cfg.Seed))})
	}
	return nil
}

// widened returns t's pairs with what o has for them added, or may have had.
func (t *TopK) widened(o *TopK) []TopCount {
	bound := o.Bound()
	r := t.Top(len(t.entries))
	for i := range r {
		n, err := bound, bound
		if id := o.find(&r[i].Pair, uint32(r[i].Pair.hash(o.cfg.Seed))); id != index.None {
			n, err = o.entries[id].n, o.entries[id].err
		}
		r[i].N, r[i].Err = sat.AddUint(r[i].N, n), sat.AddUint(r[i].Err, err)
	}
	return r
}

// Reset forgets everything.
func (t *TopK) Reset() {
	t.entries, t.heap, t.total = t.entries[:0], t.heap[:0], 0
	t.index.Clear()
}

// find returns the number of p's entry, or index.None.
func (t *TopK) find(p *Pair, h uint32) uint32 {
	for id, i := t.index.First(h); id != index.None; id, i = t.index.Next(h, i) {
		if t.entries[id].pair == *p {
			return id
		}
	}
	return index.None
}

// insert adds an entry whose pair is not there.
func (t *TopK) insert(e topEntry) {
	id := uint32(len(t.entries))
	e.pos = id
	t.entries, t.heap = append(t.entries, e), append(t.heap, id)
	t.index.Insert(e.hash, id)
	t.up(id)
}

// up and down restore the heap around position i.
func (t *TopK) up(i uint32) {
	for i > 0 {
		parent := (i - 1) / 2
		if t.entries[t.heap[parent]].n <= t.entries[t.heap[i]].n {
			return
		}
		t.swap(i, parent)
		i = parent
	}
}

func (t *TopK) down(i uint32) {
	for {
		least, left := i, 2*i+1
		for k := left; k <= left+1 && k < uint32(len(t.heap)); k++ {
			if t.entries[t.heap[k]].n < t.entries[t.heap[least]].n {
				least = k
			}
		}
		if least == i {
			return
		}
		t.swap(i, least)
		i = least
	}
}

func (t *TopK) swap(i, k uint32) {
	t.heap[i], t.heap[k] = t.heap[k], t.heap[i]
	t.entries[t.heap[i]].pos, t.entries[t.heap[k]].pos = i, k
}
