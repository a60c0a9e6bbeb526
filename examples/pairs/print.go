package main

import (
	"bytes"
	"io"
	"strconv"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
)

// printer writes lines A B COUNT, with A before B as awk's $1 < $2 has it: as text, but as numbers
// if they are decimal.
type printer struct {
	w        io.Writer
	notation flowlist.Notation
	a, b     []byte
}

func (o *printer) print(p pairhash.Pair, n uint64) error {
	// A is the smaller number, and so the first text but for IP addresses: words are all of one
	// length.
	if o.notation == flowlist.IP {
		o.a, o.b = o.notation.Append(o.a[:0], p.A), o.notation.Append(o.b[:0], p.B)
		if bytes.Compare(o.b, o.a) < 0 {
			p.A, p.B = p.B, p.A
		}
	}
	o.a = append(o.notation.Append(o.a[:0], p.A), ' ')
	o.a = append(o.notation.Append(o.a, p.B), ' ')
	o.a = append(strconv.AppendUint(o.a, n, 10), '\n')
	_, err := o.w.Write(o.a)
	return err
}
