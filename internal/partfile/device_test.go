//go:build unix

package partfile

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A device or named pipe is written where it is, and stays one.
func TestWritesInPlace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	for _, end := range []func(*File) error{(*File).Commit, (*File).Close, (*File).Abort} {
		reader, err := os.OpenFile(name, os.O_RDWR, 0) // which no opening waits for
		if err != nil {
			t.Fatal(err)
		}
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte("new")); err != nil {
			t.Fatal(err)
		}
		if err := end(f); err != nil {
			t.Error(err)
		}
		got := make([]byte, 8)
		if n, err := reader.Read(got); err != nil || string(got[:n]) != "new" || f.Part() != name {
			t.Errorf("read %q, %v; part %s", got[:n], err, f.Part())
		}
		if info, err := os.Stat(name); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			t.Errorf("the pipe became %v, %v", info.Mode(), err)
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := Create(filepath.Dir(name)); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory: %v", err)
	}
}
