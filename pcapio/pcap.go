package pcapio

import (
	"encoding/binary"
	"fmt"
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

// pcapFile is a classic pcap file: what its header says about the records.
type pcapFile struct {
	*source
	plain   pcapPlain
	unit    int64  // nanoseconds in one unit of the fraction
	sign    uint32 // the bit of the seconds that is a sign, 0 for none
	swap    lengthSwap
	snapLen uint32 // 0: not declared
	// the file header's first two words: magic number and version, as a record would have them
	begin    [2]uint32
	template Record // Interface, LinkType and FCSLen of every record
}

// aixLinks are the link types of AIX. Its files are of version 2.2, have interface types of RFC
// 1573 in place of link types, and nanoseconds in place of microseconds. Nothing else marks them;
// Wireshark tests for the same four types (wiretap/libpcap.c).
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

func isPcap(head []byte) bool {
	_, ok := pcapVariant(head)
	return ok
}

// openPcap reads the file header.
func openPcap(s *source) (format, error) {
	if err := s.need(pcapHeaderLen); err != nil {
		return nil, err
	}
	h := s.bytes()
	magic, _ := pcapVariant(h)
	f := &pcapFile{source: s, unit: 1000, begin: [2]uint32{magic, 0}}
	f.plain = pcapPlain{headerLen: pcapRecordLen, perSecond: 1e6}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(h) != magic {
		order, f.plain.bigEndian = binary.BigEndian, true
	}
	if s.libpcap && !f.plain.bigEndian {
		f.sign = 1 << 31
	}
	headerLen := pcapHeaderLen
	switch magic {
	case magicNano:
		f.nanoseconds()
	case magicModified:
		f.plain.headerLen = 24
	case magicIxiaHW:
		f.nanoseconds()
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
		return nil, fmt.Errorf("%w: pcap version %d.%d", ErrUnsupported, major, minor)
	}
	f.snapLen, f.begin[1] = order.Uint32(h[16:]), order.Uint32(h[4:])
	// Link-type field: 16 bits of type, 10 reserved, 1 "FCS length present", 1 reserved, 4 of FCS
	// length in 16-bit words.
	link := order.Uint32(h[20:])
	if link&0x03ff0000 != 0 {
		return nil, fmt.Errorf("%w: link type %#x", ErrUnsupported, link)
	}
	f.template.LinkType = LinkType(link)
	if t, ok := aixLinks[link]; ok && !s.libpcap && major == 2 && minor == 2 && magic == magicMicro {
		f.template.LinkType = t
		f.nanoseconds()
	}
	if link&0x04000000 != 0 {
		f.template.FCSLen = uint8(link >> 28 * 2)
	}
	if err := s.skip(int64(headerLen)); err != nil {
		return nil, err
	}
	f.plain.limit = f.plainLimit()
	return f, f.describe()
}

// nanoseconds makes them the unit of fractions.
func (f *pcapFile) nanoseconds() { f.unit, f.plain.perSecond = 1, 1e9 }

// plainLimit is the longest record that the fast path takes. It is 0, for none, with Resync, which
// checks each record against those that follow.
func (f *pcapFile) plainLimit() uint32 {
	switch {
	case f.resync || f.swap != swapNever:
		return 0
	case f.snapLen > 0:
		return min(f.maxLen, f.snapLen)
	}
	return f.maxLen
}

// describe adds the file's interface.
func (f *pcapFile) describe() (err error) {
	resol := tsResol(6)
	if f.unit == 1 {
		resol = tsResol(9)
	}
	f.interfaces.newSection()
	f.template.Interface, err = f.interfaces.add(Interface{LinkType: f.template.LinkType, SnapLen: f.snapLen,
		FCSLen: f.template.FCSLen, TSResol: resol})
	return err
}
