package pcapio

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Magic numbers of classic pcap as they look when read in the writer's byte order
// (draft-ietf-opsawg-pcap; libpcap sf-pcap.c; Wireshark wiretap/libpcap.c for the last two).
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Kuznetzov's patched libpcap: record headers of 24 bytes
	magicIxiaHW   = 0x1c0001ac // Ixia lcap, nanoseconds; 4 more bytes in the file header
	magicIxiaSW   = 0x1c0001ab // the same with microseconds
)

const pcapHeaderLen = 24

// pcapFile is what a pcap file header says about its records.
type pcapFile struct {
	bigEndian bool
	headerLen int    // of a record: 16, or 24 for the modified format
	unit      int64  // nanoseconds in one unit of the fraction
	sign      uint32 // the bit of the seconds that is a sign, 0 for none
	perSecond uint32 // units in a second
	swap      lengthSwap
	snapLen   uint32 // 0: not declared
	// the file header's first two words: magic number and version, as a record would have them
	begin [2]uint32
	proto Record // Interface, LinkType and FCSLen of every record
}

// aixLinks are the link types of AIX, whose files are of version 2.2 and have interface types of
// RFC 1573 in their place, and nanoseconds in that of microseconds. Nothing else marks them;
// Wireshark goes by the same four types (wiretap/libpcap.c).
var aixLinks = map[uint32]LinkType{6: LinkEthernet, 9: LinkTokenRing, 15: LinkFDDI, 24: LinkNull}

// lengthSwap says whether captured and wire length changed places, as they did before version 2.3.
type lengthSwap uint8

const (
	swapNever  lengthSwap = iota
	swapLarger            // version 2.3 has both orders: the larger one is the wire length
	swapAlways
)

// pcapVariant tells a pcap file by its magic number.
func pcapVariant(head []byte) (magic uint32, ok bool) {
	magic = binary.LittleEndian.Uint32(head)
	for range 2 {
		switch magic {
		case magicMicro, magicNano, magicModified, magicIxiaHW, magicIxiaSW:
			return magic, true
		}
		magic = bits.ReverseBytes32(magic)
	}
	return 0, false
}

// startPcap reads the file header.
func (r *Reader) startPcap() error {
	if err := r.need(pcapHeaderLen); err != nil {
		return err
	}
	h := r.bytes()
	magic, _ := pcapVariant(h)
	f := pcapFile{headerLen: 16, unit: 1000, perSecond: 1e6, begin: [2]uint32{magic, 0}}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(h) != magic {
		order, f.bigEndian = binary.BigEndian, true
	}
	if r.cfg.Libpcap && !f.bigEndian {
		f.sign = 1 << 31
	}
	headerLen := pcapHeaderLen
	switch magic {
	case magicNano:
		f.unit, f.perSecond = 1, 1e9
	case magicModified:
		f.headerLen = 24
	case magicIxiaHW:
		f.unit, f.perSecond = 1, 1e9
		headerLen += 4
	case magicIxiaSW:
		headerLen += 4
	}
	major, minor := order.Uint16(h[4:]), order.Uint16(h[6:])
	switch { // as libpcap decides
	case major == 2 && minor < 3, major == 543 && minor == 0:
		f.swap = swapAlways
	case major == 2 && minor == 3:
		f.swap = swapLarger
	case major != 2:
		return fmt.Errorf("%w: pcap version %d.%d", ErrUnsupported, major, minor)
	}
	f.snapLen, f.begin[1] = order.Uint32(h[16:]), order.Uint32(h[4:])
	// Link-type field: 16 bits of type, 10 reserved, 1 "FCS length present", 1 reserved, 4 of FCS
	// length in 16-bit words.
	link := order.Uint32(h[20:])
	if link&0x03ff0000 != 0 {
		return fmt.Errorf("%w: link type %#x", ErrUnsupported, link)
	}
	f.proto.LinkType = LinkType(link)
	if t, ok := aixLinks[link]; ok && !r.cfg.Libpcap && major == 2 && minor == 2 && magic == magicMicro {
		f.proto.LinkType = t
		f.unit, f.perSecond = 1, 1e9
	}
	if link&0x04000000 != 0 {
		f.proto.FCSLen = uint8(link >> 28 * 2)
	}
	if err := r.skip(int64(headerLen)); err != nil {
		return err
	}
	resol := tsResol(6)
	if f.unit == 1 {
		resol = tsResol(9)
	}
	r.interfaces.newSection()
	i, err := r.interfaces.add(Interface{LinkType: f.proto.LinkType, SnapLen: f.snapLen, FCSLen: f.proto.FCSLen,
		TSResol: resol})
	if err != nil {
		return err
	}
	f.proto.Interface = i
	r.pcap = f
	return nil
}

