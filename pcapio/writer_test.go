package pcapio_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

func TestWriter(t *testing.T) {
	record := pcapio.Record{Time: 1_700_000_000_123_456_789, OrigLen: 60, LinkType: pcapio.LinkRaw, Data: []byte{1, 2, 3, 4, 5}}
	header := []byte("\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for _, test := range []struct {
		name    string
		cfg     pcapio.WriterConfig
		records int
		want    string
	}{
		{"nano", pcapio.WriterConfig{}, 1, "\x4d\x3c\xb2\xa1" + string(header) + "\x00\x00\x04\x00\x65\x00\x00\x00" +
			"\x00\xf1\x53\x65\x15\xcd\x5b\x07\x05\x00\x00\x00\x3c\x00\x00\x00\x01\x02\x03\x04\x05"},
		{"micro, cut", pcapio.WriterConfig{LinkType: pcapio.LinkRaw, Micro: true, SnapLen: 2}, 1, "\xd4\xc3\xb2\xa1" + string(header) + "\x02\x00\x00\x00\x65\x00\x00\x00" +
			"\x00\xf1\x53\x65\x40\xe2\x01\x00\x02\x00\x00\x00\x3c\x00\x00\x00\x01\x02"},
		{"empty", pcapio.WriterConfig{}, 0, "\x4d\x3c\xb2\xa1" + string(header) + "\x00\x00\x04\x00\x01\x00\x00\x00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			w, err := pcapio.NewWriter(&b, test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			for range test.records {
				if err := w.WriteRecord(&record); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.want {
				t.Errorf("%x, want\n%x", b.String(), test.want)
			}
		})
	}
}

func TestWriterRefuses(t *testing.T) {
	if _, err := pcapio.NewWriter(&bytes.Buffer{}, pcapio.WriterConfig{SnapLen: -1}); err == nil {
		t.Error("negative snap length taken")
	}
	var b bytes.Buffer
	w, err := pcapio.NewWriter(&b, pcapio.WriterConfig{LinkType: pcapio.LinkEthernet})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []pcapio.Record{{Time: -1, LinkType: 1}, {Time: 1 << 32 * 1e9, LinkType: 1}} {
		if err := w.WriteRecord(&r); !errors.Is(err, pcapio.ErrTime) {
			t.Errorf("time %d: %v, want ErrTime", r.Time, err)
		}
	}
	for _, r := range []pcapio.Record{{LinkType: pcapio.LinkRaw}, {LinkType: 1, OrigLen: -1}} {
		if w.WriteRecord(&r) == nil {
			t.Errorf("%+v taken", r)
		}
	}
	last := pcapio.Record{Time: 1<<32*1e9 - 1, LinkType: 1}
	if err := w.WriteRecord(&last); err != nil {
		t.Error(err)
	}
	if err := w.Flush(); err != nil || b.Len() != 24+16 {
		t.Errorf("%v; %d bytes, want the header and one record: 40", err, b.Len())
	}
}

func TestWriterFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here:", err)
	}
	defer full.Close()
	w, err := pcapio.NewWriter(full, pcapio.WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	r := pcapio.Record{LinkType: 1, Data: make([]byte, 1000), OrigLen: 1000}
	for range 100 { // the buffer hides the first errors
		err = w.WriteRecord(&r)
	}
	if err == nil {
		t.Error("100 kB written to a full disk")
	}
	if w.Flush() == nil {
		t.Error("Flush forgot the error")
	}
}

func TestWriterNoAllocations(t *testing.T) {
	w, err := pcapio.NewWriter(&discard{}, pcapio.WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	r := pcapio.Record{LinkType: 1, Data: make([]byte, 96), OrigLen: 1000}
	if n := testing.AllocsPerRun(10_000, func() {
		if err := w.WriteRecord(&r); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
}

type discard struct{}

func (*discard) Write(b []byte) (int, error) { return len(b), nil }

func ExampleNewWriter() {
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{LinkType: pcapio.LinkEthernet, Micro: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := pcapio.Record{Time: 1_700_000_000e9, OrigLen: 1514, LinkType: pcapio.LinkEthernet, Data: make([]byte, 96)}
	if err := w.WriteRecord(&r); err != nil {
		fmt.Println(err)
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(file.Len(), "bytes")
	// Output: 136 bytes
}
