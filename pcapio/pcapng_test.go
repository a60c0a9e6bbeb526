package pcapio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net/netip"
	"reflect"
	"testing"
	"testing/iotest"
)

// ngSample has all block types, two interfaces and two sections. It returns the file, and the
// offset of each block's end with the number of packets before it.
func ngSample(first, second byteOrder) (file []byte, ends, records []int) {
	n := &ngBuilder{}
	packets := 0
	mark := func() {
		ends, records = append(ends, len(n.out)), append(records, packets)
	}
	packet := func() { packets++; mark() }
	n.section(first, n2(first).option(4, "test"))
	mark()
	n.iface(LinkEthernet, 0, n.option(2, "eth0"), n.option(3, "first"), n.option(13, "\x04"), n.option(0, ""))
	mark()
	n.iface(LinkRaw, 3, n.option(9, "\x09"), n.option(14, n.u64(100)), n.option(6, "\x02\x00\x00\x00\x00\x01"),
		n.option(8, n.u64(1e9)), n.option(11, "\x00tcp"), n.option(12, "Linux"))
	mark()
	n.enhanced(0, 1_000_000_001, 60, "one", n.option(1, "a comment"), n.option(0, ""))
	packet()
	n.block(0x0bad, 0x7777, "private")
	mark()
	n.block(blockPacket, uint16(1), uint16(0xffff), uint64(5), 4, 4, "two.")
	packet()
	// 10 bytes, then padding
	n.block(blockNames, uint16(1), uint16(10), []byte("\x0a\x00\x00\x01a.net\x00"), uint16(0),
		uint16(2), uint16(24), []byte(netip.MustParseAddr("2001:db8::1").AsSlice()), []byte("b\x00c.net\x00"), uint16(0), uint16(0))
	mark()
	n.block(blockStatistics, 1, uint64(9), n.option(4, n.u64(1000)), n.option(5, n.u64(7)), n.option(0, ""))
	mark()
	n.section(second)
	mark()
	n.iface(LinkSLL2, 2)
	mark()
	n.block(blockSimplePacket, 9, "sp")
	packet()
	return n.out, ends, records
}

func n2(order byteOrder) *ngBuilder { return &ngBuilder{order: order} }

func TestPcapng(t *testing.T) {
	le, be := byteOrder(binary.LittleEndian), byteOrder(binary.BigEndian)
	for _, orders := range [][2]byteOrder{{le, le}, {be, be}, {le, be}, {be, le}} {
		file, ends, records := ngSample(orders[0], orders[1])
		want := []Record{
			{Time: 1_000_000_001_000, OrigLen: 60, Interface: 0, LinkType: LinkEthernet, FCSLen: 4, Data: []byte("one")},
			{Time: 100_000_000_005, OrigLen: 4, Interface: 1, LinkType: LinkRaw, Data: []byte("two.")},
			{Time: 0, OrigLen: 9, Interface: 2, LinkType: LinkSLL2, Data: []byte("sp")},
		}
		for _, src := range []io.Reader{bytes.NewReader(file), iotest.OneByteReader(bytes.NewReader(file))} {
			r, err := NewReader(src, ReaderConfig{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, r)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("records %+v\nwant %+v", got, want)
			}
			wantNames := []Name{{netip.MustParseAddr("10.0.0.1"), "a.net"},
				{netip.MustParseAddr("2001:db8::1"), "b"}, {netip.MustParseAddr("2001:db8::1"), "c.net"}}
			if !reflect.DeepEqual(r.Names(), wantNames) {
				t.Errorf("names %v", r.Names())
			}
			wantInterfaces := []Interface{
				{Name: "eth0", Description: "first", LinkType: LinkEthernet, FCSLen: 4, TSResol: tsResol(6)},
				{LinkType: LinkRaw, SnapLen: 3, TSResol: tsResol(9), TSOffset: 100, MAC: [6]byte{2, 0, 0, 0, 0, 1}, Speed: 1e9,
					Filter: "tcp", OS: "Linux", Stats: InterfaceStats{Time: 100_000_000_009, Received: 1000, Dropped: 7,
						Accepted: -1, OSDropped: -1, Delivered: -1}},
				{LinkType: LinkSLL2, SnapLen: 2, TSResol: tsResol(6)},
			}
			if !reflect.DeepEqual(r.Interfaces(), wantInterfaces) {
				t.Errorf("interfaces %+v", r.Interfaces())
			}
			wantStats := ReaderStats{Files: 1, Records: 3, Bytes: 9, OtherBlocks: 8, Untimed: 1, BeyondSnapLen: 1}
			if r.Stats() != wantStats {
				t.Errorf("stats %+v", r.Stats())
			}
		}
		checkEveryCut(t, file, ends, records)
	}
}

