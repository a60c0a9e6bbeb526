package geo

import (
	"strconv"
	"strings"
)

// Publishers name the same thing differently. These are the paths under which each field is looked
// for, first come first served: those of MaxMind and DB-IP (nested), IP2Location, IPinfo (flat,
// "country" being a code), and ip-location-db (flat, snake case).
var (
	countryPaths = []string{"country.iso_code", "country_code", "country", "country_short", "countryCode", "iso_code"}
	namePaths    = []string{"country.names.en", "country_name", "country_long", "country.name", "countryName"}
	cityPaths    = []string{"city.names.en", "city_name", "city", "city.name", "cityName"}
	asnPaths     = []string{"autonomous_system_number", "traits.autonomous_system_number", "asn", "as_number", "asn.number", "as"}
	orgPaths     = []string{"autonomous_system_organization", "traits.autonomous_system_organization", "as_name", "as_organization",
		"asn.name", "organization", "traits.organization", "isp", "traits.isp", "org", "name"}
)

// placeOf finds the fields of a record of any layout.
func placeOf(record any) Place {
	var p Place
	for _, path := range countryPaths {
		if p.Country = countryCode(text(record, path)); p.Country != "" {
			break
		}
	}
	p.CountryName = firstText(record, namePaths)
	p.City = firstText(record, cityPaths)
	for _, path := range asnPaths {
		if p.ASN = asNumber(at(record, path)); p.ASN != 0 {
			break
		}
	}
	p.Organization = firstText(record, orgPaths)
	return p
}

// at follows a path of keys separated by dots through nested maps; nil if there is nothing.
func at(record any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		m, ok := record.(map[string]any)
		if !ok {
			return nil
		}
		record = m[key]
	}
	return record
}

// text returns the text at a path, or "". IP2Location writes "-" for nothing.
func text(record any, path string) string {
	s, _ := at(record, path).(string)
	if s == "-" {
		return ""
	}
	return s
}

func firstText(record any, paths []string) string {
	for _, path := range paths {
		if s := text(record, path); s != "" {
			return s
		}
	}
	return ""
}

// countryCode returns s in upper case if it is two letters or digits, one at least a letter, and
// not ZZ, which means unknown.
func countryCode(s string) string {
	s = strings.ToUpper(s)
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s == "ZZ" {
		return ""
	}
	if c := s[1]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
		return ""
	}
	return s
}

// asNumber reads 15169, "15169" or "AS15169".
func asNumber(v any) uint32 {
	switch v := v.(type) {
	case uint16:
		return uint32(v)
	case uint32:
		return v
	case uint64:
		if v <= 1<<32-1 {
			return uint32(v)
		}
	case string:
		number, _, _ := strings.Cut(strings.TrimPrefix(v, "AS"), " ")
		if n, err := strconv.ParseUint(number, 10, 32); err == nil {
			return uint32(n)
		}
	}
	return 0
}
