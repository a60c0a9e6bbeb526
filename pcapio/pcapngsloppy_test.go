package pcapio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// resized changes the lengths of the block at offset from in n.out, and takes away the last cut
// bytes of its body.
func (n *ngBuilder) resized(from, cut int, first, second uint32) {
	body := bytes.Clone(n.out[from+8 : len(n.out)-4-cut])
	n.out = n.order.AppendUint32(n.out[:from+4], first)
	n.out = append(n.out, body...)
	n.out = n.order.AppendUint32(n.out, second)
}

// sloppyPcapng has blocks without padding in their lengths, options of wrong lengths, and
// statistics of no interface.
func sloppyPcapng(order byteOrder) []byte {
	n := &ngBuilder{}
	n.section(order)
	n.iface(LinkEthernet, 0, n.option(9, "\x06\x00"), []byte{2, 2, 200, 200})
	n.block(blockStatistics, 3, uint64(9), n.option(4, "four"))
	for _, lengths := range [][3]uint32{{0, 37, 37}, {0, 37, 40}, {0, 40, 37}, {3, 37, 37}} {
		at := len(n.out)
		n.enhanced(0, 2, 5, "after")
		n.resized(at, int(lengths[0]), lengths[1], lengths[2])
	}
	return n.out
}

// Files that writers in the wild have made, and of which every packet is sound. A packet of 5 bytes
// makes an enhanced packet block of 12 + 20 + 8 = 40 bytes, 3 of which are padding.
func TestPcapngSloppy(t *testing.T) {
	type test struct {
		name  string
		build func(n *ngBuilder)
		want  ReaderStats // besides Files, Records and Bytes
	}
	var tests []test
	for _, lengths := range []struct {
		name          string
		cut           int // bytes of padding that are not there
		first, second uint32
	}{
		{"length without padding", 0, 37, 37},
		{"first length without padding", 0, 37, 40},
		{"second length without padding", 0, 40, 37},
		{"no padding at all", 3, 37, 37},
	} {
		tests = append(tests, test{lengths.name, func(n *ngBuilder) {
			at := len(n.out)
			n.enhanced(0, 2, 5, "after")
			n.resized(at, lengths.cut, lengths.first, lengths.second)
		}, ReaderStats{OtherBlocks: 2, UnpaddedBlocks: 1}})
	}
	after := func(build func(n *ngBuilder)) func(n *ngBuilder) {
		return func(n *ngBuilder) {
			build(n)
			n.enhanced(0, 2, 5, "after")
		}
	}
	tests = append(tests,
		test{"interface without padding", after(func(n *ngBuilder) {
			at := len(n.out)
			// 20 + 4 + 8 = 32 bytes, with 3 of padding
			n.iface(LinkEthernet, 0, n.option(2, "eth0x"))
			n.resized(at, 0, 29, 29)
		}), ReaderStats{OtherBlocks: 3, UnpaddedBlocks: 1}},
		test{"unknown block without padding", after(func(n *ngBuilder) {
			at := len(n.out)
			n.block(0x7777, "12345")
			n.resized(at, 0, 17, 20)
		}), ReaderStats{OtherBlocks: 3, UnpaddedBlocks: 1}},
		test{"simple packet block without padding", func(n *ngBuilder) {
			at := len(n.out)
			n.block(blockSimplePacket, 5, "after")
			n.resized(at, 0, 21, 21)
		}, ReaderStats{OtherBlocks: 2, UnpaddedBlocks: 1, Untimed: 1}},
		test{"statistics of an unknown interface", after(func(n *ngBuilder) {
			n.block(blockStatistics, 3, uint64(9), n.option(4, n.u64(10)))
		}), ReaderStats{OtherBlocks: 3, LostStatistics: 1}},
		test{"statistics of unknown length", after(func(n *ngBuilder) {
			n.block(blockStatistics, 0, uint64(9), n.option(4, "four"))
		}), ReaderStats{OtherBlocks: 3, BadOptions: 1}},
		test{"interface option beyond its block", after(func(n *ngBuilder) {
			n.iface(LinkEthernet, 0, n.option(9, "\x06"), []byte{2, 2, 200, 200})
		}), ReaderStats{OtherBlocks: 3, BadOptions: 1}},
		test{"interface option beyond its block, resolution unknown", after(func(n *ngBuilder) {
			n.iface(LinkEthernet, 0, []byte{2, 2, 200, 200})
		}), ReaderStats{OtherBlocks: 3, BadOptions: 1, BadTimeUnits: 1}},
		test{"no end of options", after(func(n *ngBuilder) { n.iface(LinkEthernet, 0, n.option(9, "\x06")) }), ReaderStats{OtherBlocks: 3}},
		test{"end of options with a length", after(func(n *ngBuilder) {
			n.iface(LinkEthernet, 0, n.option(2, "eth0"), n.option(0, "end"), []byte{9, 9, 200, 200})
		}), ReaderStats{OtherBlocks: 3}},
		test{"packet option beyond its block", func(n *ngBuilder) {
			n.enhanced(0, 2, 5, "after", []byte{1, 1, 200, 200})
		}, ReaderStats{OtherBlocks: 2}},
		test{"custom, secrets, journal, unknown", after(func(n *ngBuilder) {
			n.block(0xbad, 32473, "custom")
			n.block(0x40000bad, 32473, "custom that is not to be copied")
			n.block(10, 0x544c534b, 4, "keys")
			n.block(9, "__REALTIME_TIMESTAMP=1\n")
			n.block(0x80000001, "local")
		}), ReaderStats{OtherBlocks: 7}},
		test{"section of a wrong length", after(func(n *ngBuilder) {
			n.block(blockSection, byteOrderMagic, uint16(1), uint16(0), 0, 12)
			n.iface(LinkEthernet, 0)
		}), ReaderStats{OtherBlocks: 4}},
		test{"section of version 1.2", after(func(n *ngBuilder) {
			n.block(blockSection, byteOrderMagic, uint16(1), uint16(2), -1, -1)
			n.iface(LinkEthernet, 0)
		}), ReaderStats{OtherBlocks: 4}},
		test{"obsolete packet block", func(n *ngBuilder) {
			n.block(blockPacket, uint16(0), uint16(0xffff), uint64(2), 5, 5, "after")
		}, ReaderStats{OtherBlocks: 2}},
	)
	for _, test := range tests {
		for _, order := range byteOrders {
			t.Run(test.name+" "+order.String(), func(t *testing.T) {
				n := &ngBuilder{}
				n.section(order)
				n.iface(LinkEthernet, 0)
				n.enhanced(0, 1, 4, "good")
				test.build(n)
				n.enhanced(0, 3, 4, "last")
				for _, resync := range []bool{false, true} {
					r, err := NewReader(bytes.NewReader(n.out), ReaderConfig{Resync: resync})
					if err != nil {
						t.Fatal(err)
					}
					got, err := readAll(t, r)
					if err != nil || len(got) != 3 {
						t.Fatalf("resync %v: %d records, %v", resync, len(got), err)
					}
					if string(got[1].Data) != "after" || string(got[2].Data) != "last" || got[2].Time != 3000 {
						t.Errorf("resync %v: %q, %q at %d", resync, got[1].Data, got[2].Data, got[2].Time)
					}
					want := test.want
					want.Files, want.Records, want.Bytes = 1, 3, 13
					if r.Stats() != want {
						t.Errorf("resync %v: stats %+v\nwant %+v", resync, r.Stats(), want)
					}
				}
			})
		}
	}
}

