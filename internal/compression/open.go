package compression

import (
	"bufio"
	"compress/bzip2"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// maxZstdWindow bounds the memory for zstd: what "zstd --ultra --long=27" needs, the most that zstd
// takes unasked.
const maxZstdWindow = 128 << 20

// Opener opens compressed data. It keeps the memory of decompressors that can be used again, for
// the next file. The zero value is ready.
type Opener struct {
	br   *bufio.Reader
	gzip *gzip.Reader
	zstd *zstd.Decoder
}

// Open returns a reader of what stored holds compressed by f; what was read with an earlier one is
// then over, unless this one is nested in it. Source, which stored is of, tells the errors of the
// file from those of its content.
//
// Damaged data is an [*Error], data that is cut io.ErrUnexpectedEOF, a format that is known by name
// only an [*UnsupportedError].
func (o *Opener) Open(f Format, stored io.Reader, source *Source, nested bool) (io.Reader, error) {
	if nested {
		o = &Opener{} // the kept decompressor is in use
	}
	if o.br == nil {
		o.br = bufio.NewReaderSize(nil, 64<<10)
	}
	o.br.Reset(stored)
	var src io.Reader
	var err error
	switch f {
	case Gzip:
		if o.gzip == nil {
			o.gzip = new(gzip.Reader)
		}
		src = &members{br: o.br, next: func() (io.Reader, error) {
			if err := o.gzip.Reset(o.br); err != nil {
				return nil, err
			}
			o.gzip.Multistream(false)
			return o.gzip, nil
		}}
	case Bzip2:
		src = bzip2.NewReader(o.br)
	case Zstd:
		if o.zstd == nil {
			// One goroutine, the caller's: the same bytes at the same call on every run, and
			// nothing to leak.
			o.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		}
		if err == nil {
			err = o.zstd.Reset(o.br)
		}
		src = o.zstd
	case XZ:
		src, err = openXZ(o.br)
	case LZ4:
		z := lz4.NewReader(nil)
		src = &members{br: o.br, next: func() (io.Reader, error) {
			z.Reset(&lz4Frame{br: o.br})
			return z, nil
		}}
	default:
		return nil, &UnsupportedError{f}
	}
	if err != nil {
		return nil, cause(f, source, err)
	}
	return &decompressor{format: f, src: src, source: source}, nil
}

// decompressor says in its errors what was wrong, and does not go on after one.
type decompressor struct {
	format Format
	src    io.Reader
	source *Source
	err    error
}

func (d *decompressor) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.src.Read(p)
	if err != nil && err != io.EOF {
		err = cause(d.format, d.source, err)
	}
	d.err = err
	return n, err
}
