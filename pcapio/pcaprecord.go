package pcapio

import (
	"encoding/binary"
	"math/bits"
)

const pcapRecordLen = 16 // of the header of a record; the modified format has more

// pcapHeader is the head of a record in the machine's byte order, lengths in their right places.
type pcapHeader struct{ sec, frac, capLen, wireLen uint32 }

// pcapPlain parses the records of a file that have nothing odd, as nearly all do. It is small
// enough to stay in registers. All code that reads many records uses it.
type pcapPlain struct {
	headerLen int    // of a record: 16, or 24 for the modified format
	limit     uint32 // the longest captured length; 0: no record is plain
	perSecond uint32 // units of the fraction in a second
	bigEndian bool
}

// header reads a header. Its lengths may still be swapped; see [pcapFile.header].
func (p pcapPlain) header(b []byte) pcapHeader {
	h := rawHeader(b)
	if p.bigEndian {
		h = h.reversed()
	}
	return h
}

// end returns the end of the record whose header begins the room bytes in memory. It returns 0
// unless the record is whole and plain: not empty, within the limit, not longer than on the wire,
// and with a fraction below one second.
func (p pcapPlain) end(h pcapHeader, room int) int {
	// An empty record's capLen-1 is larger than any limit; a wire length above 2^31-1 is negative.
	if h.capLen-1 >= p.limit || int32(h.wireLen) < int32(h.capLen) || h.frac >= p.perSecond || room-p.headerLen < int(h.capLen) {
		return 0
	}
	return p.headerLen + int(h.capLen)
}

// rawHeader reads a header without swapping bytes: those of little-endian files.
func rawHeader(b []byte) pcapHeader {
	_ = b[15]
	return pcapHeader{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])}
}

func (h pcapHeader) reversed() pcapHeader {
	return pcapHeader{bits.ReverseBytes32(h.sec), bits.ReverseBytes32(h.frac), bits.ReverseBytes32(h.capLen), bits.ReverseBytes32(h.wireLen)}
}

// header reads any header, and corrects the fields for another byte order or an old version.
func (f *pcapFile) header(b []byte) pcapHeader {
	h := f.plain.header(b)
	if f.swap == swapAlways || f.swap == swapLarger && h.capLen > h.wireLen {
		h.capLen, h.wireLen = h.wireLen, h.capLen
	}
	return h
}

// isFileHeader tells whether h is the header of another file, appended to this one as cat does.
// Read as a record it would be empty and far from the others in time.
func (f *pcapFile) isFileHeader(h pcapHeader) bool {
	return h.sec == f.begin[0] && h.frac == f.begin[1] && h.capLen == 0 && h.wireLen == 0
}

// time returns nanoseconds since 1970, which are below 2^63 for all values of the fields. sign is
// the sign bit of the seconds, or 0: if it is set the seconds are negative.
func (h pcapHeader) time(sign uint32, unit int64) int64 {
	return (int64(h.sec)-int64(h.sec&sign)*2)*1e9 + int64(h.frac)*unit
}

// fill sets rec from a record and its header. Copying the template's fields one by one is faster
// than copying the struct.
func (f *pcapFile) fill(rec *Record, h pcapHeader, record []byte) {
	rec.Time = h.time(f.sign, f.unit)
	rec.OrigLen = wireLen(h.wireLen)
	rec.Interface, rec.LinkType, rec.FCSLen = f.template.Interface, f.template.LinkType, f.template.FCSLen
	rec.Data = record[f.plain.headerLen:]
}

// read reads a record. A plain one, as nearly all are, costs one decoded header and no copy.
func (f *pcapFile) read(rec *Record) error {
	b := f.buf[f.pos:f.end]
	if len(b) < f.plain.headerLen {
		return f.readAny(rec)
	}
	h := f.plain.header(b)
	end := f.plain.end(h, len(b))
	if end == 0 {
		return f.readAny(rec)
	}
	f.fill(rec, h, b[:end:end])
	f.pos += end
	f.took(1, len(rec.Data), rec.Time)
	return nil
}

// more reads the plain records in memory. It keeps its place in variables, since fields of f would
// be loaded and stored for each record.
func (f *pcapFile) more(recs []Record) int {
	plain, sign, unit, template := f.plain, f.sign, f.unit, f.template
	b := f.buf[f.pos:f.end]
	n, octets := 0, 0
	for n < len(recs) && len(b) >= plain.headerLen {
		h := plain.header(b)
		end := plain.end(h, len(b))
		if end == 0 {
			break
		}
		rec := &recs[n]
		rec.Time = h.time(sign, unit)
		rec.OrigLen = int(h.wireLen)
		rec.Interface, rec.LinkType, rec.FCSLen = template.Interface, template.LinkType, template.FCSLen
		rec.Data = b[plain.headerLen:end:end]
		b = b[end:]
		octets += int(h.capLen)
		n++
	}
	if n > 0 {
		f.pos = f.end - len(b)
		f.took(n, octets, recs[n-1].Time)
	}
	return n
}

// readAny reads a record that may be not in memory yet, odd or damaged.
func (f *pcapFile) readAny(rec *Record) error {
	if err := f.need(f.plain.headerLen); err != nil {
		return f.ended(err)
	}
	if f.resync {
		f.check(f)
	}
	h := f.header(f.bytes())
	if h.capLen > f.maxLen {
		return f.damaged(f.tooLong(h.capLen))
	}
	if f.isFileHeader(h) {
		return f.damaged(errFormat("another file header: name the files one by one instead of joining them"))
	}
	n := f.plain.headerLen + int(h.capLen)
	if err := f.need(n); err != nil {
		return f.damaged(err)
	}
	f.fill(rec, h, f.buf[f.pos:f.pos+n:f.pos+n])
	f.pos += n
	f.oddities(rec, h)
	f.took(1, len(rec.Data), rec.Time)
	return nil
}

// oddities counts what is odd about a record.
func (f *pcapFile) oddities(rec *Record, h pcapHeader) {
	if h.capLen > h.wireLen {
		f.stats.LongerThanWire++
	}
	if h.frac >= f.plain.perSecond {
		f.stats.BadFraction++
	}
	if f.snapLen > 0 && h.capLen > f.snapLen {
		f.stats.BeyondSnapLen++
		if f.libpcap {
			rec.Data = rec.Data[:f.snapLen:f.snapLen]
		}
	}
	if h.wireLen > 1<<31-1 {
		f.stats.HugeWireLength++
	}
}

func (f *pcapFile) probe(at int) probe {
	b := f.ahead(at, f.plain.headerLen)
	if b == nil {
		return probe{}
	}
	h := f.header(b)
	if h.capLen > f.maxLen || f.isFileHeader(h) {
		return probe{}
	}
	p := probe{len: f.plain.headerLen + int(h.capLen), time: h.time(f.sign, f.unit), timed: true, empty: h.capLen == 0}
	p.plausible = h.capLen <= h.wireLen && h.wireLen < maxPlausibleWire && h.frac < f.plain.perSecond
	return p
}
