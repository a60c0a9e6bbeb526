package pcapio

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// writeTemp writes a pcap file of empty records of these link types, one a second from one on.
func writeTemp(t *testing.T, name string, from int64, links ...LinkType) string {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, WriterConfig{Format: Pcapng})
	if err != nil {
		t.Fatal(err)
	}
	for i, link := range links {
		r := Record{Time: (from + int64(i)) * 1e9, LinkType: link, Interface: i, Data: []byte{1}, OrigLen: 1}
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
	a := writeTemp(t, "a", 10, LinkEthernet, LinkEthernet, LinkEthernet)
	b := writeTemp(t, "b", 11, LinkEthernet, LinkRaw, LinkEthernet)
	open := func(names ...string) *Reader {
		r, err := Open(names...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	dedup, err := NewDedup(NewMerge(open(a), open(b)), DedupConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]RecordReader{
		"reader":      open(b),
		"two files":   open(a, b),
		"slicer":      NewSlicer(open(b)),
		"merge":       NewMerge(NewSlicer(open(a)), NewSlicer(open(b))),
		"dedup":       dedup,
		"transformed": Transformed(NewSlicer(open(b)), Truncate(1)),
	} {
		w, err := NewWriter(new(bytes.Buffer), WriterConfig{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = CopyRecords(w, src)
		var refused *RefusedError
		if !errors.As(err, &refused) || !errors.Is(err, ErrLinkType) || refused.File != b || refused.Record != 2 || refused.Time != 12e9 {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = CopyRecords(mustWriter(t), RecordReaderFunc(func(r *Record) error {
		*r = Record{Time: -1}
		return nil
	}))
	if want := "the record, of 1969-12-31T23:59:59.999999999Z: pcapio: time out of the range of the file format: pcap has 1970 to 2106"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func mustWriter(t *testing.T) *Writer {
	t.Helper()
	w, err := NewWriter(new(bytes.Buffer), WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// In a batch the refused record is not the last that was read: of 100 records the 42nd has one byte
// more than a file of 60 may have.
func TestCopyRecordsNamesRefusedInBatch(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, WriterConfig{})
	for i := range 100 {
		n := 20
		if i == 41 {
			n = 21
		}
		err = errors.Join(err, w.WriteRecord(&Record{Time: int64(i), LinkType: LinkEthernet, OrigLen: n, Data: make([]byte, n)}))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&file, ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := NewRotator(RotateConfig{Name: filepath.Join(t.TempDir(), "%i"), Size: 24 + 16 + 20})
	if err != nil {
		t.Fatal(err)
	}
	n, err := CopyRecords(out, r)
	var refused *RefusedError
	if !errors.As(err, &refused) || !errors.Is(err, ErrLength) || refused.Record != 42 || n != 41 {
		t.Errorf("%d records, %v", n, err)
	}
}

// Pcapng holds all times that int64 nanoseconds can be, in microseconds as well where they fit, and
// pcap those of 32 bits of seconds.
func TestWriterHoldsTimes(t *testing.T) {
	times := []int64{math.MinInt64, -1_000_000_001, -1, 0, 1, 1000, 1001, 4294967296e9, math.MaxInt64}
	for _, cfg := range []WriterConfig{{Format: Pcapng}, {Format: Pcapng, Micro: true, Exact: true}} {
		var file bytes.Buffer
		w, err := NewWriter(&file, cfg)
		if err != nil {
			t.Fatal(err)
		}
		size := int64(0)
		for _, at := range times {
			r := Record{Time: at, LinkType: LinkRaw, Data: []byte{1, 2, 3}, OrigLen: 3}
			size += w.size(&r)
			if err := w.WriteRecord(&r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || size != int64(file.Len()) {
			t.Errorf("%d bytes, %d were foreseen, %v", file.Len(), size, err)
		}
		got, err := readBytes(t, file.Bytes(), ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var back []int64
		for _, r := range got {
			back = append(back, r.Time)
		}
		if !slices.Equal(back, times) {
			t.Errorf("%+v: %v, want %v", cfg, back, times)
		}
	}
	var file bytes.Buffer
	w, _ := NewWriter(&file, WriterConfig{Format: Pcapng, Micro: true})
	early := Record{Time: -1, LinkType: LinkRaw, OrigLen: 1}
	if err := errors.Join(w.WriteRecord(&early), w.Close()); err != nil {
		t.Fatal(err)
	}
	// rounded down
	if got, err := readBytes(t, file.Bytes(), ReaderConfig{}); err != nil || got[0].Time != -1000 {
		t.Errorf("%v, %v", got, err)
	}
}

// Abandon leaves nothing under the name of the file that was open, and what was complete.
func TestRotatorAbandon(t *testing.T) {
	for _, keep := range []bool{false, true} {
		dir := t.TempDir()
		w, err := NewRotator(RotateConfig{Name: filepath.Join(dir, "%i"), Interval: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int64{1e9, 2e9, 2e9 + 1} {
			if err := w.WriteRecord(&Record{Time: at, LinkType: LinkRaw}); err != nil {
				t.Fatal(err)
			}
		}
		about, left, err := w.Abandon(keep)
		if err != nil || about.Name != filepath.Join(dir, "2") || about.Records != 2 {
			t.Errorf("%+v, %v", about, err)
		}
		entries, err := os.ReadDir(dir)
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		want := []string{"1"}
		if keep {
			want = append(want, filepath.Base(left))
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("keep %v: %v, want %v; %v", keep, names, want, err)
		}
		if keep != (strings.HasPrefix(left, filepath.Join(dir, "2.")) && strings.HasSuffix(left, ".part")) || !keep && left != "" {
			t.Errorf("keep %v: %q is left", keep, left)
		}
		if err := w.WriteRecord(&Record{}); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after it: %v", err)
		}
	}
}
