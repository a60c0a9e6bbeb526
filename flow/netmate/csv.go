package netmate

import (
	"io"
	"strconv"

	"github.com/reeftools/reef/internal/decimal"
)

// CSV writes rows as comma-separated values, ended by LF, in the order of [Columns].
//
// Modern output begins with a line of column names; a value that is missing, because there is no
// sample, is empty, and a column of Thousandths has three decimals. Classic output is NetMate's:
// the first 44 columns, all integers, without that line.
//
// Each row is one Write, so give it a [bufio.Writer].
type CSV struct {
	w   io.Writer
	buf []byte
}

// NewCSV returns a CSV that writes to w; the modern header line is written at once. sem must be
// that of the rows.
func NewCSV(w io.Writer, sem Semantics) (*CSV, error) {
	c := &CSV{w: w}
	if sem == Classic {
		return c, nil
	}
	for i, col := range Columns() {
		if i > 0 {
			c.buf = append(c.buf, ',')
		}
		c.buf = append(c.buf, col.Name...)
	}
	c.buf = append(c.buf, '\n')
	_, err := w.Write(c.buf)
	return c, err
}

// WriteRow writes one line.
func (c *CSV) WriteRow(r *Row) error {
	c.buf = append(r.appendCSV(c.buf[:0]), '\n')
	_, err := c.w.Write(c.buf)
	return err
}

func (r *Row) appendCSV(b []byte) []byte {
	b = r.Key.SrcAddr().AppendTo(b)
	b = r.appendPort(append(b, ','), r.Key.SrcPort)
	b = r.Key.DstAddr().AppendTo(append(b, ','))
	b = r.appendPort(append(b, ','), r.Key.DstPort)
	b = decimal.AppendUint(append(b, ','), uint64(r.Key.Proto))
	for f := Feature(0); f < NumFeatures; f++ {
		b = append(b, ',')
		if r.missing>>f&1 == 0 {
			b = r.appendFeature(b, f)
		}
	}
	if r.Semantics == Classic {
		return b
	}
	b = decimal.AppendSeconds(append(b, ','), r.Start)
	b = decimal.AppendSeconds(append(b, ','), r.End)
	b = append(append(b, ','), r.Reason.String()...)
	b = decimal.AppendUint(append(b, ','), uint64(r.Part))
	b = append(append(b, ','), r.Method.String()...)
	b = decimal.AppendUint(append(b, ','), uint64(r.Fwd.Flags))
	b = decimal.AppendUint(append(b, ','), uint64(r.Rev.Flags))
	b = decimal.AppendUint(append(b, ','), r.Reordered)
	b = decimal.AppendUint(append(b, ','), uint64(r.Key.VLAN))
	b = decimal.AppendUint(append(b, ','), uint64(r.Key.InnerVLAN))
	b = decimal.AppendUint(append(b, ','), uint64(r.Key.TunnelID))
	return append(append(b, ','), FeatureSetVersion...)
}

// appendPort appends a port, or nothing where there is none.
func (r *Row) appendPort(b []byte, port uint16) []byte {
	if !r.Key.PortsOK {
		return b
	}
	return decimal.AppendUint(b, uint64(port))
}

// appendFeature appends feature f in its column's unit.
func (r *Row) appendFeature(b []byte, f Feature) []byte {
	v := r.Values[f]
	switch {
	case r.thousandths(f): // never negative
		return appendThousandths(b, uint64(v))
	case f >= MinFPktl && f <= StdBPktl:
		return strconv.AppendInt(b, v, 10)
	}
	return decimal.AppendUint(b, uint64(v))
}

// appendThousandths appends v/1000 with three decimals.
func appendThousandths(b []byte, v uint64) []byte {
	rest := uint32(v % 1000)
	return append(decimal.AppendUint(b, v/1000), '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
}
