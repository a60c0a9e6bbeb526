package pcapio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/iotest"
)

func TestPcapVariants(t *testing.T) {
	le, be := byteOrder(binary.LittleEndian), byteOrder(binary.BigEndian)
	tests := []struct {
		name string
		spec pcapSpec
		unit int64
	}{
		{"micro", pcapSpec{}, 1000},
		{"nano", pcapSpec{magic: magicNano}, 1},
		{"modified", pcapSpec{magic: magicModified, recordExtra: 8}, 1000},
		{"ixia hardware", pcapSpec{magic: magicIxiaHW, fileExtra: 4}, 1},
		{"ixia software", pcapSpec{magic: magicIxiaSW, fileExtra: 4}, 1000},
		{"version 2.2", pcapSpec{major: 2, minor: 2, swapped: true}, 1000},
		{"version 2.3", pcapSpec{major: 2, minor: 3}, 1000},
		{"version 2.3 swapped", pcapSpec{major: 2, minor: 3, swapped: true}, 1000},
		{"version 543.0", pcapSpec{major: 543, swapped: true}, 1000},
		{"snap length too small", pcapSpec{snap: 4}, 1000},
		{"snap length huge", pcapSpec{snap: 1<<32 - 1}, 1000},
	}
	for _, test := range tests {
		for _, order := range []byteOrder{le, be} {
			t.Run(test.name+" "+order.String(), func(t *testing.T) {
				test.spec.order, test.spec.link = order, 1
				file := test.spec.build(threePackets...)
				got, err := readBytes(t, file, ReaderConfig{})
				if err != nil {
					t.Fatal(err)
				}
				checkPackets(t, got, threePackets, test.unit)
				r, err := NewReader(iotest.OneByteReader(bytes.NewReader(file)), ReaderConfig{})
				if err != nil {
					t.Fatal(err)
				}
				if got, err = readAll(t, r); err != nil {
					t.Fatal(err)
				}
				checkPackets(t, got, threePackets, test.unit)
				header := pcapHeaderLen + test.spec.fileExtra
				each := 16 + test.spec.recordExtra
				first := header + each + len(threePackets[0].data)
				second := first + each + len(threePackets[1].data)
				checkEveryCut(t, file, []int{header, first, second}, []int{0, 1, 2})
			})
		}
	}
}

// AIX writes interface types of RFC 1573 and nanoseconds into files of version 2.2: 123456789 ns
// are 0.123456789 s. Other link types of that version, and those types of other versions, are what
// they are everywhere, in microseconds.
func TestPcapAIX(t *testing.T) {
	packets := []packetSpec{{1000, 123456789, "first", 5}, {1000, 999999999, "cut", 1500}}
	for _, test := range []struct {
		field        uint32
		major, minor uint16
		link         LinkType
		unit         int64
	}{
		{6, 2, 2, LinkEthernet, 1},
		{9, 2, 2, LinkTokenRing, 1},
		{15, 2, 2, LinkFDDI, 1},
		{24, 2, 2, LinkNull, 1},
		{1, 2, 2, LinkEthernet, 1000},
		{10, 2, 2, LinkFDDI, 1000},
		{6, 2, 4, LinkTokenRing, 1000},
		{9, 2, 3, LinkPPP, 1000},
	} {
		for _, order := range byteOrders {
			t.Run(fmt.Sprintf("%d in %d.%d %v", test.field, test.major, test.minor, order), func(t *testing.T) {
				file := pcapSpec{order: order, major: test.major, minor: test.minor, link: test.field, swapped: test.minor == 2}.build(packets...)
				for _, resync := range []bool{false, true} {
					got, err := readBytes(t, file, ReaderConfig{Resync: resync})
					if err != nil {
						t.Fatal(err)
					}
					checkPackets(t, got, packets, test.unit)
					if got[0].LinkType != test.link {
						t.Errorf("link type %v, want %v", got[0].LinkType, test.link)
					}
				}
				asLibpcap, err := readBytes(t, file, ReaderConfig{Libpcap: true})
				if err != nil {
					t.Fatal(err)
				}
				checkPackets(t, asLibpcap, packets, 1000)
				if asLibpcap[0].LinkType != LinkType(test.field) {
					t.Errorf("as libpcap: link type %v, want %d as it stands", asLibpcap[0].LinkType, test.field)
				}
				r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
				if err != nil {
					t.Fatal(err)
				}
				batch := make([]Record, 4)
				var got []Record
				for n, err := r.ReadRecords(batch); err == nil; n, err = r.ReadRecords(batch) {
					for _, rec := range batch[:n] {
						got = append(got, rec.Clone())
					}
				}
				checkPackets(t, got, packets, test.unit)
				if i := r.Interfaces()[0]; (i.TSResol.Units == 1e9) != (test.unit == 1) || i.LinkType != test.link {
					t.Errorf("interface %+v", i)
				}
			})
		}
	}
}

