package tcpstat

import (
	"math"
	"strconv"
	"strings"

	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/intervalstat"
)

// Printer writes intervals in tcpstat's format with reef's numbers; see the package comment. It is
// an [intervalstat.BucketWriter].
type Printer struct {
	// HideEmpty leaves out intervals without packets (-e).
	HideEmpty bool
	// Relative is subtracted from all times, in nanoseconds (-R).
	Relative int64

	out   Outputs
	ops   []op
	buf   []byte
	begun bool
	row   row
}

// row is an interval and what its row needs of those before it.
type row struct {
	*intervalstat.Bucket
	relative   int64
	first      int64   // start of what the capture covers
	load, peak float64 // see %l
}

// NewPrinter returns a printer of rows with the given format; "" means DefaultFormat. The error is
// an [ErrFormat].
func NewPrinter(format string, out Outputs) (*Printer, error) {
	if format == "" {
		format = DefaultFormat
	}
	ops, err := parseLayout(format, func(name string) bool { return valueOf(name) != nil }, true)
	return &Printer{out: out, ops: ops}, err
}

// Configure turns on in cfg what the format needs: %{hosts}, %{flows} and percentiles.
func (p *Printer) Configure(cfg *intervalstat.Config) {
	for _, o := range p.ops {
		switch {
		case o.kind != opValue:
		case o.text == "hosts" || o.text == "flows":
			cfg.Distinct = true
		case values[o.text] == nil:
			cfg.Percentiles = true
		}
	}
}

// WriteBucket writes one row.
func (p *Printer) WriteBucket(b *intervalstat.Bucket) error {
	r := &p.row
	if !p.begun {
		p.begun, r.first = true, b.From
		r.load = math.NaN()
	}
	r.Bucket, r.relative = b, p.Relative
	r.smooth()
	if p.HideEmpty && b.Packets == 0 {
		return nil
	}
	var err error
	p.buf, err = p.out.write(p.ops, p.buf, func(buf []byte, name string) []byte { return valueOf(name)(buf, r) })
	r.Bucket = nil
	return err
}

// smooth moves the load to the interval's bit rate with a time constant of a minute, as in the
// kernel's load average.
func (r *row) smooth() {
	bps := r.BitRate()
	// those left out were empty
	r.load *= math.Exp(-float64(r.Omitted) * float64(r.End-r.Start) / 60e9)
	switch {
	case math.IsNaN(bps):
	case math.IsNaN(r.load):
		r.load = bps
	default:
		decay := math.Exp(-float64(r.Covered()) / 60e9)
		r.load = float64(r.load*decay) + float64(bps*(1-decay))
	}
	if bps > r.peak {
		r.peak = bps
	}
}

type value func(b []byte, r *row) []byte

// valueOf returns what writes a substitution; nil if there is none of the name.
func valueOf(name string) value {
	if v := values[name]; v != nil {
		return v
	}
	if digits, ok := strings.CutPrefix(name, "p"); ok {
		if percent, err := strconv.ParseFloat(digits, 64); err == nil && percent >= 0 && percent <= 100 {
			return func(b []byte, r *row) []byte { return strconv.AppendInt(b, int64(r.Quantile(percent/100)), 10) }
		}
	}
	return nil
}

