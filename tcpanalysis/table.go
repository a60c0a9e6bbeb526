package tcpanalysis

import (
	"bufio"
	"io"
)

// CSVWriter writes connections as comma-separated values, one line each under a header. It is a [ConnWriter]. Units are in the
// names: _s are seconds with nine decimals, first_packet_s and last_packet_s since 1970; first_data_after_s and
// last_data_after_s since the first packet. What is not known is empty. Call Flush at the end.
type CSVWriter struct {
	w      *bufio.Writer
	rtt    bool
	header bool
	line   []byte
}

// NewCSVWriter returns a CSVWriter; rtt adds the columns of round-trip times and duplicate ACKs. Those of percentiles need
// Config.Percentiles, else they are 0.
func NewCSVWriter(w io.Writer, rtt bool) *CSVWriter {
	return &CSVWriter{w: bufio.NewWriterSize(w, 1<<16), rtt: rtt}
}

// WriteConn writes a line.
func (w *CSVWriter) WriteConn(c *Conn) error {
	w.writeHeader()
	b := w.line[:0]
	for i := range connColumns {
		b = append(connColumns[i].put(b, c), ',')
	}
	b = appendPairs(b, c, sideColumns)
	if w.rtt {
		b = appendPairs(b, c, rttColumns)
	}
	b[len(b)-1] = '\n'
	w.line = b
	_, err := w.w.Write(b)
	return err
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
	if w.rtt {
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

// Flush writes what is buffered, the header at least.
func (w *CSVWriter) Flush() error {
	w.writeHeader()
	return w.w.Flush()
}

// JSONWriter writes connections as JSON Lines: an object each with the names and units of [CSVWriter], the two sides as objects
// "a2b" and "b2a". What is not known is null. It is a [ConnWriter]. Call Flush at the end.
type JSONWriter struct {
	w    *bufio.Writer
	rtt  bool
	line []byte
}

// NewJSONWriter returns a JSONWriter; rtt as for [NewCSVWriter].
func NewJSONWriter(w io.Writer, rtt bool) *JSONWriter {
	return &JSONWriter{w: bufio.NewWriterSize(w, 1<<16), rtt: rtt}
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
	b = w.appendSide(b, side{c, &c.A2B})
	b = append(b, `,"b2a":{`...)
	b = append(w.appendSide(b, side{c, &c.B2A}), "}\n"...)
	w.line = b
	_, err := w.w.Write(b)
	return err
}

func (w *JSONWriter) appendSide(b []byte, s side) []byte {
	b = appendMembers(b, sideColumns, s)
	if w.rtt {
		b = appendMembers(b, rttColumns, s)
	}
	b[len(b)-1] = '}'
	return b
}

func appendName(b []byte, name string) []byte {
	return append(append(append(b, '"'), name...), `":`...)
}

// appendMembers writes `"name":value,` for each column.
func appendMembers(b []byte, columns []sideColumn, s side) []byte {
	for i := range columns {
		b = appendName(b, columns[i].name)
		n := len(b)
		if b = columns[i].appendTo(b, s); len(b) == n {
			b = append(b, "null"...)
		}
		b = append(b, ',')
	}
	return b
}

// Flush writes what is buffered.
func (w *JSONWriter) Flush() error { return w.w.Flush() }
