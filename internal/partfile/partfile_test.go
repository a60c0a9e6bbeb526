package partfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func content(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		end         func(*File) error
		final, rest string
	}{
		{"abort", (*File).Abort, "old", "none"},
		{"close", (*File).Close, "old", "new"},
		{"commit", (*File).Commit, "new", "none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte("new")); err != nil {
				t.Fatal(err)
			}
			if got := content(t, name); got != "old" {
				t.Errorf("while it grows the file is %q", got)
			}
			if err := test.end(f); err != nil {
				t.Error(err)
			}
			if got, rest := content(t, name), content(t, f.Part()); got != test.final || rest != test.rest {
				t.Errorf("final %q, part %q; want %q, %q", got, rest, test.final, test.rest)
			}
		})
	}
}

func TestCommitFails(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(f.Name, 0o700); err != nil { // in the way of the rename
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("renamed onto a directory")
	}
	if err := f.Abort(); err != nil || content(t, f.Part()) != "none" {
		t.Errorf("Abort after Commit: %v, part %q", err, content(t, f.Part()))
	}
	if _, err := Create(filepath.Join(dir, "no", "such")); err == nil {
		t.Error("created in a directory that is not there")
	}
}

// Two files of one name grow apart; the last that is complete keeps the name.
func TestTwoOfOneName(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	var two [2]*File
	for i := range two {
		f, err := Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Sync = i == 1
		two[i] = f
	}
	for range 2 {
		for i, f := range two { // in turn, each closed in between
			if _, err := f.Write([]byte{"ab"[i]}); err != nil {
				t.Fatal(err)
			}
			if err := f.Suspend(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, want := range []string{"aa", "bb"} {
		if err := two[i].Commit(); err != nil {
			t.Fatal(err)
		}
		if got := content(t, name); got != want {
			t.Errorf("after commit %d the file is %q, want %q", i, got, want)
		}
	}
}

func TestLongName(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil || content(t, name) != "" {
		t.Errorf("%v, %q", err, content(t, name))
	}
}