// TestSignedSeconds: libpcap on a PC takes the seconds of little-endian files for signed ones,
// those of others it swaps for unsigned ones.
func TestSignedSeconds(t *testing.T) {
	packets := slices.Repeat([]packetSpec{{sec: 1<<31 - 1, data: "a"}, {sec: 1 << 31, data: "b"}, {sec: 1<<32 - 1, data: "c"}}, 2)
	for _, c := range []struct {
		name   string
		order  byteOrder
		signed bool
		want   [3]int64 // seconds
	}{
		{"unsigned", binary.LittleEndian, false, [3]int64{1<<31 - 1, 1 << 31, 1<<32 - 1}},
		{"signed", binary.LittleEndian, true, [3]int64{1<<31 - 1, -1 << 31, -1}},
		{"other byte order", binary.BigEndian, true, [3]int64{1<<31 - 1, 1 << 31, 1<<32 - 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := pcapSpec{order: c.order, link: 1}.build(packets...)
			got, err := readBytes(t, file, ReaderConfig{Libpcap: c.signed})
			if err != nil || len(got) != len(packets) {
				t.Fatal(len(got), err)
			}
			for i := range got {
				if want := c.want[i%3] * 1e9; got[i].Time != want {
					t.Errorf("time %d, want %d", got[i].Time, want)
				}
			}
			checkBatches(t, file, ReaderConfig{Libpcap: c.signed})
		})
	}
}

func TestPcapLinkField(t *testing.T) {
	tests := []struct {
		name  string
		field uint32
		link  LinkType
		fcs   uint8
		err   error
	}{
		{"Ethernet", 1, LinkEthernet, 0, nil},
		{"Linux cooked", 276, LinkSLL2, 0, nil},
		{"FCS", 0x24000001, LinkEthernet, 4, nil},              // two 16-bit words of FCS
		{"FCS not declared", 0x20000001, LinkEthernet, 0, nil}, // a length that is not declared present
		{"reserved bits", 0x02240001, 0, 0, ErrUnsupported},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readBytes(t, pcapSpec{link: test.field}.build(threePackets...), ReaderConfig{})
			if !errors.Is(err, test.err) {
				t.Error(err)
			}
			if test.err == nil && (got[0].LinkType != test.link || got[0].FCSLen != test.fcs) {
				t.Errorf("%v with FCS of %d, want %v with %d", got[0].LinkType, got[0].FCSLen, test.link, test.fcs)
			}
		})
	}
	for _, version := range [][2]uint16{{1, 0}, {3, 0}, {543, 1}} {
		if _, err := readBytes(t, pcapSpec{major: version[0], minor: version[1]}.build(), ReaderConfig{}); !errors.Is(err, ErrUnsupported) {
			t.Errorf("version %v: %v", version, err)
		}
	}
}

