package echo

import (
	"io"

	"github.com/reeftools/reef/internal/columns"
)

// ExchangeWriter takes exchanges. WriteExchange must neither keep nor change e.
type ExchangeWriter interface {
	WriteExchange(e *Exchange) error
}

// ExchangeWriterFunc makes an [ExchangeWriter] of a function.
type ExchangeWriterFunc func(e *Exchange) error

// WriteExchange calls f.
func (f ExchangeWriterFunc) WriteExchange(e *Exchange) error { return f(e) }

// CSV writes exchanges as comma-separated values, one line each, under a line of column names;
// [Columns] describes them. A multicast or broadcast request that several hosts answered has a line
// for each of them, in order. Lines with an answer above 1 repeat the same request. Call Flush at
// the end.
type CSV struct{ out *columns.CSV[Exchange] }

// NewCSV returns a writer of CSV to w with the listed columns, or all of [Columns] if the list is
// empty.
func NewCSV(w io.Writer, list ...Column) *CSV {
	c := &CSV{columns.NewCSV(w, columns.Chosen(list, exchangeColumns))}
	_ = c.out.WriteHeader() // an error comes with the next call
	return c
}

// WriteExchange writes one line, or one for each host that answered. Lines are gathered and written
// many at a time; an error is returned by all later calls too.
func (c *CSV) WriteExchange(e *Exchange) error {
	for e := range e.answers() {
		if err := c.out.Write(e); err != nil {
			return err
		}
	}
	return nil
}

// Flush writes what was gathered, and flushes the writer below if that has a Flush.
func (c *CSV) Flush() error { return c.out.Flush() }

// JSONL writes exchanges as JSON Lines: one object for each line of [CSV], with the same names.
// Empty values are left out. Call Flush at the end.
type JSONL struct{ out *columns.JSONL[Exchange] }

// NewJSONL returns a writer of JSON Lines to w with the listed columns, or all of [Columns] if the
// list is empty.
func NewJSONL(w io.Writer, list ...Column) *JSONL {
	return &JSONL{columns.NewJSONL(w, columns.Chosen(list, exchangeColumns), false)}
}

// WriteExchange writes one line, or one for each host that answered, as WriteExchange of [CSV].
func (j *JSONL) WriteExchange(e *Exchange) error {
	for e := range e.answers() {
		if err := j.out.Write(e); err != nil {
			return err
		}
	}
	return nil
}

// Flush writes what was gathered, and flushes the writer below if that has a Flush.
func (j *JSONL) Flush() error { return j.out.Flush() }
