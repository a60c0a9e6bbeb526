package pcapio

import (
	"bufio"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// maxZstdWindow bounds the memory for zstd: what "zstd --ultra --long=27" needs, the most that zstd
// takes unasked.
const maxZstdWindow = 128 << 20

type compression string

const (
	notCompressed compression = ""
	gzipped       compression = "gzip"
	bzipped       compression = "bzip2"
	zstded        compression = "zstd"
	xzed          compression = "xz"
	lz4ed         compression = "lz4"
)

// compressionMagic is how compressed files begin.
type compressionMagic struct {
	magic string
	is    compression
	loose byte // bits of the first byte that may be anything
}

var compressionMagics = []compressionMagic{
	{magic: "\x1f\x8b", is: gzipped},
	{magic: "BZh", is: bzipped},
	{magic: "\x28\xb5\x2f\xfd", is: zstded},
	{magic: "\xfd7zXZ\x00", is: xzed},
	{magic: "\x04\x22\x4d\x18", is: lz4ed},
	{magic: "\x02\x21\x4c\x18", is: lz4ed}, // legacy frames
	// A skippable frame, with which both zstd and lz4 files may begin; pzstd writes them.
	{magic: "\x50\x2a\x4d\x18", is: zstded, loose: 0x0f},
	// Known, so that the error can name them.
	{magic: "\x1f\x9d", is: "compress (.Z)"},
	{magic: "\x1f\xa0", is: "compress (.Z)"},
	{magic: "PK\x03\x04", is: "zip"},
	{magic: "7z\xbc\xaf\x27\x1c", is: "7-Zip"},
	{magic: "LZIP", is: "lzip"},
	{magic: "Rar!", is: "rar"},
	{magic: "\x5d\x00\x00\x80", is: "lzma"},
}

// matches tells whether head and the magic agree as far as both go.
func (m *compressionMagic) matches(head []byte) bool {
	for i := range min(len(head), len(m.magic)) {
		b := head[i]
		if i == 0 {
			b &^= m.loose
		}
		if b != m.magic[i] {
			return false
		}
	}
	return true
}

func sniffCompression(head []byte) compression {
	for i := range compressionMagics {
		if m := &compressionMagics[i]; len(head) >= len(m.magic) && m.matches(head) {
			return m.is
		}
	}
	return notCompressed
}

// mayBeCompressed tells whether a short head could go on as something compressed.
func mayBeCompressed(head []byte) bool {
	for i := range compressionMagics {
		if m := &compressionMagics[i]; len(head) < len(m.magic) && m.matches(head) {
			return true
		}
	}
	return false
}

// inflater makes decompressors and keeps those that can be used again.
type inflater struct {
	br   *bufio.Reader
	gzip *gzip.Reader
	zstd *zstd.Decoder
}

// open returns a reader of what stored holds compressed. Source tells the errors of the file from
// those of its content.
func (f *inflater) open(c compression, stored io.Reader, source *countingReader, depth int) (io.Reader, error) {
	if depth > 0 {
		f = &inflater{} // nested: the kept decompressor is in use
	}
	if f.br == nil {
		f.br = bufio.NewReaderSize(nil, 64<<10)
	}
	f.br.Reset(stored)
	var src io.Reader
	var err error
	switch c {
	case gzipped:
		if f.gzip == nil {
			f.gzip = new(gzip.Reader)
		}
		src = &members{br: f.br, next: func() (io.Reader, error) {
			if err := f.gzip.Reset(f.br); err != nil {
				return nil, err
			}
			f.gzip.Multistream(false)
			return f.gzip, nil
		}}
	case bzipped:
		src = bzip2.NewReader(f.br)
	case zstded:
		if f.zstd == nil {
			// One goroutine, the caller's: the same bytes at the same call on every run, and
			// nothing to leak.
			f.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		}
		if err == nil {
			err = f.zstd.Reset(f.br)
		}
		src = f.zstd
	case xzed:
		src, err = openXZ(f.br)
	case lz4ed:
		z := lz4.NewReader(nil)
		src = &members{br: f.br, next: func() (io.Reader, error) {
			z.Reset(&lz4Frame{br: f.br})
			return z, nil
		}}
	default:
		return nil, fmt.Errorf("%w: compressed by %s", ErrUnsupported, string(c))
	}
	d := &decompressor{name: string(c), src: src, source: source}
	if err != nil {
		return nil, d.cause(err)
	}
	return d, nil
}

// members reads compressed members that follow each other in one file, as gzip and lz4 define them.
// Zero bytes after the last one are padding. Anything else there is an error, since it may be a
// member whose head was damaged.
type members struct {
	br    *bufio.Reader
	next  func() (io.Reader, error)
	cur   io.Reader
	begun bool
}

func (m *members) Read(p []byte) (int, error) {
	for {
		if m.cur == nil {
			if err := m.open(); err != nil {
				return 0, err
			}
		}
		n, err := m.cur.Read(p)
		if err == io.EOF {
			m.cur, err = nil, nil
		}
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

func (m *members) open() error {
	for m.begun {
		b, err := m.br.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			if err := m.br.UnreadByte(); err != nil {
				return err
			}
			break
		}
	}
	cur, err := m.next()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && m.begun && err != io.ErrUnexpectedEOF {
		err = fmt.Errorf("garbage after the compressed data: %w", err)
	}
	m.cur, m.begun = cur, true
	return err
}

// decompressor says in its errors what was wrong: the file could not be read, it is cut, or its
// content is damaged.
type decompressor struct {
	name   string
	src    io.Reader
	source *countingReader
}

func (d *decompressor) Read(p []byte) (int, error) {
	n, err := d.src.Read(p)
	if err != nil && err != io.EOF {
		err = d.cause(err)
	}
	return n, err
}

func (d *decompressor) cause(err error) error {
	switch {
	case d.source.err != nil:
		return d.source.err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errCut(d.name + " data")
	case errors.Is(err, ErrFormat), errors.Is(err, ErrUnsupported), errors.Is(err, io.ErrNoProgress):
		return err
	}
	return fmt.Errorf("%w: %s data: %w", ErrFormat, d.name, err)
}
