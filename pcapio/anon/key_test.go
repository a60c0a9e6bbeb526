package anon

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestKeyFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key")
	key, err := CreateKey(name)
	if err != nil || len(key) != KeySize {
		t.Fatal(key, err)
	}
	if again, err := ReadKey(name); err != nil || !bytes.Equal(again, key) {
		t.Fatal(again, err)
	}
	if _, err := CreateKey(name); !errors.Is(err, os.ErrExist) {
		t.Errorf("creating over a key: %v", err)
	}
	other, err := CreateKey(name + "2")
	if err != nil || bytes.Equal(other, key) {
		t.Errorf("two keys are equal, or %v", err)
	}
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
			if err := os.Chmod(name, mode); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadKey(name); !errors.Is(err, ErrKeyExposed) {
				t.Errorf("mode %o: %v", mode, err)
			}
		}
	}
}

func TestReadKey(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text string
		err  error
	}{
		"raw":   {string(sampleKey), nil},
		"hex":   {strings.Repeat("0f", 32), nil},
		"lines": {"\n" + strings.Repeat("0F", 32) + "\r\n", nil},
		"short": {strings.Repeat("0f", 31), ErrKey},
		"long":  {strings.Repeat("0f", 33), ErrKey},
		"words": {strings.Repeat("xy", 32), ErrKey},
		"empty": {"", ErrKey},
		"huge":  {strings.Repeat("0f", 1<<20), ErrKey},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte(c.text), 0o400); err != nil {
				t.Fatal(err)
			}
			key, err := ReadKey(file)
			if !errors.Is(err, c.err) || (err == nil) != (len(key) == KeySize) {
				t.Errorf("%x, %v", key, err)
			}
		})
	}
	if _, err := ReadKey(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := ReadKey(dir); !errors.Is(err, ErrKey) {
		t.Error(err)
	}
	if _, err := New(sampleKey[:31]); !errors.Is(err, ErrKey) {
		t.Error(err)
	}
}
