package geo

import (
	"encoding/binary"
	"net/netip"
)

// DefaultCacheEntries is the number of prefixes that a [Cache] remembers by default.
const DefaultCacheEntries = 1 << 16

// maxPlaces bounds the decoded records that a cache keeps: all of a country database, some of a database of cities.
const maxPlaces = 1 << 16

// CacheConfig sizes a [Cache]. The zero value remembers 65,536 prefixes.
type CacheConfig struct {
	// Entries is the number of prefixes, rounded up to a power of two; 0 means 65,536, more than 16,777,216 means that. Each takes 120 bytes.
	Entries int
}

// Cache looks addresses up in a [DB] and remembers the answers by prefix: an answer serves for all addresses of its prefix. A cache
// is not safe for concurrent use. It implements [Countrier].
type Cache struct {
	db    *DB
	slots []Answer // each for a /24 of IPv4 or a /48 of IPv6, whichever asked last
	known places
	err   error
}

// NewCache makes an empty cache for db.
func NewCache(db *DB, cfg CacheConfig) *Cache {
	size := 1
	want := cfg.Entries
	if want <= 0 {
		want = DefaultCacheEntries
	}
	for size < min(want, 1<<24) {
		size *= 2
	}
	c := &Cache{db: db, slots: make([]Answer, size), known: make(places, len(db.sources))}
	for i := range c.known {
		c.known[i] = map[uintptr]Place{}
	}
	return c
}

// Lookup returns the same as [DB.Lookup].
func (c *Cache) Lookup(addr netip.Addr) (Answer, error) {
	a, err := c.find(addr)
	if err != nil {
		return Answer{}, err
	}
	return *a, nil
}

// Country returns the code of the address's country. Errors count as unknown; Err returns the first.
func (c *Cache) Country(addr netip.Addr) (code string, ok bool) {
	a, err := c.find(addr)
	if err != nil || a.Country == "" {
		return "", false
	}
	return a.Country, true
}

// ASN returns the number of the address's autonomous system and who holds it. Errors count as unknown; Err returns the first.
func (c *Cache) ASN(addr netip.Addr) (number uint32, organization string, ok bool) {
	a, err := c.find(addr)
	if err != nil || a.ASN == 0 {
		return 0, "", false
	}
	return a.ASN, a.Organization, true
}

// Err returns the first error that Country or ASN met.
func (c *Cache) Err() error { return c.err }

// find returns the slot that has the answer, filled if need be.
func (c *Cache) find(addr netip.Addr) (*Answer, error) {
	addr = normal(addr)
	s := &c.slots[c.slot(addr)]
	if s.Prefix.IsValid() && s.Prefix.Contains(addr) {
		return s, nil
	}
	if err := c.db.lookup(addr, s, c.known); err != nil {
		*s = Answer{}
		if c.err == nil {
			c.err = err
		}
		return nil, err
	}
	return s, nil
}

// slot maps the first 24 or 48 bits of an address to a slot, by multiplication with 2^64 over the golden ratio (Knuth, 6.4).
func (c *Cache) slot(addr netip.Addr) int {
	b := addr.As16()
	v := binary.BigEndian.Uint64(b[:8]) >> 16
	if addr.Is4() {
		v = uint64(binary.BigEndian.Uint32(b[12:]) >> 8)
	}
	return int(v * 0x9e3779b97f4a7c15 >> 32 & uint64(len(c.slots)-1))
}
