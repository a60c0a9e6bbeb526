package netmate

import (
	"io"

	"github.com/reeftools/reef/internal/columns"
)

// CSV writes rows as comma-separated values, ended by LF, in the order of [Columns].
//
// Modern output begins with a line of column names; a value that is missing, because there is no
// sample, is empty. Classic output is NetMate's: the first 44 columns, all integers, without that
// line.
//
// Call Flush at the end.
type CSV struct{ out *columns.CSV[Row] }

// NewCSV returns a CSV that writes to w. sem must be that of the rows. A list chooses the columns;
// they then have a line of names.
func NewCSV(w io.Writer, sem Semantics, list ...Column) *CSV {
	head := true
	if len(list) == 0 {
		list = columnsOf(sem)
		if sem == Classic {
			list, head = list[:netmateColumns], false
		}
	}
	c := &CSV{columns.NewCSV(w, list)}
	if head {
		_ = c.out.WriteHeader() // an error comes with the next call
	}
	return c
}

// WriteRow writes one line. Lines are gathered and written many at a time; an error is returned by
// all later calls too.
func (c *CSV) WriteRow(r *Row) error { return c.out.Write(r) }

// Flush writes what was gathered, and flushes the writer below if that has a Flush.
func (c *CSV) Flush() error { return c.out.Flush() }

// JSONL writes rows as JSON Lines: one object for each row, with the names, order and units of
// [Columns]. A value that is missing, because there is no sample, is null; in classic rows it is
// NetMate's 0 or -1. Classic rows have the columns that NetMate lacks too. Call Flush at the end.
type JSONL struct{ out *columns.JSONL[Row] }

// NewJSONL returns a JSONL that writes to w. sem must be that of the rows. With a list, these
// columns are written.
func NewJSONL(w io.Writer, sem Semantics, list ...Column) *JSONL {
	if len(list) == 0 {
		list = columnsOf(sem)
	}
	return &JSONL{columns.NewJSONL(w, list, true)}
}

// WriteRow writes one line, as WriteRow of [CSV] does.
func (j *JSONL) WriteRow(r *Row) error { return j.out.Write(r) }

// Flush writes what was gathered, and flushes the writer below if that has a Flush.
func (j *JSONL) Flush() error { return j.out.Flush() }
