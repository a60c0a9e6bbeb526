package tcptrace

import (
	"math"
	"strconv"
)

// row is one line of the long output and one pair of columns of the table.
type row struct {
	column string             // name without _a2b and _b2a
	label  string             // in the long output
	unit   string             // in the long output
	shown  func(c *Conn) bool // in the long output; nil is always
	// appends the value; false if there is none and it wrote NA
	value func(b []byte, c *Conn, h *Half) ([]byte, bool)
}

func always(f func(h *Half) uint64) func([]byte, *Conn, *Half) ([]byte, bool) {
	return func(b []byte, _ *Conn, h *Half) ([]byte, bool) { return strconv.AppendUint(b, f(h), 10), true }
}

func letter(f func(h *Half) bool) func([]byte, *Conn, *Half) ([]byte, bool) {
	return func(b []byte, _ *Conn, h *Half) ([]byte, bool) { return append(b, yesNo(f(h))), true }
}

// millis prints microseconds as milliseconds with one decimal.
func millis(f func(h *Half) float64) func([]byte, *Conn, *Half) ([]byte, bool) {
	return func(b []byte, _ *Conn, h *Half) ([]byte, bool) { return appendFloat(b, f(h)/1000, 1) }
}

func yesNo(v bool) byte {
	if v {
		return 'Y'
	}
	return 'N'
}

func either(f func(h *Half) bool) func(*Conn) bool {
	return func(c *Conn) bool { return f(&c.A2B) || f(&c.B2A) }
}

func na(b []byte) ([]byte, bool) { return append(b, "NA"...), false }

func appendFloat(b []byte, v float64, decimals int) ([]byte, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return na(b)
	}
	return strconv.AppendFloat(b, v, 'f', decimals, 64), true
}

var (
	hasReset = either(func(h *Half) bool { return h.Resets > 0 })
	hasWS    = either(func(h *Half) bool { return h.ReqWS })
	has1323  = either(func(h *Half) bool { return h.ReqWS || h.ReqTS })
	hasSACK  = either(func(h *Half) bool { return h.ReqSACK })
	hasDups  = either(func(h *Half) bool { return h.HardwareDups > 0 })
	hasAmbig = either(func(h *Half) bool { return h.RTTLast.N > 0 })
)

// firstRows come before the owin rows.
var firstRows = []row{
	{"total_packets", "total packets", "", nil, always(func(h *Half) uint64 { return h.Packets })},
	{"resets_sent", "resets sent", "", hasReset, always(func(h *Half) uint64 { return uint64(h.Resets) })},
	{"ack_pkts_sent", "ack pkts sent", "", nil, always(func(h *Half) uint64 { return h.ACKPackets })},
	{"pure_acks_sent", "pure acks sent", "", nil, always(func(h *Half) uint64 { return h.PureACKs })},
	{"sack_pkts_sent", "sack pkts sent", "", nil, always(func(h *Half) uint64 { return h.SACKPackets })},
	{"dsack_pkts_sent", "dsack pkts sent", "", nil, always(func(h *Half) uint64 { return h.DSACKPackets })},
	{"max_sack_blks/ack", "max sack blks/ack", "", nil, always(func(h *Half) uint64 { return uint64(h.MaxSACKBlocks) })},
	{"unique_bytes_sent", "unique bytes sent", "", nil, always(func(h *Half) uint64 { return h.UniqueBytes })},
	{"actual_data_pkts", "actual data pkts", "", nil, always(func(h *Half) uint64 { return h.DataPackets })},
	{"actual_data_bytes", "actual data bytes", "", nil, always(func(h *Half) uint64 { return h.DataBytes })},
	{"rexmt_data_pkts", "rexmt data pkts", "", nil, always(func(h *Half) uint64 { return h.RexmtPackets })},
	{"rexmt_data_bytes", "rexmt data bytes", "", nil, always(func(h *Half) uint64 { return h.RexmtBytes })},
	{"zwnd_probe_pkts", "zwnd probe pkts", "", nil, always(func(h *Half) uint64 { return h.ProbePackets })},
	{"zwnd_probe_bytes", "zwnd probe bytes", "", nil, always(func(h *Half) uint64 { return h.ProbeBytes })},
	{"outoforder_pkts", "outoforder pkts", "", nil, always(func(h *Half) uint64 { return h.OutOfOrder })},
	{"pushed_data_pkts", "pushed data pkts", "", nil, always(func(h *Half) uint64 { return h.PushPackets })},
	{"SYN/FIN_pkts_sent", "SYN/FIN pkts sent", "", nil, func(b []byte, _ *Conn, h *Half) ([]byte, bool) {
		b = append(strconv.AppendUint(b, uint64(h.SYNs), 10), '/')
		return strconv.AppendUint(b, uint64(h.FINs), 10), true
	}},
	{"req_1323_ws/ts", "req 1323 ws/ts", "", has1323, func(b []byte, _ *Conn, h *Half) ([]byte, bool) {
		return append(b, yesNo(h.ReqWS), '/', yesNo(h.ReqTS)), true
	}},
	{"adv_wind_scale", "adv wind scale", "", hasWS, always(func(h *Half) uint64 { return uint64(h.WindowScale) })},
	{"req_sack", "req sack", "", hasSACK, letter(func(h *Half) bool { return h.ReqSACK })},
	{"sacks_sent", "sacks sent", "", hasSACK, always(func(h *Half) uint64 { return h.SACKsSent })},
	{"urgent_data_pkts", "urgent data pkts", "pkts", nil, always(func(h *Half) uint64 { return h.UrgentPackets })},
	{"urgent_data_bytes", "urgent data bytes", "bytes", nil, always(func(h *Half) uint64 { return h.UrgentBytes })},
	{"mss_requested", "mss requested", "bytes", nil, always(func(h *Half) uint64 { return uint64(h.MSS) })},
	{"max_segm_size", "max segm size", "bytes", nil, always(func(h *Half) uint64 { return h.MaxSegment })},
	{"min_segm_size", "min segm size", "bytes", nil, always(func(h *Half) uint64 { return h.MinSegment })},
	{"avg_segm_size", "avg segm size", "bytes", nil, always(func(h *Half) uint64 {
		return uint64(float64(h.DataBytes) / (float64(h.DataPackets) + .001))
	})},
	{"max_win_adv", "max win adv", "bytes", nil, always(func(h *Half) uint64 { return h.MaxWindow })},
	{"min_win_adv", "min win adv", "bytes", nil, always(func(h *Half) uint64 { return h.MinWindow })},
	{"zero_win_adv", "zero win adv", "times", nil, always(func(h *Half) uint64 { return h.ZeroWindows })},
	{"avg_win_adv", "avg win adv", "bytes", nil, func(b []byte, c *Conn, h *Half) ([]byte, bool) {
		return strconv.AppendUint(b, h.meanWindow(c.A2B.state.scaledStats && c.B2A.state.scaledStats), 10), true
	}},
}

