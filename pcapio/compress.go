package pcapio

import (
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/internal/compression"
)

// Compression is a way to compress a file that is written. Reading needs no Compression: [Open]
// tells it by content.
type Compression uint8

// The compressions that can be written.
const (
	CompressionByName Compression = iota // what the file's name says, as [FormatOf] reads it
	NoCompression
	Gzip
	Zstd
	LZ4
)

var compressions = [...]compression.Format{compression.None, compression.None, compression.Gzip, compression.Zstd, compression.LZ4}

// String returns the name of the format.
func (c Compression) String() string {
	switch {
	case c == CompressionByName:
		return "compression by name"
	case c == NoCompression:
		return "none"
	case int(c) < len(compressions):
		return string(compressions[c])
	}
	return fmt.Sprintf("compression(%d)", uint8(c))
}

func (c Compression) validate() error {
	if int(c) >= len(compressions) {
		return fmt.Errorf("%w: Compression %d is not known", ErrConfig, uint8(c))
	}
	return nil
}

// NewCompressor returns a writer that compresses to w. Close ends the compressed data and does not
// close w. The same input gives the same output: there is no time in it, and no goroutine.
func NewCompressor(w io.Writer, c Compression) (io.WriteCloser, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	return compression.NewWriter(w, compressions[c])
}

// Decompress reads what r holds, decompressed if its first bytes say that it is compressed as a
// capture may be: by gzip, bzip2, xz, zstd or lz4. It is for other files than captures, such as
// lists and tables: [Open] does this for captures.
//
// It reads no more of r than it needs to tell, so a line typed at a terminal is there at once. A
// file that is cut gives its good part, then io.ErrUnexpectedEOF. Damaged data is [ErrCompression].
// A compression that is recognised but cannot be read is [errors.ErrUnsupported].
func Decompress(r io.Reader) io.Reader { return compression.NewReader(r) }

// decompressed reads a capture that was compressed: damage of the compressed data is damage of the
// capture.
type decompressed struct{ src io.Reader }

func (d decompressed) Read(p []byte) (int, error) {
	n, err := d.src.Read(p)
	return n, ofCapture(err)
}

// ofCapture turns an error of decompression into that of a capture.
func ofCapture(err error) error {
	var unsupported *compression.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return fmt.Errorf("%w: compressed by %s", ErrUnsupported, string(unsupported.Format))
	case errors.Is(err, compression.ErrDamaged) && !errors.Is(err, ErrFormat): // not nested
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return err
}
