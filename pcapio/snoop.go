package pcapio

import (
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

// snoopFile is what the file header says about the records.
type snoopFile struct {
	proto Record // Interface and LinkType of every record
}

// startSnoop reads the header of a snoop file (RFC 1761): all numbers are big-endian.
func (r *Reader) startSnoop() error {
	if err := r.need(snoopHeaderLen); err != nil {
		return err
	}
	h := r.bytes()
	if v := binary.BigEndian.Uint32(h[8:]); v != 2 {
		return fmt.Errorf("%w: snoop version %d", ErrUnsupported, v)
	}
	link, ok := snoopLinks[binary.BigEndian.Uint32(h[12:])]
	if !ok {
		link = LinkNone
		r.stats.UnknownLinkType++
	}
	r.pos += snoopHeaderLen
	r.interfaces.newSection()
	i, err := r.interfaces.add(Interface{LinkType: link, TSResol: tsResol(6)})
	r.snoop.proto = Record{LinkType: link, Interface: i}
	return err
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

func (r *Reader) readSnoop(rec *Record) error {
	if err := r.need(snoopRecordLen); err != nil {
		return r.ended(err)
	}
	if r.cfg.Resync {
		r.check(probeSnoop)
	}
	h := newSnoopHeader(r.bytes())
	if h.capLen > r.maxLen {
		return r.damaged(r.tooLong(h.capLen))
	}
	if h.recordLen < snoopRecordLen+h.capLen || h.recordLen > snoopRecordLen+h.capLen+maxSnoopPad {
		return r.damaged(errFormat("record of %d bytes with %d captured bytes", h.recordLen, h.capLen))
	}
	if err := r.need(int(h.recordLen)); err != nil {
		return r.damaged(err)
	}
	r.takeSnoop(rec, h)
	return nil
}

func (r *Reader) takeSnoop(rec *Record, h snoopHeader) {
	if h.capLen > h.wireLen {
		r.stats.LongerThanWire++
	}
	if h.usec >= 1e6 {
		r.stats.BadFraction++
	}
	if h.wireLen > 1<<31-1 {
		r.stats.HugeWireLength++
	}
	*rec = r.snoop.proto
	rec.Time, rec.OrigLen = h.time(), wireLen(h.wireLen)
	end := r.pos + snoopRecordLen + int(h.capLen)
	rec.Data = r.buf[r.pos+snoopRecordLen : end : end]
	r.pos += int(h.recordLen)
}

func probeSnoop(r *Reader, at int) probe {
	b := r.ahead(at, snoopRecordLen)
	if b == nil {
		return probe{}
	}
	h := newSnoopHeader(b)
	if h.capLen > r.maxLen || h.recordLen < snoopRecordLen+h.capLen || h.recordLen > snoopRecordLen+h.capLen+maxSnoopPad {
		return probe{}
	}
	p := probe{len: int(h.recordLen), time: h.time(), timed: true, empty: h.capLen == 0}
	p.plausible = h.capLen <= h.wireLen && h.wireLen < maxPlausibleWire && h.usec < 1e6 &&
		h.recordLen <= snoopRecordLen+h.capLen+snoopUsualPadding
	return p
}
