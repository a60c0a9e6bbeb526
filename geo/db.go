package geo

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"os"
)

// DB is one or more open databases that answer as one.
type DB struct {
	sources []source
	closed  bool
}

// source is one database.
type source interface {
	info() *Info
	// find returns the key of the address's record, and the prefix for which it holds in either
	// case.
	find(addr netip.Addr) (key uintptr, prefix netip.Prefix, found bool, err error)
	// place decodes a record.
	place(key uintptr) (Place, error)
	close() error
}

// Open opens databases. Where several know something of an address the first counts. The error is a
// [*Error]: a file that cannot be read, [ErrFormat] or [ErrEdition]; without paths it is
// [ErrNoDatabase].
func Open(paths ...string) (*DB, error) {
	if len(paths) == 0 {
		return nil, noDatabase()
	}
	db := &DB{}
	for _, path := range paths {
		s, err := openSource(path)
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		db.sources = append(db.sources, s)
	}
	return db, nil
}

// mmdbMarker begins the metadata of an MMDB file (MaxMind DB specification 2.0, "Database
// Metadata").
var mmdbMarker = []byte("\xab\xcd\xefMaxMind.com")

// mmdbMetadataMax is how far from the end of the file the metadata may begin (ibid.).
const mmdbMetadataMax = 128 << 10

// openSource tells the formats apart by the end of the file, which is where both keep what
// describes them.
func openSource(path string) (source, error) {
	tail, err := readTail(path)
	if err != nil {
		return nil, &Error{Path: path, Offset: -1, Err: err}
	}
	if bytes.Contains(tail, mmdbMarker) {
		return openMMDB(path)
	}
	return openLegacy(path)
}

func readTail(path string) (tail []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	start := max(0, size-mmdbMetadataMax-int64(len(mmdbMarker)))
	return io.ReadAll(io.NewSectionReader(f, start, size-start))
}

// Databases describes the open databases.
func (db *DB) Databases() []Info {
	r := make([]Info, len(db.sources))
	for i, s := range db.sources {
		r[i] = *s.info()
	}
	return r
}

// Lookup returns what is known of the address. IPv4-mapped addresses are looked up as IPv4; zones
// are ignored. The error is a [*Error] for a damaged database, [fs.ErrClosed] after Close; an
// address that is not found is none.
func (db *DB) Lookup(addr netip.Addr) (Answer, error) {
	var a Answer
	err := db.lookup(normal(addr), &a, nil)
	return a, err
}

// places are records that were decoded before, by their keys, for each source. It is nil where
// nothing is remembered.
type places []map[uintptr]Place

// lookup asks every source, and fills a.
func (db *DB) lookup(addr netip.Addr, a *Answer, known places) error {
	*a = Answer{}
	switch {
	case db.closed:
		return errClosed
	case !addr.IsValid():
		return nil
	}
	a.Class, a.Prefix = ClassOf(addr)
	for i, s := range db.sources {
		about := s.info()
		if addr.Is4() && !about.IPv4 || addr.Is6() && !about.IPv6 {
			continue
		}
		key, prefix, found, err := s.find(addr)
		if err != nil {
			return err
		}
		if prefix.Bits() > a.Prefix.Bits() {
			a.Prefix = prefix
		}
		if !found {
			continue
		}
		p, err := known.place(i, s, key)
		if err != nil {
			return err
		}
		if a.Database == nil || a.Country == "" && p.Country != "" {
			a.Database = about
		}
		a.Found = true
		a.fill(&p)
	}
	return nil
}

// place decodes each record once.
func (known places) place(i int, s source, key uintptr) (Place, error) {
	if known == nil {
		return s.place(key)
	}
	if p, ok := known[i][key]; ok {
		return p, nil
	}
	p, err := s.place(key)
	if err != nil {
		return p, err
	}
	if len(known[i]) >= maxPlaces {
		clear(known[i])
	}
	known[i][key] = p
	return p, nil
}

// normal returns the form in which an address is looked up.
func normal(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// Close closes the databases; answers stay valid.
func (db *DB) Close() error {
	var errs []error
	for _, s := range db.sources {
		errs = append(errs, s.close())
	}
	db.sources, db.closed = nil, true
	return errors.Join(errs...)
}
