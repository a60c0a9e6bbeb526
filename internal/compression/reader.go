package compression

import (
	"bytes"
	"io"
)

// NewReader reads what r holds, decompressed if its first bytes say that it is compressed. No more
// of r is read than it takes to tell, so that a line that was typed is there at once.
func NewReader(r io.Reader) io.Reader { return &reader{stored: Source{R: r}} }

// reader finds out at the first Read what it reads.
type reader struct {
	stored Source
	src    io.Reader // nil before
}

func (d *reader) Read(p []byte) (int, error) {
	if d.src == nil {
		src, err := d.open()
		if err != nil {
			src = failed{err}
		}
		d.src = src
	}
	return d.src.Read(p)
}

func (d *reader) open() (io.Reader, error) {
	head := make([]byte, 0, MagicLen)
	var err error
	for err == nil && Undecided(head) {
		var n int
		n, err = d.stored.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
	}
	var rest io.Reader = &d.stored
	if err != nil {
		rest = failed{err}
	}
	whole := io.MultiReader(bytes.NewReader(head), rest)
	f := Sniff(head)
	if f == None {
		return whole, nil
	}
	return new(Opener).Open(f, whole, &d.stored, false)
}

// failed is a reader that has failed, or ended.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }
