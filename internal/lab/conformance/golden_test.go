package conformance

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares the output of programs on testdata/web.pcap, byte by byte, with the files
// examples/NAME/testdata/*.golden. After a change that is meant: go test ./internal/lab/conformance
// -run Golden -update
func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		captureReader
		golden string // file in examples/NAME/testdata
	}{
		{captureReader{"flows", []string{"-format", "t2"}, ""}, "web-t2.golden"},
		{captureReader{"flows", []string{"-format", "t2", "-semantics", "classic", "-interval", "2s", "-align"}, ""}, "web-t2-classic-2s.golden"},
		{captureReader{"flows", []string{"-format", "t2", "-counters", "lifetime", "-idle", "500ms", "-interval", "2s"}, ""}, "web-t2-lifetime.golden"},
		{captureReader{"flows", []string{"-format", "netmate"}, ""}, "web-netmate.golden"},
		{captureReader{"flows", []string{"-format", "netmate", "-semantics", "classic"}, ""}, "web-netmate-classic.golden"},
		{captureReader{"flows", []string{"-format", "csv"}, ""}, "web-csv.golden"},
		{captureReader{"flows", []string{"-format", "csv", "-uni", "-active", "1s"}, ""}, "web-csv-uni.golden"},
		{captureReader{"flows", []string{"-format", "jsonl"}, ""}, "web-jsonl.golden"},
	} {
		t.Run(tt.String(), func(t *testing.T) {
			got := tt.run(t, web)
			if got.status != 0 || got.stderr != "" {
				t.Fatalf("status %d: %s", got.status, got.stderr)
			}
			golden(t, filepath.Join(root, "examples", tt.name, "testdata", tt.golden), got.stdout)
		})
	}
}

// golden compares text with a golden file, or writes the file with -update.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, file, []byte(text))
		return
	}
	want, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%v: make it with -update", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		line := 1
		for i := range min(len(text), len(want)) {
			if text[i] != want[i] {
				break
			}
			if text[i] == '\n' {
				line++
			}
		}
		t.Errorf("%d bytes, %s has %d; the first difference is in line %d", len(text), file, len(want), line)
	}
}
