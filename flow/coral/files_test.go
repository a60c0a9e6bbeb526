package coral

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func t2(w io.Writer) RowWriter { return NewWriter(w, WriterConfig{}) }

func TestSplit(t *testing.T) {
	for template, want := range map[string][]string{
		"%i.t2":              {"1.t2", "2.t2", "3.t2"},
		"%V-%u-%H%M%S.t2.gz": {"46-2-221320.t2.gz", "46-2-221330.t2.gz", "46-2-221340.t2.gz"},
	} {
		t.Run(want[0], func(t *testing.T) {
			dir := t.TempDir()
			files, err := NewFiles(filepath.Join(dir, template))
			if err != nil {
				t.Fatal(err)
			}
			split := NewSplit(files, t2)
			start := 1_700_000_000 * sec // 2023-11-14 22:13:20 UTC, a Tuesday
			run(t, Config{Interval: 10 * time.Second, Align: true}, split, udp(start, 1), udp(start+15*sec, 1), udp(start+25*sec, 2))
			if err := split.Flush(); err != nil {
				t.Fatal(err)
			}
			if got := list(t, dir); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", template, got, want)
			}
			var rows int64
			for _, name := range want {
				f, err := os.Open(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				n, err := Copy(RowWriterFunc(func(*Row) error { return nil }), NewReader(f))
				if err != nil || n != 1 {
					t.Errorf("%s: %d rows, %v", name, n, err)
				}
				rows += n
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if rows != 3 {
				t.Errorf("%s: %d rows in all", template, rows)
			}
		})
	}
}

func TestSplitUnended(t *testing.T) {
	dir := t.TempDir()
	files, err := NewFiles(filepath.Join(dir, "%i.t2"))
	if err != nil {
		t.Fatal(err)
	}
	split := NewSplit(files, t2)
	m, err := New(Config{Interval: 10 * time.Second}, split)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{0, 15 * sec} {
		if err := m.WritePacket(udp(at, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if got := list(t, dir); len(got) != 2 || got[0] != "1.t2" || !strings.HasPrefix(got[1], "2.t2.") || !strings.HasSuffix(got[1], ".part") {
		t.Errorf("while it runs: %q", got)
	}
	if err := errors.Join(split.Flush(), split.Flush()); err != nil {
		t.Fatal(err)
	}
	if got := list(t, dir); !slices.Equal(got, []string{"1.t2"}) {
		t.Errorf("after Flush: %q", got)
	}
}

func TestFilesErrors(t *testing.T) {
	for _, template := range []string{"", "%", "%Q.t2"} {
		if _, err := NewFiles(template); !errors.Is(err, ErrConfig) {
			t.Errorf("%q: %v", template, err)
		}
	}
	dir := t.TempDir()
	files, err := NewFiles(filepath.Join(dir, "%H.t2"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := files.Create(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Create(24 * 3600 * sec); !errors.Is(err, ErrDuplicate) || !strings.Contains(err.Error(), "00.t2") {
		t.Errorf("same name twice: %v", err)
	}
	files, err = NewFiles(filepath.Join(dir, "none", "%i"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Create(0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing directory: %v", err)
	}
}
