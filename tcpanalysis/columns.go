package tcpanalysis

import (
	"strconv"

	"github.com/reeftools/reef/internal/decimal"
)

// connColumn is a value of a connection.
type connColumn struct {
	name string
	text bool // needs quotes in JSON
	put  func(b []byte, c *Conn) []byte
}

// sideColumn is a value of each side. Exactly one of the functions is set: three kinds instead of one keep most values to a
// single indirect call, which is what writing a table costs.
type sideColumn struct {
	name  string
	count func(h *Half) uint64          // a number
	nanos func(h *Half) int64           // a duration
	put   func(b []byte, s side) []byte // appends the value, nothing if there is none
}

// side is a half with its connection.
type side struct {
	c *Conn
	h *Half
}

func num(name string, f func(h *Half) uint64) sideColumn { return sideColumn{name: name, count: f} }

// seconds prints nanoseconds as seconds with 9 decimals.
func seconds(name string, f func(h *Half) int64) sideColumn {
	return sideColumn{name: name, nanos: f}
}

// when prints a time relative to the start of the connection, nothing if it is 0.
func when(name string, f func(h *Half) int64) sideColumn {
	return sideColumn{name: name, put: func(b []byte, s side) []byte {
		if t := f(s.h); t != 0 {
			return decimal.AppendSeconds(b, t-s.c.First)
		}
		return b
	}}
}

// appendTo appends the value of one side.
func (c *sideColumn) appendTo(b []byte, s side) []byte {
	switch {
	case c.count != nil:
		return decimal.AppendUint(b, c.count(s.h))
	case c.nanos != nil:
		return decimal.AppendSeconds(b, c.nanos(s.h))
	}
	return c.put(b, s)
}

// appendPairs appends the values of both sides, each followed by a comma.
func appendPairs(b []byte, c *Conn, columns []sideColumn) []byte {
	for i := range columns {
		col := &columns[i]
		switch {
		case col.count != nil:
			x, y := col.count(&c.A2B), col.count(&c.B2A)
			if x < 10 && y < 10 { // as most are
				b = append(b, byte('0'+x), ',', byte('0'+y), ',')
				continue
			}
			b = append(decimal.AppendUint(b, x), ',')
			b = append(decimal.AppendUint(b, y), ',')
		case col.nanos != nil:
			b = append(decimal.AppendSeconds(b, col.nanos(&c.A2B)), ',')
			b = append(decimal.AppendSeconds(b, col.nanos(&c.B2A)), ',')
		default:
			b = append(col.put(b, side{c, &c.A2B}), ',')
			b = append(col.put(b, side{c, &c.B2A}), ',')
		}
	}
	return b
}

var connColumns = []connColumn{
	{name: "conn", put: func(b []byte, c *Conn) []byte { return strconv.AppendUint(b, c.Number, 10) }},
	{name: "host_a", text: true, put: func(b []byte, c *Conn) []byte { return c.A().Addr().AppendTo(b) }},
	{name: "port_a", put: func(b []byte, c *Conn) []byte { return strconv.AppendUint(b, uint64(c.APort), 10) }},
	{name: "host_b", text: true, put: func(b []byte, c *Conn) []byte { return c.B().Addr().AppendTo(b) }},
	{name: "port_b", put: func(b []byte, c *Conn) []byte { return strconv.AppendUint(b, uint64(c.BPort), 10) }},
	{name: "first_packet_s", put: func(b []byte, c *Conn) []byte { return decimal.AppendSeconds(b, c.First) }},
	{name: "last_packet_s", put: func(b []byte, c *Conn) []byte { return decimal.AppendSeconds(b, c.Last) }},
	{name: "duration_s", put: func(b []byte, c *Conn) []byte { return decimal.AppendSeconds(b, c.Last-c.First) }},
	{name: "completeness", text: true, put: func(b []byte, c *Conn) []byte { return append(b, c.Completeness().String()...) }},
	{name: "end_reason", text: true, put: func(b []byte, c *Conn) []byte { return append(b, c.Reason.String()...) }},
	{name: "direction_by", text: true, put: func(b []byte, c *Conn) []byte { return append(b, c.Direction.String()...) }},
}

