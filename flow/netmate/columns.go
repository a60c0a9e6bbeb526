package netmate

import (
	"net/netip"
	"slices"

	"github.com/reeftools/reef/internal/columns"
)

// Column is a column of [CSV] and [JSONL]: its name, unit and definition, the kind of its values,
// and the function that reads them of a row.
type Column = columns.Column[Row]

// netmateColumns is how many columns NetMate has.
const netmateColumns = 5 + NumFeatures

var modernColumns, classicColumns = allColumns(Modern), allColumns(Classic)

// Columns returns the columns of rows with these semantics: the five of the key, the 39 features,
// and those that NetMate does not have. The first 44 have NetMate's names, order and units.
func Columns(sem Semantics) []Column { return slices.Clone(columnsOf(sem)) }

func columnsOf(sem Semantics) []Column {
	if sem == Classic {
		return classicColumns
	}
	return modernColumns
}

func allColumns(sem Semantics) []Column {
	all := slices.Clone(keyColumns)
	for f := range Feature(NumFeatures) {
		all = append(all, f.column(sem))
	}
	return append(all, extraColumns...)
}

// column returns the column of f.
func (f Feature) column(sem Semantics) Column {
	d := &features[f]
	c := columns.Uint[Row](d.name, d.unit, d.definition, nil)
	switch {
	case sem == Modern && d.thousandths:
		c = columns.Fixed[Row](d.name, d.unit, 3, d.definition, nil)
	case f >= MinFPktl && f <= StdBPktl: // -1 for none in classic rows
		c = columns.Int[Row](d.name, d.unit, d.definition, nil)
	}
	return c.From(&rowValues, int(f))
}

var rowValues columns.Array[Row] = func(r *Row) ([]int64, uint64) { return r.Values[:], r.missing }

var keyColumns = []Column{
	columns.Addr("srcip", "source address: of the first packet, unless the flow's direction was found otherwise (column direction)",
		func(r *Row) netip.Addr { return r.Key.SrcAddr() }),
	columns.Uint("srcport", "", "source port; none where the protocol has no ports or they were not captured; for ICMP the type, see flow.KeyOf",
		func(r *Row) (uint64, bool) { return uint64(r.Key.SrcPort), r.Key.PortsOK }),
	columns.Addr("dstip", "destination address", func(r *Row) netip.Addr { return r.Key.DstAddr() }),
	columns.Uint("dstport", "", "destination port, as srcport",
		func(r *Row) (uint64, bool) { return uint64(r.Key.DstPort), r.Key.PortsOK }),
	columns.Uint("proto", "", "IP protocol number", func(r *Row) (uint64, bool) { return uint64(r.Key.Proto), true }),
}

var extraColumns = []Column{
	columns.Seconds("start", "time of the earliest packet since 1970-01-01 UTC, nine decimals",
		func(r *Row) (int64, bool) { return r.Start, true }),
	columns.Seconds("end", "time of the latest packet", func(r *Row) (int64, bool) { return r.End, true }),
	columns.Word("end_reason", "why the row ended, a flow.EndReason (flowEndReason of RFC 7012) in words",
		func(b []byte, r *Row) []byte { return append(b, r.Reason.String()...) }),
	columns.Uint("part", "", "number of earlier rows of the same flow that the active timeout cut off",
		func(r *Row) (uint64, bool) { return uint64(r.Part), true }),
	columns.Word("direction", "how the forward direction was found (biflowDirection of RFC 5103)",
		func(b []byte, r *Row) []byte { return append(b, r.Method.String()...) }),
	columns.Uint("ftcp_flags", "", "union of the forward TCP flags as a number: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, AE 256",
		func(r *Row) (uint64, bool) { return uint64(r.Fwd.Flags), true }),
	columns.Uint("btcp_flags", "", "union of the backward TCP flags",
		func(r *Row) (uint64, bool) { return uint64(r.Rev.Flags), true }),
	columns.Uint("reordered", "packets", "packets earlier than one before them in the flow",
		func(r *Row) (uint64, bool) { return r.Reordered, true }),
	columns.Uint("vlan", "", "outermost VLAN identifier where it is in the flow key, else 0",
		func(r *Row) (uint64, bool) { return uint64(r.Key.VLAN), true }),
	columns.Uint("inner_vlan", "", "innermost VLAN identifier where it is in the flow key, else 0",
		func(r *Row) (uint64, bool) { return uint64(r.Key.InnerVLAN), true }),
	columns.Uint("tunnel_id", "", "VNI, GRE key or TEID of the innermost tunnel where it is in the flow key, else 0",
		func(r *Row) (uint64, bool) { return uint64(r.Key.TunnelID), true }),
	columns.Word("feature_set", "FeatureSetVersion, or ClassicVersion", func(b []byte, r *Row) []byte {
		if r.Semantics == Classic {
			return append(b, ClassicVersion...)
		}
		return append(b, FeatureSetVersion...)
	}),
}
