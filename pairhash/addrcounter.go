package pairhash

import (
	"cmp"
	"iter"
	"slices"

	"github.com/reeftools/reef/internal/sat"
)

// AddressCounterConfig bounds an [AddressCounter]. The zero value sets the default bound.
type AddressCounterConfig struct {
	// MaxPages is how many pages of 256 addresses, 1 KiB each, may be touched. 0 or less means
	// 4,194,304 (4 GiB); 16,777,216 are all there are.
	MaxPages int
}

// AddressCounter counts how often each IPv4 address occurs. It is an array of all 2^32 addresses,
// of which only the pages that are touched exist: 1 KiB for each /24, and 1 KiB of directory for
// each /16.
type AddressCounter struct {
	max       int
	directory [1 << 16]*[256]uint32 // by the first 16 bits, then 8: number of the page + 1
	pages     []*[256]uint32
	carry     map[uint32]uint64 // counts beyond 32 bits, the part above
	distinct  uint64
	total     uint64
}

const allPages = 1 << 24

// NewAddressCounter makes an empty counter.
func NewAddressCounter(cfg AddressCounterConfig) *AddressCounter {
	if cfg.MaxPages <= 0 {
		cfg.MaxPages = 1 << 22
	}
	return &AddressCounter{max: min(cfg.MaxPages, allPages), carry: map[uint32]uint64{}}
}

// Add counts the address once. The address is a number: 10.0.0.1 is 0x0a000001.
func (c *AddressCounter) Add(addr uint32) error { return c.AddN(addr, 1) }

// AddN counts the address n times. The error is [ErrFull] for an address on a new page over the
// limit, which is then not counted.
func (c *AddressCounter) AddN(addr uint32, n uint64) error {
	if n == 0 {
		return nil
	}
	d := c.directory[addr>>16]
	if d == nil {
		if len(c.pages) >= c.max {
			return ErrFull
		}
		d = new([256]uint32)
		c.directory[addr>>16] = d
	}
	id := d[addr>>8&0xff]
	if id == 0 {
		if len(c.pages) >= c.max {
			return ErrFull
		}
		c.pages = append(c.pages, new([256]uint32))
		id = uint32(len(c.pages))
		d[addr>>8&0xff] = id
	}
	p := &c.pages[id-1][addr&0xff]
	if *p == 0 && c.Count(addr) == 0 {
		c.distinct++
	}
	if sum := uint64(*p) + n; sum>>32 == 0 && sum >= n {
		*p = uint32(sum)
	} else {
		all := sat.AddUint(c.Count(addr), n)
		*p, c.carry[addr] = uint32(all), all>>32
	}
	c.total = sat.AddUint(c.total, n)
	return nil
}

// Count returns how often the address occurred.
func (c *AddressCounter) Count(addr uint32) uint64 {
	d := c.directory[addr>>16]
	if d == nil || d[addr>>8&0xff] == 0 {
		return 0
	}
	n := uint64(c.pages[d[addr>>8&0xff]-1][addr&0xff])
	if len(c.carry) != 0 {
		n |= c.carry[addr] << 32
	}
	return n
}

// Distinct returns the number of addresses that occurred.
func (c *AddressCounter) Distinct() uint64 { return c.distinct }

// Total returns the sum of all counts.
func (c *AddressCounter) Total() uint64 { return c.total }

// Pages returns the number of pages that were touched.
func (c *AddressCounter) Pages() int { return len(c.pages) }

// All returns every address that occurred and its count, in order of addresses.
func (c *AddressCounter) All() iter.Seq2[uint32, uint64] {
	return func(yield func(uint32, uint64) bool) {
		for high, d := range &c.directory {
			if d == nil {
				continue
			}
			for mid, id := range d {
				if id == 0 {
					continue
				}
				for low := range uint32(256) {
					addr := uint32(high)<<16 | uint32(mid)<<8 | low
					if n := c.Count(addr); n != 0 && !yield(addr, n) {
						return
					}
				}
			}
		}
	}
}

// AddressCount is an address and how often it occurred.
type AddressCount struct {
	Addr uint32
	N    uint64
}

// Top returns the n addresses with the highest counts, highest first; equal counts are in order of
// addresses.
func (c *AddressCounter) Top(n int) []AddressCount {
	compare := func(x, y AddressCount) int { return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Addr, y.Addr)) }
	var best []AddressCount
	n = int(min(uint64(max(n, 0)), c.distinct))
	for addr, k := range c.All() {
		best = append(best, AddressCount{addr, k})
		if len(best) >= 2*n+1024 {
			slices.SortFunc(best, compare)
			best = best[:n]
		}
	}
	slices.SortFunc(best, compare)
	return best[:min(n, len(best))]
}

// Merge adds what o counted. The error is [ErrFull] if addresses were refused; all others were
// added.
func (c *AddressCounter) Merge(o *AddressCounter) error {
	var failed error
	for addr, n := range o.All() {
		if err := c.AddN(addr, n); err != nil {
			failed = err
		}
	}
	return failed
}
