package pcapio

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
)

// smallPcap is the file that bzip2Pcap holds.
var smallPcap = pcapSpec{link: 1}.build(threePackets...)

// bzip2Pcap is smallPcap compressed by bzip2 in two streams, made by:
// (head -c 60 small.pcap | bzip2; tail -c +61 small.pcap | bzip2) | base64
const bzip2Pcap = "QlpoOTFBWSZTWahFE0QAABjdn3wkwAAAAJAAKyhcACAAEAAIAAQAAEAgACGmoJpkGmNNRoUAAAZMiBdsDF6EpEoJESzoPA5Z3S1WGL3XLN79" +
	"qgr+LuSKcKEhUIomiEJaaDkxQVkmU1lObL+yAAAH2YNLCEAEAAQOAY4AAAQAICAAIibUBpppp6hTTIxMTEVc3CWWiEhGduPEzLEA/F3JFOFCQTmy/sg="

// compressAs returns b compressed, in several members where the format has them.
func compressAs(t testing.TB, c compression, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	half := len(b) / 2
	for _, part := range [][]byte{b[:half], b[half:]} {
		var w io.WriteCloser
		var err error
		switch c {
		case gzipped:
			w = gzip.NewWriter(&out)
		case zstded:
			w, err = zstd.NewWriter(&out)
		case lz4ed:
			w = lz4.NewWriter(&out)
		case xzed:
			w, err = xz.NewWriter(&out)
		}
		if err == nil {
			_, err = w.Write(part)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// compressedFiles returns smallPcap compressed in all ways.
func compressedFiles(t testing.TB) map[compression][]byte {
	t.Helper()
	bz, err := base64.StdEncoding.DecodeString(bzip2Pcap)
	if err != nil {
		t.Fatal(err)
	}
	files := map[compression][]byte{bzipped: bz}
	for _, c := range []compression{gzipped, zstded, lz4ed, xzed} {
		files[c] = compressAs(t, c, smallPcap)
	}
	return files
}

func TestCompressed(t *testing.T) {
	for c, file := range compressedFiles(t) {
		t.Run(string(c), func(t *testing.T) {
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
		t.Run(string(c), func(t *testing.T) {
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

func TestCompressedDamage(t *testing.T) {
	for c, file := range compressedFiles(t) {
		got, err := readBytes(t, append(bytes.Clone(file), "trailing garbage"...), ReaderConfig{})
		if len(got) != 3 || !errors.Is(err, ErrFormat) {
			t.Errorf("%s with garbage at its end: %d records, error %v", c, len(got), err)
		}
		damaged := bytes.Clone(file)
		damaged[len(damaged)/2-3] ^= 0x55
		if _, err = readBytes(t, damaged, ReaderConfig{}); !errors.Is(err, ErrFormat) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("damaged %s: error %v", c, err)
		}
	}
	for _, c := range []compression{gzipped, lz4ed} {
		file := append(compressAs(t, c, smallPcap), make([]byte, 512)...)
		if got, err := readBytes(t, file, ReaderConfig{}); len(got) != 3 || err != nil {
			t.Errorf("%s padded by zeros: %d records, error %v", c, len(got), err)
		}
	}
}

func TestCompressedNested(t *testing.T) {
	file := compressAs(t, zstded, compressAs(t, gzipped, smallPcap))
	got, err := readBytes(t, file, ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	checkPackets(t, got, threePackets, 1000)
	for range 5 {
		file = compressAs(t, gzipped, file)
	}
	if _, err = readBytes(t, file, ReaderConfig{}); !errors.Is(err, ErrFormat) {
		t.Errorf("nested too deep: %v", err)
	}
}

func TestCompressedReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	for c, file := range compressedFiles(t) {
		src := io.MultiReader(bytes.NewReader(file[:len(file)-9]), iotest.ErrReader(broken))
		r, err := NewReader(src, ReaderConfig{})
		if err == nil {
			_, err = readAll(t, r)
		}
		var fe *FileError
		if !errors.Is(err, broken) || !errors.As(err, &fe) {
			t.Errorf("%s: error %v", c, err)
		}
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
		_, err := NewReader(bytes.NewReader([]byte(test.content)), ReaderConfig{})
		var fe *FileError
		if !errors.Is(err, test.want) || !errors.As(err, &fe) {
			t.Errorf("%q: error %v", test.content, err)
		}
	}
	for c, empty := range map[compression][]byte{gzipped: compressAs(t, gzipped, nil), zstded: compressAs(t, zstded, nil)} {
		if _, err := NewReader(bytes.NewReader(empty), ReaderConfig{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s of nothing: error %v", c, err)
		}
	}
}

// An xz file that asks for a dictionary of 4 GB must not get it.
func TestXZDictionaryBound(t *testing.T) {
	file := compressAs(t, xzed, smallPcap)
	n := (int(file[12]) + 1) * 4
	header := file[12 : 12+n]
	at := bytes.Index(header, []byte{0x21, 1})
	header[at+2] = 40 // 4 GiB - 1
	binary.LittleEndian.PutUint32(header[n-4:], crc32.ChecksumIEEE(header[:n-4]))
	if _, err := readBytes(t, file, ReaderConfig{}); !errors.Is(err, ErrFormat) {
		t.Errorf("error %v", err)
	}
}
