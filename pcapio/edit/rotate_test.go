package edit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// rotate writes a record of 10 bytes at each time (in seconds) and returns the files, as "name:
// seconds of its records".
func rotate(t *testing.T, cfg RotateConfig, times ...int64) (files []string, stats RotateStats) {
	t.Helper()
	dir := t.TempDir()
	cfg.Name = filepath.Join(dir, cfg.Name)
	var finished []string
	cfg.Finished = func(f RotatedFile) {
		info, err := os.Stat(f.Name)
		if err != nil {
			t.Error(err)
		} else if cfg.Writer.Compression == pcapio.NoCompression && info.Size() != f.Bytes || cfg.Size > 0 && info.Size() > cfg.Size {
			t.Errorf("%+v has %d bytes", f, info.Size())
		}
		finished = append(finished, f.Name)
	}
	w, err := NewRotator(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i, sec := range times {
		if cfg.WallTime {
			w.now = func() time.Time { return time.Unix(sec, 0) }
		}
		r := pcapio.Record{Time: sec * 1e9, LinkType: pcapio.LinkRaw, OrigLen: 10, Data: []byte("0123456789")}
		if err := w.WriteRecord(&r); err != nil {
			if errors.Is(err, ErrMaxFiles) {
				break
			}
			t.Fatal(i, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Error("second Close:", err)
	}
	if uint64(len(finished)) != w.Stats().Files {
		t.Errorf("%d files finished, %d counted", len(finished), w.Stats().Files)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		r, err := pcapio.Open(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all, err := readAll(t, r)
		if err != nil {
			t.Error(err)
		}
		line := e.Name() + ":"
		for _, rec := range all {
			line += fmt.Sprint(" ", rec.Time/1e9)
		}
		files = append(files, line)
	}
	return files, w.Stats()
}

func TestRotate(t *testing.T) {
	newYork := time.FixedZone("", -5*3600-1800)
	for _, test := range []struct {
		name  string
		cfg   RotateConfig
		times []int64
		want  string
	}{
		{"one", RotateConfig{Name: "a.pcap"}, []int64{1, 2}, "a.pcap: 1 2"},
		{"none", RotateConfig{Name: "a.pcap"}, nil, "a.pcap:"},
		{"size", RotateConfig{Name: "a", Size: 24 + 2*26}, []int64{1, 2, 3, 4, 5}, "a: 1 2|a1: 3 4|a2: 5"},
		{"size, one byte less", RotateConfig{Name: "a", Size: 24 + 2*26 - 1}, []int64{1, 2, 3}, "a: 1|a1: 2|a2: 3"},
		{"size, pcapng", RotateConfig{Name: "a", Size: 250, Writer: pcapio.WriterConfig{Format: pcapio.Pcapng}}, []int64{1, 2, 3, 4, 5}, "a: 1 2 3 4|a1: 5"},
		{"size, gzip", RotateConfig{Name: "a", Size: 24 + 2*26 + 64, Writer: pcapio.WriterConfig{Compression: pcapio.Gzip}}, []int64{1, 2, 3}, "a: 1 2|a1: 3"},
		{"size, lz4", RotateConfig{Name: "a", Size: 24 + 2*26 + 64, Writer: pcapio.WriterConfig{Compression: pcapio.LZ4}}, []int64{1, 2, 3}, "a: 1 2|a1: 3"},
		{"size, zstd", RotateConfig{Name: "a", Size: 24 + 2*26 + 64, Writer: pcapio.WriterConfig{Compression: pcapio.Zstd}}, []int64{1, 2, 3}, "a: 1 2|a1: 3"},
		{"records", RotateConfig{Name: "f%i", Digits: 3, Records: 2}, []int64{1, 2, 3}, "f001: 1 2|f002: 3"},
		{"time", RotateConfig{Name: "%s", Interval: 10 * time.Second}, []int64{3, 12, 13, 45, 20, 53}, "13: 13|3: 3 12|43: 45 20|53: 53"},
		{"time, aligned", RotateConfig{Name: "%M%S", Interval: 10 * time.Second, Align: true}, []int64{3, 12, 13, 45}, "0000: 3|0010: 12 13|0040: 45"},
		{"aligned in a zone", RotateConfig{Name: "%H%M", Interval: time.Hour, Align: true, Zone: newYork}, []int64{0, 1799, 1800}, "1800: 0 1799|1900: 1800"},
		{"time and size", RotateConfig{Name: "%s", Interval: 10 * time.Second, Size: 24 + 26}, []int64{3, 4, 13}, "13: 13|3: 3|31: 4"},
		{"wall time", RotateConfig{Name: "%s", Interval: 10 * time.Second, WallTime: true}, []int64{100, 109, 110}, "100: 100 109|110: 110"},
		{"ring", RotateConfig{Name: "%i", Records: 1, Ring: 2}, []int64{1, 2, 3, 4}, "3: 3|4: 4"},
		{"wrap", RotateConfig{Name: "%i", Digits: 2, Records: 1, Ring: 3, Wrap: true}, []int64{1, 2, 3, 4}, "00: 4|01: 2|02: 3"},
		{"limit", RotateConfig{Name: "%i", Records: 2, MaxFiles: 2}, []int64{1, 2, 3, 4, 5}, "1: 1 2|2: 3 4"},
		{"same names later", RotateConfig{Name: "%S", Interval: time.Second}, []int64{1, 2, 61}, "01: 1|011: 61|02: 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files, stats := rotate(t, test.cfg, test.times...)
			if got := strings.Join(files, "|"); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			left := int64(strings.Count(strings.Join(files, ""), " "))
			if stats.Records != uint64(left)+stats.Removed || stats.Files != uint64(len(files))+stats.RemovedFiles {
				t.Errorf("%+v, but %d records in %d files", stats, left, len(files))
			}
		})
	}
}

func TestRotateTick(t *testing.T) {
	dir := t.TempDir()
	w, err := NewRotator(RotateConfig{Name: filepath.Join(dir, "%s"), Interval: time.Minute, WallTime: true})
	if err != nil {
		t.Fatal(err)
	}
	w.now = func() time.Time { return time.Unix(1000, 0) }
	if err := errors.Join(w.Tick(), w.WriteRecord(&pcapio.Record{})); err != nil {
		t.Fatal(err)
	}
	w.now = func() time.Time { return time.Unix(1060, 0) }
	if err := w.Tick(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "1000")); err != nil || w.Stats().Files != 1 {
		t.Errorf("%v, %+v", err, w.Stats())
	}
}

func TestRotateRefuses(t *testing.T) {
	for _, cfg := range []RotateConfig{{}, {Name: "%"}, {Name: "%q"}, {Name: "a", Size: -1}, {Name: "a", Align: true}, {Name: "a", Wrap: true},
		{Name: "a%%i", Ring: 2, Wrap: true}, {Name: "a", Digits: 21}, {Name: "a", Writer: pcapio.WriterConfig{SnapLen: -1}}} {
		if _, err := NewRotator(cfg); err == nil {
			t.Errorf("taken: %+v", cfg)
		}
	}
	name := filepath.Join(t.TempDir(), "a")
	w, err := NewRotator(RotateConfig{Name: name, Size: 60})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteRecord(&pcapio.Record{LinkType: 1, Data: make([]byte, 100), OrigLen: 100}); err == nil {
		t.Error("a record longer than the limit was taken")
	}
	if err := w.WriteRecord(&pcapio.Record{Time: -1}); !errors.Is(err, pcapio.ErrTime) {
		t.Error(err)
	}
	if err := errors.Join(w.WriteRecord(&pcapio.Record{LinkType: 1}), w.Close()); err != nil || w.Stats().Records != 1 {
		t.Error("not good any more after refusals:", err)
	}
}

// TestRotateFullDisk fills a file system of nearly no size: a symbolic link to /dev/full in place
// of the second file.
func TestRotateFullDisk(t *testing.T) {
	dir := t.TempDir()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here:", err)
	}
	if err := os.Symlink("/dev/full", filepath.Join(dir, "2")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	w, err := NewRotator(RotateConfig{Name: filepath.Join(dir, "%i"), Records: 200})
	if err != nil {
		t.Fatal(err)
	}
	r := pcapio.Record{LinkType: 1, Data: make([]byte, 1000), OrigLen: 1000}
	for range 1000 {
		if err = w.WriteRecord(&r); err != nil {
			break
		}
	}
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || unfinished.Complete != 1 || unfinished.Records == 0 || unfinished.File != filepath.Join(dir, "2") {
		t.Fatalf("%v", err)
	}
	if again := w.WriteRecord(&r); again != err {
		t.Error("then", again)
	}
	if again := w.Close(); again != err {
		t.Error("Close:", again)
	}
	good, err := pcapio.Open(filepath.Join(dir, "1"))
	if err != nil {
		t.Fatal(err)
	}
	if all, err := readAll(t, good); err != nil || len(all) != 200 {
		t.Errorf("the finished file has %d records, %v", len(all), err)
	}
}

func TestRotateKill(t *testing.T) {
	dir := t.TempDir()
	w, err := NewRotator(RotateConfig{Name: filepath.Join(dir, "%i"), Records: 2})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := w.WriteRecord(&pcapio.Record{LinkType: 1}); err != nil {
			t.Fatal(err)
		}
	}
	// Killed here.
	var names []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) != 3 || names[0] != "1" || names[1] != "2" || !strings.HasPrefix(names[2], "3.") || !strings.HasSuffix(names[2], ".part") {
		t.Errorf("%q", names)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// The name says what is in the files, unless that was said otherwise.
func TestRotateByName(t *testing.T) {
	dir := t.TempDir()
	w, err := NewRotator(RotateConfig{Name: filepath.Join(dir, "out-%i.pcapng.gz")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "out-1.pcapng.gz")); err != nil || !bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		t.Errorf("begins with % x, %v; want gzip", b[:min(2, len(b))], err)
	}
	if _, err := NewRotator(RotateConfig{Name: "a.pcapng", Writer: pcapio.WriterConfig{Format: pcapio.Pcap}}); !errors.Is(err, pcapio.ErrConfig) {
		t.Errorf("a contradiction: %v", err)
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
			if err := w.WriteRecord(&pcapio.Record{Time: at, LinkType: pcapio.LinkRaw}); err != nil {
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
		if err := w.WriteRecord(&pcapio.Record{}); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after it: %v", err)
		}
	}
}
