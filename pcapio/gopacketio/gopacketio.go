// Package gopacketio goes both ways between reef and gopacket: [NewSource] makes
// a gopacket source of any record reader, so that gopacket's layers can look at
// what reef reads, filters or slices; [NewReader] makes a record reader of any
// gopacket source, so that reef analyses what gopacket captures.
//
// It imports no version of gopacket, and works with all that have its types:
// github.com/google/gopacket, its maintained fork github.com/gopacket/gopacket,
// and copies of one's own. The type of CaptureInfo says which one is meant:
//
//	src := gopacketio.NewSource[gopacket.CaptureInfo](r)
//	link, ok := gopacketio.LinkType[layers.LinkType](rec.LinkType)
package gopacketio

import (
	"io"
	"math"
	"slices"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// CaptureInfo is what a packet's metadata looks like in every version of gopacket.
type CaptureInfo interface {
	~struct {
		Timestamp      time.Time
		CaptureLength  int
		Length         int
		InterfaceIndex int
		AncillaryData  []any
	}
}

// captureInfo is one of them.
type captureInfo struct {
	Timestamp      time.Time
	CaptureLength  int
	Length         int
	InterfaceIndex int
	AncillaryData  []any
}

// PacketDataSource is gopacket's interface of this name.
type PacketDataSource[C CaptureInfo] interface {
	ReadPacketData() (data []byte, ci C, err error)
}

// ZeroCopyPacketDataSource is gopacket's interface of this name.
type ZeroCopyPacketDataSource[C CaptureInfo] interface {
	ZeroCopyReadPacketData() (data []byte, ci C, err error)
}

// Source is a source of packets for gopacket, for its NewPacketSource and for loops over a
// DecodingLayerParser: a [PacketDataSource] and a [ZeroCopyPacketDataSource]. Make it with
// [NewSource].
//
// An error of the records, such as damage of a file, comes once, and io.EOF after it: gopacket's
// Packets would try again without end. [Source.Err] tells of it then.
type Source[C CaptureInfo] struct {
	src pcapio.RecordReader
	rec pcapio.Record
	err error
}

// NewSource returns a Source of the records of src. [LinkType] tells which decoder of gopacket they
// need.
func NewSource[C CaptureInfo](src pcapio.RecordReader) *Source[C] { return &Source[C]{src: src} }

// ReadPacketData reads the next record. The data is the caller's to keep.
func (s *Source[C]) ReadPacketData() ([]byte, C, error) {
	data, ci, err := s.ZeroCopyReadPacketData()
	return slices.Clone(data), ci, err
}

// ZeroCopyReadPacketData reads the next record. The data is valid until the next call.
func (s *Source[C]) ZeroCopyReadPacketData() ([]byte, C, error) {
	if s.err != nil {
		return nil, C{}, io.EOF
	}
	if s.err = s.src.ReadRecord(&s.rec); s.err != nil {
		return nil, C{}, s.err
	}
	r := &s.rec
	return r.Data, C(captureInfo{r.Timestamp(), len(r.Data), r.OrigLen, r.Interface, nil}), nil
}

// Err returns the error that ended the source, nil if it was the end of good input or there was
// none: what loops over gopacket's Packets do not see.
func (s *Source[C]) Err() error {
	if s.err == io.EOF {
		return nil
	}
	return s.err
}

// LinkType returns the link type of the record that was read last, for [LinkType]: files may hold
// several.
func (s *Source[C]) LinkType() pcapio.LinkType { return s.rec.LinkType }

// NewReader makes a RecordReader of a gopacket source, such as a pcapgo reader or a pcap handle,
// whose packets are of the given link type. It reads without copying if src can. Times that int64
// nanoseconds cannot hold are set to the nearest.
//
// Be careful with the LinkType method of a source: google/gopacket keeps 8 of its 16 bits, so that
// Linux SLL2 (276) comes out as 20.
func NewReader[C CaptureInfo](src PacketDataSource[C], link pcapio.LinkType) pcapio.RecordReader {
	read := src.ReadPacketData
	if zero, ok := src.(ZeroCopyPacketDataSource[C]); ok {
		read = zero.ZeroCopyReadPacketData
	}
	var failed error
	return pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if failed != nil {
			return failed
		}
		data, info, err := read()
		if err != nil {
			failed = err
			return err
		}
		ci := captureInfo(info)
		*r = pcapio.Record{Time: nanos(ci.Timestamp), OrigLen: ci.Length, Interface: ci.InterfaceIndex, LinkType: link, Data: data}
		return nil
	})
}

// nanos is t in nanoseconds since 1970, or the nearest number there is.
func nanos(t time.Time) int64 {
	switch sec := t.Unix(); {
	case sec >= math.MaxInt64/1_000_000_000:
		return math.MaxInt64
	case sec <= math.MinInt64/1_000_000_000:
		return math.MinInt64
	}
	return t.UnixNano()
}
