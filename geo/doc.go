// Package geo tells the country of an IP address, and its city, autonomous
// system and organisation where the database has them.
//
// [Open] reads databases of two kinds: MMDB (MaxMind DB, 2.0), whatever fields
// its publisher chose, and the legacy GeoIP.dat and GeoIPv6.dat of MaxMind's
// country editions, which several systems still package. Several databases
// answer as one: a country database with one of autonomous systems, or
// GeoIP.dat with GeoIPv6.dat. [Find] looks where systems install them.
//
//	db, err := geo.Open(geo.Find()...)
//	if err != nil { ... }
//	defer db.Close()
//	countries, err := geo.NewCache(geo.CacheConfig{}, db)
//	code, ok := countries.Country(addr)
//
// Databases disagree, are out of date and change: so each [Answer] says which
// one it is from, when that was built, and for what prefix it holds. An address
// that no database can know because it belongs to nobody, a private or a
// multicast one, is told from one that is merely missing: see [ClassOf].
//
// A [DB] may be used by several goroutines at once. A [Cache] remembers answers
// by prefix and is several times as fast; give each goroutine its own.
package geo
