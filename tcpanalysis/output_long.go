package tcpanalysis

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/reeftools/reef/internal/cascade"
)

// LongWriter writes a block of lines per connection, for people to read. It is a [ConnWriter]. Call
// Flush at the end.
type LongWriter struct {
	w     *bufio.Writer
	below io.Writer
	cols  Columns
	cell  []byte
}

// NewLongWriter returns a LongWriter.
func NewLongWriter(w io.Writer, cols Columns) *LongWriter {
	return &LongWriter{w: bufio.NewWriterSize(w, 1<<16), below: w, cols: cols}
}

// WriteConn writes a block.
func (w *LongWriter) WriteConn(c *Conn) error {
	stamp := func(ns int64) string { return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000000000Z") }
	fmt.Fprintf(w.w, "connection %d: %s - %s\n  %s, ended by %s, side a by %s\n  %s to %s\n", c.Number, c.A(), c.B(),
		c.Completeness(), c.Reason, c.Direction, stamp(c.First), stamp(c.Last))
	fmt.Fprintf(w.w, "  %-30s %20s %20s\n", "", "a to b", "b to a")
	w.rows(sideColumns, c.appendSide(nil, &c.A2B), c.appendSide(nil, &c.B2A), false)
	if w.cols.RTT {
		w.rows(rttColumns, c.A2B.appendRTT(nil), c.B2A.appendRTT(nil), c.A2B.RTT.Samples+c.B2A.RTT.Samples > 0)
	}
	_, err := w.w.WriteString("\n")
	return err
}

// rows leaves out what neither side has. Times of 0 are among that unless they were measured.
func (w *LongWriter) rows(columns []sideColumn, a2b, b2a []uint64, measured bool) {
	for i := range columns {
		w.cell = columns[i].kind.appendTo(w.cell[:0], a2b[i])
		n := len(w.cell)
		w.cell = columns[i].kind.appendTo(w.cell, b2a[i])
		a, b := w.cell[:n], w.cell[n:]
		if !nothing(a) || !nothing(b) || measured && columns[i].kind == seconds && len(w.cell) > 0 {
			fmt.Fprintf(w.w, "  %-30s %20s %20s\n", columns[i].name, a, b)
		}
	}
}

// nothing tells whether a value is empty or 0.
func nothing(v []byte) bool {
	for _, c := range v {
		if c != '0' && c != '.' {
			return false
		}
	}
	return true
}

// Flush writes what is buffered, and flushes the writer below if that has a Flush.
func (w *LongWriter) Flush() error { return cascade.Flush(w.w.Flush(), w.below) }