var values = map[string]value{
	"n": count(func(b *intervalstat.Bucket) uint64 { return b.Packets }),
	"N": count(func(b *intervalstat.Bucket) uint64 { return b.Bytes }),
	"a": number((*intervalstat.Bucket).Mean),
	"d": number((*intervalstat.Bucket).StdDev),
	"m": count(func(b *intervalstat.Bucket) uint64 { return uint64(b.Min) }),
	"M": count(func(b *intervalstat.Bucket) uint64 { return uint64(b.Max) }),
	"b": number((*intervalstat.Bucket).BitRate),
	"B": number((*intervalstat.Bucket).ByteRate),
	"p": number((*intervalstat.Bucket).PacketRate),
	"l": func(b []byte, r *row) []byte {
		if r.peak == 0 {
			return append(b, "nan"...)
		}
		return appendNumber(b, r.load/r.peak)
	},
	"A": count(func(b *intervalstat.Bucket) uint64 { return b.ARP }),
	"I": count(func(b *intervalstat.Bucket) uint64 { return b.IPv4 }),
	"V": count(func(b *intervalstat.Bucket) uint64 { return b.IPv6 }),
	"T": count(func(b *intervalstat.Bucket) uint64 { return b.TCP }),
	"U": count(func(b *intervalstat.Bucket) uint64 { return b.UDP }),
	"C": count(func(b *intervalstat.Bucket) uint64 { return b.ICMP + b.ICMPv6 }),
	"s": func(b []byte, r *row) []byte { return appendTime(b, r.Start-r.relative, 6) },
	"S": func(b []byte, r *row) []byte { return appendTime(b, r.Start-r.relative, 0) },
	"r": func(b []byte, r *row) []byte { return appendTime(b, r.Start-r.first, 6) },
	"R": func(b []byte, r *row) []byte { return appendTime(b, r.Start-r.first, 0) },

	"start":   func(b []byte, r *row) []byte { return appendTime(b, r.Start-r.relative, 9) },
	"end":     func(b []byte, r *row) []byte { return appendTime(b, r.End-r.relative, 9) },
	"covered": func(b []byte, r *row) []byte { return appendTime(b, int64(r.Covered()), 9) },
	"partial": func(b []byte, r *row) []byte {
		if r.Partial() {
			return append(b, '1')
		}
		return append(b, '0')
	},
	"late":    count(func(b *intervalstat.Bucket) uint64 { return b.Late }),
	"omitted": count(func(b *intervalstat.Bucket) uint64 { return b.Omitted }),
	"sctp":    count(func(b *intervalstat.Bucket) uint64 { return b.SCTP }),
	"icmp":    count(func(b *intervalstat.Bucket) uint64 { return b.Protocols.ICMP }),
	"icmpv6":  count(func(b *intervalstat.Bucket) uint64 { return b.ICMPv6 }),
	"otherip": count(func(b *intervalstat.Bucket) uint64 { return b.OtherIP }),
	"badip":   count(func(b *intervalstat.Bucket) uint64 { return b.BadIP }),
	"nonip":   count(func(b *intervalstat.Bucket) uint64 { return b.NonIP }),
	"hosts":   func(b []byte, r *row) []byte { return appendEstimate(b, r.Hosts) },
	"flows":   func(b []byte, r *row) []byte { return appendEstimate(b, r.Flows) },
}

func count(f func(*intervalstat.Bucket) uint64) value {
	return func(b []byte, r *row) []byte { return strconv.AppendUint(b, f(r.Bucket), 10) }
}

func number(f func(*intervalstat.Bucket) float64) value {
	return func(b []byte, r *row) []byte { return appendNumber(b, f(r.Bucket)) }
}

func appendNumber(b []byte, x float64) []byte {
	if math.IsNaN(x) {
		return append(b, "nan"...)
	}
	return strconv.AppendFloat(b, x, 'f', 2, 64)
}

// appendEstimate appends the estimate of a sketch as a whole number, or - if there is none.
func appendEstimate(b []byte, h *intervalstat.Sketch) []byte {
	if h == nil {
		return append(b, '-')
	}
	return strconv.AppendFloat(b, h.Estimate(), 'f', 0, 64)
}

// appendTime appends nanoseconds as seconds, rounding down.
func appendTime(b []byte, ns int64, decimals int) []byte {
	unit := int64(1e9)
	for range decimals {
		unit /= 10
	}
	units := sat.FloorDiv(ns, unit) // of the last digit that is printed
	scale := int64(1e9) / unit
	if units < 0 {
		b = append(b, '-')
	}
	magnitude := uint64(units)
	if units < 0 {
		magnitude = -magnitude
	}
	b = strconv.AppendUint(b, magnitude/uint64(scale), 10)
	if decimals > 0 {
		b = append(b, '.')
		fraction := magnitude % uint64(scale)
		for s := uint64(scale) / 10; s > 0; s /= 10 {
			b = append(b, byte('0'+fraction/s%10))
		}
	}
	return b
}
