package geo

import (
	"net/netip"
	"slices"
)

// Class is what an address is set aside for. All but Global are special-purpose: no database can
// know whose they are.
type Class uint8

// Classes of addresses, after IANA's registries of special-purpose addresses (RFC 6890) and of
// multicast.
const (
	Global        Class = iota // everything else
	ThisNetwork                // 0.0.0.0/8 and ::, the sender before it has an address
	Private                    // RFC 1918, RFC 4193 and the former site-local fec0::/10
	Shared                     // between a provider and its customers, RFC 6598
	Loopback                   // RFC 1122, RFC 4291
	LinkLocal                  // RFC 3927, RFC 4291
	Documentation              // RFC 5737, RFC 3849, RFC 9637
	Benchmarking               // RFC 2544, RFC 5180
	Protocol                   // for the use of protocols: RFC 6890, RFC 2928, RFC 9602
	Transition                 // another address is embedded: 6to4, Teredo, NAT64
	Discard                    // RFC 6666
	Multicast                  // RFC 5771, RFC 4291
	Broadcast                  // 255.255.255.255
	Reserved                   // for future use, RFC 1112
)

var classNames = [...]string{"global", "this network", "private", "shared", "loopback", "link-local", "documentation", "benchmarking",
	"protocol", "transition", "discard", "multicast", "broadcast", "reserved"}

// String returns the name of the class in lower case.
func (c Class) String() string {
	if int(c) >= len(classNames) {
		return "invalid"
	}
	return classNames[c]
}

// classes4 and classes6 are made of the special-purpose prefixes; of several that hold an address
// the longest counts.
var (
	classes4 = classTable("0.0.0.0/0", []classRow{
		{ThisNetwork, "0.0.0.0/8"},      // RFC 791, 3.2
		{Private, "10.0.0.0/8"},         // RFC 1918
		{Shared, "100.64.0.0/10"},       // RFC 6598
		{Loopback, "127.0.0.0/8"},       // RFC 1122, 3.2.1.3
		{LinkLocal, "169.254.0.0/16"},   // RFC 3927
		{Private, "172.16.0.0/12"},      // RFC 1918
		{Protocol, "192.0.0.0/24"},      // RFC 6890, 2.1
		{Documentation, "192.0.2.0/24"}, // RFC 5737
		{Transition, "192.88.99.0/24"},  // RFC 7526, former 6to4 relays
		{Private, "192.168.0.0/16"},     // RFC 1918
		{Benchmarking, "198.18.0.0/15"}, // RFC 2544
		{Documentation, "198.51.100.0/24"},
		{Documentation, "203.0.113.0/24"},
		{Multicast, "224.0.0.0/4"},        // RFC 5771
		{Documentation, "233.252.0.0/24"}, // RFC 5771, 9.2: multicast for documentation
		{Reserved, "240.0.0.0/4"},         // RFC 1112, 4
		{Broadcast, "255.255.255.255/32"}, // RFC 919
	})
	classes6 = classTable("::/0", []classRow{
		{ThisNetwork, "::/128"},          // RFC 4291, 2.5.2
		{Loopback, "::1/128"},            // RFC 4291, 2.5.3
		{Transition, "64:ff9b::/96"},     // RFC 6052
		{Transition, "64:ff9b:1::/48"},   // RFC 8215
		{Discard, "100::/64"},            // RFC 6666
		{Protocol, "100:0:0:1::/64"},     // RFC 9780, dummy prefix
		{Protocol, "2001::/23"},          // RFC 2928
		{Transition, "2001::/32"},        // RFC 4380, Teredo
		{Benchmarking, "2001:2::/48"},    // RFC 5180
		{Global, "2001:3::/32"},          // RFC 7450, AMT
		{Global, "2001:4:112::/48"},      // RFC 7535, AS112
		{Global, "2001:20::/28"},         // RFC 7343, ORCHIDv2
		{Global, "2001:30::/28"},         // RFC 9374, drone remote identification
		{Documentation, "2001:db8::/32"}, // RFC 3849
		{Transition, "2002::/16"},        // RFC 3056, 6to4
		{Documentation, "3fff::/20"},     // RFC 9637
		{Protocol, "5f00::/16"},          // RFC 9602, segment routing
		{Private, "fc00::/7"},            // RFC 4193
		{LinkLocal, "fe80::/10"},         // RFC 4291, 2.5.6
		{Private, "fec0::/10"},           // RFC 3879, former site-local
		{Multicast, "ff00::/8"},          // RFC 4291, 2.7
	})
)

type classRow struct {
	class  Class
	prefix string
}

type classEntry struct {
	class  Class
	prefix netip.Prefix
}

// classTable cuts the address space into prefixes of one class each, in order.
func classTable(whole string, rows []classRow) []classEntry {
	special := make([]classEntry, len(rows))
	for i, r := range rows {
		special[i] = classEntry{r.class, netip.MustParsePrefix(r.prefix)}
	}
	return appendClasses(nil, classEntry{Global, netip.MustParsePrefix(whole)}, special)
}

// appendClasses cuts at in two as long as some of the special prefixes are within.
func appendClasses(table []classEntry, at classEntry, special []classEntry) []classEntry {
	var within []classEntry
	for _, s := range special {
		if s.prefix == at.prefix {
			at.class = s.class
		} else if at.prefix.Overlaps(s.prefix) {
			within = append(within, s)
		}
	}
	if within == nil {
		return append(table, at)
	}
	low := netip.PrefixFrom(at.prefix.Addr(), at.prefix.Bits()+1)
	b := low.Addr().AsSlice()
	b[at.prefix.Bits()/8] |= 0x80 >> (at.prefix.Bits() % 8)
	middle, _ := netip.AddrFromSlice(b)
	table = appendClasses(table, classEntry{at.class, low}, within)
	return appendClasses(table, classEntry{at.class, netip.PrefixFrom(middle, low.Bits())}, within)
}

// ClassOf returns the class of an address and a prefix around it that has no address of another
// class. IPv4-mapped addresses have the class of the IPv4 address. The zero Addr is ThisNetwork,
// with the zero Prefix.
func ClassOf(addr netip.Addr) (Class, netip.Prefix) {
	addr = normal(addr)
	if !addr.IsValid() {
		return ThisNetwork, netip.Prefix{}
	}
	table := classes6
	if addr.Is4() {
		table = classes4
	}
	i, found := slices.BinarySearchFunc(table, addr, func(e classEntry, a netip.Addr) int { return e.prefix.Addr().Compare(a) })
	if !found {
		i-- // the prefix that begins before addr; the first begins with the lowest address
	}
	return table[i].class, table[i].prefix
}
