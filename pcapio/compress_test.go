package pcapio

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/reeftools/reef/internal/lab/compressed"
)

// smallPcap is the file that compressed.Sample compresses.
var smallPcap = pcapSpec{link: 1}.build(threePackets...)

func compressedFiles(t testing.TB) map[string][]byte {
	t.Helper()
	plain, files := compressed.Sample(t)
	if !bytes.Equal(plain, smallPcap) {
		t.Fatalf("the sample is % x", plain)
	}
	return files
}

func TestCompressed(t *testing.T) {
	for c, file := range compressedFiles(t) {
		t.Run(c, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, r)
			if err != nil {
				t.Fatal(err)
			}
			checkPackets(t, got, threePackets, 1000)
			if r.InputOffset() != int64(len(file)) {
				t.Errorf("consumed %d of %d bytes", r.InputOffset(), len(file))
			}
			// The same Reader again, a byte at a time.
			if err := r.Reset(iotest.OneByteReader(bytes.NewReader(file))); err != nil {
				t.Fatal(err)
			}
			if got, err = readAll(t, r); err != nil {
				t.Fatal(err)
			}
			checkPackets(t, got, threePackets, 1000)
		})
	}
}

// A file cut at any byte gives a prefix of the records and says that it is cut. Where a member just
// ends, the format cannot tell; there the records are cut, or none is missing.
func TestCompressedCut(t *testing.T) {
	for c, file := range compressedFiles(t) {
		t.Run(c, func(t *testing.T) {
			for cut := range len(file) {
				got, err := readBytes(t, file[:cut], ReaderConfig{})
				for i, r := range got {
					if string(r.Data) != threePackets[i].data {
						t.Errorf("cut at %d: record %d: %q", cut, i, r.Data)
					}
				}
				var fe *FileError
				if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &fe) {
					t.Errorf("cut at %d of %d: %d records, error %v", cut, len(file), len(got), err)
				}
			}
		})
	}
}

// Damage of the compressed data is damage of the capture, and says so once.
func TestCompressedDamage(t *testing.T) {
	files := compressedFiles(t)
	files["gzip in zstd"] = compressed.As(t, "zstd", append(files["gzip"], "trailing garbage"...))
	for c, file := range files {
		t.Run(c, func(t *testing.T) {
			got, err := readBytes(t, append(bytes.Clone(file), "trailing garbage"...), ReaderConfig{})
			if len(got) != 3 || !errors.Is(err, ErrFormat) || !errors.Is(err, ErrCompression) || strings.Count(err.Error(), "bad capture format") != 1 {
				t.Errorf("garbage at its end: %d records, error %v", len(got), err)
			}
			damaged := bytes.Clone(file)
			damaged[len(damaged)/2-3] ^= 0x55
			if _, err = readBytes(t, damaged, ReaderConfig{}); !errors.Is(err, ErrFormat) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("damaged: error %v", err)
			}
		})
	}
}

// Damage of a file that is no capture is not said to be damage of a capture.
func TestDecompressDamage(t *testing.T) {
	list := append(compressed.As(t, "gzip", []byte("1 2 3\n")), "trailing garbage"...)
	got, err := io.ReadAll(Decompress(bytes.NewReader(list)))
	if string(got) != "1 2 3\n" || !errors.Is(err, ErrCompression) || errors.Is(err, ErrFormat) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCompressedNested(t *testing.T) {
	file := compressed.As(t, "zstd", compressed.As(t, "gzip", smallPcap))
	got, err := readBytes(t, file, ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	checkPackets(t, got, threePackets, 1000)
	for range 5 {
		file = compressed.As(t, "gzip", file)
	}
	if _, err = readBytes(t, file, ReaderConfig{}); !errors.Is(err, ErrFormat) {
		t.Errorf("nested too deep: %v", err)
	}
}

func TestCompressedReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	for c, file := range compressedFiles(t) {
		t.Run(c, func(t *testing.T) {
			src := io.MultiReader(bytes.NewReader(file[:len(file)-9]), iotest.ErrReader(broken))
			r, err := NewReader(src, ReaderConfig{})
			if err == nil {
				_, err = readAll(t, r)
			}
			var fe *FileError
			if !errors.Is(err, broken) || !errors.As(err, &fe) {
				t.Error(err)
			}
		})
	}
}

func TestSniffUnknown(t *testing.T) {
	tests := []struct {
		content string
		want    error
	}{
		{"", io.ErrUnexpectedEOF},
		{"\xd4", io.ErrUnexpectedEOF},
		{"\xd4\xc3\xb2\xa1", io.ErrUnexpectedEOF},
		{"\x0a\x0d\x0d\x0a", io.ErrUnexpectedEOF},
		{"snoop\x00\x00\x00", io.ErrUnexpectedEOF},
		{"hello, this is text", ErrFormat},
		{"text", ErrFormat},
		{"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", ErrFormat},
		{"PK\x03\x04 a zip file", ErrUnsupported},
		{"\x1f\x9d compress", ErrUnsupported},
	}
	for _, test := range tests {
		t.Run(strconv.Quote(test.content), func(t *testing.T) {
			_, err := NewReader(bytes.NewReader([]byte(test.content)), ReaderConfig{})
			var fe *FileError
			if !errors.Is(err, test.want) || !errors.As(err, &fe) {
				t.Error(err)
			}
		})
	}
	for c, empty := range map[string][]byte{"gzip": compressed.As(t, "gzip", nil), "zstd": compressed.As(t, "zstd", nil)} {
		t.Run(c+" of nothing", func(t *testing.T) {
			if _, err := NewReader(bytes.NewReader(empty), ReaderConfig{}); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("error %v", err)
			}
		})
	}
}