// pcapHeader is the head of a record in the machine's byte order, lengths in their right places.
type pcapHeader struct{ sec, frac, capLen, wireLen uint32 }

// rawHeader is the header of a record in a file that has it in the order of pcapHeader,
// little-endian: of most files.
func rawHeader(b []byte) pcapHeader {
	_ = b[15]
	return pcapHeader{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])}
}

// plain tells whether the header is of a record of at most limit bytes and in no way odd.
func (h pcapHeader) plain(limit, perSecond uint32) bool {
	return h.capLen <= limit && h.capLen <= h.wireLen && h.frac < perSecond && h.wireLen <= math.MaxInt32
}

// plainLimit bounds the records in memory that are taken many at a time: in bytes, and not to be
// called odd.
func (r *Reader) plainLimit() uint32 {
	if snap := r.pcap.snapLen; snap > 0 {
		return min(r.maxLen, snap)
	}
	return r.maxLen
}

// raw tells whether rawHeader is all that there is to do.
func (f *pcapFile) raw() bool { return !f.bigEndian && f.swap == swapNever }

func (f *pcapFile) header(b []byte) pcapHeader { return f.arrange(rawHeader(b)) }

// arrange puts the fields of a header of another byte order or an old version right.
func (f *pcapFile) arrange(h pcapHeader) pcapHeader {
	if f.bigEndian {
		h.sec, h.frac = bits.ReverseBytes32(h.sec), bits.ReverseBytes32(h.frac)
		h.capLen, h.wireLen = bits.ReverseBytes32(h.capLen), bits.ReverseBytes32(h.wireLen)
	}
	if f.swap == swapAlways || f.swap == swapLarger && h.capLen > h.wireLen {
		h.capLen, h.wireLen = h.wireLen, h.capLen
	}
	return h
}

// isFileHeader tells whether h is the head of another file that was joined to this one, as cat
// does: read as a record, it would be an empty one, far from the others in time.
func (f *pcapFile) isFileHeader(h pcapHeader) bool {
	return h.sec == f.begin[0] && h.frac == f.begin[1] && h.capLen == 0 && h.wireLen == 0
}

// time is below 2^63 for all values of the fields. The bit of the seconds that is a sign, if there
// is one, counts for its negative.
func (h pcapHeader) time(sign uint32, unit int64) int64 {
	return (int64(h.sec)-int64(h.sec&sign)*2)*1e9 + int64(h.frac)*unit
}

func (f *pcapFile) time(h pcapHeader) int64 { return h.time(f.sign, f.unit) }

// readPcap reads a record. This is the path that most packets of the world take: one decoded
// header, no copy.
func (r *Reader) readPcap(rec *Record) error {
	f := &r.pcap
	if r.end-r.pos < f.headerLen {
		if err := r.need(f.headerLen); err != nil {
			return r.ended(err)
		}
	}
	if r.cfg.Resync {
		r.check(probePcap)
	}
	h := rawHeader(r.buf[r.pos:r.end])
	if !f.raw() {
		h = f.arrange(h)
	}
	if h.capLen > r.maxLen {
		return r.damaged(r.tooLong(h.capLen))
	}
	if h.capLen == 0 && f.isFileHeader(h) {
		return r.damaged(errFormat("another file header: name the files one by one instead of joining them"))
	}
	n := f.headerLen + int(h.capLen)
	if r.end-r.pos < n {
		if err := r.need(n); err != nil {
			return r.damaged(err)
		}
	}
	rec.Time = f.time(h)
	rec.OrigLen = wireLen(h.wireLen)
	rec.Interface, rec.LinkType, rec.FCSLen = f.proto.Interface, f.proto.LinkType, f.proto.FCSLen
	rec.Data = r.buf[r.pos+f.headerLen : r.pos+n : r.pos+n]
	r.pos += n
	if !h.plain(f.snapLen, f.perSecond) {
		r.oddity(h, rec)
	}
	return nil
}

// oddity counts what is odd about a record.
func (r *Reader) oddity(h pcapHeader, rec *Record) {
	if h.capLen > h.wireLen {
		r.stats.LongerThanWire++
	}
	if h.frac >= r.pcap.perSecond {
		r.stats.BadFraction++
	}
	if r.pcap.snapLen > 0 && h.capLen > r.pcap.snapLen {
		r.stats.BeyondSnapLen++
		if r.cfg.Libpcap {
			rec.Data = rec.Data[:r.pcap.snapLen:r.pcap.snapLen]
		}
	}
	if h.wireLen > 1<<31-1 {
		r.stats.HugeWireLength++
	}
}

func (r *Reader) tooLong(capLen uint32) error {
	return errFormat("%d captured bytes, more than %d", capLen, r.maxLen)
}
