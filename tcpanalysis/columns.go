package tcpanalysis

import (
	"math"
	"math/bits"

	"github.com/reeftools/reef/internal/decimal"
)

// connColumn is a value of a connection.
type connColumn struct {
	name string
	text bool // needs quotes in JSON
	put  func(b []byte, c *Conn) []byte
}

var connColumns = []connColumn{
	{name: "conn", put: func(b []byte, c *Conn) []byte { return decimal.AppendUint(b, c.Number) }},
	{name: "host_a", text: true, put: func(b []byte, c *Conn) []byte { return decimal.AppendAddr(b, c.Version, &c.AAddr) }},
	{name: "port_a", put: func(b []byte, c *Conn) []byte { return decimal.AppendUint(b, uint64(c.APort)) }},
	{name: "host_b", text: true, put: func(b []byte, c *Conn) []byte { return decimal.AppendAddr(b, c.Version, &c.BAddr) }},
	{name: "port_b", put: func(b []byte, c *Conn) []byte { return decimal.AppendUint(b, uint64(c.BPort)) }},
	{name: "first_packet_s", put: func(b []byte, c *Conn) []byte { return decimal.AppendSeconds(b, c.First) }},
	{name: "last_packet_s", put: func(b []byte, c *Conn) []byte { return decimal.AppendSeconds(b, c.Last) }},
	{name: "duration_s", put: func(b []byte, c *Conn) []byte { return decimal.AppendSeconds(b, c.Last-c.First) }},
	{name: "completeness", text: true, put: func(b []byte, c *Conn) []byte { return append(b, c.Completeness().String()...) }},
	{name: "end_reason", text: true, put: func(b []byte, c *Conn) []byte { return append(b, c.Reason.String()...) }},
	{name: "direction_by", text: true, put: func(b []byte, c *Conn) []byte { return append(b, c.Direction.String()...) }},
}

// sideColumn is a value of each side. The values come as a list of integers: a call for each would
// take more time than to print it.
type sideColumn struct {
	name string
	kind kind
}

// kind says how the integer of a column is printed. Any may be unknown.
type kind uint8

const (
	count   kind = iota
	seconds      // nanoseconds, as seconds with 9 decimals
	tenths
)

const unknown = math.MaxUint64

// appendTo appends a value, nothing if it is unknown.
func (k kind) appendTo(b []byte, v uint64) []byte {
	switch {
	case v == unknown:
		return b
	case k == seconds:
		return decimal.AppendSeconds(b, int64(v))
	case k == tenths:
		return append(decimal.AppendUint(b, v/10), '.', byte('0'+v%10))
	}
	return decimal.AppendUint(b, v)
}

// sideColumns are the columns of Conn.appendSide.
var sideColumns = []sideColumn{
	{"packets", count},
	{"ip_bytes", count},
	{"data_packets", count},
	{"data_bytes", count},
	{"unique_bytes", count},
	{"retrans_packets", count},
	{"retrans_bytes", count},
	{"retrans_timeout_packets", count},
	{"retrans_fast_packets", count},
	{"retrans_unclassified_packets", count},
	{"retrans_unseen_packets", count},
	{"retrans_spurious_packets", count},
	{"out_of_order_packets", count},
	{"reordered_packets", count},
	{"window_probe_packets", count},
	{"keepalive_packets", count},
	{"capture_dup_packets", count},
	{"ack_packets", count},
	{"pure_ack_packets", count},
	{"syn_packets", count},
	{"fin_packets", count},
	{"rst_packets", count},
	{"push_data_packets", count},
	{"urgent_data_packets", count},
	{"ece_packets", count},
	{"cwr_packets", count},
	{"sack_packets", count},
	{"dsack_packets", count},
	{"max_sack_blocks", count},
	{"mss_bytes", count},
	{"window_scale", count},
	{"syn_options_bits", count},
	{"segment_min_bytes", count},
	{"segment_max_bytes", count},
	{"window_min_bytes", count},
	{"window_max_bytes", count},
	{"window_mean_bytes", count},
	{"zero_window_packets", count},
	{"initial_window_bytes", count},
	{"initial_window_packets", count},
	{"outstanding_max_bytes", count},
	{"outstanding_mean_bytes", count},
	{"stream_bytes", count},
	{"missing_bytes", count},
	{"truncated_bytes", count},
	{"truncated_packets", count},
	{"acked_unseen_bytes", count},
	{"ranges_dropped", count},
	{"first_data_after_s", seconds},
	{"last_data_after_s", seconds},
	{"idle_max_s", seconds},
	{"ttl_min", count},
	{"ttl_max", count},
	{"throughput_bytes_per_s", tenths},
}

