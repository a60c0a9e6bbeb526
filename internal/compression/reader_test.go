package compression

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/reeftools/reef/internal/lab/compressed"
)

func TestNewReader(t *testing.T) {
	sample, files := compressed.Sample(t)
	want := map[string][]byte{}
	for name := range files {
		want[name] = sample
	}
	for _, plain := range []string{"", "1", "5.6.7.8\n", "\x1f", "BZ", "P*", "S*M", string(sample)} {
		name := "plain " + plain[:min(len(plain), 8)]
		files[name], want[name] = []byte(plain), []byte(plain)
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"whole": bytes.NewReader(file), "by bytes": iotest.OneByteReader(bytes.NewReader(file)),
				"data with error": iotest.DataErrReader(bytes.NewReader(file))} {
				t.Run(how, func(t *testing.T) {
					if err := iotest.TestReader(NewReader(r), want[name]); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}

// A file cut at any byte gives what is good of it and says that it is cut. Where a member just
// ends, the format cannot tell; there half is missing.
func TestReaderCut(t *testing.T) {
	sample, files := compressed.Sample(t)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			for cut := MagicLen; cut < len(file); cut++ {
				got, err := io.ReadAll(NewReader(bytes.NewReader(file[:cut])))
				if !bytes.HasPrefix(sample, got) || err == nil && len(got) == len(sample) || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("cut at %d of %d: %d bytes, error %v", cut, len(file), len(got), err)
				}
			}
		})
	}
}

// What cannot be read any more gives the source's own error, and again.
func TestReaderSourceFails(t *testing.T) {
	_, files := compressed.Sample(t)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			r := NewReader(io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(iotest.ErrTimeout)))
			for range 2 {
				if _, err := io.ReadAll(r); err != iotest.ErrTimeout {
					t.Error(err)
				}
			}
		})
	}
	got, err := io.ReadAll(NewReader(io.MultiReader(strings.NewReader("1 2\n"), iotest.ErrReader(iotest.ErrTimeout))))
	if string(got) != "1 2\n" || err != iotest.ErrTimeout {
		t.Errorf("text that cannot be read on: %q, %v", got, err)
	}
}

// Damage is named with the format, after what is good; so is a format that is not read.
func TestReaderDamage(t *testing.T) {
	sample, files := compressed.Sample(t)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			got, err := io.ReadAll(NewReader(bytes.NewReader(append(bytes.Clone(file), "trailing garbage"...))))
			var damaged *Error
			if !bytes.Equal(got, sample) || !errors.Is(err, ErrDamaged) || !errors.As(err, &damaged) || string(damaged.Format) != name || !strings.HasPrefix(err.Error(), name+" data: ") {
				t.Errorf("garbage at its end: %d bytes, error %v", len(got), err)
			}
			file = bytes.Clone(file)
			file[len(file)/2-3] ^= 0x55
			if _, err = io.ReadAll(NewReader(bytes.NewReader(file))); !errors.Is(err, ErrDamaged) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("damaged: error %v", err)
			}
		})
	}
	for _, format := range []string{"gzip", "lz4"} {
		t.Run(format+" padded", func(t *testing.T) {
			got, err := io.ReadAll(NewReader(bytes.NewReader(append(bytes.Clone(files[format]), make([]byte, 512)...))))
			if !bytes.Equal(got, sample) || err != nil {
				t.Errorf("padded by zeros: %d bytes, error %v", len(got), err)
			}
		})
	}
	_, err := io.ReadAll(NewReader(strings.NewReader("PK\x03\x04 and so on")))
	if !errors.Is(err, errors.ErrUnsupported) || err.Error() != "compressed by zip, which is not read" {
		t.Errorf("zip: %v", err)
	}
}

// A typed line is there before the next one is typed.
func TestReaderDoesNotWait(t *testing.T) {
	typed := 0
	r := NewReader(readerFunc(func(p []byte) (int, error) {
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

// An xz file that asks for a dictionary of 4 GB must not get it.
func TestXZDictionaryBound(t *testing.T) {
	file := compressed.As(t, "xz", []byte("some text"))
	n := (int(file[12]) + 1) * 4
	header := file[12 : 12+n]
	at := bytes.Index(header, []byte{0x21, 1})
	header[at+2] = 40 // 4 GiB - 1
	binary.LittleEndian.PutUint32(header[n-4:], crc32.ChecksumIEEE(header[:n-4]))
	_, err := io.ReadAll(NewReader(bytes.NewReader(file)))
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "4294967295") {
		t.Errorf("error %v", err)
	}
}

// What is written is read again.
func TestNewWriter(t *testing.T) {
	text := strings.Repeat("so long, ", 1000)
	for _, f := range []Format{None, Gzip, Zstd, LZ4} {
		t.Run(string(f), func(t *testing.T) {
			var file bytes.Buffer
			w, err := NewWriter(&file, f)
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			if err == nil {
				err = w.Close()
			}
			if got := Sniff(file.Bytes()); err != nil || got != f {
				t.Fatalf("sniffed as %q, %v", got, err)
			}
			if got, err := io.ReadAll(NewReader(&file)); string(got) != text || err != nil {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	for _, f := range []Format{Bzip2, XZ, "zip"} {
		if _, err := NewWriter(io.Discard, f); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", f, err)
		}
	}
}
