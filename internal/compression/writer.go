package pcapio

import (
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Compression is a way to compress a file that is written. Reading needs none named: [Open] tells
// it by content.
type Compression uint8

// The compressions that can be written.
const (
	NoCompression Compression = iota
	Gzip
	Zstd
	LZ4
)

var compressionNames = [...]string{"none", "gzip", "zstd", "lz4"}

// String returns the name of the format.
func (c Compression) String() string {
	if int(c) < len(compressionNames) {
		return compressionNames[c]
	}
	return fmt.Sprintf("compression(%d)", uint8(c))
}

func (c Compression) validate() error {
	if int(c) >= len(compressionNames) {
		return fmt.Errorf("pcapio: Compression %d is not known", uint8(c))
	}
	return nil
}

// FormatOf tells by a file's name what to write into it: pcapng if it ends in .pcapng, compressed
// if that is followed by .gz, .zst or .lz4, and classic pcap otherwise.
func FormatOf(name string) (FileFormat, Compression) {
	c := NoCompression
	for suffix, is := range map[string]Compression{".gz": Gzip, ".zst": Zstd, ".lz4": LZ4} {
		if rest, ok := strings.CutSuffix(name, suffix); ok {
			name, c = rest, is
			break
		}
	}
	if strings.HasSuffix(name, ".pcapng") {
		return Pcapng, c
	}
	return Pcap, c
}

// NewCompressor returns a writer that compresses to w. Close ends the compressed data and does not
// close w. The same input gives the same output: there is no time in it, and no goroutine.
func NewCompressor(w io.Writer, c Compression) (io.WriteCloser, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	switch c {
	case Gzip:
		return gzip.NewWriter(w), nil
	case Zstd:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	case LZ4:
		return lz4.NewWriter(w), nil
	}
	return plainWriter{w}, nil
}

// plainWriter is the compressor that does nothing.
type plainWriter struct{ io.Writer }

func (plainWriter) Close() error { return nil }