func TestTSResol(t *testing.T) {
	const max, min = math.MaxInt64, math.MinInt64
	tests := []struct {
		name      string
		resol     byte
		ts        uint64
		offset    int64
		want      int64
		saturated bool
	}{
		{"seconds", 0, 5, 0, 5e9, false},
		{"milliseconds", 3, 1234, 0, 1_234_000_000, false},
		{"microseconds", 6, 1_300_475_167_096_535, 0, 1_300_475_167_096_535_000, false},
		{"nanoseconds", 9, 1_300_475_167_096_535_123, 0, 1_300_475_167_096_535_123, false},
		{"too many nanoseconds", 9, math.MaxUint64, 0, max, true},
		{"picoseconds", 12, 1_999, 0, 1, false}, // rounds down
		{"tenths of attoseconds", 19, 10_000_000_000, 0, 1, false},
		{"less than a nanosecond", 20, 99_999_999_999, 0, 0, false},
		{"just a nanosecond", 20, 100_000_000_000, 0, 1, false},
		{"finest decimal", 127, math.MaxUint64, 0, 0, false},
		{"binary seconds", 0x80, 7, 0, 7e9, false},
		{"binary", 0x80 | 20, 3 << 19, 0, 1_500_000_000, false},
		{"binary, rounded down", 0x80 | 20, 1, 0, 953, false}, // 953.67
		{"fraction of 32 bits", 0x80 | 32, 1<<62 + 1<<31, 0, 1_073_741_824_500_000_000, false},
		{"fraction of 63 bits", 0x80 | 63, 1 << 63, 0, 1e9, false},
		{"fraction of 64 bits", 0x80 | 64, 1 << 63, 0, 5e8, false},
		{"fraction of 65 bits", 0x80 | 65, 1 << 63, 0, 25e7, false},
		{"finest binary", 0x80 | 127, math.MaxUint64, 0, 0, false},
		{"offset back", 6, 1_500_000, -2, -500_000_000, false},
		{"offset forth", 6, 0, 10, 10e9, false},
		{"too large but for the offset", 0, 1 << 40, -(1 << 40), 0, false},
		{"too large for any offset", 0, math.MaxUint64, min, max, true},
		{"least offset", 6, 0, min, min, true},
		{"greatest offset", 6, 0, max, max, true},
		{"last time", 6, 9_223_372_036_854_775, 0, 9_223_372_036_854_775_000, false},
		{"behind the last time", 6, 9_223_372_036_854_776, 0, max, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, saturated := tsResol(test.resol).nanoseconds(test.ts, test.offset)
			if got != test.want || saturated != test.saturated {
				t.Errorf("%d + %d s = %d %v, want %d %v", test.ts, test.offset, got, saturated, test.want, test.saturated)
			}
		})
	}
}

