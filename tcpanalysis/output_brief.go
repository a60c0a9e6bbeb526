package tcpanalysis

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strconv"

	"github.com/reeftools/reef/internal/cascade"
)

// BriefWriter writes a line per connection in order of number, as tcptrace does by default:
// endpoints, packets in each direction, completeness. It is a [ConnWriter] that keeps up to 65,536
// lines until Flush, for the order and the width of the first column. Of more the lower half by
// number is written before, so that one which outlives 32,768 later ones may come late.
type BriefWriter struct {
	w     *bufio.Writer
	below io.Writer
	lines []brief
	width int // of the endpoints
	line  []byte
}

const briefLines = 1 << 16

type brief struct {
	number       uint64
	a, b         [16]byte
	aPackets     uint64
	bPackets     uint64
	dups         uint64
	aPort, bPort uint16
	version      uint8
	complete     Completeness
}

// NewBriefWriter returns a BriefWriter.
func NewBriefWriter(w io.Writer) *BriefWriter {
	return &BriefWriter{w: bufio.NewWriterSize(w, 1<<16), below: w}
}

// WriteConn keeps what the line of c needs.
func (w *BriefWriter) WriteConn(c *Conn) error {
	w.lines = append(w.lines, brief{c.Number, c.AAddr, c.BAddr, c.A2B.Packets, c.B2A.Packets,
		c.A2B.Classes[CaptureDup] + c.B2A.Classes[CaptureDup], c.APort, c.BPort, c.Version, c.Completeness()})
	if len(w.lines) < briefLines {
		return nil
	}
	return w.write(briefLines / 2)
}

// Flush writes the lines, and flushes the writer below if that has a Flush.
func (w *BriefWriter) Flush() error {
	return cascade.Flush(cascade.Join(w.write(len(w.lines)), w.w.Flush()), w.below)
}

// write writes the n lines with the lowest numbers and forgets them.
func (w *BriefWriter) write(n int) error {
	slices.SortFunc(w.lines, func(x, y brief) int { return cmp.Compare(x.number, y.number) })
	for i := range w.lines {
		w.line = w.lines[i].appendName(w.line[:0])
		w.width = max(w.width, len(w.line))
	}
	var err error
	for i := range w.lines[:n] {
		w.line = append(w.lines[i].appendTo(w.line[:0], w.width), '\n')
		if _, err = w.w.Write(w.line); err != nil {
			break
		}
	}
	w.lines = append(w.lines[:0], w.lines[n:]...)
	return err
}

// appendTo appends the line with endpoints of the given width.
func (l *brief) appendTo(b []byte, width int) []byte {
	b = append(appendRight(b, l.number, 3), ": "...)
	end := len(b) + width
	for b = l.appendName(b); len(b) < end; {
		b = append(b, ' ')
	}
	b = append(appendRight(append(b, ' '), l.aPackets, 4), '>')
	b = append(appendRight(append(b, ' '), l.bPackets, 4), "<  ("...)
	b = append(append(b, l.complete.String()...), ')')
	if l.dups > 0 {
		b = append(strconv.AppendUint(append(b, "  "...), l.dups, 10), " captured twice"...)
	}
	return b
}

func (l *brief) appendName(b []byte) []byte {
	b = append(endpoint(l.version, &l.a, l.aPort).AppendTo(b), " - "...)
	return endpoint(l.version, &l.b, l.bPort).AppendTo(b)
}

// appendRight appends n with spaces before it up to a width.
func appendRight(b []byte, n uint64, width int) []byte {
	var digits [20]byte
	d := strconv.AppendUint(digits[:0], n, 10)
	for range width - len(d) {
		b = append(b, ' ')
	}
	return append(b, d...)
}
