package pcapio

import (
	"math"
	"slices"

	"github.com/google/gopacket"
)

// A Reader is a source for [gopacket.NewPacketSource] and for loops over a DecodingLayerParser.
var (
	_ gopacket.PacketDataSource         = (*Reader)(nil)
	_ gopacket.ZeroCopyPacketDataSource = (*Reader)(nil)
)

// ReadPacketData reads the next record for gopacket. The data is the caller's to keep.
func (r *Reader) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	data, ci, err := r.ZeroCopyReadPacketData()
	return slices.Clone(data), ci, err
}

// ZeroCopyReadPacketData reads the next record for gopacket. The data is valid until the next call.
func (r *Reader) ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	var rec Record
	if err := r.ReadRecord(&rec); err != nil {
		return nil, gopacket.CaptureInfo{}, err
	}
	return rec.Data, gopacket.CaptureInfo{
		Timestamp:      rec.Timestamp(),
		CaptureLength:  len(rec.Data),
		Length:         rec.OrigLen,
		InterfaceIndex: rec.Interface,
	}, nil
}

// FromGopacket makes a RecordReader of a gopacket source, such as a pcapgo reader or a pcap handle,
// whose packets are of the given link type. It reads without copying if src can. Times that int64
// nanoseconds cannot hold are set to the nearest.
func FromGopacket(src gopacket.PacketDataSource, link LinkType) RecordReader {
	read := src.ReadPacketData
	if zero, ok := src.(gopacket.ZeroCopyPacketDataSource); ok {
		read = zero.ZeroCopyReadPacketData
	}
	var failed error
	return RecordReaderFunc(func(r *Record) error {
		if failed != nil {
			return failed
		}
		data, ci, err := read()
		if err != nil {
			failed = err
			return err
		}
		*r = Record{OrigLen: ci.Length, Interface: ci.InterfaceIndex, LinkType: link, Data: data}
		switch sec := ci.Timestamp.Unix(); {
		case sec >= math.MaxInt64/1_000_000_000:
			r.Time = math.MaxInt64
		case sec <= math.MinInt64/1_000_000_000:
			r.Time = math.MinInt64
		default:
			r.Time = ci.Timestamp.UnixNano()
		}
		return nil
	})
}
