package pairhash

import (
	"iter"
	"math/bits"
	"math/rand/v2"

	"github.com/reeftools/reef/internal/sat"
)

// Order of pairs in a result.
type Order uint8

const (
	// ByCount puts the highest count first; equal counts are in order of their pairs.
	ByCount Order = iota
	// ByPair puts the smallest A first, and the smallest B among equal A.
	ByPair
)

func (o Order) compare() func(x, y *PairCount) int {
	if o == ByPair {
		return comparePair
	}
	return compareCount
}

// ExactConfig bounds an [Exact] counter. The zero value sets no bound.
type ExactConfig struct {
	// MaxPairs is the number of distinct pairs that are kept; another one is refused with ErrFull.
	// 0 or less means 268,435,455 each of narrow and wide pairs.
	MaxPairs int
	// Seed keys the hash of the table; it changes no result. 0 takes a random one, which keeps
	// hostile lists from choosing pairs that collide.
	Seed uint64
}

// Exact counts every pair by itself.
//
// A pair of IPv4 addresses or of 64-bit numbers takes 24 bytes, any other 40, and its place in the
// index 5 to 11. Adding to a known pair allocates nothing.
type Exact struct {
	cfg    ExactConfig
	narrow table[[2]uint64]
	wide   table[[4]uint64]
	total  uint64
}

// NewExact makes an empty counter.
func NewExact(cfg ExactConfig) *Exact {
	cfg.Seed = keyed(cfg.Seed)
	e := &Exact{cfg: cfg}
	e.narrow.hash = func(k [2]uint64) uint64 { return hashNarrow(k[0], k[1], cfg.Seed) }
	e.wide.hash = func(k [4]uint64) uint64 {
		p := Pair{Addr{k[0], k[1]}, Addr{k[2], k[3]}}
		return p.hash(cfg.Seed)
	}
	return e
}

// Add counts the pair once.
func (e *Exact) Add(x, y Addr) error { return e.AddN(x, y, 1) }

// AddN counts the pair n times; a pair that is new is known from then on, even with n = 0. The
// error is [ErrFull] for a new pair over the limit, which is then not counted.
func (e *Exact) AddN(x, y Addr, n uint64) error {
	p := PairOf(x, y)
	var ok bool
	if p.narrow() {
		ok = e.narrow.add(p.narrowKey(), e.hash(&p), n, e.mayGrow())
	} else {
		ok = e.wide.add(p.wideKey(), e.hash(&p), n, e.mayGrow())
	}
	if !ok {
		return ErrFull
	}
	e.total = sat.AddUint(e.total, n)
	return nil
}

// AddBatch does the same as AddN for each pair in turn, and is several times as fast when the table
// is much larger than the processor's cache and the batch has a hundred pairs or more. It returns
// how many were counted; if not all, the next is the one that the error is about.
func (e *Exact) AddBatch(batch []PairCount) (int, error) {
	var pairs [batchLen]Pair
	var narrow, wide, narrowAt, wideAt [batchLen]uint32 // hashes and places in the index
	for done := 0; done < len(batch); done += batchLen {
		group := batch[done:min(done+batchLen, len(batch))]
		n, w := 0, 0
		for i := range group {
			p := &pairs[i]
			*p = PairOf(group[i].A, group[i].B)
			if p.narrow() {
				narrow[n] = e.hash(p)
				n++
			} else {
				wide[w] = e.hash(p)
				w++
			}
		}
		if n > 0 {
			e.narrow.reserve(n)
			e.narrow.find(narrow[:n], &narrowAt)
		}
		if w > 0 {
			e.wide.reserve(w)
			e.wide.find(wide[:w], &wideAt)
		}
		n, w = 0, 0
		for i := range group {
			p, ok, grow := &pairs[i], false, e.mayGrow()
			if p.narrow() {
				ok = e.narrow.addAt(p.narrowKey(), narrow[n], narrowAt[n], group[i].N, grow)
				n++
			} else {
				ok = e.wide.addAt(p.wideKey(), wide[w], wideAt[w], group[i].N, grow)
				w++
			}
			if !ok {
				return done + i, ErrFull
			}
			e.total = sat.AddUint(e.total, group[i].N)
		}
	}
	return len(batch), nil
}

func (e *Exact) hash(p *Pair) uint32 {
	if p.narrow() {
		return uint32(hashNarrow(p.A.Lo, p.B.Lo, e.cfg.Seed))
	}
	return uint32(p.hash(e.cfg.Seed))
}

