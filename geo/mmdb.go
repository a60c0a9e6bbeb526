package geo

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

// mmdb is a MaxMind DB file.
type mmdb struct {
	about  Info
	reader *maxminddb.Reader
}

func openMMDB(path string) (source, error) {
	r, err := maxminddb.Open(path)
	if err != nil {
		return nil, &Error{Path: path, Offset: -1, Err: fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	m := &mmdb{reader: r}
	m.about = Info{Path: path, Kind: r.Metadata.DatabaseType, IPv4: true, IPv6: r.Metadata.IPVersion == 6}
	if r.Metadata.BuildEpoch != 0 {
		m.about.Built = time.Unix(int64(r.Metadata.BuildEpoch), 0).UTC()
	}
	return m, nil
}

func (m *mmdb) info() *Info { return &m.about }

func (m *mmdb) find(addr netip.Addr) (key uintptr, prefix netip.Prefix, found bool, err error) {
	r := m.reader.Lookup(addr)
	if err := r.Err(); err != nil {
		return 0, prefix, false, m.damaged(err)
	}
	prefix = r.Prefix()
	// the tree ends above the 96 bits that lead to IPv4: all of it has this answer
	if addr.Is4() && prefix.Addr().Is6() {
		prefix = netip.PrefixFrom(addr, max(prefix.Bits()-96, 0)).Masked()
	}
	if !r.Found() {
		return 0, prefix, false, nil
	}
	return r.Offset(), prefix, true, nil
}

func (m *mmdb) damaged(err error) error {
	return &Error{Path: m.about.Path, Offset: -1, Err: fmt.Errorf("%w: %w", ErrFormat, err)}
}

func (m *mmdb) place(key uintptr) (Place, error) {
	var record any
	if err := m.reader.LookupOffset(key).Decode(&record); err != nil {
		return Place{}, m.damaged(err)
	}
	return placeOf(record), nil
}

func (m *mmdb) close() error {
	if err := m.reader.Close(); err != nil {
		return &Error{Path: m.about.Path, Offset: -1, Err: err}
	}
	return nil
}
