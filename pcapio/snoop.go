package pcapio

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

const (
	snoopMagic        = "snoop\x00\x00\x00"
	snoopHeaderLen    = 16
	snoopRecordLen    = 24
	maxSnoopPad       = 64 << 10 // bytes after the data of a record; RFC 1761 means up to 3
	snoopUsualPadding = 8        // what Resync believes
)

// snoopLinks are the link-layer header types of snoop datalink types (RFC 1761 section 3; RFC
// 3827).
var snoopLinks = map[uint32]LinkType{
	0:  LinkEthernet, // IEEE 802.3
	2:  LinkTokenRing,
	4:  LinkEthernet,
	8:  LinkFDDI,
	16: LinkIPFC,
}

// snoopFile is a snoop file (RFC 1761): all numbers are big-endian.
type snoopFile struct {
	*source
	template Record // Interface and LinkType of every record
}

func isSnoop(head []byte) bool { return bytes.HasPrefix(head, []byte(snoopMagic)) }

// openSnoop reads the file header.
func openSnoop(s *source) (format, error) {
	if err := s.need(snoopHeaderLen); err != nil {
		return nil, err
	}
	h := s.bytes()
	if v := binary.BigEndian.Uint32(h[8:]); v != 2 {
		return nil, fmt.Errorf("%w: snoop version %d", ErrUnsupported, v)
	}
	link, ok := snoopLinks[binary.BigEndian.Uint32(h[12:])]
	if !ok {
		link = LinkNone
		s.stats.UnknownLinkType++
	}
	s.pos += snoopHeaderLen
	s.interfaces.newSection()
	i, err := s.interfaces.add(Interface{LinkType: link, TSResol: tsResol(6)})
	if err != nil {
		return nil, err
	}
	return &snoopFile{source: s, template: Record{LinkType: link, Interface: i}}, nil
}

// snoopHeader is the head of a snoop record. The number of drops is not read: it counts since the
// capture began.
type snoopHeader struct{ wireLen, capLen, recordLen, sec, usec uint32 }

func newSnoopHeader(b []byte) snoopHeader {
	_ = b[snoopRecordLen-1]
	return snoopHeader{
		wireLen: binary.BigEndian.Uint32(b), capLen: binary.BigEndian.Uint32(b[4:]), recordLen: binary.BigEndian.Uint32(b[8:]),
		sec: binary.BigEndian.Uint32(b[16:]), usec: binary.BigEndian.Uint32(b[20:]),
	}
}

func (h snoopHeader) time() int64 { return int64(h.sec)*1e9 + int64(h.usec)*1000 }

func (f *snoopFile) read(rec *Record) error {
	if err := f.need(snoopRecordLen); err != nil {
		return f.ended(err)
	}
	if f.resync {
		f.check(f)
	}
	h := newSnoopHeader(f.bytes())
	if h.capLen > f.maxLen {
		return f.damaged(f.tooLong(h.capLen))
	}
	if h.recordLen < snoopRecordLen+h.capLen || h.recordLen > snoopRecordLen+h.capLen+maxSnoopPad {
		return f.damaged(errFormat("record of %d bytes with %d captured bytes", h.recordLen, h.capLen))
	}
	if err := f.need(int(h.recordLen)); err != nil {
		return f.damaged(err)
	}
	f.take(rec, h)
	return nil
}

// more reads records while they are whole and well-formed. With Resync it reads none, since each
// record must be checked against those that follow.
func (f *snoopFile) more(recs []Record) int {
	n := 0
	for ; n < len(recs) && !f.resync && f.end-f.pos >= snoopRecordLen; n++ {
		h := newSnoopHeader(f.bytes())
		if h.capLen > f.maxLen || h.recordLen < snoopRecordLen+h.capLen || h.recordLen > snoopRecordLen+h.capLen+maxSnoopPad ||
			int(h.recordLen) > f.end-f.pos {
			break
		}
		f.take(&recs[n], h)
	}
	return n
}

// take makes rec of the record at the current position, which is in memory.
func (f *snoopFile) take(rec *Record, h snoopHeader) {
	if h.capLen > h.wireLen {
		f.stats.LongerThanWire++
	}
	if h.usec >= 1e6 {
		f.stats.BadFraction++
	}
	if h.wireLen > 1<<31-1 {
		f.stats.HugeWireLength++
	}
	*rec = f.template
	rec.Time, rec.OrigLen = h.time(), wireLen(h.wireLen)
	end := f.pos + snoopRecordLen + int(h.capLen)
	rec.Data = f.buf[f.pos+snoopRecordLen : end : end]
	f.pos += int(h.recordLen)
	f.took(1, int(h.capLen), rec.Time)
}

func (f *snoopFile) probe(at int) probe {
	b := f.ahead(at, snoopRecordLen)
	if b == nil {
		return probe{}
	}
	h := newSnoopHeader(b)
	if h.capLen > f.maxLen || h.recordLen < snoopRecordLen+h.capLen || h.recordLen > snoopRecordLen+h.capLen+maxSnoopPad {
		return probe{}
	}
	p := probe{len: int(h.recordLen), time: h.time(), timed: true, empty: h.capLen == 0}
	p.plausible = h.capLen <= h.wireLen && h.wireLen < maxPlausibleWire && h.usec < 1e6 &&
		h.recordLen <= snoopRecordLen+h.capLen+snoopUsualPadding
	return p
}
