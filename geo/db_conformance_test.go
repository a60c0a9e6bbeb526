package geo

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/oschwald/maxminddb-golang/v2"
)

// envMMDB names an MMDB file with a flat country_code, such as npm's
// @ip-location-db/geo-whois-asn-country-mmdb.
const envMMDB = "REEF_MMDB"

// required tells whether what these tests need must be there, as in CI; then they also compare
// more.
var required = os.Getenv("REEF_CONFORMANCE") == "require"

// missing skips the test for want of something that is not required, and fails it otherwise.
func missing(t *testing.T, what string) {
	t.Helper()
	if required {
		t.Fatalf("%s, and REEF_CONFORMANCE=require", what)
	}
	t.Skip(what)
}

// geoiplookup runs the tool on a file and returns code, name and prefix length; empty if not found.
func geoiplookup(file string, addr netip.Addr) (code, name string, bits int, err error) {
	tool := "geoiplookup"
	if addr.Is6() {
		tool = "geoiplookup6"
	}
	out, err := exec.Command(tool, "-i", "-f", file, addr.String()).Output()
	if err != nil {
		return "", "", 0, fmt.Errorf("%s %v: %w", tool, addr, err)
	}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.HasPrefix(key, "GeoIP") && !strings.Contains(value, "not found") {
			code, name, _ = strings.Cut(value, ", ")
		}
		if _, length, ok := strings.Cut(value, "::"); ok && key == "network" {
			bits, err = strconv.Atoi(strings.TrimSpace(length))
			if err != nil {
				return "", "", 0, fmt.Errorf("%s: %q", tool, line)
			}
		}
	}
	return code, name, bits, nil
}

func needTools(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"geoiplookup", "geoiplookup6"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, "Debian's geoip-bin is not installed: "+err.Error())
		}
	}
}

// All 256 entries of the country table are those of libGeoIP.
func TestCountryTableAgainstGeoiplookup(t *testing.T) {
	needTools(t)
	all := map[string]int{}
	for i := range 256 {
		all[fmt.Sprintf("1.0.0.%d/32", i)] = i
	}
	path := writeFile(t, "GeoIP.dat", legacyBytes(32, all, legacyEnd4))
	db := open(t, path)
	for i := range 256 {
		addr := netip.AddrFrom4([4]byte{1, 0, 0, byte(i)})
		code, name, _, err := geoiplookup(path, addr)
		if err != nil {
			t.Fatal(err)
		}
		if a := lookup(t, db, addr.String()); a.Country != code || a.CountryName != name {
			t.Errorf("%d: %q %q, geoiplookup has %q %q", i, a.Country, a.CountryName, code, name)
		}
	}
}

// The installed databases give the same country, name and network for random addresses: 100,000
// where it is required, else a few.
func TestInstalledAgainstGeoiplookup(t *testing.T) {
	needTools(t)
	paths := findIn(databaseDirs(), [][]string{{"GeoIP.dat", "GeoIPv6.dat"}})
	if len(paths) != 2 {
		missing(t, "Debian's geoip-database is not installed")
	}
	count := 200
	if required {
		count = 100_000
	}
	addrs := randomAddrs(rand.New(rand.NewPCG(1, uint64(count))), count)
	db := open(t, paths...)
	var found atomic.Int64
	var wg sync.WaitGroup
	workers := runtime.NumCPU() // the tool reads its database anew for each address
	for w := range workers {
		wg.Go(func() {
			cache := newCache(t, CacheConfig{}, db)
			for i := w; i < count && !t.Failed(); i += workers {
				if compareGeoiplookup(t, cache, addrs[i], paths) {
					found.Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d addresses, %d with a country", count, found.Load())
	if int(found.Load()) < count/4 {
		t.Errorf("only %d of %d addresses have a country", found.Load(), count)
	}
}

// randomAddrs returns addresses of which every fourth is IPv6, within what is assigned of it.
func randomAddrs(r *rand.Rand, count int) []netip.Addr {
	addrs := make([]netip.Addr, count)
	for i := range addrs {
		v := r.Uint32()
		addrs[i] = netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		if i%4 == 3 {
			addrs[i] = netip.AddrFrom16([16]byte{byte(0x20 + v>>28), byte(v >> 16), byte(v >> 8 & 0xf), byte(v), byte(v >> 20)})
		}
	}
	return addrs
}

// compareGeoiplookup looks one address up both ways, and tells whether it has a country.
func compareGeoiplookup(t *testing.T, cache *Cache, addr netip.Addr, paths []string) bool {
	path := paths[0]
	if addr.Is6() {
		path = paths[1]
	}
	code, name, bits, err := geoiplookup(path, addr)
	if err != nil {
		t.Error(err)
		return false
	}
	a, err := cache.Lookup(addr)
	if err != nil {
		t.Error(err)
		return false
	}
	if a.Country != code || a.CountryName != name {
		t.Errorf("%v: %q %q, geoiplookup has %q %q", addr, a.Country, a.CountryName, code, name)
	}
	if addr.Is4() && code != "" && a.Class == Global && a.Prefix.Bits() < bits {
		t.Errorf("%v: prefix %v, geoiplookup has /%d", addr, a.Prefix, bits)
	}
	return code != ""
}

// A real MMDB gives what the library gives.
func TestRealMMDB(t *testing.T) {
	path := os.Getenv(envMMDB)
	if path == "" {
		t.Skipf("%s names no database", envMMDB)
	}
	direct, err := maxminddb.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	cache := newCache(t, CacheConfig{}, open(t, path))
	r := rand.New(rand.NewPCG(3, 3))
	found := 0
	for i := range 100_000 {
		v := r.Uint32()
		addr := netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		if i%4 == 3 && direct.Metadata.IPVersion == 6 {
			addr = netip.AddrFrom16([16]byte{byte(0x20 + v>>28), byte(v >> 16), byte(v >> 8), byte(v)})
		}
		result := direct.Lookup(addr)
		var want string
		if err := result.DecodePath(&want, "country_code"); err != nil {
			t.Fatal(err)
		}
		got, err := cache.Lookup(addr)
		if err != nil {
			t.Fatal(err)
		}
		if got.Country != want || got.Found != result.Found() || got.Prefix.Bits() < result.Prefix().Bits() {
			t.Fatalf("%v: %+v, want %q in %v", addr, got, want, result.Prefix())
		}
		if want != "" {
			found++
		}
	}
	if found == 0 {
		t.Error("no address has a country_code")
	}
	t.Logf("%d of 100000 addresses have a country; %+v", found, cache.db.Databases())
}

func BenchmarkCountry(b *testing.B) {
	paths := Find()
	if path := os.Getenv(envMMDB); path != "" {
		paths = []string{path}
	}
	if len(paths) == 0 {
		b.Skip("no database is installed")
	}
	db, err := Open(paths...)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	r := rand.New(rand.NewPCG(5, 5))
	random, local := make([]netip.Addr, 1<<16), make([]netip.Addr, 1<<16)
	for i := range random {
		v := r.Uint32()
		random[i] = netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		local[i] = random[r.IntN(min(i+1, 2000))] // as traffic has it: few hosts, many packets
	}
	for _, c := range []struct {
		name  string
		addrs []netip.Addr
	}{{"random", random}, {"local", local}} {
		cache := newCache(b, CacheConfig{}, db)
		for _, a := range c.addrs {
			cache.Country(a)
		}
		b.Run("cache/"+c.name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				cache.Country(c.addrs[i&(1<<16-1)])
				i++
			}
		})
		b.Run("db/"+c.name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				if _, err := db.Lookup(c.addrs[i&(1<<16-1)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}
