package geo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"
)

// The legacy format of the country editions. A binary trie begins the file: each node is two
// records of three bytes, little-endian, for the next bit of the address, 0 and 1, from the most
// significant. A record below 0xffff00 is the number of a node, any other is 0xffff00 plus an index
// of legacyCountries, of which 0 is unknown. At the end are three zero bytes, a label with the
// date, and FF FF FF followed by the number of the edition; each part may be missing.
const (
	legacyLeaf    = 0xffff00
	legacyNode    = 6
	legacyMaxSize = legacyLeaf*legacyNode + 1<<16 // what 24-bit records can address, and a label
	legacyTail    = 20                            // libGeoIP searches as far for the edition
	legacyLabel   = 256
)

// legacyEditions are the editions with a country at each leaf, by number; from 106 on the number
// has 105 added.
var legacyEditions = map[int]string{
	1: "GeoIP Country Edition", 12: "GeoIP Country V6 Edition", 17: "GeoIP Large Country Edition", 18: "GeoIP Large Country V6 Edition",
}

type legacy struct {
	about Info
	trie  []byte
	nodes uint32
}

func openLegacy(path string) (source, error) {
	data, err := readLegacy(path)
	if err != nil {
		return nil, &Error{Path: path, Offset: -1, Err: err}
	}
	if len(data) < legacyNode {
		return nil, &Error{Path: path, Offset: 0, Err: ErrFormat}
	}
	edition, label, end := legacyEnd(data)
	kind, ok := legacyEditions[edition]
	if !ok {
		return nil, &Error{Path: path, Offset: int64(len(data)), Err: fmt.Errorf("%w %d", ErrEdition, edition)}
	}
	l := &legacy{trie: data, nodes: uint32(end / legacyNode)}
	if l.nodes == 0 {
		return nil, &Error{Path: path, Offset: 0, Err: ErrFormat}
	}
	v6 := edition == 12 || edition == 18
	l.about = Info{Path: path, Kind: kind, Built: legacyDate(label), IPv4: !v6, IPv6: v6}
	// Any file might pass for a trie. Walking along both ends finds those that are none.
	for _, addr := range []string{"0.0.0.0", "8.8.8.8", "255.255.255.255", "::", "2001:db8::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"} {
		if a := netip.MustParseAddr(addr); a.Is6() == v6 {
			if _, _, _, err := l.find(a); err != nil {
				return nil, err
			}
		}
	}
	return l, nil
}

func readLegacy(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, legacyMaxSize+1))
	if err == nil && len(data) > legacyMaxSize {
		err = fmt.Errorf("%w: larger than %d bytes", ErrFormat, legacyMaxSize)
	}
	return data, err
}

// legacyEnd reads the end of the file: the edition, the label, and where the trie ends at the
// latest. Files without an edition are country editions, as libGeoIP takes them.
func legacyEnd(data []byte) (edition int, label []byte, end int) {
	edition, end = 1, len(data)
	search := max(0, len(data)-legacyTail)
	i := bytes.LastIndex(data[search:], []byte{0xff, 0xff, 0xff})
	if i < 0 || search+i+3 >= len(data) {
		return edition, nil, end
	}
	end = search + i
	edition = int(data[end+3])
	if edition >= 106 {
		edition -= 105
	}
	from := max(0, end-legacyLabel)
	if i := bytes.LastIndex(data[from:end], []byte{0, 0, 0}); i >= 0 {
		if text := data[from+i+3 : end]; isText(text) {
			return edition, text, from + i
		}
	}
	return edition, nil, end
}

// isText tells a label from the last nodes of a trie that has none.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}

// legacyDate finds the date in a label such as "GEO-106FREE 20260704 Build 1 Copyright (c) ...".
func legacyDate(label []byte) time.Time {
	for _, word := range bytes.Fields(label) {
		if t, err := time.Parse("20060102", string(word)); err == nil {
			return t
		}
	}
	return time.Time{}
}

func (l *legacy) info() *Info { return &l.about }

func (l *legacy) find(addr netip.Addr) (key uintptr, prefix netip.Prefix, found bool, err error) {
	b := addr.As16()
	bits, width := b[:], 128
	if addr.Is4() {
		bits, width = b[12:], 32
	}
	node := uint32(0)
	for depth := range width {
		at := int(node)*legacyNode + 3*int(bits[depth/8]>>(7-depth%8)&1)
		record := uint32(l.trie[at]) | uint32(l.trie[at+1])<<8 | uint32(l.trie[at+2])<<16
		if record >= legacyLeaf {
			country := record - legacyLeaf // at most 255, which the table has
			prefix, err = addr.Prefix(depth + 1)
			return uintptr(country), prefix, country != 0, err
		}
		if record >= l.nodes {
			return 0, prefix, false, l.damaged(at, fmt.Sprintf("node %d of %d", record, l.nodes))
		}
		node = record
	}
	return 0, prefix, false, l.damaged(int(node)*legacyNode, fmt.Sprintf("no leaf after %d bits", width))
}

func (l *legacy) damaged(at int, what string) error {
	return &Error{Path: l.about.Path, Offset: int64(at), Err: fmt.Errorf("%w: %s", ErrFormat, what)}
}

func (l *legacy) place(key uintptr) (Place, error) {
	c := &legacyCountries[key]
	return Place{Country: c.code, CountryName: c.name}, nil
}

func (l *legacy) close() error { return nil }
