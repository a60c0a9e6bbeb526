package pcapio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
)

// byteOrder is what binary.LittleEndian and binary.BigEndian are.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

var byteOrders = []byteOrder{binary.LittleEndian, binary.BigEndian}

// packetSpec is a record to build a file of, and what to expect of reading it.
type packetSpec struct {
	sec, frac uint32
	data      string
	wire      uint32
}

var threePackets = []packetSpec{
	{1000, 1, "first packet", 12},
	{1000, 999999, "second, cut", 1500},
	{1001, 0, "", 60},
}

// pcapSpec is a classic pcap file to build.
type pcapSpec struct {
	order        byteOrder
	magic        uint32
	major, minor uint16
	link         uint32
	snap         uint32
	swapped      bool // lengths in the order of version 2.2
	fileExtra    int  // bytes after the file header
	recordExtra  int  // bytes after the record header
}

func (s pcapSpec) build(packets ...packetSpec) []byte {
	if s.order == nil {
		s.order = binary.LittleEndian
	}
	if s.magic == 0 {
		s.magic = magicMicro
	}
	if s.major == 0 {
		s.major, s.minor = 2, 4
	}
	var b []byte
	u32 := func(v uint32) { b = s.order.AppendUint32(b, v) }
	u32(s.magic)
	b = s.order.AppendUint16(b, s.major)
	b = s.order.AppendUint16(b, s.minor)
	u32(0)
	u32(0)
	u32(s.snap)
	u32(s.link)
	b = append(b, make([]byte, s.fileExtra)...)
	for _, p := range packets {
		captured, wire := uint32(len(p.data)), p.wire
		if s.swapped {
			captured, wire = wire, captured
		}
		u32(p.sec)
		u32(p.frac)
		u32(captured)
		u32(wire)
		b = append(b, make([]byte, s.recordExtra)...)
		b = append(b, p.data...)
	}
	return b
}

// ngBuilder builds pcapng blocks.
type ngBuilder struct {
	order byteOrder
	out   []byte
}

func (n *ngBuilder) block(kind uint32, body ...any) {
	var b []byte
	for _, v := range body {
		switch v := v.(type) {
		case int:
			b = n.order.AppendUint32(b, uint32(v))
		case uint32:
			b = n.order.AppendUint32(b, v)
		case uint16:
			b = n.order.AppendUint16(b, v)
		case uint64: // a time: high, low
			b = n.order.AppendUint32(b, uint32(v>>32))
			b = n.order.AppendUint32(b, uint32(v))
		case string:
			b = append(b, v...)
			b = append(b, make([]byte, -len(v)&3)...)
		case []byte:
			b = append(b, v...)
		default:
			panic(fmt.Sprintf("ngBuilder: %T in a block", v))
		}
	}
	n.out = n.order.AppendUint32(n.out, kind)
	n.out = n.order.AppendUint32(n.out, uint32(len(b)+blockOverhead))
	n.out = append(n.out, b...)
	n.out = n.order.AppendUint32(n.out, uint32(len(b)+blockOverhead))
}

func (n *ngBuilder) section(order byteOrder, options ...any) {
	n.order = order
	n.block(blockSection, append([]any{byteOrderMagic, uint16(1), uint16(0), -1, -1}, options...)...)
}

func (n *ngBuilder) iface(link LinkType, snap uint32, options ...any) {
	n.block(blockInterface, append([]any{uint16(link), uint16(0), snap}, options...)...)
}

func (n *ngBuilder) option(code uint16, v string) []byte {
	b := n.order.AppendUint16(nil, code)
	b = n.order.AppendUint16(b, uint16(len(v)))
	b = append(b, v...)
	return append(b, make([]byte, -len(v)&3)...)
}

func (n *ngBuilder) enhanced(iface int, ts uint64, wire int, data string, options ...any) {
	n.block(blockEnhanced, append([]any{iface, ts, len(data), wire, data}, options...)...)
}

func (n *ngBuilder) u64(v uint64) string { return string(n.order.AppendUint64(nil, v)) }

// buildSnoop builds a snoop file.
func buildSnoop(datalink uint32, packets ...packetSpec) []byte {
	b := []byte(snoopMagic)
	u32 := func(v ...uint32) {
		for _, v := range v {
			b = binary.BigEndian.AppendUint32(b, v)
		}
	}
	u32(2, datalink)
	for _, p := range packets {
		pad := -len(p.data) & 3
		u32(p.wire, uint32(len(p.data)), uint32(snoopRecordLen+len(p.data)+pad), 7, p.sec, p.frac)
		b = append(b, p.data...)
		b = append(b, make([]byte, pad)...)
	}
	return b
}

// readAll reads all records of src and the error that ends them, nil for io.EOF. It checks that the
// error is sticky.
func readAll(t testing.TB, src RecordReader) ([]Record, error) {
	t.Helper()
	var all []Record
	for {
		var rec Record
		if err := src.ReadRecord(&rec); err != nil {
			if again := src.ReadRecord(&rec); again != err {
				t.Errorf("error %v, then %v", err, again)
			}
			if err == io.EOF {
				err = nil
			}
			return all, err
		}
		all = append(all, rec.Clone())
	}
}

// readBytes reads a whole file from memory.
func readBytes(t testing.TB, file []byte, cfg ReaderConfig) ([]Record, error) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file), cfg)
	if err != nil {
		return nil, err
	}
	return readAll(t, r)
}

// checkPackets compares records with what was built. Unit is the length of one unit of
// packetSpec.frac in nanoseconds.
func checkPackets(t *testing.T, got []Record, want []packetSpec, unit int64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i, p := range want {
		r := got[i]
		if ns := int64(p.sec)*1e9 + int64(p.frac)*unit; r.Time != ns {
			t.Errorf("record %d: time %d, want %d", i, r.Time, ns)
		}
		if string(r.Data) != p.data || r.OrigLen != int(p.wire) {
			t.Errorf("record %d: %q of %d bytes, want %q of %d", i, r.Data, r.OrigLen, p.data, p.wire)
		}
	}
}

// checkEveryCut cuts a file at every byte: the records that are whole come first, then the right
// error. ends holds the offsets at which the file may end, starting with that of the end of the
// file header; records[i] counts those before ends[i].
func checkEveryCut(t *testing.T, file []byte, ends []int, records []int) {
	t.Helper()
	for cut := range len(file) {
		got, err := readBytes(t, file[:cut], ReaderConfig{})
		clean, want := false, 0
		for i, end := range ends {
			if cut >= end {
				clean, want = cut == end, records[i]
			}
		}
		if len(got) != want {
			t.Errorf("cut at %d: %d records, want %d", cut, len(got), want)
		}
		if clean {
			if err != nil {
				t.Errorf("cut at %d: %v", cut, err)
			}
			continue
		}
		var fe *FileError
		if !errors.As(err, &fe) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut at %d: error %v", cut, err)
			continue
		}
		if cut >= ends[0] {
			start := ends[0]
			for _, end := range ends {
				if end <= cut {
					start = end
				}
			}
			if fe.Offset != int64(start) || fe.Record != int64(want+1) {
				t.Errorf("cut at %d: offset %d record %d, want %d and %d", cut, fe.Offset, fe.Record, start, want+1)
			}
		} else if fe.Record != 0 {
			t.Errorf("cut at %d: record %d, want the file header", cut, fe.Record)
		}
	}
}
