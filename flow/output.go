package flow

import (
	"io"

	"github.com/reeftools/reef/internal/columns"
)

// CSV writes records as comma-separated values, one line each, under a line of column names;
// [Columns] describes them. A value that a record does not have is empty. Call Flush at the end.
type CSV struct{ out *columns.CSV[Record] }

// NewCSV returns a writer of CSV to w with the listed columns, or all of [Columns] if the list is
// empty.
func NewCSV(w io.Writer, list ...Column) *CSV {
	c := &CSV{columns.NewCSV(w, columns.Chosen(list, recordColumns))}
	_ = c.out.WriteHeader() // an error comes with the next call
	return c
}

// WriteRecord writes one line. Lines are gathered and written many at a time; an error is returned
// by all later calls too.
func (c *CSV) WriteRecord(r *Record) error { return c.out.Write(r) }

// Flush writes what was gathered, and flushes the writer below if that has a Flush.
func (c *CSV) Flush() error { return c.out.Flush() }

// JSONL writes records as JSON Lines: one object per line with the names and values of [CSV]. Empty
// values are left out. Call Flush at the end.
type JSONL struct{ out *columns.JSONL[Record] }

// NewJSONL returns a writer of JSON Lines to w with the listed columns, or all of [Columns] if the
// list is empty.
func NewJSONL(w io.Writer, list ...Column) *JSONL {
	return &JSONL{columns.NewJSONL(w, columns.Chosen(list, recordColumns), false)}
}

// WriteRecord writes one line, as WriteRecord of [CSV] does.
func (j *JSONL) WriteRecord(r *Record) error { return j.out.Write(r) }

// Flush writes what was gathered, and flushes the writer below if that has a Flush.
func (j *JSONL) Flush() error { return j.out.Flush() }

// AppendJSON appends r as a JSON object, without a line end, with the listed columns, or all of
// [Columns] if the list is empty. Values that r does not have are left out.
func (r *Record) AppendJSON(b []byte, list ...Column) []byte {
	return columns.AppendObject(b, columns.Chosen(list, recordColumns), r, false)
}
