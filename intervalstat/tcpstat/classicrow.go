package tcpstat

import (
	"math"
	"strconv"
)

// ClassicPrinter writes intervals as tcpstat prints them.
type ClassicPrinter struct {
	// HideEmpty leaves out intervals without packets (-e).
	HideEmpty bool
	// Relative is subtracted from all times, in seconds (-R).
	Relative float64

	out Outputs
	ops []op
	buf []byte
}

// NewClassicPrinter returns a printer of rows with the given format; "" means DefaultFormat. The
// error is an [ErrFormat].
func NewClassicPrinter(format string, out Outputs) (*ClassicPrinter, error) {
	if format == "" {
		format = DefaultFormat
	}
	ops, err := parseLayout(format, func(name string) bool { return classicValues[name] != nil }, false)
	return &ClassicPrinter{out: out, ops: ops}, err
}

// WriteInterval writes one row.
func (p *ClassicPrinter) WriteInterval(v *Interval) error {
	if p.HideEmpty && v.Packets == 0 {
		return nil
	}
	var err error
	p.buf, err = p.out.write(p.ops, p.buf, func(b []byte, name string) []byte {
		return classicValues[name](b, v, p.Relative)
	})
	return err
}

var classicValues = map[string]func(b []byte, v *Interval, relative float64) []byte{
	"n": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.Packets, 10) },
	"N": func(b []byte, v *Interval, _ float64) []byte { return appendFloat(b, v.Bytes, 0) },
	"a": func(b []byte, v *Interval, _ float64) []byte { return appendFloat(b, v.Mean(), 2) },
	"d": func(b []byte, v *Interval, _ float64) []byte { return appendFloat(b, v.StdDev(), 2) },
	"m": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, int64(v.Min), 10) },
	"M": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, int64(v.Max), 10) },
	"b": func(b []byte, v *Interval, _ float64) []byte { return appendFloat(b, v.BitRate(), 2) },
	"B": func(b []byte, v *Interval, _ float64) []byte { return appendFloat(b, v.rate(v.Bytes), 2) },
	"p": func(b []byte, v *Interval, _ float64) []byte { return appendFloat(b, v.rate(float64(v.Packets)), 2) },
	"l": func(b []byte, v *Interval, _ float64) []byte {
		if v.Peak == 0 {
			return append(b, "1.00"...)
		}
		return appendFloat(b, v.Load/v.Peak, 2)
	},
	"A": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.ARP, 10) },
	"I": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.IPv4, 10) },
	"V": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.IPv6, 10) },
	"T": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.TCP, 10) },
	"U": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.UDP, 10) },
	"C": func(b []byte, v *Interval, _ float64) []byte { return strconv.AppendInt(b, v.ICMP, 10) },
	"s": func(b []byte, v *Interval, rel float64) []byte { return appendFloat(b, v.Middle()-rel, 6) },
	"S": func(b []byte, v *Interval, rel float64) []byte { return appendInt32(b, v.Middle()-rel+0.5) },
	"r": func(b []byte, v *Interval, rel float64) []byte { return appendFloat(b, v.Middle()-(rel+v.First), 6) },
	// in this order
	"R": func(b []byte, v *Interval, rel float64) []byte { return appendInt32(b, v.Middle()+0.5-(rel+v.First)) },
}

// appendFloat appends x as C's printf does with %.2f and the like.
func appendFloat(b []byte, x float64, decimals int) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, "-nan"...)
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	}
	return strconv.AppendFloat(b, x, 'f', decimals, 64)
}

// appendInt32 appends x converted to C's int on x86, where numbers that do not fit become the
// smallest.
func appendInt32(b []byte, x float64) []byte {
	i := int64(math.MinInt32)
	if x > math.MinInt32-1 && x < math.MaxInt32+1 {
		i = int64(x)
	}
	return strconv.AppendInt(b, i, 10)
}
