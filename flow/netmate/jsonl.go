package netmate

import (
	"io"

	"github.com/reeftools/reef/internal/decimal"
)

// JSONL writes rows as JSON Lines: one object for each row, with the names, order and units of
// [Columns]. A value that is missing, because there is no sample, is null; in classic rows it is
// NetMate's 0 or -1. Classic rows have the columns that NetMate lacks too.
//
// Each row is one Write, so give it a [bufio.Writer].
type JSONL struct {
	w   io.Writer
	buf []byte
}

// NewJSONL returns a JSONL that writes to w.
func NewJSONL(w io.Writer) *JSONL { return &JSONL{w: w} }

// WriteRow writes one line.
func (j *JSONL) WriteRow(r *Row) error {
	j.buf = append(r.appendJSON(j.buf[:0]), '\n')
	_, err := j.w.Write(j.buf)
	return err
}

func (r *Row) appendJSON(b []byte) []byte {
	b = append(b, `{"srcip":"`...)
	b = r.Key.SrcAddr().AppendTo(b)
	b = append(b, `","srcport":`...)
	b = r.appendJSONPort(b, r.Key.SrcPort)
	b = append(b, `,"dstip":"`...)
	b = r.Key.DstAddr().AppendTo(b)
	b = append(b, `","dstport":`...)
	b = r.appendJSONPort(b, r.Key.DstPort)
	b = decimal.AppendUint(append(b, `,"proto":`...), uint64(r.Key.Proto))
	for f := Feature(0); f < NumFeatures; f++ {
		b = append(b, `,"`...)
		b = append(b, featureColumns[f].Name...)
		b = append(b, `":`...)
		if r.missing>>f&1 == 0 {
			b = r.appendFeature(b, f)
		} else {
			b = append(b, "null"...)
		}
	}
	b = decimal.AppendSeconds(append(b, `,"start":`...), r.Start)
	b = decimal.AppendSeconds(append(b, `,"end":`...), r.End)
	b = append(append(b, `,"end_reason":"`...), r.Reason.String()...)
	b = decimal.AppendUint(append(b, `","part":`...), uint64(r.Part))
	b = append(append(b, `,"direction":"`...), r.Method.String()...)
	b = decimal.AppendUint(append(b, `","ftcp_flags":`...), uint64(r.Fwd.Flags))
	b = decimal.AppendUint(append(b, `,"btcp_flags":`...), uint64(r.Rev.Flags))
	b = decimal.AppendUint(append(b, `,"reordered":`...), r.Reordered)
	b = decimal.AppendUint(append(b, `,"vlan":`...), uint64(r.Key.VLAN))
	b = decimal.AppendUint(append(b, `,"inner_vlan":`...), uint64(r.Key.InnerVLAN))
	b = decimal.AppendUint(append(b, `,"tunnel_id":`...), uint64(r.Key.TunnelID))
	version := FeatureSetVersion
	if r.Semantics == Classic {
		version = ClassicVersion
	}
	b = append(append(b, `,"feature_set":"`...), version...)
	return append(b, `"}`...)
}

// appendJSONPort appends a port, or null where there is none.
func (r *Row) appendJSONPort(b []byte, port uint16) []byte {
	if !r.Key.PortsOK {
		return append(b, "null"...)
	}
	return decimal.AppendUint(b, uint64(port))
}
