package columns

import (
	"errors"
	"io"
	"unicode/utf8"

	"github.com/reeftools/reef/internal/cascade"
)

// bufferSize is how much is gathered before it is written.
const bufferSize = 64 << 10

var errNoWriter = errors.New("columns: no writer to take the rows")

// output gathers what is written. An error is sticky.
type output struct {
	w   io.Writer
	buf []byte
	err error
}

func newOutput(w io.Writer) output {
	if w == nil {
		return output{err: errNoWriter}
	}
	return output{w: w}
}

// start returns the buffer to which a row is appended.
func (o *output) start() []byte {
	if o.buf == nil {
		o.buf = make([]byte, 0, bufferSize+bufferSize/8) // a row over the size fits mostly
	}
	return o.buf
}

// end takes the buffer back.
func (o *output) end(b []byte) error {
	o.buf = b
	if len(b) < bufferSize {
		return o.err
	}
	o.write()
	return o.err
}

func (o *output) write() {
	if o.err != nil {
		return
	}
	n, err := o.w.Write(o.buf)
	if err == nil && n < len(o.buf) {
		err = io.ErrShortWrite
	}
	o.err, o.buf = err, o.buf[:0]
}

// Flush writes what was gathered, then calls Flush of the writer below if that has one.
func (o *output) Flush() error {
	if len(o.buf) > 0 {
		o.write()
	}
	o.err = cascade.Flush(o.err, o.w)
	return o.err
}

// CSV writes rows as comma-separated values (RFC 4180), lines ended by LF.
type CSV[R any] struct {
	output
	columns []Column[R]
	text    []byte // scratch
}

// NewCSV returns a writer of CSV to w.
func NewCSV[R any](w io.Writer, columns []Column[R]) *CSV[R] {
	return &CSV[R]{output: newOutput(w), columns: columns}
}

// WriteHeader writes the line of column names.
func (c *CSV[R]) WriteHeader() error {
	b := c.start()
	for i := range c.columns {
		b = append(appendField(b, []byte(c.columns[i].Name)), ',')
	}
	return c.endLine(b)
}

// Write writes a row.
func (c *CSV[R]) Write(r *R) error {
	if c.err != nil {
		return c.err
	}
	b := c.start()
	for i := range c.columns {
		if col := &c.columns[i]; col.Kind != KindText {
			b = append(col.Append(b, r), ',')
		} else {
			c.text = col.Text(c.text[:0], r)
			b = append(appendField(b, c.text), ',')
		}
	}
	return c.endLine(b)
}

// endLine makes the last comma a line end.
func (c *CSV[R]) endLine(b []byte) error {
	if len(c.columns) == 0 {
		b = append(b, '\n')
	}
	b[len(b)-1] = '\n'
	return c.end(b)
}

// appendField appends text in quotation marks if it needs them.
func appendField(b, text []byte) []byte {
	plain := true
	for _, c := range text {
		plain = plain && c != ',' && c != '"' && c != '\n' && c != '\r'
	}
	if plain {
		return append(b, text...)
	}
	b = append(b, '"')
	for _, c := range text {
		if c == '"' {
			b = append(b, '"')
		}
		b = append(b, c)
	}
	return append(b, '"')
}

// JSONL writes rows as JSON Lines, one object each.
type JSONL[R any] struct {
	output
	columns []Column[R]
	nulls   bool
	text    []byte // scratch
}

// NewJSONL returns a writer of JSON Lines to w. With nulls, what is null is written so; else it is
// left out.
func NewJSONL[R any](w io.Writer, columns []Column[R], nulls bool) *JSONL[R] {
	return &JSONL[R]{output: newOutput(w), columns: columns, nulls: nulls}
}

// Write writes a row.
func (j *JSONL[R]) Write(r *R) error {
	if j.err != nil {
		return j.err
	}
	var b []byte
	b, j.text = appendObject(j.start(), j.text, j.columns, r, j.nulls)
	return j.end(append(b, '\n'))
}

// AppendObject appends r as a JSON object. With nulls, what is null is written so; else it is left
// out.
func AppendObject[R any](b []byte, columns []Column[R], r *R, nulls bool) []byte {
	b, _ = appendObject(b, nil, columns, r, nulls)
	return b
}

// appendObject is AppendObject with a scratch buffer, which it returns too.
func appendObject[R any](b, text []byte, columns []Column[R], r *R, nulls bool) (object, scratch []byte) {
	b = append(b, '{')
	first := len(b)
	for i := range columns {
		c := &columns[i]
		start := len(b)
		if start > first {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), c.Name...), '"', ':')
		quoted := c.Kind.quoted()
		if quoted {
			b = append(b, '"')
		}
		value := len(b)
		if c.Kind != KindText {
			b = c.Append(b, r)
		} else {
			text = c.Text(text[:0], r)
			b = appendString(b, text)
		}
		switch {
		case len(b) > value:
			if quoted {
				b = append(b, '"')
			}
		case nulls:
			if quoted {
				b = b[:value-1]
			}
			b = append(b, "null"...)
		default:
			b = b[:start]
		}
	}
	return append(b, '}'), text
}

// appendString appends text as it is between the quotation marks of JSON (RFC 8259, 7); bytes that
// are not UTF-8 become U+FFFD.
func appendString(b, text []byte) []byte {
	const hex = "0123456789abcdef"
	for len(text) > 0 {
		c := text[0]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRune(text)
			b = utf8.AppendRune(b, r) // RuneError where the text is none
			text = text[n:]
			continue
		}
		text = text[1:]
	}
	return b
}