// An option that says what times mean, of a length that it cannot have, is counted and the default
// taken: microseconds since 1970, as tcpdump and Wireshark do where they go on. The other options
// of wrong length do not touch the times.
func TestPcapngOptionLengths(t *testing.T) {
	for _, test := range []struct {
		name     string
		code     uint16
		value    string
		bad      uint64
		badTimes uint64
		time     int64
	}{
		{"if_tsresol", 9, "\x09", 0, 0, 5},
		{"if_tsresol of 4 bytes", 9, "\x09\x00\x00\x00", 1, 1, 5000},
		{"if_tsresol of none", 9, "", 1, 1, 5000},
		{"if_tsoffset of 4 bytes", 14, "\x01\x00\x00\x00", 1, 1, 5000},
		{"if_MACaddr of 8 bytes", 6, "12345678", 1, 0, 5000},
		{"if_speed of 4 bytes", 8, "1234", 1, 0, 5000},
		{"if_fcslen of 2 bytes", 13, "\x04\x00", 1, 0, 5000},
		{"not known here", 16, "123", 0, 0, 5000},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := &ngBuilder{}
			n.section(binary.LittleEndian)
			n.iface(LinkEthernet, 0, n.option(test.code, test.value), n.option(2, "eth0"), n.option(0, ""))
			n.enhanced(0, 5, 4, "data")
			r, err := NewReader(bytes.NewReader(n.out), ReaderConfig{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, r)
			if err != nil || len(got) != 1 || got[0].Time != test.time || got[0].FCSLen != 0 {
				t.Fatalf("%+v, %v", got, err)
			}
			if s := r.Stats(); s.BadOptions != test.bad || s.BadTimeUnits != test.badTimes {
				t.Errorf("stats %+v", s)
			}
			if i := r.Interfaces()[0]; i.Name != "eth0" {
				t.Errorf("the option behind it is lost: %+v", i)
			}
		})
	}
}

