package geo

import (
	"net/netip"
	"time"
)

// Countrier tells the country of an address as two letters of ISO 3166-1; ok is false where it is
// not known.
type Countrier interface {
	Country(addr netip.Addr) (code string, ok bool)
}

// CountrierFunc makes a [Countrier] of a function.
type CountrierFunc func(addr netip.Addr) (code string, ok bool)

// Country calls f.
func (f CountrierFunc) Country(addr netip.Addr) (code string, ok bool) { return f(addr) }

// Place is what databases know about an address. What they do not know is zero.
type Place struct {
	// ISO 3166-1 code of two letters; legacy databases also have AP, EU, A1, A2 and O1
	Country      string
	CountryName  string // in English
	City         string // in English
	ASN          uint32 // number of the autonomous system
	Organization string // that holds the autonomous system, or the provider
}

// Answer is the result of a lookup.
type Answer struct {
	Place
	// Found tells whether any database has an entry for the address, even one without a country.
	Found bool
	// Class is what the address is for; all but Global are special-purpose, and seldom found.
	Class Class
	// Prefix is the network around the address that has the same answer, as the databases cut it.
	Prefix netip.Prefix
	// Database is where the country is from, or else the first thing known; nil if nothing was
	// found.
	Database *Info
}

// Info describes a database.
type Info struct {
	Path string
	// the type by its metadata, such as "GeoLite2-Country", or "GeoIP Country Edition"
	Kind  string
	Built time.Time // in UTC; zero if the file does not say
	IPv4  bool      // has IPv4 addresses
	IPv6  bool      // has IPv6 addresses
}

// fill takes from other what p lacks.
func (p *Place) fill(other *Place) {
	if p.Country == "" {
		p.Country, p.CountryName = other.Country, other.CountryName
	}
	if p.City == "" {
		p.City = other.City
	}
	if p.ASN == 0 {
		p.ASN = other.ASN
	}
	if p.Organization == "" {
		p.Organization = other.Organization
	}
}
