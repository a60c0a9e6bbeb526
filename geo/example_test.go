package geo_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/reeftools/reef/geo"
)

// tiny writes a legacy database that has 0.0.0.0/1 in the United States and 128.0.0.0/1 in France,
// and returns its path.
func tiny() string {
	dir, err := os.MkdirTemp("", "geo")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, "GeoIP.dat")
	trie := "\xe1\xff\xff\x4a\xff\xff" // one node: 0xffff00+225 and 0xffff00+74, little-endian
	if err := os.WriteFile(path, []byte(trie+"\x00\x00\x00GEO-106FREE 20260704 Build\xff\xff\xff\x01"), 0o600); err != nil {
		panic(err)
	}
	return path
}

func ExampleOpen() {
	path := tiny()
	defer os.RemoveAll(filepath.Dir(path))
	db, err := geo.Open(path) // or geo.Open(geo.Find()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	a, err := db.Lookup(netip.MustParseAddr("193.51.193.149"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a.Country, a.CountryName, a.Prefix)
	fmt.Println(a.Database.Kind, a.Database.Built.Format("2006-01-02"))
	// Output:
	// FR France 193.0.0.0/8
	// GeoIP Country Edition 2026-07-04
}

func ExampleNewCache() {
	path := tiny()
	defer os.RemoveAll(filepath.Dir(path))
	db, err := geo.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	var countries geo.Countrier
	countries, err = geo.NewCache(geo.CacheConfig{}, db)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range []string{"8.8.8.8", "193.51.193.149", "2001:db8::1"} {
		code, ok := countries.Country(netip.MustParseAddr(s))
		fmt.Println(s, code, ok)
	}
	// Output:
	// 8.8.8.8 US true
	// 193.51.193.149 FR true
	// 2001:db8::1  false
}

func ExampleCountrierFunc() {
	home := netip.MustParsePrefix("10.0.0.0/8")
	var countries geo.Countrier = geo.CountrierFunc(func(a netip.Addr) (string, bool) {
		if home.Contains(a) {
			return "CH", true
		}
		return "", false
	})
	fmt.Println(countries.Country(netip.MustParseAddr("10.1.2.3")))
	// Output: CH true
}

func ExampleClassOf() {
	for _, s := range []string{"8.8.8.8", "10.1.2.3", "2001:db8::1", "224.0.0.251"} {
		class, _ := geo.ClassOf(netip.MustParseAddr(s))
		fmt.Println(s, class)
	}
	// Output:
	// 8.8.8.8 global
	// 10.1.2.3 private
	// 2001:db8::1 documentation
	// 224.0.0.251 multicast
}

func ExampleFind() {
	paths := geo.Find()
	if len(paths) == 0 {
		return // nothing is installed
	}
	db, err := geo.Open(paths...)
	if err != nil {
		return
	}
	defer db.Close()
	for _, d := range db.Databases() {
		_ = d.Kind + " of " + d.Built.Format("2006-01-02")
	}
	// Output:
}
