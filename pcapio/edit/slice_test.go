package edit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// bigCapture writes n records, the i-th at i milliseconds, with its number in its first bytes, and
// returns the file's name.
func bigCapture(t testing.TB, cfg pcapio.WriterConfig, n int, at func(i int) int64) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "big.pcap")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := pcapio.NewWriter(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 1000)
	for i := range n {
		binary.BigEndian.PutUint32(data, uint32(i))
		r := pcapio.Record{Time: at(i), LinkType: pcapio.LinkEthernet, OrigLen: 1514, Data: data[:100+i%900]}
		if err := w.WriteRecord(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

func millis(i int) int64 { return int64(i) * 1e6 }

// cut returns the numbers of the records that a Slicer of a file gives.
func cut(t *testing.T, name string, w Window, slack int64) (numbers []int, s *Slicer) {
	t.Helper()
	r, err := pcapio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s = NewSlicer(r)
	s.Slack = slack
	s.SetWindow(w)
	all, err := readAll(t, s)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range all {
		numbers = append(numbers, int(binary.BigEndian.Uint32(rec.Data)))
	}
	st := s.Stats()
	if st.Read != st.Kept+st.Before+st.After || st.Kept != uint64(len(all)) {
		t.Errorf("%+v, %d records", st, len(all))
	}
	return numbers, s
}

func checkRange(t *testing.T, what string, got []int, from, to int) {
	t.Helper()
	if len(got) != max(to-from, 0) {
		t.Errorf("%s: %d records, want %d", what, len(got), to-from)
		return
	}
	for i, n := range got {
		if n != from+i {
			t.Errorf("%s: record %d is number %d, want %d", what, i, n, from+i)
			return
		}
	}
}

func TestSliceSeeks(t *testing.T) {
	const records = 20_000 // 11 MB
	const slack = 64 << 10
	for name, cfg := range map[string]pcapio.WriterConfig{"pcap": {}, "micro": {Micro: true}, "pcapng": {Format: pcapio.Pcapng}, "gzip": {Compression: pcapio.Gzip}} {
		t.Run(name, func(t *testing.T) {
			file := bigCapture(t, cfg, records, millis)
			for _, test := range []struct {
				name     string
				w        Window
				from, to int
			}{
				{"all", AllTime, 0, records},
				{"middle", Window{Start: 10_000e6, End: 10_099e6}, 10_000, 10_100},
				{"half-open", Window{Start: 10_000e6, End: 10_099e6, HalfOpen: true}, 10_000, 10_099},
				{"between two records", Window{Start: 9_999_500_001, End: 10_000e6}, 10_000, 10_001},
				{"head", Window{Start: 0, End: 5e6}, 0, 6},
				{"tail", Window{Start: 19_990e6, End: 99_999e6}, 19_990, records},
				{"after", Window{Start: 50_000e6, End: 60_000e6}, 0, 0},
				{"ends before it starts", Window{Start: 5_000e6, End: 4_000e6}, 0, 0},
			} {
				t.Run(test.name, func(t *testing.T) {
					got, s := cut(t, file, test.w, slack)
					checkRange(t, "seeking", got, test.from, test.to)
					st := s.Stats()
					if wholesale := name == "pcapng" || name == "gzip" || test.w == AllTime; wholesale {
						if st.Unread != 0 || st.Read != records {
							t.Errorf("%+v, want all of it read", st)
						}
					} else if extra := st.Before + st.After; extra > 2500 {
						t.Errorf("%d records read around %d, %d bytes left", extra, st.Kept, st.Unread)
					}
					whole, s := cut(t, file, test.w, -1)
					checkRange(t, "read whole", whole, test.from, test.to)
					if st := s.Stats(); st.Read != records || st.Unread != 0 {
						t.Errorf("read whole: %+v", st)
					}
				})
			}
		})
	}
}

func TestSliceOutOfOrder(t *testing.T) {
	// The capture of which tcpslice loses the third packet.
	var file bytes.Buffer
	w, _ := pcapio.NewWriter(&file, pcapio.WriterConfig{})
	for i, sec := range []int64{1000, 1005, 1002, 1006} {
		if err := w.WriteRecord(&pcapio.Record{Time: sec * 1e9, LinkType: pcapio.LinkEthernet, OrigLen: 4, Data: []byte{0, 0, 0, byte(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.pcap")
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, s := cut(t, name, Window{Start: 1000e9, End: 1003e9}, DefaultSliceSlack)
	if len(got) != 2 || got[0] != 0 || got[1] != 2 || s.Stats() != (SliceStats{Read: 4, Kept: 2, After: 2, OutOfOrder: 1}) {
		t.Errorf("%v, %+v", got, s.Stats())
	}

	// In a large file: records near their place are found, as far as the slack reaches.
	swapped := func(i int) int64 {
		if i%10 < 5 {
			return millis(i + 5)
		}
		return millis(i - 5)
	}
	file2 := bigCapture(t, pcapio.WriterConfig{}, 20_000, swapped)
	got, s = cut(t, file2, Window{Start: 10_000e6, End: 10_099e6}, 64<<10)
	if len(got) != 100 || s.Stats().OutOfOrder == 0 || s.Stats().Unread == 0 {
		t.Errorf("%d records, %+v", len(got), s.Stats())
	}
	// Two captures one behind the other: bisection sees that they are not in order, or the file is
	// read whole.
	halves := func(i int) int64 { return millis(i % 10_000) }
	got, s = cut(t, bigCapture(t, pcapio.WriterConfig{}, 20_000, halves), Window{Start: 9_990e6, End: 9_999e6}, -1)
	if len(got) != 20 {
		t.Errorf("%d records of two halves, %+v", len(got), s.Stats())
	}
}

// TestSliceCaptureInCapture has packets that are capture files themselves, with records of other
// times in them.
func TestSliceCaptureInCapture(t *testing.T) {
	inner, err := os.ReadFile(bigCapture(t, pcapio.WriterConfig{}, 300, func(i int) int64 { return 3600e9 + millis(i) }))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, _ := pcapio.NewWriter(&file, pcapio.WriterConfig{})
	const records = 400
	for i := range records {
		data := append([]byte{0, 0, byte(i >> 8), byte(i)}, inner[:60_000]...)
		if err := w.WriteRecord(&pcapio.Record{Time: millis(i), LinkType: pcapio.LinkEthernet, OrigLen: len(data), Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "a.pcap")
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, s := cut(t, name, Window{Start: millis(200), End: millis(209)}, 1<<20)
	checkRange(t, "nested", got, 200, 210)
	if s.Stats().Unread < uint64(file.Len())/2 {
		t.Errorf("%+v of %d bytes", s.Stats(), file.Len())
	}
}

func TestSliceOtherSources(t *testing.T) {
	records := []pcapio.Record{{Time: 1}, {Time: 2}, {Time: 3}}
	i := 0
	s := NewSlicer(pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if i == len(records) {
			return io.ErrUnexpectedEOF
		}
		*r = records[i]
		i++
		return nil
	}))
	if first, ok := s.First(); !ok || first != 1 || s.Interfaces() != nil {
		t.Errorf("first %d %v", first, ok)
	}
	s.SetWindow(Window{Start: 2, End: 2})
	if all, err := readAll(t, s); len(all) != 1 || all[0].Time != 2 || err != io.ErrUnexpectedEOF {
		t.Errorf("%v %v", all, err)
	}
	empty := NewSlicer(pcapio.RecordReaderFunc(func(*pcapio.Record) error { return io.EOF }))
	if _, ok := empty.First(); ok {
		t.Error("an empty capture has a first record")
	}
	if all, err := readAll(t, empty); len(all) != 0 || err != nil {
		t.Errorf("%v %v", all, err)
	}
}

func TestSliceDamagedEnd(t *testing.T) {
	name := bigCapture(t, pcapio.WriterConfig{}, 20_000, millis)
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, info.Size()-10); err != nil {
		t.Fatal(err)
	}
	r, err := pcapio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := NewSlicer(r)
	s.Slack = 1 << 10
	s.SetWindow(Window{Start: millis(19_990), End: millis(30_000)})
	all, err := readAll(t, s)
	var damage *pcapio.FileError
	if len(all) != 9 || !errors.As(err, &damage) || damage.Offset >= info.Size()-10 || damage.Offset < info.Size()-2000 ||
		damage.Record != -1 || !strings.HasPrefix(damage.Error(), fmt.Sprintf("%s: record at byte %d: ", name, damage.Offset)) {
		t.Errorf("%d records, %v", len(all), err)
	}
	first, last, err := pcapio.ReaderConfig{}.Span(name)
	if first != 0 || last != millis(19_998) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("span %d %d %v", first, last, err)
	}
}

func TestSpan(t *testing.T) {
	for name, cfg := range map[string]pcapio.WriterConfig{"pcap": {}, "pcapng": {Format: pcapio.Pcapng}, "zstd": {Compression: pcapio.Zstd}} {
		t.Run(name, func(t *testing.T) {
			first, last, err := pcapio.ReaderConfig{}.Span(bigCapture(t, cfg, 10_000, func(i int) int64 { return 5e9 + millis(i) }))
			if first != 5e9 || last != 5e9+millis(9_999) || err != nil {
				t.Errorf("%d %d %v", first, last, err)
			}
		})
	}
	if _, _, err := (pcapio.ReaderConfig{}).Span(bigCapture(t, pcapio.WriterConfig{}, 0, millis)); err != io.EOF {
		t.Error(err)
	}
	if _, _, err := (pcapio.ReaderConfig{}).Span("no such file"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