// rttColumns are the columns of Half.appendRTT.
var rttColumns = []sideColumn{
	{"rtt_samples", count},
	{"rtt_handshake_samples", count},
	{"rtt_ack_samples", count},
	{"rtt_sack_samples", count},
	{"rtt_timestamp_samples", count},
	{"rtt_min_s", seconds},
	{"rtt_mean_s", seconds},
	{"rtt_max_s", seconds},
	{"rtt_stdev_s", seconds},
	{"rtt_p50_s", seconds},
	{"rtt_p95_s", seconds},
	{"rtt_p99_s", seconds},
	{"rtt_handshake_s", seconds},
	{"srtt_s", seconds},
	{"rttvar_s", seconds},
	{"rto_s", seconds},
	{"rtt_ambiguous_acks", count},
	{"rtt_post_loss_acks", count},
	{"rtt_unseen_acks", count},
	{"dup_acks", count},
	{"triple_dup_acks", count},
}

// appendSide appends the values of h, a side of c, to v.
func (c *Conn) appendSide(v []uint64, h *Half) []uint64 {
	return append(v,
		h.Packets,
		h.Bytes,
		h.DataPackets,
		h.DataBytes,
		h.UniqueBytes,
		h.RetransPackets(),
		h.RetransBytes,
		h.Classes[Timeout],
		h.Classes[Fast],
		h.Classes[Unclassified],
		h.RetransUnseen,
		h.RetransSpurious,
		h.OutOfOrder,
		h.Classes[Reordered],
		h.Classes[WindowProbe],
		h.Classes[KeepAlive],
		h.Classes[CaptureDup],
		h.ACKs,
		h.PureACKs,
		uint64(h.SYNs),
		uint64(h.FINs),
		uint64(h.RSTs),
		h.PushPackets,
		h.UrgentPackets,
		h.ECEs,
		h.CWRs,
		h.SACKPackets,
		h.DSACKs,
		uint64(h.MaxSACKBlocks),
		uint64(h.MSS),
		uint64(h.WScale),
		uint64(h.Options),
		uint64(h.SegmentMin),
		uint64(h.SegmentMax),
		h.WindowMin,
		h.WindowMax,
		h.WindowSum/max(h.WindowCount, 1),
		h.ZeroWindows,
		h.InitialBytes,
		h.InitialPackets,
		h.OutstandingMax,
		h.OutstandingSum/max(h.OutstandingN, 1),
		known(h.StreamLength()),
		known(h.MissingBytes()),
		h.TruncatedBytes,
		h.TruncatedPackets,
		h.AckedUnseen,
		h.RangesDropped,
		after(h.FirstData, c.First),
		after(h.LastData, c.First),
		uint64(h.IdleMax),
		uint64(h.TTLMin),
		uint64(h.TTLMax),
		c.throughput10(h),
	)
}

// appendRTT appends the values of h with round-trip times to v.
func (h *Half) appendRTT(v []uint64) []uint64 {
	return append(v,
		h.RTT.Samples,
		uint64(h.RTT.ByMethod[Handshake]),
		uint64(h.RTT.ByMethod[ACK]),
		uint64(h.RTT.ByMethod[SACK]),
		uint64(h.RTT.ByMethod[Timestamp]),
		uint64(h.RTT.Min),
		uint64(h.RTT.Mean()),
		uint64(h.RTT.Max),
		uint64(h.RTT.SampleStdDev()),
		known(uint64(h.RTT.Quantile(0.5)), h.RTT.hist.full != noHist),
		known(uint64(h.RTT.Quantile(0.95)), h.RTT.hist.full != noHist),
		known(uint64(h.RTT.Quantile(0.99)), h.RTT.hist.full != noHist),
		uint64(h.RTT.Handshake),
		uint64(h.RTT.SRTT),
		uint64(h.RTT.RTTVAR),
		uint64(h.RTT.RTO()),
		h.RTT.Ambiguous,
		h.RTT.PostLoss,
		h.RTT.Unseen,
		h.DupACKs,
		h.TripleDupACKs,
	)
}

func known(v uint64, ok bool) uint64 {
	if ok {
		return v
	}
	return unknown
}

// after returns a time relative to the start of the connection; 0 means that there is none.
func after(t, first int64) uint64 {
	if t == 0 {
		return unknown
	}
	return uint64(t - first)
}

// throughput10 is Throughput in tenths of a byte per second, rounded half up.
func (c *Conn) throughput10(h *Half) uint64 {
	if c.Last <= c.First {
		return 0
	}
	ns := uint64(c.Last - c.First)
	hi, lo := bits.Mul64(h.UniqueBytes, 1e10)
	lo, carry := bits.Add64(lo, ns/2, 0)
	if hi += carry; hi >= ns {
		return unknown // no link is that fast
	}
	q, _ := bits.Div64(hi, lo, ns)
	return q
}
