package flowlist

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"math/bits"
	"strconv"

	"github.com/reeftools/reef/pairhash"
)

// GeneratorConfig describes a list to generate.
type GeneratorConfig struct {
	Lines int64 // flows, up to 2^40
	// Pairs is the number of distinct pairs, at most Lines and 2^28. 0 means a fifth of the lines.
	Pairs int64
	// Seed gives other addresses and another order.
	Seed uint64
	// Notation of the addresses; Unknown means Words.
	Notation Notation
}

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *GeneratorConfig) Validate() error {
	switch {
	case c.Lines < 0 || c.Lines > 1<<40:
		return fmt.Errorf("%w: Lines is %d, not 0 to %d", ErrConfig, c.Lines, int64(1)<<40)
	case c.Pairs < 0 || c.Pairs > c.Lines || c.Pairs > 1<<28:
		return fmt.Errorf("%w: Pairs is %d, not 0 to Lines and %d", ErrConfig, c.Pairs, 1<<28)
	case c.Notation > Decimal:
		return fmt.Errorf("%w: no notation number %d", ErrConfig, c.Notation)
	}
	return nil
}

// Generator makes lists of flows whose answer is known without counting: the count of each pair is
// a formula. Sizes are skewed as in real traffic: the flows beyond the first of each pair go in
// equal shares to one pair, to the next two, the next four, and so on. It needs no memory, so lists
// may be of any length.
type Generator struct {
	cfg    GeneratorConfig
	groups int64 // of 1, 2, 4, ... pairs
	walk   uint  // log2 of the range that order permutes
}

// NewGenerator makes a generator.
func NewGenerator(cfg GeneratorConfig) (*Generator, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Pairs == 0 {
		cfg.Pairs = min((cfg.Lines+4)/5, 1<<28)
	}
	if cfg.Notation == Unknown {
		cfg.Notation = Words
	}
	return &Generator{cfg: cfg, groups: int64(bits.Len64(uint64(cfg.Pairs))), walk: uint(bits.Len64(uint64(cfg.Lines)))}, nil
}

// WriteTo writes the list and returns the number of bytes.
func (g *Generator) WriteTo(w io.Writer) (int64, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	n := int64(0)
	for i := range g.cfg.Lines {
		id := g.pairOf(g.order(i))
		src, dst := g.addrs(id)
		if mix(uint64(i)^g.cfg.Seed)&1 != 0 {
			src, dst = dst, src
		}
		line = append(g.cfg.Notation.Append(line[:0], src), ' ')
		line = append(g.cfg.Notation.Append(line, dst), ' ')
		line = append(strconv.AppendUint(line, g.packets(id), 10), '\n')
		k, err := out.Write(line)
		n += int64(k)
		if err != nil {
			return n, err
		}
	}
	return n, out.Flush()
}

// Known is the right answer for a pair.
type Known struct {
	pairhash.Pair
	Flows, Packets uint64
}

// Answer returns every pair of the list with its counts, in no particular order.
func (g *Generator) Answer() iter.Seq[Known] {
	return func(yield func(Known) bool) {
		for id := range g.cfg.Pairs {
			src, dst := g.addrs(id)
			flows := g.flows(id)
			if !yield(Known{pairhash.PairOf(src, dst), flows, flows * g.packets(id)}) {
				return
			}
		}
	}
}

// group returns the number of pairs in a group, and the pair that it begins with.
func (g *Generator) group(k int64) (size, first int64) {
	first = int64(1)<<k - 1
	return min(int64(1)<<k, g.cfg.Pairs-first), first
}

// pairOf returns the pair of flow t. The first flows are one of each pair, the others go round the
// groups.
func (g *Generator) pairOf(t int64) int64 {
	if t < g.cfg.Pairs {
		return t
	}
	t -= g.cfg.Pairs
	size, first := g.group(t % g.groups)
	return first + t/g.groups%size
}

// flows returns how many t of all lines have pairOf(t) == id.
func (g *Generator) flows(id int64) uint64 {
	k := int64(bits.Len64(uint64(id+1)) - 1)
	size, first := g.group(k)
	more := g.cfg.Lines - g.cfg.Pairs
	share := (more - k + g.groups - 1) / g.groups // how many of 0..more-1 are k modulo groups
	if more <= k {
		share = 0
	}
	n := share / size
	if id-first < share%size {
		n++
	}
	return uint64(n) + 1
}

func (g *Generator) packets(id int64) uint64 { return mix(uint64(id)+g.cfg.Seed)%1000 + 1 }

// addrs returns the pair's addresses. Each client talks to up to four servers; bit 31 tells clients
// from servers, so that no pair occurs twice.
func (g *Generator) addrs(id int64) (client, server pairhash.Addr) {
	c := uint32(id >> 2)
	s := (uint32(mix(uint64(c)^g.cfg.Seed))%50000)<<2 | uint32(id&3)
	const low31 = 1<<31 - 1
	x, y := g.scatter(c)&low31, g.scatter(s)&low31|1<<31
	if g.cfg.Notation == IP {
		return pairhash.AddrFromUint32(x), pairhash.AddrFromUint32(y)
	}
	// The high words follow from the low ones, so that they add no pairs.
	return pairhash.AddrFromUint64(mix(uint64(x))<<32 | uint64(x)), pairhash.AddrFromUint64(mix(uint64(y))<<32 | uint64(y))
}

// scatter permutes the numbers below 2^31: odd factors and shifts can be undone.
func (g *Generator) scatter(v uint32) uint32 {
	const low31 = 1<<31 - 1
	v = (v*0x9e3779b1 + 0x3c6ef372 + uint32(g.cfg.Seed)) & low31
	v = (v ^ v>>15) * 0x85ebca6b & low31
	return v ^ v>>13
}

// order permutes the lines: it goes through a permutation of the next power of two until it meets a
// line that exists.
func (g *Generator) order(i int64) int64 {
	mask := uint64(1)<<g.walk - 1
	v := uint64(i)
	for {
		v = (v*0x9e3779b97f4a7c15 + g.cfg.Seed) & mask
		v ^= v >> (g.walk/2 + 1)
		v = v * 0xbf58476d1ce4e5b9 & mask
		v ^= v >> (g.walk/2 + 1)
		if v < uint64(g.cfg.Lines) {
			return int64(v)
		}
	}
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
