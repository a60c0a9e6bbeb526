package edit

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
)

// writeTemp writes a pcap file of empty records of these link types, one a second from one on.
func writeTemp(t *testing.T, name string, from int64, links ...pcapio.LinkType) string {
	t.Helper()
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{Format: pcapio.Pcapng})
	if err != nil {
		t.Fatal(err)
	}
	for i, link := range links {
		r := pcapio.Record{Time: (from + int64(i)) * 1e9, LinkType: link, Interface: i, Data: []byte{1}, OrigLen: 1}
		err = errors.Join(err, w.WriteRecord(&r))
	}
	path := filepath.Join(t.TempDir(), name)
	if err := errors.Join(err, w.Close(), os.WriteFile(path, file.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}

// A refused record is named by where it was read, through everything that readers are put into.
func TestCopyRecordsNamesRefused(t *testing.T) {
	a := writeTemp(t, "a", 10, pcapio.LinkEthernet, pcapio.LinkEthernet, pcapio.LinkEthernet)
	b := writeTemp(t, "b", 11, pcapio.LinkEthernet, pcapio.LinkRaw, pcapio.LinkEthernet)
	open := func(names ...string) *pcapio.Reader {
		r, err := pcapio.Open(names...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	dedup, err := NewDedup(pcapio.NewMerge(open(a), open(b)), DedupConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]pcapio.RecordReader{
		"reader":      open(b),
		"two files":   open(a, b),
		"slicer":      NewSlicer(open(b)),
		"merge":       pcapio.NewMerge(NewSlicer(open(a)), NewSlicer(open(b))),
		"dedup":       dedup,
		"transformed": NewTransform(NewSlicer(open(b)), Truncate(1)),
	} {
		t.Run(name, func(t *testing.T) {
			w, err := pcapio.NewWriter(new(bytes.Buffer), pcapio.WriterConfig{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = pcapio.CopyRecords(w, src)
			var refused *pcapio.RefusedError
			if !errors.As(err, &refused) || !errors.Is(err, pcapio.ErrLinkType) || refused.File != b || refused.Record != 2 || refused.Time != 12e9 {
				t.Error(err)
			}
		})
	}
	_, err = pcapio.CopyRecords(mustWriter(t), pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		*r = pcapio.Record{Time: -1}
		return nil
	}))
	if want := "the record, of 1969-12-31T23:59:59.999999999Z: pcapio: time out of the range of the file format: pcap has 1970 to 2106"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func mustWriter(t *testing.T) *pcapio.Writer {
	t.Helper()
	w, err := pcapio.NewWriter(new(bytes.Buffer), pcapio.WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// In a batch the refused record is not the last that was read, and others of it may be left out: of
// 100 records the 42nd has one byte more than a file of 60 may have.
func TestCopyRecordsNamesRefusedInBatch(t *testing.T) {
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		data := make([]byte, 20)
		if data[0] = byte(i); i == 41 {
			data = append(data, 0)
		}
		err = errors.Join(err, w.WriteRecord(&pcapio.Record{Time: int64(i), LinkType: pcapio.LinkEthernet, OrigLen: len(data), Data: data}))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	open := func() *pcapio.Reader {
		r, err := pcapio.NewReader(bytes.NewReader(file.Bytes()), pcapio.ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	odd, err := filter.Compile("ether[0] & 1 = 1")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		src   pcapio.RecordReader
		taken int64
	}{
		{"reader", open(), 41},
		{"limit", pcapio.NewLimit(open(), 90), 41},
		{"slicer", NewSlicer(open()), 41},
		{"merge", pcapio.NewMerge(open()), 41},
		{"every second", NewTransform(open(), odd), 20}, // the records 2, 4, ... 40
		{"every second, limited", pcapio.NewLimit(NewTransform(open(), odd), 30), 20},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := NewRotator(RotateConfig{Name: filepath.Join(t.TempDir(), "%i"), Size: 24 + 16 + 20})
			if err != nil {
				t.Fatal(err)
			}
			n, err := pcapio.CopyRecords(out, test.src)
			var refused *pcapio.RefusedError
			if !errors.As(err, &refused) || !errors.Is(err, pcapio.ErrLength) || refused.Record != 42 || n != test.taken {
				t.Errorf("%d records, %v", n, err)
			}
		})
	}
}