// owinRows are those of the option -W.
var owinRows = []row{
	{"max_owin", "max owin", "bytes", nil, always(func(h *Half) uint64 { return h.MaxOwin })},
	{"min_non-zero_owin", "min non-zero owin", "bytes", nil, always(func(h *Half) uint64 { return h.MinOwin })},
	{"avg_owin", "avg owin", "bytes", nil, always(func(h *Half) uint64 {
		return h.state.owinTotal / max(h.state.owinCount, 1)
	})},
	{"wavg_owin", "wavg owin", "bytes", nil, func(b []byte, c *Conn, h *Half) ([]byte, bool) {
		t := elapsed(c.First, c.Last)
		if t == 0 {
			return na(b)
		}
		return strconv.AppendUint(b, uint64(float64(h.state.owinWeighted)/(t/1000000)), 10), true
	}},
}

// lastRows come after the owin rows.
var lastRows = []row{
	{"initial_window_bytes", "initial window", "bytes", nil, always(func(h *Half) uint64 { return h.InitialBytes })},
	{"initial_window_pkts", "initial window", "pkts", nil, always(func(h *Half) uint64 { return h.InitialPkts })},
	{"ttl_stream_length", "ttl stream length", "bytes", nil, func(b []byte, _ *Conn, h *Half) ([]byte, bool) {
		n, ok := h.StreamLength()
		if !ok {
			return na(b)
		}
		return strconv.AppendUint(b, n, 10), true
	}},
	{"missed_data", "missed data", "bytes", nil, func(b []byte, _ *Conn, h *Half) ([]byte, bool) {
		n, ok := h.StreamLength()
		if !ok {
			return na(b)
		}
		return strconv.AppendUint(b, n-h.UniqueBytes, 10), true
	}},
	{"truncated_data", "truncated data", "bytes", nil, always(func(h *Half) uint64 { return h.TruncBytes })},
	{"truncated_packets", "truncated packets", "pkts", nil, always(func(h *Half) uint64 { return h.TruncPackets })},
	{"data_xmit_time", "data xmit time", "secs", nil, func(b []byte, _ *Conn, h *Half) ([]byte, bool) {
		return appendFloat(b, elapsed(h.state.firstData, h.state.lastData)/1000000, 3)
	}},
	{"idletime_max", "idletime max", "ms", nil, func(b []byte, _ *Conn, h *Half) ([]byte, bool) {
		if h.state.lastTime == 0 {
			b, _ = na(b)
			return b, true // the unit stays, as in tcptrace
		}
		return appendFloat(b, float64(h.IdleMax)/1000, 1)
	}},
	{"hardware_dups", "hardware dups", "segs", hasDups, always(func(h *Half) uint64 { return h.HardwareDups })},
	{"throughput", "throughput", "Bps", nil, func(b []byte, c *Conn, h *Half) ([]byte, bool) {
		t := elapsed(c.First, c.Last) / 1000000
		if t == 0 {
			return na(b)
		}
		return appendFloat(b, float64(h.UniqueBytes)/t, 0)
	}},
}

