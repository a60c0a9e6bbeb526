package geo

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// DefaultCacheEntries is the number of prefixes that a [Cache] remembers by default.
const DefaultCacheEntries = 1 << 16

// maxPlaces bounds the decoded records that a cache keeps, and the different answers: all of a
// country database, some of a database of cities.
const maxPlaces = 1 << 16

// CacheConfig sizes a [Cache]. The zero value remembers 65,536 prefixes.
type CacheConfig struct {
	// Entries is the number of prefixes, rounded up to a power of two: 0, which means 65,536, to
	// 16,777,216. Each takes 24 bytes. Prefixes of IPv4 up to a /16 have 256 KiB of their own.
	Entries int
}

// MaxCacheEntries is the largest CacheConfig.Entries.
const MaxCacheEntries = 1 << 24

// Validate reports what is impossible; the error is an [ErrConfig].
func (c *CacheConfig) Validate() error {
	if c.Entries < 0 || c.Entries > MaxCacheEntries {
		return fmt.Errorf("%w: Entries is %d, not 0 to %d", ErrConfig, c.Entries, MaxCacheEntries)
	}
	return nil
}

// Cache looks addresses up in a [DB] and remembers the answers by prefix: an answer serves for all
// addresses of its prefix, also after the DB was closed. A cache is not safe for concurrent use; a
// DB is, so give each goroutine a cache of its own. It implements [Countrier].
type Cache struct {
	db *DB
	// by the first 16 bits of an IPv4 address, for prefixes as long or shorter: most of the address
	// space
	wide [1 << 16]wideSlot
	// for other prefixes; each for a /24 of IPv4 or a /48 of IPv6, whichever asked last
	slots   []cacheSlot
	answers []Answer // without Prefix; the first is that of the invalid address
	numbers map[Answer]uint32
	known   places
	err     error
}

// cacheSlot is an address, IPv4-mapped for IPv4, the length of the prefix around it, and the number
// of its answer. Many slots have the same answer: kept apart, a slot takes a third of a line of the
// processor's cache instead of two.
type cacheSlot struct {
	high, low uint64
	answer    uint32
	bits      uint8 // 0: empty. No prefix is so short, as special-purpose ones are always cut out
}

// wideSlot is the number of an answer, shifted by 8, and the length of the prefix; 0 is empty.
type wideSlot uint32

// NewCache makes an empty cache for db. The error is an [ErrConfig].
func NewCache(cfg CacheConfig, db *DB) (*Cache, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if db == nil {
		return nil, fmt.Errorf("%w: no database to ask", ErrConfig)
	}
	if cfg.Entries == 0 {
		cfg.Entries = DefaultCacheEntries
	}
	size := 1
	for size < cfg.Entries {
		size *= 2
	}
	c := &Cache{db: db, slots: make([]cacheSlot, size), answers: make([]Answer, 1), numbers: map[Answer]uint32{}, known: make(places, len(db.sources))}
	for i := range c.known {
		c.known[i] = map[uintptr]Place{}
	}
	return c, nil
}

// Lookup returns the same as [DB.Lookup].
func (c *Cache) Lookup(addr netip.Addr) (Answer, error) {
	s, err := c.find(addr)
	if err != nil {
		return Answer{}, err
	}
	a := c.answers[s.answer]
	if addr = normal(addr); addr.IsValid() {
		bits := int(s.bits)
		if addr.Is4() {
			bits -= 96
		}
		a.Prefix, err = addr.Prefix(bits)
	}
	return a, err
}

// Country returns the code of the address's country. Errors count as unknown; Err returns the
// first.
func (c *Cache) Country(addr netip.Addr) (code string, ok bool) {
	s, err := c.find(addr)
	if err != nil {
		return "", false
	}
	code = c.answers[s.answer].Country
	return code, code != ""
}

// ASN returns the number of the address's autonomous system and who holds it. Errors count as
// unknown; Err returns the first.
func (c *Cache) ASN(addr netip.Addr) (number uint32, organization string, ok bool) {
	s, err := c.find(addr)
	if err != nil || c.answers[s.answer].ASN == 0 {
		return 0, "", false
	}
	a := &c.answers[s.answer]
	return a.ASN, a.Organization, true
}

// Err returns the first error that Country or ASN met.
func (c *Cache) Err() error { return c.err }

// find returns what is remembered for the address, after asking the database if need be.
func (c *Cache) find(addr netip.Addr) (cacheSlot, error) {
	if !addr.IsValid() {
		return cacheSlot{}, nil
	}
	b := addr.As16() // without a zone; IPv4 as IPv4-mapped
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	mapped := high == 0 && low>>32 == 0xffff
	block := high >> 16
	if mapped {
		if w := c.wide[low>>16&0xffff]; w != 0 {
			return cacheSlot{answer: uint32(w >> 8), bits: uint8(w)}, nil
		}
		block = low >> 8
	}
	// Multiplication with 2^64 over the golden ratio spreads them; the top 32 bits are the best
	// (Knuth, 6.4).
	s := &c.slots[(block*0x9e3779b97f4a7c15>>32)*uint64(len(c.slots))>>32]
	if s.contains(high, low, mapped) {
		return *s, nil
	}
	number, bits, err := c.ask(normal(addr))
	if err != nil {
		if c.err == nil {
			c.err = err
		}
		return cacheSlot{}, err
	}
	found := cacheSlot{high, low, number, bits}
	if mapped && bits <= 96+16 {
		c.wide[low>>16&0xffff] = wideSlot(number<<8 | uint32(bits))
	} else {
		*s = found
	}
	return found, nil
}

// contains tells whether the address is in the slot's prefix. A prefix of IPv6 around the
// IPv4-mapped range says nothing of IPv4.
func (s *cacheSlot) contains(high, low uint64, mapped bool) bool {
	high, low = high^s.high, low^s.low
	if s.bits > 64 {
		return high == 0 && low>>(128-s.bits) == 0 && (s.bits > 96 || !mapped)
	}
	return s.bits > 0 && high>>(64-s.bits) == 0 && !mapped
}

// ask asks the database, and returns the number of the answer and the length of the prefix.
func (c *Cache) ask(addr netip.Addr) (number uint32, bits uint8, err error) {
	var a Answer
	if err := c.db.lookup(addr, &a, c.known); err != nil {
		return 0, 0, err
	}
	bits = uint8(a.Prefix.Bits())
	if addr.Is4() {
		bits += 96
	}
	a.Prefix = netip.Prefix{}
	number, ok := c.numbers[a]
	if !ok {
		if len(c.answers) > maxPlaces {
			clear(c.wide[:])
			clear(c.slots)
			clear(c.numbers)
			c.answers = c.answers[:1]
		}
		number = uint32(len(c.answers))
		c.answers = append(c.answers, a)
		c.numbers[a] = number
	}
	return number, bits, nil
}
