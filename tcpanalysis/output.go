package tcpanalysis

import (
	"bufio"
	"io"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/decimal"
)

// CSVWriter writes connections as comma-separated values, one line each under a header. It is a
// [ConnWriter]. Units are in the names: _s are seconds with nine decimals, first_packet_s and
// last_packet_s since 1970; first_data_after_s and last_data_after_s since the first packet. What
// is not known is empty. Call Flush at the end.
type CSVWriter struct {
	w      *bufio.Writer
	below  io.Writer
	cols   Columns
	header bool
	line   []byte

	a2b, b2a []uint64 // scratch of WriteConn
}

// Columns says which columns a table has next to the usual ones.
type Columns struct {
	// RTT adds round-trip times and duplicate ACKs. The columns of percentiles need
	// Config.Percentiles, else they are 0.
	RTT bool
}

// NewCSVWriter returns a CSVWriter.
func NewCSVWriter(w io.Writer, cols Columns) *CSVWriter {
	return &CSVWriter{w: bufio.NewWriterSize(w, 1<<16), below: w, cols: cols}
}

// WriteConn writes a line.
func (w *CSVWriter) WriteConn(c *Conn) error {
	w.writeHeader()
	b := w.line[:0]
	for i := range connColumns {
		b = append(connColumns[i].put(b, c), ',')
	}
	w.a2b = c.appendSide(w.a2b[:0], &c.A2B)
	w.b2a = c.appendSide(w.b2a[:0], &c.B2A)
	b = appendPairs(b, sideColumns, w.a2b, w.b2a)
	if w.cols.RTT {
		w.a2b = c.A2B.appendRTT(w.a2b[:0])
		w.b2a = c.B2A.appendRTT(w.b2a[:0])
		b = appendPairs(b, rttColumns, w.a2b, w.b2a)
	}
	b[len(b)-1] = '\n'
	w.line = b
	_, err := w.w.Write(b)
	return err
}

// appendPairs appends the values of both sides, each followed by a comma.
func appendPairs(b []byte, columns []sideColumn, a2b, b2a []uint64) []byte {
	for i := range columns {
		k, x, y := columns[i].kind, a2b[i], b2a[i]
		switch {
		case k == count && x < 10 && y < 10: // as most are
			b = append(b, byte('0'+x), ',', byte('0'+y), ',')
		case k == count && x != unknown && y != unknown:
			b = append(decimal.AppendUint(b, x), ',')
			b = append(decimal.AppendUint(b, y), ',')
		case k == seconds && x|y == 0:
			b = append(b, "0.000000000,0.000000000,"...)
		default:
			b = append(k.appendTo(b, x), ',')
			b = append(k.appendTo(b, y), ',')
		}
	}
	return b
}

func (w *CSVWriter) writeHeader() {
	if w.header {
		return
	}
	w.header = true
	var b []byte
	for _, c := range connColumns {
		b = append(append(b, c.name...), ',')
	}
	groups := [][]sideColumn{sideColumns}
	if w.cols.RTT {
		groups = append(groups, rttColumns)
	}
	for _, g := range groups {
		for _, c := range g {
			b = append(append(b, c.name...), "_a2b,"...)
			b = append(append(b, c.name...), "_b2a,"...)
		}
	}
	b[len(b)-1] = '\n'
	w.w.Write(b) // a bufio.Writer keeps its error for Flush
}

// Flush writes what is buffered, the header at least, and flushes the writer below if that has a
// Flush.
func (w *CSVWriter) Flush() error {
	w.writeHeader()
	return cascade.Flush(w.w.Flush(), w.below)
}

// JSONWriter writes connections as JSON Lines: an object each with the names and units of
// [CSVWriter], the two sides as objects "a2b" and "b2a". What is not known is null. It is a
// [ConnWriter]. Call Flush at the end.
type JSONWriter struct {
	w     *bufio.Writer
	below io.Writer
	cols  Columns
	line  []byte
	side  []uint64 // scratch of appendSide
}

// NewJSONWriter returns a JSONWriter.
func NewJSONWriter(w io.Writer, cols Columns) *JSONWriter {
	return &JSONWriter{w: bufio.NewWriterSize(w, 1<<16), below: w, cols: cols}
}

// WriteConn writes a line.
func (w *JSONWriter) WriteConn(c *Conn) error {
	b := append(w.line[:0], '{')
	for i := range connColumns {
		col := &connColumns[i]
		b = appendName(b, col.name)
		if col.text {
			b = append(col.put(append(b, '"'), c), '"') // no value needs escaping
		} else {
			b = col.put(b, c)
		}
		b = append(b, ',')
	}
	b = append(b, `"a2b":{`...)
	b = w.appendSide(b, c, &c.A2B)
	b = append(b, `,"b2a":{`...)
	b = append(w.appendSide(b, c, &c.B2A), "}\n"...)
	w.line = b
	_, err := w.w.Write(b)
	return err
}

func (w *JSONWriter) appendSide(b []byte, c *Conn, h *Half) []byte {
	w.side = c.appendSide(w.side[:0], h)
	b = appendMembers(b, sideColumns, w.side)
	if w.cols.RTT {
		w.side = h.appendRTT(w.side[:0])
		b = appendMembers(b, rttColumns, w.side)
	}
	b[len(b)-1] = '}'
	return b
}

func appendName(b []byte, name string) []byte {
	return append(append(append(b, '"'), name...), `":`...)
}

// appendMembers writes `"name":value,` for each column.
func appendMembers(b []byte, columns []sideColumn, values []uint64) []byte {
	for i, v := range values {
		b = appendName(b, columns[i].name)
		if v == unknown {
			b = append(b, "null,"...)
		} else {
			b = append(columns[i].kind.appendTo(b, v), ',')
		}
	}
	return b
}

// Flush writes what is buffered, and flushes the writer below if that has a Flush.
func (w *JSONWriter) Flush() error { return cascade.Flush(w.w.Flush(), w.below) }
