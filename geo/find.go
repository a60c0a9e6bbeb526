package geo

import (
	"os"
	"path/filepath"
	"runtime"
)

// EnvDatabase names the environment variable that [Find] obeys: a list of databases, separated as
// in PATH.
const EnvDatabase = "GEOIP_DATABASE"

// databaseDirs are where packages and MaxMind's geoipupdate put databases.
func databaseDirs() []string {
	if runtime.GOOS == "windows" {
		return []string{filepath.Join(os.Getenv("ProgramData"), "MaxMind", "GeoIPUpdate", "GeoIP")}
	}
	return []string{"/var/lib/GeoIP", "/usr/share/GeoIP", "/usr/local/share/GeoIP", "/usr/local/var/GeoIP", "/opt/homebrew/var/GeoIP",
		"/opt/local/share/GeoIP"}
}

// databaseNames are what to look for: all files of the first group of which any is there, then of
// the next.
var databaseNames = [][]string{
	{"GeoIP2-City.mmdb"}, {"GeoIP2-Country.mmdb"}, {"GeoLite2-City.mmdb"}, {"GeoLite2-Country.mmdb"},
	{"dbip-city-lite.mmdb"}, {"dbip-country-lite.mmdb"}, {"dbip-city.mmdb"}, {"dbip-country.mmdb"},
	{"IP2LOCATION-LITE-DB1.MMDB"}, {"geo-whois-asn-country.mmdb"},
	{"GeoIP.dat", "GeoIPv6.dat"},
}

var asnNames = [][]string{{"GeoIP2-ISP.mmdb"}, {"GeoLite2-ASN.mmdb"}, {"dbip-asn-lite.mmdb"}}

// Find returns the paths of installed databases for [Open]: of countries, the best it finds, and of
// autonomous systems if there is one. It looks at the environment variable GEOIP_DATABASE first. It
// returns nil if nothing is installed.
func Find() []string {
	if list := filepath.SplitList(os.Getenv(EnvDatabase)); len(list) > 0 {
		return list
	}
	dirs := databaseDirs()
	return append(findIn(dirs, databaseNames), findIn(dirs, asnNames)...)
}

func findIn(dirs []string, groups [][]string) []string {
	for _, group := range groups {
		for _, dir := range dirs {
			var found []string
			for _, name := range group {
				path := filepath.Join(dir, name)
				if s, err := os.Stat(path); err == nil && s.Mode().IsRegular() {
					found = append(found, path)
				}
			}
			if found != nil {
				return found
			}
		}
	}
	return nil
}
