package geo

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// counted is a database that knows each /16 of IPv4 and /32 of IPv6 by one of 100 records, and
// counts what it is asked.
type counted struct{ finds, places int }

func (c *counted) info() *Info { return &Info{IPv4: true, IPv6: true} }

func (c *counted) find(addr netip.Addr) (uintptr, netip.Prefix, bool, error) {
	c.finds++
	bits := 32
	if addr.Is4() {
		bits = 16
	}
	prefix, err := addr.Prefix(bits)
	b := addr.As16()
	return uintptr(b[2]^b[3]^b[12]^b[13]) % 100, prefix, true, err
}

func (c *counted) place(key uintptr) (Place, error) {
	c.places++
	return Place{Country: string([]byte{'A' + byte(key/26), 'A' + byte(key%26)})}, nil
}

func (c *counted) close() error { return nil }

// Each lookup asks each database once at the most, and decodes one record at the most; a cache asks
// once for each prefix that stays in its place, and decodes each record once. Four times as many
// lookups cost four times as much, also where an attacker chooses addresses that fall into the same
// place of the cache.
func TestLookupIsLinear(t *testing.T) {
	ipv4 := func(i int) netip.Addr {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], 0x0b000000+uint32(i)*65536)
		return netip.AddrFrom4(b)
	}
	ipv6 := func(i int) netip.Addr { // all in other blocks
		b := [16]byte{0x24}
		binary.BigEndian.PutUint32(b[1:], uint32(i))
		return netip.AddrFrom16(b)
	}
	for _, c := range []struct {
		name    string
		entries int
		addr    func(i int) netip.Addr
		asked   int // finds per lookup at the most, in 1000
	}{
		{"one address", 0, func(int) netip.Addr { return ipv4(0) }, 5},
		{"200 prefixes", 0, func(i int) netip.Addr { return ipv4(i % 200) }, 100},
		{"all different", 0, ipv6, 1000},
		{"in turns in one place", 1, func(i int) netip.Addr { return ipv6(i % 2) }, 1000},
		{"no addresses", 0, func(int) netip.Addr { return netip.Addr{} }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			const n = 2000
			for _, times := range []int{1, 4} {
				src := &counted{}
				cache := newCache(t, CacheConfig{Entries: c.entries}, &DB{sources: []source{src}})
				for i := range n * times {
					cache.Country(c.addr(i))
				}
				if most := n * times * c.asked / 1000; src.finds > most || src.places > 100 {
					t.Errorf("%d lookups: the cache asked %d times, at most %d are right, and decoded %d records", n*times, src.finds, most, src.places)
				}
				src = &counted{}
				db := &DB{sources: []source{src, src}}
				for i := range n * times {
					if _, err := db.Lookup(c.addr(i)); err != nil {
						t.Fatal(err)
					}
				}
				if most := 2 * n * times; src.finds > most || src.places > most {
					t.Errorf("%d lookups in two databases: asked %d times, decoded %d records", n*times, src.finds, src.places)
				}
			}
		})
	}
}

// However deep a trie is, a lookup takes one step for each bit of the address and no more, also
// where nodes form a circle.
func TestLegacyDepth(t *testing.T) {
	circle := "\x00\x00\x00\x00\x00\x00" // one node, both sides of which are itself
	path := writeFile(t, "x.dat", []byte(circle+legacyEnd4))
	if db, err := Open(path); err == nil {
		defer db.Close()
		if _, err := db.Lookup(netip.MustParseAddr("8.8.8.8")); err == nil {
			t.Error("a circle has an answer")
		}
	}
}
