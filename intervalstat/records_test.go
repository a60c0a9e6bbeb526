package intervalstat

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Frames to count, by what is special about them; those of ethernet begin with two addresses and a
// type.
var (
	macs = "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01"
	ip4  = "\x45\x00\x00\x28\x12\x34\x40\x00\x40\x06\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02"
	ip6  = "\x60\x00\x00\x00\x00\x14\x06\x40" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
	tcp  = "\x04\x00\x00\x50\x01\x02\x03\x04\x05\x06\x07\x08\x50\x18\x20\x00\x00\x00\x00\x00"
)

// with returns s with the byte at i set.
func with(s string, i int, b byte) string { return s[:i] + string([]byte{b}) + s[i+1:] }

func frames() []string {
	v4, v6, tag := macs+"\x08\x00", macs+"\x86\xdd", macs+"\x81\x00\x00\x05"
	list := []string{v4 + ip4 + tcp, v6 + ip6 + tcp, tag + "\x08\x00" + ip4 + tcp, tag + "\x86\xdd" + ip6 + tcp,
		tag + "\x81\x00\x00\x06\x08\x00" + ip4 + tcp, tag + "\x08\x06" + ip4 + tcp, macs + "\x88\xa8\x00\x05\x08\x00" + ip4 + tcp,
		v4 + with(ip4, 0, 0x46) + "\x01\x01\x01\x00" + tcp, v4 + with(ip4, 0, 0x4f) + tcp, v4 + with(ip4, 0, 0x44) + tcp, v4 + with(ip4, 0, 0x65) + tcp,
		v4 + with(ip4, 3, 0) + tcp, v4 + with(ip4, 3, 19) + tcp, v4 + with(ip4, 2, 0xff) + tcp,
		v4 + with(ip4, 6, 0x20) + tcp, v4 + with(ip4, 7, 9) + tcp, v4 + with(ip4, 6, 0x80) + tcp, v4 + ip4 + tcp + "padding",
		v6 + with(ip6, 5, 0) + tcp, v6 + with(ip6, 0, 0x40) + tcp, v6 + with(ip6, 6, 44) + "\x06\x00\x00\x01\x00\x00\x00\x00" + tcp,
		v6 + with(ip6, 6, 0) + "\x06\x00\x01\x04\x00\x00\x00\x00" + tcp,
		macs + "\x08\x06" + ip4 + tcp, macs + "\x88\x47\x00\x01\x01\x40" + ip4 + tcp, macs + "\x00\x14" + ip4 + tcp, ip4 + tcp, ip6 + tcp, ""}
	for _, proto := range []byte{1, 2, 4, 17, 41, 47, 50, 51, 58, 59, 132} {
		list = append(list, v4+with(ip4, 9, proto)+tcp, v6+with(ip6, 6, proto)+tcp)
	}
	return list
}

// checkRecord compares a record given to WriteRecord with the packet that a Decoder makes of it,
// under all size policies.
func checkRecord(t *testing.T, r pcapio.Record) {
	t.Helper()
	for size := range numSizes {
		cfg := Config{Width: time.Second, Size: size, Percentiles: true}
		p := pcapio.Packet{Record: r}
		pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(&p)
		want, wantStats := collect(t, cfg, &p)
		got, stats := collectRecords(t, cfg, r)
		if !reflect.DeepEqual(got, want) || stats != wantStats {
			t.Errorf("%v %q, size %v: %+v %+v\nwant %+v %+v", r.LinkType, r.Data, size, got[0], stats, want[0], wantStats)
		}
	}
}

func collectRecords(t *testing.T, cfg Config, records ...pcapio.Record) ([]*Bucket, Stats) {
	t.Helper()
	var list []*Bucket
	s, err := NewSeries(cfg, BucketWriterFunc(func(b *Bucket) error { list = append(list, b.Clone()); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	for i := range records {
		if err := s.WriteRecord(&records[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	return list, s.Stats()
}

func TestWriteRecord(t *testing.T) {
	links := []pcapio.LinkType{pcapio.LinkEthernet, pcapio.LinkRaw, pcapio.LinkSLL, pcapio.LinkNone}
	for i, frame := range frames() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			for n := range len(frame) + 1 {
				for _, link := range links {
					checkRecord(t, pcapio.Record{Time: second, OrigLen: len(frame), LinkType: link, FCSLen: 4, Data: []byte(frame[:n])})
				}
			}
		})
	}
}

// Intervals, late packets and distinct counts are those of packets too.
func TestWriteRecordIntervals(t *testing.T) {
	for _, cfg := range []Config{{Width: time.Second, Empty: true}, {Width: time.Second, Late: LateDrop}, {Width: time.Second, Align: true, Lateness: 2 * time.Second},
		{Whole: true}, {Width: time.Second, Distinct: true}} {
		var records []pcapio.Record
		var packets []*pcapio.Packet
		for i, at := range []int64{10, 11, 12, 9, 11, 15, 14, 11, 15, 20} {
			frame := frames()[i%4]
			r := pcapio.Record{Time: at * second / 2, OrigLen: 100 + i, LinkType: pcapio.LinkEthernet, Data: []byte(frame)}
			p := &pcapio.Packet{Record: r}
			pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
			records, packets = append(records, r), append(packets, p)
		}
		want, wantStats := collect(t, cfg, packets...)
		got, stats := collectRecords(t, cfg, records...)
		if !reflect.DeepEqual(got, want) || stats != wantStats {
			t.Errorf("%+v: %s %+v, want %s %+v", cfg, summary(got, 0), stats, summary(want, 0), wantStats)
		}
	}
}

func TestWriteRecordAllocs(t *testing.T) {
	s, err := NewSeries(Config{Width: time.Hour, Percentiles: true}, BucketWriterFunc(func(*Bucket) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	list := frames()
	var records []pcapio.Record
	for _, frame := range list {
		records = append(records, pcapio.Record{OrigLen: len(frame), LinkType: pcapio.LinkEthernet, Data: []byte(frame)})
	}
	all := func() {
		for i := range records {
			if err := s.WriteRecord(&records[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	all()
	if n := testing.AllocsPerRun(100, all); n != 0 {
		t.Errorf("%v allocations for %d records", n, len(records))
	}
}

func FuzzWriteRecord(f *testing.F) {
	for _, frame := range frames() {
		f.Add(uint16(pcapio.LinkEthernet), 60, uint8(0), []byte(frame))
	}
	f.Fuzz(func(t *testing.T, link uint16, wire int, fcs uint8, data []byte) {
		wire = int(int32(wire) & 0xfffff)
		checkRecord(t, pcapio.Record{Time: second, OrigLen: wire, LinkType: pcapio.LinkType(link), FCSLen: fcs & 31, Data: slices.Clip(data)})
	})
}
