package main

import (
	"bytes"
	"io"
	"strconv"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
)

// printer writes lines A B COUNT, with A before B as awk's $1 < $2 has it: as text, but as numbers if they are decimal.
type printer struct {
	w        io.Writer
	notation flowlist.Notation
	a, b     []byte
}

func (o *printer) print(p pairhash.Pair, n uint64) error {
	o.a, o.b = o.notation.Append(o.a[:0], p.A), o.notation.Append(o.b[:0], p.B)
	if o.notation != flowlist.Decimal && bytes.Compare(o.b, o.a) < 0 {
		o.a, o.b = o.b, o.a
	}
	o.a = append(append(append(o.a, ' '), o.b...), ' ')
	o.a = append(strconv.AppendUint(o.a, n, 10), '\n')
	_, err := o.w.Write(o.a)
	return err
}
