package geo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	legacyEnd4 = "\x00\x00\x00GEO-106FREE 20260704 Build 1 Copyright\xff\xff\xff\x01"
	legacyEnd6 = "\x00\x00\x00GEO-106FREE 20260704 Build\xff\xff\xff\x0c"
)

var us4 = map[string]int{"8.0.0.0/8": 225, "8.8.0.0/16": 16, "1.2.3.4/32": 74, "255.255.255.255/32": 255}

func newCache(t testing.TB, cfg CacheConfig, db *DB) *Cache {
	t.Helper()
	c, err := NewCache(cfg, db)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, paths ...string) *DB {
	t.Helper()
	db, err := Open(paths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func lookup(t *testing.T, db *DB, addr string) Answer {
	t.Helper()
	a, err := db.Lookup(netip.MustParseAddr(addr))
	if err != nil {
		t.Fatalf("%s: %v", addr, err)
	}
	return a
}

func TestLegacy(t *testing.T) {
	v4 := writeFile(t, "GeoIP.dat", legacyBytes(32, us4, legacyEnd4))
	v6 := writeFile(t, "GeoIPv6.dat", legacyBytes(128, map[string]int{"2001:db8::/32": 225, "2600::/12": 16}, legacyEnd6))
	db := open(t, v4, v6)
	for _, c := range []struct{ addr, code, name, prefix string }{
		{"8.1.2.3", "US", "United States", "8.0.0.0/13"},
		{"8.8.8.8", "AU", "Australia", "8.8.0.0/16"},
		{"::ffff:8.8.8.8", "AU", "Australia", "8.8.0.0/16"},
		{"1.2.3.4", "FR", "France", "1.2.3.4/32"},
		{"1.2.3.5", "", "", "1.2.3.5/32"},
		{"255.255.255.255", "O1", "Other", "255.255.255.255/32"},
		{"2001:db8::1", "US", "United States", "2001:db8::/32"},
		{"260f::1%eth0", "AU", "Australia", "2600::/12"},
		{"2610::1", "", "", "2610::/12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := lookup(t, db, c.addr)
			if a.Country != c.code || a.CountryName != c.name || a.Prefix.String() != c.prefix || a.Found != (c.code != "") || (a.Database != nil) != a.Found {
				t.Errorf("%s: %+v", c.addr, a)
			}
		})
	}
	built := time.Date(2026, 7, 4, 0, 0, 0, 0, time.UTC)
	want := []Info{{v4, "GeoIP Country Edition", built, true, false}, {v6, "GeoIP Country V6 Edition", built, false, true}}
	for i, got := range db.Databases() {
		if got != want[i] {
			t.Errorf("%+v, want %+v", got, want[i])
		}
	}
	only4 := open(t, v4)
	if a := lookup(t, only4, "2600::1"); a.Found || a.Class != Global {
		t.Errorf("IPv6 of an IPv4 database: %+v", a)
	}
	if a, err := db.Lookup(netip.Addr{}); err != nil || a.Found || a.Prefix.IsValid() {
		t.Errorf("invalid address: %+v, %v", a, err)
	}
}

func TestLegacyEnds(t *testing.T) {
	for _, c := range []struct {
		end   string
		built string
		err   error
	}{
		{"", "0001-01-01", nil},
		{"\xff\xff\xff\x01", "0001-01-01", nil},
		{"\xff\xff\xff\x6a", "0001-01-01", nil}, // 106 is 1
		{"\x00\x00\x00no date\xff\xff\xff\x01", "0001-01-01", nil},
		{legacyEnd4 + "padding", "2026-07-04", nil},
		{"\xff\xff\xff\x02", "", ErrEdition}, // city
		{"\xff\xff\xff\x09", "", ErrEdition}, // autonomous systems
	} {
		t.Run(fmt.Sprintf("%q", c.end), func(t *testing.T) {
			db, err := Open(writeFile(t, "x.dat", legacyBytes(32, us4, c.end)))
			if !errors.Is(err, c.err) {
				t.Errorf("%q: %v", c.end, err)
			}
			if err != nil {
				return
			}
			if a := lookup(t, db, "8.8.8.8"); a.Country != "AU" || a.Database.Built.Format("2006-01-02") != c.built {
				t.Errorf("%q: %+v %v", c.end, a, a.Database)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := Open(); !errors.Is(err, ErrNoDatabase) {
		t.Errorf("no path: %v", err)
	}
	var e *Error
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.As(err, &e) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	good := (&mmdbWriter{kind: "t", version: 4, size: 24, entries: map[string]any{"8.0.0.0/8": map[string]any{"country_code": "US"}}}).bytes(t)
	for name, data := range map[string][]byte{
		"empty":         nil,
		"short":         []byte("abc"),
		"text":          bytes.Repeat([]byte("This is no database.\n"), 100),
		"zeros":         make([]byte, 6),
		"endless":       []byte("\x00\x00\x00\x00\x00\x00\xff\xff\xff\x01"),
		"beyond":        []byte("\x09\x00\x00\x09\x00\x00"),
		"only metadata": good[bytes.Index(good, mmdbMarker):],
		"metadata cut":  good[:len(good)-5],
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(writeFile(t, "bad", data)); !errors.As(err, &e) || !errors.Is(err, ErrFormat) || e.Path == "" || e.Error() == "" {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestMMDBLayouts(t *testing.T) {
	for _, c := range []struct {
		name   string
		record map[string]any
		want   Place
	}{
		{"MaxMind city", map[string]any{
			"country": map[string]any{"iso_code": "FR", "names": map[string]any{"en": "France", "de": "Frankreich"}, "geoname_id": uint32(1)},
			"city":    map[string]any{"names": map[string]any{"en": "Lyon"}}, "location": map[string]any{"latitude": 45.7},
			"registered_country": map[string]any{"iso_code": "US"},
		}, Place{"FR", "France", "Lyon", 0, ""}},
		{"MaxMind AS", map[string]any{"autonomous_system_number": uint32(15169), "autonomous_system_organization": "GOOGLE"}, Place{"", "", "", 15169, "GOOGLE"}},
		{"MaxMind enterprise", map[string]any{"country": map[string]any{"iso_code": "DE"}, "traits": map[string]any{"autonomous_system_number": uint32(7), "isp": "X", "is_anycast": true}},
			Place{"DE", "", "", 7, "X"}},
		{"DB-IP", map[string]any{"city": map[string]any{"names": map[string]any{"en": "Oslo"}}, "country": map[string]any{"iso_code": "NO", "names": map[string]any{"en": "Norway"}}}, Place{"NO", "Norway", "Oslo", 0, ""}},
		{"IP2Location", map[string]any{"country_code": "SE", "country_name": "Sweden", "city_name": "-", "asn": "12", "as": "Foo"}, Place{"SE", "Sweden", "", 12, ""}},
		{"IP2Location, nothing", map[string]any{"country_code": "-", "country_name": "-"}, Place{}},
		{"IPinfo", map[string]any{"country": "jp", "country_name": "Japan", "asn": "AS2497", "as_name": "IIJ"}, Place{"JP", "Japan", "", 2497, "IIJ"}},
		{"ip-location-db", map[string]any{"country_code": "BR", "city": "Recife"}, Place{"BR", "", "Recife", 0, ""}},
		{"unknown", map[string]any{"country_code": "ZZ", "asn": "x"}, Place{}},
		{"odd types", map[string]any{"country": []any{"US"}, "country_code": uint32(5), "city": true, "asn": uint64(1 << 40)}, Place{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{24, 28, 32} {
				for _, version := range []int{4, 6} {
					w := &mmdbWriter{kind: c.name, version: version, size: size, built: 1781725900, entries: map[string]any{"8.8.0.0/16": c.record}}
					db := open(t, w.file(t))
					a := lookup(t, db, "8.8.8.8")
					if a.Place != c.want || !a.Found || a.Prefix.String() != "8.8.0.0/16" || a.Database.Kind != c.name || a.Database.Built.Unix() != 1781725900 {
						t.Errorf("%s, %d bits, IPv%d: %+v", c.name, size, version, a)
					}
					if a := lookup(t, db, "8.9.0.1"); a.Found || a.Prefix.String() != "8.9.0.0/16" || a.Database != nil {
						t.Errorf("%s, %d bits, IPv%d: %+v", c.name, size, version, a)
					}
					if a := lookup(t, db, "2600::1"); a.Found {
						t.Errorf("%s, IPv%d: IPv6 found %+v", c.name, version, a)
					}
				}
			}
		})
	}
}

// A country database and one of autonomous systems answer as one, for the narrower prefix.
func TestSeveralDatabases(t *testing.T) {
	country := &mmdbWriter{kind: "country", version: 6, size: 28, entries: map[string]any{
		"8.0.0.0/8": map[string]any{"country_code": "US"}, "2600::/12": map[string]any{"country_code": "US"}}}
	as := &mmdbWriter{kind: "as", version: 6, size: 24, entries: map[string]any{
		"8.8.8.0/24": map[string]any{"autonomous_system_number": uint32(15169), "country_code": "XX"}, "9.0.0.0/8": map[string]any{"asn": "AS5"}}}
	db := open(t, country.file(t), as.file(t))
	for _, c := range []struct {
		addr, code string
		asn        uint32
		prefix     string
		from       string
	}{
		{"8.8.8.8", "US", 15169, "8.8.8.0/24", "country"},
		{"8.8.9.8", "US", 0, "8.8.9.0/24", "country"},
		{"9.1.1.1", "", 5, "9.0.0.0/8", "as"},
		{"2600::1", "US", 0, "2600::/12", "country"},
	} {
		t.Run(c.addr, func(t *testing.T) {
			a := lookup(t, db, c.addr)
			if a.Country != c.code || a.ASN != c.asn || a.Prefix.String() != c.prefix || a.Database == nil || a.Database.Kind != c.from {
				t.Errorf("%s: %+v", c.addr, a)
			}
		})
	}
}

// The cache gives the same answers as the database, in any order.
func TestCacheSameAsDB(t *testing.T) {
	entries := map[string]any{}
	countries := map[string]int{}
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		p, err := netip.AddrFrom4([4]byte{byte(10 + r.IntN(3)), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}).Prefix(9 + r.IntN(24))
		if err != nil {
			t.Fatal(err)
		}
		entries[p.String()] = map[string]any{"country_code": string(rune('A'+r.IntN(26))) + "B", "asn": r.Uint32N(1000)}
		countries[p.String()] = r.IntN(256)
	}
	for i := range 100 {
		entries[netip.MustParsePrefix(fmt.Sprintf("2001:%x::/%d", i+1, 32+i%90)).String()] = map[string]any{"country_code": "C" + string(rune('A'+i%26))}
	}
	w := &mmdbWriter{kind: "t", version: 6, size: 32, entries: entries}
	for _, paths := range [][]string{{w.file(t)}, {writeFile(t, "x.dat", legacyBytes(32, countries, legacyEnd4))}, {writeFile(t, "x.dat", legacyBytes(32, countries, legacyEnd4)), w.file(t)}} {
		db := open(t, paths...)
		for _, size := range []int{0, 1, 100} {
			cache := newCache(t, CacheConfig{Entries: size}, db)
			for i := range 20000 {
				addr := netip.AddrFrom4([4]byte{byte(9 + r.IntN(5)), byte(r.Uint32() & 3), byte(r.Uint32() & 7), byte(r.Uint32())})
				if i%5 == 0 {
					addr = netip.MustParseAddr(fmt.Sprintf("2001:%x:%x::%x", r.IntN(110), r.IntN(3), r.IntN(3)))
				}
				if i%7 == 0 { // its prefix is around the IPv4-mapped range
					addr = netip.MustParseAddr(fmt.Sprintf("::8000:0:%x", r.IntN(3)))
				}
				want, err := db.Lookup(addr)
				if err != nil {
					t.Fatal(err)
				}
				got, err := cache.Lookup(addr)
				if err != nil {
					t.Fatal(err)
				}
				// A remembered prefix is one that another address found: it holds for this one too.
				if !got.Prefix.Contains(addr) || got != want {
					t.Fatalf("%v, size %d: %+v, want %+v", addr, size, got, want)
				}
				if code, ok := cache.Country(addr); code != want.Country || ok != (code != "") {
					t.Fatalf("%v: country %q %v", addr, code, ok)
				}
				if n, org, ok := cache.ASN(addr); n != want.ASN || org != want.Organization || ok != (n != 0) {
					t.Fatalf("%v: AS%d %q %v", addr, n, org, ok)
				}
			}
			if cache.Err() != nil {
				t.Error(cache.Err())
			}
		}
	}
}

func TestCacheDoesNotAllocate(t *testing.T) {
	cache := newCache(t, CacheConfig{}, open(t, writeFile(t, "x.dat", legacyBytes(32, us4, legacyEnd4))))
	addr := netip.MustParseAddr("8.8.8.8")
	if n := testing.AllocsPerRun(100, func() {
		if code, ok := cache.Country(addr); code != "AU" || !ok {
			t.Fatal(code)
		}
		addr = addr.Next()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A damaged database is an error of the lookup, and of Err.
func TestDamaged(t *testing.T) {
	data := legacyBytes(32, map[string]int{"100.0.0.0/8": 250}, legacyEnd4)
	data = bytes.Replace(data, []byte{250, 0xff, 0xff}, []byte{0x30, 0x75, 0}, 1)
	db := open(t, writeFile(t, "x.dat", data))
	addr := netip.MustParseAddr("100.1.1.1")
	var e *Error
	if _, err := db.Lookup(addr); !errors.As(err, &e) || !errors.Is(err, ErrFormat) || e.Offset <= 0 {
		t.Errorf("legacy: %v", err)
	}
	w := &mmdbWriter{kind: "t", version: 4, size: 24, entries: map[string]any{"100.0.0.0/8": map[string]any{"country_code": "US"}}}
	// the key is longer than it was
	bad := bytes.Replace(w.bytes(t), []byte("\x4ccountry_code"), []byte("\x5ccountry_code"), 1)
	mm := open(t, writeFile(t, "x.mmdb", bad))
	cache := newCache(t, CacheConfig{}, mm)
	if code, ok := cache.Country(addr); ok || !errors.Is(cache.Err(), ErrFormat) {
		t.Errorf("mmdb: %q, %v", code, cache.Err())
	}
	if _, err := cache.Lookup(addr); !errors.Is(err, ErrFormat) {
		t.Errorf("mmdb: %v", err)
	}
}

func TestFind(t *testing.T) {
	t.Setenv(EnvDatabase, "a"+string(os.PathListSeparator)+"b")
	if got := Find(); len(got) != 2 || got[0] != "a" || got[1] != "b" {
		t.Errorf("by environment: %v", got)
	}
	one, two := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(one, "GeoIP.dat"), filepath.Join(two, "GeoIPv6.dat"), filepath.Join(two, "GeoIP.dat")} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := findIn([]string{two, one}, databaseNames); len(got) != 2 || filepath.Dir(got[1]) != two {
		t.Errorf("legacy: %v", got)
	}
	if err := os.WriteFile(filepath.Join(one, "GeoLite2-Country.mmdb"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := findIn([]string{two, one}, databaseNames); len(got) != 1 || filepath.Base(got[0]) != "GeoLite2-Country.mmdb" {
		t.Errorf("mmdb: %v", got)
	}
	if got := findIn([]string{t.TempDir()}, databaseNames); got != nil {
		t.Errorf("none: %v", got)
	}
}

func FuzzLegacy(f *testing.F) {
	f.Add(legacyBytes(32, us4, legacyEnd4))
	f.Add(legacyBytes(128, map[string]int{"2001:db8::/32": 225}, legacyEnd6))
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\xff\xff\xff\x01"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) { fuzzOpen(t, filepath.Join(dir, "x.dat"), data) })
}

func FuzzMMDB(f *testing.F) {
	w := &mmdbWriter{kind: "t", version: 6, size: 28, entries: map[string]any{"8.8.0.0/16": map[string]any{
		"country": map[string]any{"iso_code": "FR", "names": map[string]any{"en": "France"}}, "asn": "AS5"}}}
	t := &testing.T{}
	f.Add(w.bytes(t))
	w.version, w.size = 4, 24
	f.Add(w.bytes(t))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) { fuzzOpen(t, filepath.Join(dir, "x.mmdb"), data) })
}

// fuzzOpen looks some addresses up in any data: errors are typed, and answers hold for the address.
func fuzzOpen(t *testing.T, path string, data []byte) {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var e *Error
	db, err := Open(path)
	if err != nil {
		if !errors.As(err, &e) {
			t.Fatal(err)
		}
		return
	}
	for _, s := range []string{"8.8.8.8", "0.0.0.0", "203.0.113.9", "2001:db8::1", "ffff::"} {
		addr := netip.MustParseAddr(s)
		a, err := db.Lookup(addr)
		if err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
		if err == nil && !a.Prefix.Contains(addr) {
			t.Fatalf("%v is not in %v", addr, a.Prefix)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// The decoded records are bounded.
func TestPlaces(t *testing.T) {
	cache := newCache(t, CacheConfig{}, open(t, writeFile(t, "x.dat", legacyBytes(32, us4, legacyEnd4))))
	for i := range uintptr(maxPlaces) {
		cache.known[0][1000+i] = Place{}
	}
	if code, ok := cache.Country(netip.MustParseAddr("8.8.8.8")); code != "AU" || !ok || len(cache.known[0]) != 1 {
		t.Errorf("%q, %d places", code, len(cache.known[0]))
	}
}

// A closed DB says so; a cache of it goes on with what it remembers.
func TestClosed(t *testing.T) {
	db, err := Open(writeFile(t, "x.dat", legacyBytes(32, us4, legacyEnd4)))
	if err != nil {
		t.Fatal(err)
	}
	cache := newCache(t, CacheConfig{}, db)
	known, unknown := netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("200.1.2.3")
	want, err := cache.Lookup(known)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	for _, a := range []netip.Addr{known, unknown, {}} {
		if got, err := db.Lookup(a); !errors.Is(err, fs.ErrClosed) || !strings.HasPrefix(err.Error(), "geo: ") || got != (Answer{}) {
			t.Errorf("%v: %+v, %v", a, got, err)
		}
	}
	if len(db.Databases()) != 0 {
		t.Error("a closed DB describes databases")
	}
	if got, err := cache.Lookup(known); err != nil || got != want {
		t.Errorf("remembered: %+v, %v, want %+v", got, err, want)
	}
	if _, err := cache.Lookup(unknown); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("not remembered: %v", err)
	}
	if _, ok := cache.Country(unknown); ok || !errors.Is(cache.Err(), fs.ErrClosed) {
		t.Errorf("Err %v", cache.Err())
	}
}

func TestCacheConfig(t *testing.T) {
	db := open(t, writeFile(t, "x.dat", legacyBytes(32, us4, legacyEnd4)))
	for _, c := range []struct {
		name string
		cfg  CacheConfig
		db   *DB
		ok   bool
	}{
		{"zero", CacheConfig{}, db, true},
		{"one", CacheConfig{Entries: 1}, db, true},
		{"negative", CacheConfig{Entries: -1}, db, false},
		{"too many", CacheConfig{Entries: MaxCacheEntries + 1}, db, false},
		{"no database", CacheConfig{}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := NewCache(c.cfg, c.db); errors.Is(err, ErrConfig) == c.ok || (err == nil) != c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

// The error for no database says where one would be found.
func TestNoDatabase(t *testing.T) {
	_, err := Open()
	if !errors.Is(err, ErrNoDatabase) {
		t.Fatalf("got %v", err)
	}
	for _, place := range append(databaseDirs(), "GEOIP_DATABASE") {
		if !strings.Contains(err.Error(), place) {
			t.Errorf("%q does not name %s", err, place)
		}
	}
}