func TestPcapOddities(t *testing.T) {
	file := pcapSpec{snap: 5}.build(
		packetSpec{10, 2_500_000, "x", 1},        // 2.5 s of microseconds
		packetSpec{1<<32 - 1, 999_999, "x", 1},   // the last time of the format, in 2106
		packetSpec{20, 0, "longer than wire", 3}, //
		packetSpec{20, 0, "abc", 1<<32 - 1},      // wire length that a 32-bit int cannot hold
	)
	r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if err != nil || len(got) != 4 {
		t.Fatalf("%d records, %v", len(got), err)
	}
	if got[0].Time != 12_500_000_000 || got[1].Time != 4294967295_999999000 {
		t.Errorf("times %d, %d", got[0].Time, got[1].Time)
	}
	if string(got[2].Data) != "longer than wire" || got[2].OrigLen != 3 || got[3].OrigLen != 1<<31-1 {
		t.Errorf("lengths %d, %d", got[2].OrigLen, got[3].OrigLen)
	}
	want := ReaderStats{Files: 1, Records: 4, Bytes: 21, BadFraction: 1, LongerThanWire: 1, BeyondSnapLen: 1, HugeWireLength: 1}
	if r.Stats() != want {
		t.Errorf("stats %+v", r.Stats())
	}
}

func TestCutToSnapLen(t *testing.T) {
	file := pcapSpec{snap: 5}.build(packetSpec{1, 0, "12345", 9}, packetSpec{2, 0, "123456", 9})
	for _, test := range []struct {
		name string
		cut  bool
		want string
	}{
		{"as it is", false, "123456"},
		{"as libpcap cuts", true, "12345"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := readBytes(t, file, ReaderConfig{Libpcap: test.cut})
			if err != nil || len(got) != 2 || string(got[0].Data) != "12345" || string(got[1].Data) != test.want || got[1].OrigLen != 9 {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestMaxRecordLen(t *testing.T) {
	file := pcapSpec{}.build(packetSpec{1, 0, "12345678", 8}, packetSpec{2, 0, "123456789", 9})
	got, err := readBytes(t, file, ReaderConfig{MaxRecordLen: 8})
	var fe *FileError
	if len(got) != 1 || !errors.As(err, &fe) || !errors.Is(err, ErrFormat) || fe.Record != 2 || fe.Offset != 24+16+8 {
		t.Errorf("%d records, %v", len(got), err)
	}
	if got, err = readBytes(t, file, ReaderConfig{MaxRecordLen: 9}); len(got) != 2 || err != nil {
		t.Errorf("%d records, %v", len(got), err)
	}
	big := pcapSpec{}.build(packetSpec{1, 0, string(make([]byte, 3<<20)), 3 << 20}, packetSpec{2, 0, "after", 5})
	if got, err = readBytes(t, big, ReaderConfig{MaxRecordLen: 4 << 20}); len(got) != 2 || err != nil || len(got[0].Data) != 3<<20 {
		t.Errorf("%d records, %v", len(got), err)
	}
	if err := (&ReaderConfig{MaxRecordLen: -1}).Validate(); err == nil {
		t.Error("negative MaxRecordLen is valid")
	}
}

// Files that were joined by cat: the second header is damage, not an empty record in the year 2055.
func TestPcapJoined(t *testing.T) {
	for _, spec := range []pcapSpec{{}, {order: binary.BigEndian}, {magic: magicNano}, {magic: magicModified, recordExtra: 8}, {major: 2, minor: 2, swapped: true}} {
		spec.link = 1
		file := spec.build(threePackets...)
		joined := append(bytes.Clone(file), file...)
		got, err := readBytes(t, joined, ReaderConfig{})
		var bad *FileError
		if !errors.As(err, &bad) || !errors.Is(err, ErrFormat) || bad.Record != 4 || bad.Offset != int64(len(file)) || len(got) != 3 {
			t.Errorf("%+v: %d records, %v", spec, len(got), err)
		}
		checkBatches(t, joined, ReaderConfig{})
		many := manyPackets(20)
		file = spec.build(many...)
		r, err := NewReader(bytes.NewReader(append(bytes.Clone(file), file...)), ReaderConfig{Resync: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err = readAll(t, r)
		if s := r.Stats(); err != nil || len(got) != 40 || s.Gaps != 1 || s.SkippedBytes != pcapHeaderLen {
			t.Errorf("%+v: %d records, %v, %+v", spec, len(got), err, s)
		}
	}
}
