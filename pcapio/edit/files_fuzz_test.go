package edit

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// FuzzRotator reads back all files that a Rotator makes, in order: no record is lost but those that
// are counted as removed, names never leave their directory's template, and every file keeps to its
// limits.
func FuzzRotator(f *testing.F) {
	records := []byte("\x00\x01\x04\x00\x10\x00abcd\x7f\xff\x02\x09\x10\x00xy\x01\x00\x00\x00\x10\x00\x7f\x00\x08\x00\x00\x00abcdefgh\x80\x00\x00\x01\x00\x00")
	f.Add(records, "f%i", uint8(2), uint8(0), uint8(0), uint8(1))
	f.Add(records, "%Y%m%d-%H%M%S", uint8(0), uint8(1), uint8(9), uint8(2))
	f.Add(records, "x", uint8(1), uint8(100), uint8(0), uint8(4))
	f.Add(records, "%r.%T%%", uint8(2), uint8(0), uint8(9), uint8(0))
	f.Add(records, "%i%", uint8(1), uint8(0), uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, in []byte, name string, perFile, size, ms, mode uint8) {
		dir := t.TempDir()
		var files []RotatedFile
		cfg := RotateConfig{Name: filepath.Join(dir, "t") + name, Records: int64(perFile % 8), Size: int64(size) * 4, Interval: time.Duration(ms) * time.Millisecond,
			Ring: int(mode >> 4 % 4), Wrap: mode&1 != 0, Align: mode&2 != 0, Digits: int(mode >> 2 & 3), Finished: func(f RotatedFile) { files = append(files, f) }}
		if len(name) > 40 || slices.ContainsFunc([]byte(name), func(c byte) bool { return c < ' ' || c == os.PathSeparator || c > '~' }) {
			return // names that file systems may refuse
		}
		if strings.Contains(name, "%D") || strings.Contains(name, "%x") {
			return // dates with slashes, and so folders that are not there
		}
		w, err := NewRotator(cfg)
		if err != nil {
			return
		}
		var want []pcapio.Record
		for _, r := range fuzzRecords(in) {
			r.LinkType, r.Interface = pcapio.LinkEthernet, 0
			err := w.WriteRecord(&r)
			var unfinished *UnfinishedError
			if errors.As(err, &unfinished) {
				t.Fatal(err)
			}
			if err == nil {
				want = append(want, r)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s := w.Stats()
		total := int64(0)
		for _, f := range files {
			total += f.Records
			if cfg.Records > 0 && f.Records > cfg.Records || f.Records > 0 && cfg.Size > 0 && f.Bytes > cfg.Size || f.First > f.Last {
				t.Errorf("%+v", f)
			}
		}
		if total != int64(len(want)) || s.Records != uint64(total) || s.Files != uint64(len(files)) || s.RemovedFiles == 0 && s.Removed != 0 {
			t.Errorf("%d records in %d files: %+v", total, len(files), s)
		}
		left, err := os.ReadDir(dir)
		if err != nil || uint64(len(left)) != s.Files-s.RemovedFiles {
			t.Errorf("%d files in the directory, %v; %+v", len(left), err, s)
		}
		want = want[s.Removed:]
		var got []pcapio.Record
		for _, f := range files[s.RemovedFiles:] {
			r, err := pcapio.Open(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			list, err := readAll(t, r)
			if err := errors.Join(err, r.Close()); err != nil || int64(len(list)) != f.Records {
				t.Fatalf("%+v: %d records, %v", f, len(list), err)
			}
			got = append(got, list...)
		}
		for i := range min(len(got), len(want)) {
			if !reflect.DeepEqual(withoutData(got[i]), withoutData(want[i])) || string(got[i].Data) != string(want[i].Data) {
				t.Fatalf("record %d: %+v, want %+v", i, got[i], want[i])
			}
		}
	})
}

func withoutData(r pcapio.Record) pcapio.Record {
	r.Data = nil
	return r
}

// FuzzSlicer compares the records that a Slicer finds in a file that is long enough for bisection
// with those that a look at all of them finds. Records are out of order by a few at most, and their
// data is full of what looks like records.
func FuzzSlicer(f *testing.F) {
	f.Add(uint64(1), int64(100), int64(20), uint8(0))
	f.Add(uint64(2), int64(700), int64(0), uint8(7))
	f.Add(uint64(3), int64(-5), int64(1<<40), uint8(3))
	f.Add(uint64(4), int64(500), int64(9), uint8(255))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, seed uint64, from, length int64, jitter uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var file []byte
		w := &bytesWriter{&file}
		writer, err := pcapio.NewWriter(w, pcapio.WriterConfig{})
		if err != nil {
			t.Fatal(err)
		}
		window := Window{Start: 1e18 + from%1000*1e6, End: 1e18 + (from%1000+max(length%1000, 0))*1e6}
		var want []pcapio.Record
		whole := 0
		for i := range 200 + rng.IntN(800) {
			data := make([]byte, rng.IntN(1500))
			if len(file) > 100 && rng.IntN(3) == 0 {
				copy(data, file[rng.IntN(len(file)-50):])
			}
			r := pcapio.Record{Time: 1e18 + int64(i)*1e6 - rng.Int64N(1+int64(jitter))*1e6, OrigLen: len(data), LinkType: pcapio.LinkEthernet, Data: data}
			if err := writer.WriteRecord(&r); err != nil {
				t.Fatal(err)
			}
			if whole++; window.Contains(r.Time) {
				want = append(want, r)
			}
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "x.pcap")
		if err := os.WriteFile(name, file, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, slack := range []int64{-1, 1516 * (int64(jitter) + 2), DefaultSliceSlack} {
			r, err := pcapio.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			s := NewSlicer(r)
			s.Slack = slack
			s.SetWindow(window)
			got, err := readAll(t, s)
			if err := errors.Join(err, r.Close()); err != nil || len(got) != len(want) {
				t.Fatalf("slack %d: %d records, %v; want %d", slack, len(got), err, len(want))
			}
			for i := range want {
				if got[i].Time != want[i].Time || !bytes.Equal(got[i].Data, want[i].Data) {
					t.Fatalf("slack %d: record %d at %d, want %d", slack, i, got[i].Time, want[i].Time)
				}
			}
			if st := s.Stats(); st.Read != st.Kept+st.Before+st.After || st.Kept != uint64(len(want)) || st.Unread == 0 && st.Read != uint64(whole) {
				t.Fatalf("slack %d: %+v of %d records", slack, st, whole)
			}
		}
	})
}

// bytesWriter appends to a slice that can be looked at meanwhile.
type bytesWriter struct{ b *[]byte }

func (w *bytesWriter) Write(b []byte) (int, error) {
	*w.b = append(*w.b, b...)
	return len(b), nil
}
