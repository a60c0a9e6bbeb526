package columns

import (
	"errors"
	"io"
	"unicode/utf8"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/decimal"
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
	parts   []func(b []byte, r *R) []byte
	text    []byte // scratch
}

// NewCSV returns a writer of CSV to w.
func NewCSV[R any](w io.Writer, columns []Column[R]) *CSV[R] {
	c := &CSV[R]{output: newOutput(w), columns: columns}
	c.parts = c.fields()
	return c
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
	for _, part := range c.parts {
		b = part(b, r)
	}
	return c.endLine(b)
}

// appendNumber appends a number as the column's kind is written.
func (c *Column[R]) appendNumber(b []byte, v int64) []byte {
	switch c.Kind {
	case KindUint:
		return decimal.AppendUint(b, uint64(v))
	case KindInt:
		return decimal.AppendInt(b, v)
	}
	return decimal.AppendFixed(b, v, c.Decimals)
}

// fields returns functions that each append one column or several, with a comma behind each. It is
// done once and not for each row.
func (c *CSV[R]) fields() (parts []func(b []byte, r *R) []byte) {
	for rest := c.columns; len(rest) > 0; {
		n := 1
		switch col := &rest[0]; {
		case col.array != nil:
			for n < len(rest) && rest[n].array == col.array {
				n++
			}
			parts = append(parts, arrayFields(rest[:n]))
		case col.Kind == KindText:
			parts = append(parts, func(b []byte, r *R) []byte {
				c.text = col.Text(c.text[:0], r)
				return append(appendField(b, c.text), ',')
			})
		case col.Kind == KindUint:
			value := col.Uint
			parts = append(parts, func(b []byte, r *R) []byte {
				switch v, ok := value(r); {
				case ok && v < 10: // as most are
					return append(b, byte('0'+v), ',')
				case ok:
					b = decimal.AppendUint(b, v)
				}
				return append(b, ',')
			})
		default:
			parts = append(parts, func(b []byte, r *R) []byte { return append(col.Append(b, r), ',') })
		}
		rest = rest[n:]
	}
	return parts
}

// arrayFields appends columns of one array.
func arrayFields[R any](list []Column[R]) func(b []byte, r *R) []byte {
	array := *list[0].array
	return func(b []byte, r *R) []byte {
		values, missing := array(r)
		for i := range list {
			c := &list[i]
			if missing>>(c.slot&63)&1 != 0 {
				b = append(b, ',')
				continue
			}
			switch v := values[c.slot]; {
			case c.Kind == KindFixed && c.Decimals == 3 && v >= 0:
				b = append(decimal.AppendThousandths(b, uint64(v)), ',')
			case c.Kind != KindFixed && uint64(v) < 10:
				b = append(b, byte('0'+v), ',')
			default:
				b = append(c.appendNumber(b, v), ',')
			}
		}
		return b
	}
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
	keys    []string // what stands before the values
	nulls   bool
	text    []byte // scratch
}

// NewJSONL returns a writer of JSON Lines to w. With nulls, what is null is written so; else it is
// left out.
func NewJSONL[R any](w io.Writer, columns []Column[R], nulls bool) *JSONL[R] {
	j := &JSONL[R]{output: newOutput(w), columns: columns, nulls: nulls}
	for i := range columns {
		j.keys = append(j.keys, string(columns[i].appendKey(nil)))
	}
	return j
}

// appendKey appends what stands before a value: the comma behind the one before, the name, and the
// quotation mark that the value begins with if it has one.
func (c *Column[R]) appendKey(b []byte) []byte {
	b = append(appendString(append(b, ',', '"'), []byte(c.Name)), '"', ':')
	if c.Kind.quoted() {
		b = append(b, '"')
	}
	return b
}

// Write writes a row.
func (j *JSONL[R]) Write(r *R) error {
	if j.err != nil {
		return j.err
	}
	b := j.start()
	start := len(b)
	for i := range j.columns {
		key := len(b)
		b = append(b, j.keys[i]...)
		value := len(b)
		c := &j.columns[i]
		if c.Kind != KindText {
			b = c.Append(b, r)
		} else {
			j.text = c.Text(j.text[:0], r)
			b = appendString(b, j.text)
		}
		b = c.endValue(b, key, value, j.nulls)
	}
	return j.end(append(endObject(b, start), '\n'))
}

// endValue ends the value that begins at value, behind its key.
func (c *Column[R]) endValue(b []byte, key, value int, nulls bool) []byte {
	switch {
	case len(b) > value:
		if c.Kind.quoted() {
			b = append(b, '"')
		}
		return b
	case !nulls:
		return b[:key]
	case c.Kind.quoted():
		b = b[:value-1]
	}
	return append(b, "null"...)
}

// endObject makes one object of the values since start, the first of which has a comma before it.
func endObject(b []byte, start int) []byte {
	if len(b) == start {
		b = append(b, ',')
	}
	b[start] = '{'
	return append(b, '}')
}

// AppendObject appends r as a JSON object. With nulls, what is null is written so; else it is left
// out.
func AppendObject[R any](b []byte, columns []Column[R], r *R, nulls bool) []byte {
	start := len(b)
	for i := range columns {
		c := &columns[i]
		key := len(b)
		b = c.appendKey(b)
		value := len(b)
		if b = c.Append(b, r); c.Kind == KindText {
			b = appendString(b[:value], []byte(string(b[value:])))
		}
		b = c.endValue(b, key, value, nulls)
	}
	return endObject(b, start)
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