// mayGrow tells whether a new pair is within the limit.
func (e *Exact) mayGrow() bool {
	return e.cfg.MaxPairs <= 0 || e.narrow.used+e.wide.used < e.cfg.MaxPairs
}

// hashNarrow folds the product of both numbers, each with half a key, as in wyhash. Adding them
// keeps pairs apart where a factor is zero. It takes a fifth of MetroHash's time, in which the
// tables of a fast list spend theirs.
func hashNarrow(a, b, seed uint64) uint64 {
	high, low := bits.Mul64(a^seed^0xa0761d6478bd642f, b^bits.RotateLeft64(seed, 32)^0xe7037ed1a0b428db)
	return high ^ low ^ (a + b)
}

// keyed returns the seed of a table, a random one for 0.
func keyed(seed uint64) uint64 {
	if seed == 0 {
		return rand.Uint64()
	}
	return seed
}

// narrow tells whether both high halves are zero.
func (p *Pair) narrow() bool { return p.A.Hi|p.B.Hi == 0 }

func (p *Pair) narrowKey() [2]uint64 { return [2]uint64{p.A.Lo, p.B.Lo} }

func (p *Pair) wideKey() [4]uint64 { return [4]uint64{p.A.Hi, p.A.Lo, p.B.Hi, p.B.Lo} }

// Count returns what was counted for the pair.
func (e *Exact) Count(x, y Addr) uint64 {
	p := PairOf(x, y)
	if p.narrow() {
		return e.narrow.get(p.narrowKey())
	}
	return e.wide.get(p.wideKey())
}

// Len returns the number of distinct pairs.
func (e *Exact) Len() int { return e.narrow.used + e.wide.used }

// Total returns the sum of all counts.
func (e *Exact) Total() uint64 { return e.total }

// Memory returns the size of the tables in bytes.
func (e *Exact) Memory() int64 {
	return int64(len(e.narrow.slabs))*slabLen*narrowSize + int64(len(e.wide.slabs))*slabLen*wideSize +
		int64(len(e.narrow.index)+len(e.wide.index))*indexSize
}

// Merge adds what o counted, in any order of merging. The error is [ErrFull] if pairs were refused;
// all others were added.
func (e *Exact) Merge(o *Exact) error {
	var failed error
	for c := range o.All() {
		if err := e.AddN(c.A, c.B, c.N); err != nil {
			failed = err
		}
	}
	return failed
}

// All returns every pair, in no particular order.
func (e *Exact) All() iter.Seq[PairCount] {
	return func(yield func(PairCount) bool) {
		for i := range e.narrow.used {
			s := e.narrow.at(i)
			if !yield(narrowCount(&s.key, s.n)) {
				return
			}
		}
		for i := range e.wide.used {
			s := e.wide.at(i)
			if !yield(wideCount(&s.key, s.n)) {
				return
			}
		}
	}
}

// Sorted returns every pair in the given order. It sorts in place, with almost no further memory;
// the first Add or Count after it takes the time to make the index again. Do not add while the
// sequence is being read.
func (e *Exact) Sorted(order Order) iter.Seq[PairCount] {
	return func(yield func(PairCount) bool) {
		m := merged(e.sources(order), order)
		for c, ok := m.next(); ok; c, ok = m.next() {
			if !yield(c) {
				return
			}
		}
	}
}

// Top returns the n pairs with the highest counts, highest first.
func (e *Exact) Top(n int) []PairCount {
	t := newTop(n)
	for c := range e.All() {
		t.offer(&c)
	}
	return t.sorted()
}

// Reset forgets everything and keeps the memory for reuse.
func (e *Exact) Reset() {
	e.narrow.reset()
	e.wide.reset()
	e.total = 0
}

// sources sorts the tables and returns those that are not empty as sources to merge.
func (e *Exact) sources(order Order) []source {
	e.narrow.sort(order)
	e.wide.sort(order)
	var s []source
	if e.narrow.used > 0 {
		s = append(s, &tableSource[[2]uint64]{table: &e.narrow, count: narrowCount})
	}
	if e.wide.used > 0 {
		s = append(s, &tableSource[[4]uint64]{table: &e.wide, count: wideCount})
	}
	return s
}

func narrowCount(k *[2]uint64, n uint64) PairCount {
	return PairCount{Pair{Addr{0, k[0]}, Addr{0, k[1]}}, n}
}

func wideCount(k *[4]uint64, n uint64) PairCount {
	return PairCount{Pair{Addr{k[0], k[1]}, Addr{k[2], k[3]}}, n}
}
