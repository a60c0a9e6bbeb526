package pcapio

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestDecompress(t *testing.T) {
	files := compressedFiles(t)
	for _, plain := range []string{"", "1", "5.6.7.8\n", "\x1f", "BZ", "P*", "S*M", string(smallPcap)} {
		files[compression("plain "+plain)] = []byte(plain)
	}
	for c, file := range files {
		want := file
		if !strings.HasPrefix(string(c), "plain ") {
			want = smallPcap
		}
		for name, r := range map[string]io.Reader{"whole": bytes.NewReader(file), "by bytes": iotest.OneByteReader(bytes.NewReader(file)),
			"data with error": iotest.DataErrReader(bytes.NewReader(file))} {
			if err := iotest.TestReader(Decompress(r), want); err != nil {
				t.Errorf("%q, %s: %v", c, name, err)
			}
		}
	}
}

func TestDecompressErrors(t *testing.T) {
	for c, file := range compressedFiles(t) {
		for cut := sniffLen; cut < len(file); cut++ {
			got, err := io.ReadAll(Decompress(bytes.NewReader(file[:cut])))
			if !bytes.HasPrefix(smallPcap, got) || err == nil && len(got) == len(smallPcap) || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s cut at %d of %d: %d bytes, error %v", c, cut, len(file), len(got), err)
			}
		}
		r := Decompress(io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(iotest.ErrTimeout)))
		for range 2 { // errors stay
			if _, err := io.ReadAll(r); err != iotest.ErrTimeout {
				t.Errorf("%s that cannot be read: %v", c, err)
			}
		}
	}
	if _, err := io.ReadAll(Decompress(strings.NewReader("PK\x03\x04 and so on"))); !errors.Is(err, ErrUnsupported) {
		t.Errorf("zip: %v", err)
	}
	if got, err := io.ReadAll(Decompress(io.MultiReader(strings.NewReader("1 2\n"), iotest.ErrReader(iotest.ErrTimeout)))); string(got) != "1 2\n" || err != iotest.ErrTimeout {
		t.Errorf("text that cannot be read on: %q, %v", got, err)
	}
}

// A typed line is there before the next one is typed.
func TestDecompressDoesNotWait(t *testing.T) {
	typed := 0
	r := Decompress(readerFunc(func(p []byte) (int, error) {
		typed++
		return copy(p, "1 2\n"), nil
	}))
	b := make([]byte, 100)
	if n, err := r.Read(b); string(b[:n]) != "1 2\n" || err != nil || typed != 1 {
		t.Errorf("%q, %v after %d lines", b[:n], err, typed)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