var sideColumns = []sideColumn{
	num("packets", func(h *Half) uint64 { return h.Packets }),
	num("ip_bytes", func(h *Half) uint64 { return h.Bytes }),
	num("data_packets", func(h *Half) uint64 { return h.DataPackets }),
	num("data_bytes", func(h *Half) uint64 { return h.DataBytes }),
	num("unique_bytes", func(h *Half) uint64 { return h.UniqueBytes }),
	num("retrans_packets", func(h *Half) uint64 { return h.RetransPackets() }),
	num("retrans_bytes", func(h *Half) uint64 { return h.RetransBytes }),
	num("retrans_timeout_packets", func(h *Half) uint64 { return h.Classes[Timeout] }),
	num("retrans_fast_packets", func(h *Half) uint64 { return h.Classes[Fast] }),
	num("retrans_unclassified_packets", func(h *Half) uint64 { return h.Classes[Unclassified] }),
	num("retrans_unseen_packets", func(h *Half) uint64 { return h.RetransUnseen }),
	num("retrans_spurious_packets", func(h *Half) uint64 { return h.RetransSpurious }),
	num("out_of_order_packets", func(h *Half) uint64 { return h.OutOfOrder }),
	num("reordered_packets", func(h *Half) uint64 { return h.Classes[Reordered] }),
	num("window_probe_packets", func(h *Half) uint64 { return h.Classes[WindowProbe] }),
	num("keepalive_packets", func(h *Half) uint64 { return h.Classes[KeepAlive] }),
	num("capture_dup_packets", func(h *Half) uint64 { return h.Classes[CaptureDup] }),
	num("ack_packets", func(h *Half) uint64 { return h.ACKs }),
	num("pure_ack_packets", func(h *Half) uint64 { return h.PureACKs }),
	num("syn_packets", func(h *Half) uint64 { return uint64(h.SYNs) }),
	num("fin_packets", func(h *Half) uint64 { return uint64(h.FINs) }),
	num("rst_packets", func(h *Half) uint64 { return uint64(h.RSTs) }),
	num("push_data_packets", func(h *Half) uint64 { return h.PushPackets }),
	num("urgent_data_packets", func(h *Half) uint64 { return h.UrgentPackets }),
	num("ece_packets", func(h *Half) uint64 { return uint64(h.ECEs) }),
	num("cwr_packets", func(h *Half) uint64 { return uint64(h.CWRs) }),
	num("sack_packets", func(h *Half) uint64 { return h.SACKPackets }),
	num("dsack_packets", func(h *Half) uint64 { return h.DSACKs }),
	num("max_sack_blocks", func(h *Half) uint64 { return uint64(h.MaxSACKBlocks) }),
	num("mss_bytes", func(h *Half) uint64 { return uint64(h.MSS) }),
	num("window_scale", func(h *Half) uint64 { return uint64(h.WScale) }),
	num("syn_options_bits", func(h *Half) uint64 { return uint64(h.Options) }),
	num("segment_min_bytes", func(h *Half) uint64 { return uint64(h.SegmentMin) }),
	num("segment_max_bytes", func(h *Half) uint64 { return uint64(h.SegmentMax) }),
	num("window_min_bytes", func(h *Half) uint64 { return h.WindowMin }),
	num("window_max_bytes", func(h *Half) uint64 { return h.WindowMax }),
	num("window_mean_bytes", func(h *Half) uint64 { return h.WindowSum / max(h.WindowCount, 1) }),
	num("zero_window_packets", func(h *Half) uint64 { return h.ZeroWindows }),
	num("initial_window_bytes", func(h *Half) uint64 { return h.InitialBytes }),
	num("initial_window_packets", func(h *Half) uint64 { return h.InitialPackets }),
	num("outstanding_max_bytes", func(h *Half) uint64 { return h.OutstandingMax }),
	num("outstanding_mean_bytes", func(h *Half) uint64 { return h.OutstandingSum / max(h.OutstandingN, 1) }),
	{name: "stream_bytes", put: func(b []byte, s side) []byte { return appendIf(b)(s.h.StreamLength()) }},
	{name: "missing_bytes", put: func(b []byte, s side) []byte { return appendIf(b)(s.h.MissingBytes()) }},
	num("truncated_bytes", func(h *Half) uint64 { return h.TruncatedBytes }),
	num("truncated_packets", func(h *Half) uint64 { return h.TruncatedPackets }),
	num("acked_unseen_bytes", func(h *Half) uint64 { return h.AckedUnseen }),
	num("ranges_dropped", func(h *Half) uint64 { return h.RangesDropped }),
	when("first_data_after_s", func(h *Half) int64 { return h.FirstData }),
	when("last_data_after_s", func(h *Half) int64 { return h.LastData }),
	seconds("idle_max_s", func(h *Half) int64 { return h.IdleMax }),
	num("ttl_min", func(h *Half) uint64 { return uint64(h.TTLMin) }),
	num("ttl_max", func(h *Half) uint64 { return uint64(h.TTLMax) }),
	{name: "throughput_bytes_per_s", put: func(b []byte, s side) []byte {
		return strconv.AppendFloat(b, s.c.Throughput(s.h), 'f', 1, 64)
	}},
}

