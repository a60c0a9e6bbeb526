package flow

import (
	"io"
	"math/bits"
	"strconv"

	"github.com/reeftools/reef/internal/decimal"
	"github.com/reeftools/reef/pcapio"
)

// RecordWriter takes flow records. WriteRecord must neither keep nor change r.
type RecordWriter interface {
	WriteRecord(r *Record) error
}

// RecordWriterFunc makes a [RecordWriter] of a function.
type RecordWriterFunc func(r *Record) error

// WriteRecord calls f.
func (f RecordWriterFunc) WriteRecord(r *Record) error { return f(r) }

// column is a field of [CSV] and [JSONL]. append adds its value to b, or nothing if the record has
// none.
type column struct {
	name   string
	text   bool // not a number
	append func(b []byte, r *Record) []byte
}

var columns = [...]column{
	{"start_ns", false, func(b []byte, r *Record) []byte { return strconv.AppendInt(b, r.Start, 10) }},
	{"end_ns", false, func(b []byte, r *Record) []byte { return strconv.AppendInt(b, r.End, 10) }},
	{"src", true, func(b []byte, r *Record) []byte { return r.Key.SrcAddr().AppendTo(b) }},
	{"src_port", false, func(b []byte, r *Record) []byte { return appendPort(b, r, r.Key.SrcPort) }},
	{"dst", true, func(b []byte, r *Record) []byte { return r.Key.DstAddr().AppendTo(b) }},
	{"dst_port", false, func(b []byte, r *Record) []byte { return appendPort(b, r, r.Key.DstPort) }},
	{"proto", false, func(b []byte, r *Record) []byte { return decimal.AppendUint(b, uint64(r.Key.Proto)) }},
	{"packets", false, func(b []byte, r *Record) []byte { return decimal.AppendUint(b, r.Fwd.Packets) }},
	{"bytes", false, func(b []byte, r *Record) []byte { return decimal.AppendUint(b, r.Fwd.Bytes) }},
	{"tcp_flags", true, func(b []byte, r *Record) []byte { return appendFlags(b, r.Fwd.Flags) }},
	{"rev_packets", false, func(b []byte, r *Record) []byte { return decimal.AppendUint(b, r.Rev.Packets) }},
	{"rev_bytes", false, func(b []byte, r *Record) []byte { return decimal.AppendUint(b, r.Rev.Bytes) }},
	{"rev_tcp_flags", true, func(b []byte, r *Record) []byte { return appendFlags(b, r.Rev.Flags) }},
	{"vlan", false, func(b []byte, r *Record) []byte { return appendNonZero(b, uint32(r.Key.VLAN)) }},
	{"inner_vlan", false, func(b []byte, r *Record) []byte { return appendNonZero(b, uint32(r.Key.InnerVLAN)) }},
	{"tunnel", true, func(b []byte, r *Record) []byte { return append(b, r.Key.Tunnel().String()...) }},
	{"tunnel_id", false, func(b []byte, r *Record) []byte { return appendNonZero(b, r.Key.TunnelID) }},
	{"part", false, func(b []byte, r *Record) []byte { return decimal.AppendUint(b, uint64(r.Part)) }},
	{"direction", true, func(b []byte, r *Record) []byte { return append(b, r.Method.String()...) }},
	{"end_reason", true, func(b []byte, r *Record) []byte { return append(b, r.Reason.String()...) }},
}

// CSV writes records as comma-separated values, one line each, under a line of column names:
//
//   - start_ns, end_ns: first and last packet, nanoseconds since 1970
//   - src, src_port, dst, dst_port, proto: the key; ports are empty where there are none, ICMP has
//     type and code (see [KeyOf])
//   - packets, bytes, tcp_flags: forward; bytes are IP bytes, flags the union of all in letters
//     FSRPAUEC and N for AE
//   - rev_packets, rev_bytes, rev_tcp_flags: the other direction
//   - vlan, inner_vlan, tunnel, tunnel_id: where they are in the key and the packets had them
//   - part: number of earlier records that the active timeout cut off
//   - direction: how src was found (see [DirectionMethod]): arbitrary, initiator, reverseInitiator
//     or perimeter
//   - end_reason: idle timeout, active timeout, end of flow, forced end or lack of resources
type CSV struct {
	w   io.Writer
	buf []byte
}

// NewCSV returns a writer of CSV to w, which should be buffered, and writes the line of column
// names.
func NewCSV(w io.Writer) (*CSV, error) {
	c := &CSV{w: w}
	for i := range columns {
		if i > 0 {
			c.buf = append(c.buf, ',')
		}
		c.buf = append(c.buf, columns[i].name...)
	}
	_, err := w.Write(append(c.buf, '\n'))
	return c, err
}

// WriteRecord writes one line.
func (c *CSV) WriteRecord(r *Record) error {
	b := c.buf[:0]
	for i := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = columns[i].append(b, r)
	}
	c.buf = append(b, '\n')
	_, err := c.w.Write(c.buf)
	return err
}

// JSONL writes records as JSON Lines: one object per line with the names and values of [CSV]. What
// is empty there is left out.
type JSONL struct {
	w   io.Writer
	buf []byte
}

// NewJSONL returns a writer of JSON Lines to w, which should be buffered.
func NewJSONL(w io.Writer) *JSONL { return &JSONL{w: w} }

// WriteRecord writes one line.
func (j *JSONL) WriteRecord(r *Record) error {
	b := append(j.buf[:0], '{')
	for i := range columns {
		c := &columns[i]
		start := len(b)
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), c.name...), '"', ':')
		if c.text {
			b = append(b, '"')
		}
		value := len(b)
		switch b = c.append(b, r); {
		case len(b) == value:
			b = b[:start]
		case c.text:
			b = append(b, '"')
		}
	}
	j.buf = append(b, '}', '\n')
	_, err := j.w.Write(j.buf)
	return err
}

func appendPort(b []byte, r *Record, port uint16) []byte {
	if !r.Key.PortsOK {
		return b
	}
	return decimal.AppendUint(b, uint64(port))
}

func appendNonZero(b []byte, v uint32) []byte {
	if v == 0 {
		return b
	}
	return decimal.AppendUint(b, uint64(v))
}

// appendFlags appends a letter for each TCP flag, in the order of their bits.
func appendFlags(b []byte, f pcapio.TCPFlags) []byte {
	for f := uint16(f); f != 0; f &= f - 1 {
		b = append(b, "FSRPAUECN???????"[bits.TrailingZeros16(f)])
	}
	return b
}