func TestPcapngDamage(t *testing.T) {
	le := byteOrder(binary.LittleEndian)
	tests := []struct {
		name  string
		build func(n *ngBuilder)
	}{
		{"captured length beyond the block", func(n *ngBuilder) { n.block(blockEnhanced, 0, uint64(1), 5, 5, "four") }},
		{"captured length huge", func(n *ngBuilder) { n.block(blockEnhanced, 0, uint64(1), -1, 5, "four") }},
		{"no such interface", func(n *ngBuilder) { n.enhanced(1, 1, 4, "four") }},
		{"interface 2^32-1", func(n *ngBuilder) { n.enhanced(-1, 1, 4, "four") }},
		{"short packet block", func(n *ngBuilder) { n.block(blockEnhanced, 0, uint64(1), 0) }},
		{"short simple packet block", func(n *ngBuilder) { n.block(blockSimplePacket) }},
		{"short interface block", func(n *ngBuilder) { n.block(blockInterface, 1) }},
		{"version 2", func(n *ngBuilder) { n.block(blockSection, byteOrderMagic, uint16(2), uint16(0), -1, -1) }},
		{"byte-order magic", func(n *ngBuilder) { n.block(blockSection, 1, uint16(1), uint16(0), -1, -1) }},
		{"short section", func(n *ngBuilder) { n.block(blockSection, byteOrderMagic) }},
		{"block of 8 bytes", func(n *ngBuilder) { n.out = append(n.out, 9, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0) }},
		{"odd length", func(n *ngBuilder) { n.out = append(n.out, 9, 0, 0, 0, 13, 0, 0, 0, 0, 12, 0, 0, 0) }},
		{"odd length, second 4 too long", func(n *ngBuilder) { n.out = append(n.out, 9, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0) }},
		{"odd length of 4 GB", func(n *ngBuilder) { n.out = append(n.out, 9, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 0, 0, 0, 0) }},
		{"second length differs", func(n *ngBuilder) { n.out = append(n.out, 9, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0) }},
		{"packet block of 4 GB", func(n *ngBuilder) { n.out = append(n.out, 6, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff, 0, 0, 0, 0) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := &ngBuilder{}
			n.section(le)
			n.iface(LinkEthernet, 0)
			n.enhanced(0, 1, 4, "good")
			at := int64(len(n.out))
			test.build(n)
			n.order = le
			n.enhanced(0, 2, 5, "after")
			got, err := readBytes(t, n.out, ReaderConfig{})
			var fe *FileError
			if len(got) != 1 || !errors.Is(err, ErrFormat) || !errors.As(err, &fe) || fe.Offset != at || fe.Record != 2 {
				t.Errorf("%d records, error %v", len(got), err)
			}
		})
	}
}

// A block of a kind that reef does not know may be larger than memory, and a packet block has no
// reason to be.
func TestPcapngLongBlock(t *testing.T) {
	n := &ngBuilder{}
	n.section(binary.LittleEndian)
	n.iface(LinkEthernet, 0)
	n.block(0x1234, string(make([]byte, maxBlockSlack+4)))
	at := len(n.out)
	n.enhanced(0, 2, 5, "after")
	r, err := NewReader(bytes.NewReader(n.out), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if err != nil || len(got) != 1 {
		t.Errorf("%d records, %v", len(got), err)
	}
	if len(r.src.buf) > bufferSize {
		t.Errorf("the buffer grew to %d bytes", len(r.src.buf))
	}
	_, err = readBytes(t, n.out[:at-100], ReaderConfig{})
	var fe *FileError
	if !errors.As(err, &fe) || !errors.Is(err, io.ErrUnexpectedEOF) || fe.Offset != 28+20 {
		t.Errorf("cut: %v", err)
	}
}

// Interfaces keep their numbers from section to section and from file to file.
func TestInterfaceNumbers(t *testing.T) {
	n := &ngBuilder{}
	for range 2 {
		n.section(binary.LittleEndian)
		n.iface(LinkEthernet, 0, n.option(2, "a"))
		n.iface(LinkEthernet, 0, n.option(2, "b"))
		n.iface(LinkEthernet, 0, n.option(2, "a")) // equal to the first, but another one
		for i := range 3 {
			n.enhanced(i, 1, 1, "x")
		}
	}
	n.section(binary.LittleEndian)
	n.iface(LinkEthernet, 0, n.option(2, "b"))
	n.enhanced(0, 1, 1, "x")
	got, err := readBytes(t, n.out, ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 1, 2, 0, 1, 2, 1} {
		if got[i].Interface != want {
			t.Errorf("record %d: interface %d, want %d", i, got[i].Interface, want)
		}
	}
}