// rttRows are those of the option -r.
var rttRows = []row{
	{"RTT_samples", "RTT samples", "", nil, always(func(h *Half) uint64 { return h.RTT.N })},
	{"RTT_min", "RTT min", "ms", nil, millis(func(h *Half) float64 { return float64(h.RTT.Min) })},
	{"RTT_max", "RTT max", "ms", nil, millis(func(h *Half) float64 { return float64(h.RTT.Max) })},
	{"RTT_avg", "RTT avg", "ms", nil, millis(func(h *Half) float64 { return h.RTT.Mean() })},
	{"RTT_stdev", "RTT stdev", "ms", nil, millis(func(h *Half) float64 { return h.RTT.SampleStdDev() })},
	{"RTT_from_3WHS", "RTT from 3WHS", "ms", nil, millis(func(h *Half) float64 { return float64(h.RTT3WHS) })},
	{"RTT_full_sz_smpls", "RTT full_sz smpls", "", nil, always(func(h *Half) uint64 { return h.RTTFull.N })},
	{"RTT_full_sz_min", "RTT full_sz min", "ms", nil, millis(func(h *Half) float64 { return float64(h.RTTFull.Min) })},
	{"RTT_full_sz_max", "RTT full_sz max", "ms", nil, millis(func(h *Half) float64 { return float64(h.RTTFull.Max) })},
	{"RTT_full_sz_avg", "RTT full_sz avg", "ms", nil, millis(func(h *Half) float64 { return h.RTTFull.Mean() })},
	{"RTT_full_sz_stdev", "RTT full_sz stdev", "ms", nil, millis(func(h *Half) float64 { return h.RTTFull.SampleStdDev() })},
	{"post-loss_acks", "post-loss acks", "", nil, always(func(h *Half) uint64 { return h.PostLossACKs })},
	{"ambiguous_acks", "ambiguous acks", "", hasAmbig, always(func(h *Half) uint64 { return h.RTTLast.N })},
	{"RTT_min_(last)", "RTT min (last)", "ms", hasAmbig, millis(func(h *Half) float64 { return float64(h.RTTLast.Min) })},
	{"RTT_max_(last)", "RTT max (last)", "ms", hasAmbig, millis(func(h *Half) float64 { return float64(h.RTTLast.Max) })},
	{"RTT_avg_(last)", "RTT avg (last)", "ms", hasAmbig, millis(func(h *Half) float64 { return h.RTTLast.Mean() })},
	{"RTT_sdv_(last)", "RTT sdv (last)", "ms", hasAmbig, millis(func(h *Half) float64 { return h.RTTLast.SampleStdDev() })},
	{"segs_cum_acked", "segs cum acked", "", nil, always(func(h *Half) uint64 { return h.CumACKed })},
	{"duplicate_acks", "duplicate acks", "", nil, always(func(h *Half) uint64 { return h.DupACKs })},
	{"triple_dupacks", "triple dupacks", "", nil, always(func(h *Half) uint64 { return h.TripleDups })},
	{"max_#_retrans", "max # retrans", "", nil, always(func(h *Half) uint64 { return uint64(h.MaxRetrans) })},
	{"min_retr_time", "min retr time", "ms", nil, millis(func(h *Half) float64 { return float64(h.Retrans.Min) })},
	{"max_retr_time", "max retr time", "ms", nil, millis(func(h *Half) float64 { return float64(h.Retrans.Max) })},
	{"avg_retr_time", "avg retr time", "ms", nil, millis(func(h *Half) float64 { return h.Retrans.Mean() })},
	{"sdv_retr_time", "sdv retr time", "ms", nil, millis(func(h *Half) float64 { return h.Retrans.SampleStdDev() })},
}

// meanWindow is avg_win_adv: the sum of the windows by all packets, RST included, or by those since
// scaling began.
func (h *Half) meanWindow(scaled bool) uint64 {
	if scaled {
		return h.state.winTotal / max(h.state.winScaledPkts, 1)
	}
	return h.state.winTotal / max(h.Packets, 1)
}

// Mean is the sum divided by N+0.0001, in microseconds: tcptrace's way round a division by zero.
func (t *Times) Mean() float64 { return t.Sum / (float64(t.N) + .0001) }

// SampleStdDev is the standard deviation of the sample in microseconds, 0 for two values or fewer.
func (t *Times) SampleStdDev() float64 {
	if t.N <= 2 {
		return 0
	}
	n := float64(t.N)
	square := float64(t.Sum * t.Sum)
	return math.Sqrt((t.SumSq - square/n) / (n - 1))
}