// A packet of an interface that the section does not describe has neither a link type nor a unit of
// time: that is damage, as it is to tcpdump and Wireshark. Resync passes over it and keeps the
// rest.
func TestPcapngPacketOfNoInterface(t *testing.T) {
	for _, test := range []struct {
		name  string
		build func(n *ngBuilder)
	}{
		{"enhanced", func(n *ngBuilder) { n.enhanced(1, 1, 4, "lost") }},
		{"obsolete", func(n *ngBuilder) { n.block(blockPacket, uint16(1), uint16(0), uint64(2), 4, 4, "lost") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := &ngBuilder{}
			n.section(binary.LittleEndian)
			n.iface(LinkEthernet, 0)
			n.enhanced(0, 1, 4, "good")
			at := len(n.out)
			test.build(n)
			end := len(n.out)
			for range 4 {
				n.enhanced(0, 2, 5, "after")
			}
			got, err := readBytes(t, n.out, ReaderConfig{})
			var fe *FileError
			if len(got) != 1 || !errors.As(err, &fe) || fe.Offset != int64(at) || !errors.Is(err, ErrFormat) {
				t.Errorf("%d records, %v", len(got), err)
			}
			r, err := NewReader(bytes.NewReader(n.out), ReaderConfig{Resync: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err = readAll(t, r)
			if s := r.Stats(); err != nil || len(got) != 5 || s.Gaps != 1 || s.SkippedBytes != uint64(end-at) {
				t.Errorf("%d records, %v, %+v", len(got), err, s)
			}
		})
	}
}

// Damage among blocks without padding is passed over as among others.
func TestPcapngResyncUnpadded(t *testing.T) {
	n := &ngBuilder{}
	n.section(binary.LittleEndian)
	n.iface(LinkEthernet, 0)
	packet := func(data string) {
		at := len(n.out)
		n.enhanced(0, 1, len(data), data)
		n.resized(at, 0, uint32(32+len(data)), uint32(32+len(data)))
	}
	packet("good1")
	n.out = append(n.out, "damage\xff\xff\xff\xff\xff\xff"...)
	for range 5 {
		packet("after")
	}
	r, err := NewReader(bytes.NewReader(n.out), ReaderConfig{Resync: true})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(t, r)
	if s := r.Stats(); err != nil || len(got) != 6 || s.Gaps != 1 || s.SkippedBytes != 12 || s.UnpaddedBlocks != 6 {
		t.Errorf("%d records, %v, %+v", len(got), err, s)
	}
}
