//go:build unix

package conformance

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/internal/lab/tracegen"
	"github.com/reeftools/reef/internal/partfile"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
)

// fileWriters are the programs that write files by name, with flags that make them write into the
// folder DIR.
var fileWriters = []captureReader{
	{"slice", []string{"-w", "DIR/one.pcap"}, ""},
	{"slice", []string{"-w", "DIR/%i.pcap", "-C", "100000"}, ""},
	{"slice", []string{"-w", "DIR/%H%M%S.pcapng.gz", "-G", "10s"}, ""},
	{"flows", []string{"-o", "DIR/%i.t2", "-interval", "5s"}, ""},
	{"flows", []string{"-format", "csv", "-o", "DIR/%i.csv.gz", "-interval", "5s"}, ""},
	{"flows", []string{"-format", "netmate", "-o", "DIR/all.csv"}, ""},
	{"tcpconns", []string{"-logs", "DIR/logs"}, ""},
	{"tcpconns", []string{"-histograms", "DIR"}, ""},
	{"tcpconns", []string{"-xplot", "DIR", "-o", "1-20"}, ""},
}

// empty returns a folder whose name is no template, as those of t.TempDir may be.
func empty(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "reef-whole-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// into returns c with a folder put in.
func (c captureReader) into(dir string) []string {
	var args []string
	for _, a := range c.args {
		args = append(args, strings.ReplaceAll(a, "DIR", dir))
	}
	return args
}

// files returns what the files below dir hold; those that are not complete, by their name, have
// their own list.
func files(t *testing.T, dir string) (whole map[string]string, parts []string) {
	t.Helper()
	whole = map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, partfile.Suffix) {
			parts = append(parts, name)
			return nil
		}
		b, err := os.ReadFile(path)
		whole[name] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return whole, parts
}

// sameWhole tells of each file that is not the one of the uninterrupted run.
func sameWhole(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	for name, content := range got {
		if w, ok := want[name]; !ok || content != w {
			t.Errorf("%s: %s has %d bytes under its final name, %d when whole", when, name, len(content), len(w))
		}
	}
}

// TestOnlyWholeFiles kills programs at random moments and lets their disk run full at each size:
// whatever has its final name is the file that an uninterrupted run writes.
func TestOnlyWholeFiles(t *testing.T) {
	kills, sizes := 4, []int{0, 1, 9, 60}
	if os.Getenv("REEF_CONFORMANCE") == "require" {
		kills = 50
		for n := 2; n < 1000; n = n*3/2 + 1 {
			sizes = append(sizes, n)
		}
	}
	trace := filepath.Join(t.TempDir(), "trace.pcap")
	cfg := tracegen.Standard()
	cfg.Packets, cfg.Flows, cfg.Rate = 6000, 0, 200
	w, err := edit.NewRotator(edit.RotateConfig{Name: trace})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pcapio.CopyRecords(w, tracegen.New(cfg)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range fileWriters {
		t.Run(c.String(), func(t *testing.T) {
			dir := empty(t)
			path := program(t, c.name)
			begun := time.Now()
			mustRun(t, path, append(c.into(dir), trace)...)
			took := time.Since(begun)
			want, parts := files(t, dir)
			if len(want) == 0 || len(parts) > 0 {
				t.Fatalf("an uninterrupted run leaves %d files and %q", len(want), parts)
			}
			for range kills {
				dir := empty(t)
				cmd := exec.Command(path, append(c.into(dir), trace)...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(rand.Int64N(int64(took))))
				cmd.Process.Kill() // it may have ended
				cmd.Wait()
				got, _ := files(t, dir)
				sameWhole(t, "killed", got, want)
			}
			for _, n := range sizes {
				dir := empty(t)
				args := append([]string{"-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, n), path}, append(c.into(dir), trace)...)
				out := run(t, "sh", args...)
				got, parts := files(t, dir)
				when := fmt.Sprintf("at most %d blocks a file", n)
				sameWhole(t, when, got, want)
				if out.status == 0 != (len(got) == len(want)) || out.status != 0 && strings.Count(out.stderr, "too large") != 1 {
					t.Errorf("%s: status %d with %d of %d files: %s", when, out.status, len(got), len(want), out.stderr)
				}
				if len(parts) > 0 && (c.name != "slice" || len(parts) > 1 || !strings.Contains(out.stderr, parts[0])) {
					t.Errorf("%s: %q is left: %s", when, parts, out.stderr)
				}
			}
		})
	}
}

// TestSameOutputTwice lets two runs write to one file: it is one run's, whole.
func TestSameOutputTwice(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first.pcap"), filepath.Join(t.TempDir(), "second.pcap")
	slice := program(t, "slice")
	mustRun(t, slice, "-w", first, web)
	mustRun(t, slice, "-w", second, "-snap", "60", web)
	one, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		out := filepath.Join(t.TempDir(), "out.pcap")
		var running []*exec.Cmd
		for _, args := range [][]string{{"-w", out, web}, {"-w", out, "-snap", "60", web}} {
			cmd := exec.Command(slice, args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			running = append(running, cmd)
		}
		for _, cmd := range running {
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != string(one) && string(got) != string(two) {
			t.Errorf("%d bytes, neither %d nor %d: %v", len(got), len(one), len(two), err)
		}
	}
}

// TestLinksAreNotFollowed puts links where an incomplete file once lay: what they point to stays as
// it is.
func TestLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	target, out := filepath.Join(dir, "target"), filepath.Join(dir, "out.pcap")
	if err := os.WriteFile(target, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, out+partfile.Suffix); err != nil {
		t.Fatal(err)
	}
	mustRun(t, program(t, "slice"), "-w", out, web)
	if got, err := os.ReadFile(target); err != nil || string(got) != "precious" {
		t.Errorf("the target of a link is %q, %v", got, err)
	}
	if info, err := os.Lstat(out); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the output is %v, %v", info.Mode(), err)
	}
}
