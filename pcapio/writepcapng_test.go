package pcapio

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"reflect"
	"testing"
)

// fixed is an InterfaceSource.
type fixed []Interface

func (f fixed) Interfaces() []Interface { return f }

var twoInterfaces = fixed{
	{Name: "eth0", Description: "uplink", Filter: "tcp", OS: "Linux", LinkType: LinkEthernet, SnapLen: 96, FCSLen: 4, Speed: 1e9,
		MAC: [6]byte{2, 0, 0, 0, 0, 1}, TSResol: tsResol(9)},
	{Name: "tun0", LinkType: LinkRaw, SnapLen: 65535, TSResol: tsResol(9)},
}

func TestPcapngRoundTrip(t *testing.T) {
	records := []Record{
		{Time: 1_700_000_000_123_456_789, OrigLen: 60, Interface: 1, LinkType: LinkRaw, Data: []byte("abcde")},
		{Time: 0, OrigLen: 4, Interface: 0, LinkType: LinkEthernet, FCSLen: 4, Data: []byte("abcd")},
		{Time: math.MaxInt64, OrigLen: 0, Interface: 1, LinkType: LinkRaw, Data: []byte{}},
	}
	for _, c := range []Compression{NoCompression, Gzip, Zstd, LZ4} {
		var file bytes.Buffer
		w, err := NewWriter(&file, WriterConfig{Format: Pcapng, Compression: c, Interfaces: twoInterfaces, Comment: "a", Application: "test"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range records {
			before := w.stats.Bytes
			size := w.Size(&records[i])
			if err := w.WriteRecord(&records[i]); err != nil {
				t.Fatal(err)
			}
			if got := w.stats.Bytes - before; int64(got) != size {
				t.Errorf("record %d made %d bytes, size said %d", i, got, size)
			}
		}
		stats := InterfaceStats{Time: 1_700_000_001e9, Received: 7, Dropped: 1, Accepted: -1, OSDropped: -1, Delivered: 6}
		if err := errors.Join(w.WriteStats(1, stats), w.Close()); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(&file, ReaderConfig{})
		if err != nil {
			t.Fatal(c, err)
		}
		got, err := readAll(t, r)
		if err != nil || len(got) != len(records) {
			t.Fatalf("%v: %d records, %v", c, len(got), err)
		}
		for i, want := range records {
			want.Interface = 1 - want.Interface // numbered in the order of appearance
			if got[i].Data = append([]byte{}, got[i].Data...); !reflect.DeepEqual(got[i], want) {
				t.Errorf("%v: record %d is %+v, want %+v", c, i, got[i], want)
			}
		}
		want := []Interface{twoInterfaces[1], twoInterfaces[0]}
		want[0].Stats = stats
		if list := r.Interfaces(); !reflect.DeepEqual(list, want) {
			t.Errorf("%v: interfaces\n%+v, want\n%+v", c, list, want)
		}
	}
}

// TestPcapngLayout compares with a file made by hand from the draft.
func TestPcapngLayout(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, WriterConfig{Format: Pcapng, Micro: true, SnapLen: 3})
	if err != nil {
		t.Fatal(err)
	}
	r := Record{Time: 1_700_000_000_123_456_789, OrigLen: 60, LinkType: LinkRaw, Data: []byte("abcde")}
	if err := errors.Join(w.WriteComment(&r, "hello"), w.Close()); err != nil {
		t.Fatal(err)
	}
	want := ngBuilder{}
	want.section(byteOrders[0])
	want.iface(LinkRaw, 3, want.option(9, "\x06"), want.option(0, ""))
	want.enhanced(0, 1_700_000_000_123_456, 60, "abc", want.option(1, "hello"), want.option(0, ""))
	if !bytes.Equal(file.Bytes(), want.out) {
		t.Errorf("got\n%x, want\n%x", file.Bytes(), want.out)
	}
	if s := w.Stats(); s != (WriterStats{Records: 1, Cut: 1, Bytes: uint64(len(want.out))}) {
		t.Errorf("%+v", s)
	}
}

func TestWriterEmptyFiles(t *testing.T) {
	for _, test := range []struct {
		name string
		cfg  WriterConfig
		want []Interface
	}{
		{"pcap", WriterConfig{}, []Interface{{LinkType: LinkEthernet, SnapLen: 262144, TSResol: tsResol(9)}}},
		{"pcap of an interface", WriterConfig{Interfaces: twoInterfaces[1:]}, []Interface{{LinkType: LinkRaw, SnapLen: 262144, TSResol: tsResol(9)}}},
		{"pcapng in gzip", WriterConfig{Format: Pcapng, Compression: Gzip}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var file bytes.Buffer
			w, err := NewWriter(&file, test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := NewReader(&file, ReaderConfig{})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.ReadRecord(&Record{}); err != io.EOF || !reflect.DeepEqual(r.Interfaces(), test.want) {
				t.Errorf("%v, interfaces %+v", err, r.Interfaces())
			}
		})
	}
}

func TestWriterRefusals(t *testing.T) {
	long := string(make([]byte, maxOptionLen+1))
	for _, cfg := range []WriterConfig{{Comment: long}, {Format: 9}, {Compression: 9}} {
		if _, err := NewWriter(io.Discard, cfg); err == nil {
			t.Errorf("taken: format %v, compression %v, comment of %d", cfg.Format, cfg.Compression, len(cfg.Comment))
		}
	}
	pcap, _ := NewWriter(io.Discard, WriterConfig{})
	ng, _ := NewWriter(io.Discard, WriterConfig{Format: Pcapng})
	odd, _ := NewWriter(io.Discard, WriterConfig{})
	micro, _ := NewWriter(io.Discard, WriterConfig{Micro: true, Exact: true})
	first := Record{LinkType: LinkEthernet}
	for _, test := range []struct {
		name string
		got  error
		want error // nil: any
	}{
		{"first", pcap.WriteRecord(&first), errNone},
		{"link type", pcap.WriteRecord(&Record{LinkType: LinkRaw}), ErrLinkType},
		{"FCS", pcap.WriteRecord(&Record{LinkType: LinkEthernet, FCSLen: 4}), ErrLinkType},
		{"comment in pcap", pcap.WriteComment(&first, "x"), ErrUnsupported},
		{"statistics in pcap", pcap.WriteStats(0, InterfaceStats{}), ErrUnsupported},
		{"long comment", ng.WriteComment(&first, long), nil},
		{"before 1970", pcap.WriteRecord(&Record{LinkType: LinkEthernet, Time: -1}), ErrTime},
		{"odd FCS", odd.WriteRecord(&Record{LinkType: LinkEthernet, FCSLen: 3}), ErrLinkType},
		{"rounded", micro.WriteRecord(&Record{LinkType: LinkEthernet, Time: 1001}), ErrPrecision},
		{"not rounded", micro.WriteRecord(&Record{LinkType: LinkEthernet, Time: 2000}), errNone},
		{"length", ng.WriteRecord(&Record{OrigLen: -1}), ErrLength},
		{"interface", ng.WriteRecord(&Record{Interface: -1}), nil},
		{"statistics of none", ng.WriteStats(-1, InterfaceStats{}), nil},
		{"close", pcap.Close(), errNone},
		{"close again", pcap.Close(), errNone},
		{"after close", pcap.WriteRecord(&first), fs.ErrClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want == errNone && test.got != nil || test.want != errNone && (test.got == nil || test.want != nil && !errors.Is(test.got, test.want)) {
				t.Error(test.got)
			}
		})
	}
}

var errNone = errors.New("no error is wanted")

func TestPcapKeepsFCS(t *testing.T) {
	var file bytes.Buffer
	w, _ := NewWriter(&file, WriterConfig{})
	in := Record{LinkType: LinkEthernet, FCSLen: 4, OrigLen: 64, Data: make([]byte, 64)}
	if err := errors.Join(w.WriteRecord(&in), w.Close()); err != nil {
		t.Fatal(err)
	}
	if got, err := readBytes(t, file.Bytes(), ReaderConfig{}); err != nil || got[0].FCSLen != 4 || got[0].LinkType != LinkEthernet {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestPcapngWriterNoAllocations(t *testing.T) {
	w, _ := NewWriter(io.Discard, WriterConfig{Format: Pcapng})
	r := Record{LinkType: 1, Data: make([]byte, 97), OrigLen: 1000}
	if n := testing.AllocsPerRun(1000, func() {
		if err := w.WriteRecord(&r); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
}
