package flow

import (
	"math/bits"
	"net/netip"
	"slices"

	"github.com/reeftools/reef/internal/columns"
	"github.com/reeftools/reef/pcapio"
)

// Column is a column of [CSV] and [JSONL]: its name, unit and definition, the kind of its values,
// and the function that reads them of a record.
type Column = columns.Column[Record]

var recordColumns = []Column{
	columns.Nanoseconds("start_ns", "time of the earliest packet, ns since 1970",
		func(r *Record) (int64, bool) { return r.Start, true }),
	columns.Nanoseconds("end_ns", "time of the latest packet, ns since 1970",
		func(r *Record) (int64, bool) { return r.End, true }),
	columns.Addr("src", "source address of the flow's forward direction",
		func(r *Record) netip.Addr { return addrOf(r.Key.Version, &r.Key.Src) }),
	columns.Uint("src_port", "", "source port; none where the protocol has none or it was not captured; for ICMP see KeyOf",
		func(r *Record) (uint64, bool) { return uint64(r.Key.SrcPort), r.Key.PortsOK }),
	columns.Addr("dst", "destination address",
		func(r *Record) netip.Addr { return addrOf(r.Key.Version, &r.Key.Dst) }),
	columns.Uint("dst_port", "", "destination port, as src_port",
		func(r *Record) (uint64, bool) { return uint64(r.Key.DstPort), r.Key.PortsOK }),
	columns.Uint("proto", "", "IP protocol number",
		func(r *Record) (uint64, bool) { return uint64(r.Key.Proto), true }),
	columns.Uint("packets", "packets", "forward packets",
		func(r *Record) (uint64, bool) { return r.Fwd.Packets, true }),
	columns.Uint("bytes", "bytes", "sum of the forward packets' IP lengths, headers included",
		func(r *Record) (uint64, bool) { return r.Fwd.Bytes, true }),
	columns.Word("tcp_flags", "union of the forward TCP flags, in letters FSRPAUEC and N for AE",
		func(b []byte, r *Record) []byte { return appendFlags(b, r.Fwd.Flags) }),
	columns.Uint("rev_packets", "packets", "packets of the other direction",
		func(r *Record) (uint64, bool) { return r.Rev.Packets, true }),
	columns.Uint("rev_bytes", "bytes", "sum of the IP lengths of the other direction",
		func(r *Record) (uint64, bool) { return r.Rev.Bytes, true }),
	columns.Word("rev_tcp_flags", "union of the TCP flags of the other direction",
		func(b []byte, r *Record) []byte { return appendFlags(b, r.Rev.Flags) }),
	columns.Uint("vlan", "", "outermost VLAN identifier, where it is in the key and not 0",
		func(r *Record) (uint64, bool) { return nonZero(uint32(r.Key.VLAN)) }),
	columns.Uint("inner_vlan", "", "innermost VLAN identifier of several, where it is in the key and not 0",
		func(r *Record) (uint64, bool) { return nonZero(uint32(r.Key.InnerVLAN)) }),
	columns.Word("tunnel", "kind of the innermost tunnel, where it is in the key",
		func(b []byte, r *Record) []byte { return append(b, r.Key.Tunnel.String()...) }),
	columns.Uint("tunnel_id", "", "VNI, GRE key or TEID of the innermost tunnel, where it is in the key and not 0",
		func(r *Record) (uint64, bool) { return nonZero(r.Key.TunnelID) }),
	columns.Uint("part", "", "number of earlier records that the active timeout cut off the same flow",
		func(r *Record) (uint64, bool) { return uint64(r.Part), true }),
	columns.Word("direction", "how the forward direction was found (biflowDirection of RFC 5103): arbitrary, initiator, reverseInitiator or perimeter",
		func(b []byte, r *Record) []byte { return append(b, r.Method.String()...) }),
	columns.Word("end_reason", "why the record ended (flowEndReason of RFC 7012): active, idle timeout, active timeout, end of flow, forced end or lack of resources",
		func(b []byte, r *Record) []byte { return append(b, r.Reason.String()...) }),
}

// Columns returns the columns that [CSV] and [JSONL] write, in their order.
func Columns() []Column { return slices.Clone(recordColumns) }

func nonZero(v uint32) (uint64, bool) { return uint64(v), v != 0 }

// appendFlags appends a letter for each TCP flag, in the order of their bits.
func appendFlags(b []byte, f pcapio.TCPFlags) []byte {
	for f := uint16(f); f != 0; f &= f - 1 {
		b = append(b, "FSRPAUECN???????"[bits.TrailingZeros16(f)])
	}
	return b
}
