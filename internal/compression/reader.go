package pcapio

import (
	"bytes"
	"io"
)

// Decompress reads what r holds, decompressed if its first bytes say that it is compressed as a
// capture may be: by gzip, bzip2, xz, zstd or lz4. It is for other files than captures, such as
// lists and tables: [Open] does this for captures.
//
// No more of r is read than it takes to tell, so that a line that was typed is there at once. A
// file that is cut gives what is good of it, then an error that is io.ErrUnexpectedEOF; damaged
// data is [ErrFormat], a compression that is known and not read [ErrUnsupported].
func Decompress(r io.Reader) io.Reader {
	return &decompressReader{stored: countingReader{src: r}}
}

// decompressReader finds out at the first Read what it reads.
type decompressReader struct {
	stored countingReader
	src    io.Reader // nil before
}

func (d *decompressReader) Read(p []byte) (int, error) {
	if d.src == nil {
		src, err := d.open()
		if err != nil {
			src = failed{err}
		}
		d.src = src
	}
	return d.src.Read(p)
}

func (d *decompressReader) open() (io.Reader, error) {
	head := make([]byte, 0, sniffLen)
	var err error
	for err == nil && mayBeCompressed(head) {
		var n int
		n, err = d.stored.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
	}
	var rest io.Reader = &d.stored
	if err != nil {
		rest = failed{err}
	}
	whole := io.MultiReader(bytes.NewReader(head), rest)
	c := sniffCompression(head)
	if c == notCompressed {
		return whole, nil
	}
	return new(inflater).open(c, whole, &d.stored, 0)
}

// failed is a reader that has failed, or ended.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
