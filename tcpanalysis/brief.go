package tcpanalysis

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
)

// BriefWriter writes a line per connection in order of number, as tcptrace does by default: endpoints, packets in each
// direction, completeness. It is a [ConnWriter] that keeps a few bytes of each connection until Flush, which knows the
// widths and writes them.
type BriefWriter struct {
	w     io.Writer
	lines []brief
}

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
func NewBriefWriter(w io.Writer) *BriefWriter { return &BriefWriter{w: w} }

// WriteConn keeps what the line of c needs.
func (w *BriefWriter) WriteConn(c *Conn) error {
	w.lines = append(w.lines, brief{c.Number, c.AAddr, c.BAddr, c.A2B.Packets, c.B2A.Packets,
		c.A2B.Classes[CaptureDup] + c.B2A.Classes[CaptureDup], c.APort, c.BPort, c.Version, c.Completeness()})
	return nil
}

// Flush writes the lines.
func (w *BriefWriter) Flush() error {
	slices.SortFunc(w.lines, func(x, y brief) int { return cmp.Compare(x.number, y.number) })
	width := 0
	for i := range w.lines {
		width = max(width, len(w.lines[i].name()))
	}
	b := bufio.NewWriter(w.w)
	for i := range w.lines {
		l := &w.lines[i]
		fmt.Fprintf(b, "%3d: %-*s %4d> %4d<  (%s)", l.number, width, l.name(), l.aPackets, l.bPackets, l.complete)
		if l.dups > 0 {
			fmt.Fprintf(b, "  %d captured twice", l.dups)
		}
		b.WriteByte('\n')
	}
	w.lines = w.lines[:0]
	return b.Flush()
}

func (l *brief) name() string {
	return fmt.Sprintf("%s - %s", endpoint(l.version, &l.a, l.aPort), endpoint(l.version, &l.b, l.bPort))
}
