package compression

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// NewWriter returns a writer that compresses to w. Close ends the compressed data and does not
// close w. The same input gives the same output: there is no time in it, and no goroutine.
func NewWriter(w io.Writer, f Format) (io.WriteCloser, error) {
	switch f {
	case None:
		return plain{w}, nil
	case Gzip:
		return gzip.NewWriter(w), nil
	case Zstd:
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	case LZ4:
		return lz4.NewWriter(w), nil
	}
	return nil, fmt.Errorf("%w: writing %s", errors.ErrUnsupported, string(f))
}

// plain is the compressor that does nothing.
type plain struct{ io.Writer }

func (plain) Close() error { return nil }