var rttColumns = []sideColumn{
	num("rtt_samples", func(h *Half) uint64 { return h.RTT.Samples }),
	num("rtt_handshake_samples", func(h *Half) uint64 { return uint64(h.RTT.ByMethod[Handshake]) }),
	num("rtt_ack_samples", func(h *Half) uint64 { return uint64(h.RTT.ByMethod[ACK]) }),
	num("rtt_sack_samples", func(h *Half) uint64 { return uint64(h.RTT.ByMethod[SACK]) }),
	num("rtt_timestamp_samples", func(h *Half) uint64 { return uint64(h.RTT.ByMethod[Timestamp]) }),
	seconds("rtt_min_s", func(h *Half) int64 { return h.RTT.Min }),
	seconds("rtt_mean_s", func(h *Half) int64 { return h.RTT.Mean() }),
	seconds("rtt_max_s", func(h *Half) int64 { return h.RTT.Max }),
	seconds("rtt_stdev_s", func(h *Half) int64 { return h.RTT.Stdev() }),
	quantile("rtt_p50_s", 500),
	quantile("rtt_p95_s", 950),
	quantile("rtt_p99_s", 990),
	seconds("rtt_handshake_s", func(h *Half) int64 { return h.RTT.Handshake }),
	seconds("srtt_s", func(h *Half) int64 { return h.RTT.SRTT }),
	seconds("rttvar_s", func(h *Half) int64 { return h.RTT.RTTVAR }),
	seconds("rto_s", func(h *Half) int64 { return int64(h.RTT.RTO()) }),
	num("rtt_ambiguous_acks", func(h *Half) uint64 { return h.RTT.Ambiguous }),
	num("rtt_post_loss_acks", func(h *Half) uint64 { return h.RTT.PostLoss }),
	num("dup_acks", func(h *Half) uint64 { return h.DupACKs }),
	num("triple_dup_acks", func(h *Half) uint64 { return h.TripleDupACKs }),
}

func quantile(name string, per1000 int) sideColumn {
	return seconds(name, func(h *Half) int64 { return int64(h.RTT.Quantile(per1000)) })
}

func appendIf(b []byte) func(n uint64, ok bool) []byte {
	return func(n uint64, ok bool) []byte {
		if ok {
			return strconv.AppendUint(b, n, 10)
		}
		return b
	}
}
