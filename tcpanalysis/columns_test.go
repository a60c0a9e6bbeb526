package tcpanalysis

import (
	"fmt"
	"testing"
)

// TestColumnsAndValues checks that the list of values goes with the list of names, by a side whose
// values can all be told apart.
func TestColumnsAndValues(t *testing.T) {
	h := Half{Traffic: Traffic{Packets: 101, Bytes: 102, IdleMax: 103, ACKs: 104, PureACKs: 105, FirstData: 5107, LastData: 5108,
		DataPackets: 109, DataBytes: 110, UniqueBytes: 111, PushPackets: 117, SegmentMin: 123, SegmentMax: 124, WindowMin: 125,
		WindowMax: 126, WindowSum: 254, WindowCount: 2, InitialBytes: 128, InitialPackets: 129, OutstandingMax: 130,
		OutstandingSum: 393, OutstandingN: 3, TruncatedBytes: 132, TruncatedPackets: 133, Options: 136, WScale: 137, TTLMin: 138,
		TTLMax: 139, MSS: 141, SYNs: 142, FINs: 143, RSTs: 144, isn: 1000, fin: 1301, hasSYN: true, hasFIN: true},
		Anomalies: Anomalies{RetransBytes: 112, RetransUnseen: 113, RetransSpurious: 114, OutOfOrder: 115, DupACKs: 116,
			UrgentPackets: 118, SACKPackets: 119, DSACKs: 120, ZeroWindows: 121, TripleDupACKs: 122, AckedUnseen: 134,
			RangesDropped: 135, MaxSACKBlocks: 140, ECEs: 145, CWRs: 146}}
	for i := range h.Classes {
		h.Classes[i] = 150 + uint64(i)
	}
	h.RTT = RTT{Times: Times{Samples: 2, ByMethod: [NumMethods]uint32{161, 162, 163, 164}, Min: 165, Max: 166, Sum: 331, Handshake: 167, SRTT: 168,
		RTTVAR: 169, Ambiguous: 170, PostLoss: 171, Unseen: 172}}
	h.RTT.squares.Add(165)
	h.RTT.squares.Add(166)
	c := Conn{First: 5000, Last: 5000 + 4e9, A2B: h}

	want := map[string]string{"packets": "101", "ip_bytes": "102", "data_packets": "109", "data_bytes": "110", "unique_bytes": "111",
		"retrans_packets": "453", "retrans_bytes": "112", "retrans_timeout_packets": "150", "retrans_fast_packets": "151",
		"retrans_unclassified_packets": "152", "retrans_unseen_packets": "113", "retrans_spurious_packets": "114",
		"out_of_order_packets": "115", "reordered_packets": "153", "window_probe_packets": "154", "keepalive_packets": "155",
		"capture_dup_packets": "156", "ack_packets": "104", "pure_ack_packets": "105", "syn_packets": "142", "fin_packets": "143",
		"rst_packets": "144", "push_data_packets": "117", "urgent_data_packets": "118", "ece_packets": "145", "cwr_packets": "146",
		"sack_packets": "119", "dsack_packets": "120", "max_sack_blocks": "140", "mss_bytes": "141", "window_scale": "137",
		"syn_options_bits": "136", "segment_min_bytes": "123", "segment_max_bytes": "124", "window_min_bytes": "125",
		"window_max_bytes": "126", "window_mean_bytes": "127", "zero_window_packets": "121", "initial_window_bytes": "128",
		"initial_window_packets": "129", "outstanding_max_bytes": "130", "outstanding_mean_bytes": "131", "stream_bytes": "300",
		"missing_bytes": "189", "truncated_bytes": "132", "truncated_packets": "133", "acked_unseen_bytes": "134", "ranges_dropped": "135",
		"first_data_after_s": "0.000000107", "last_data_after_s": "0.000000108", "idle_max_s": "0.000000103", "ttl_min": "138",
		"ttl_max": "139", "throughput_bytes_per_s": "27.8", // 111 bytes in 4 s: 27.75
		"rtt_samples": "2", "rtt_handshake_samples": "161", "rtt_ack_samples": "162", "rtt_sack_samples": "163",
		"rtt_timestamp_samples": "164", "rtt_min_s": "0.000000165", "rtt_mean_s": "0.000000165", "rtt_max_s": "0.000000166",
		"rtt_stdev_s": "0.000000000", "rtt_p50_s": "0.000000000", "rtt_p95_s": "0.000000000", "rtt_p99_s": "0.000000000",
		"rtt_handshake_s": "0.000000167", "srtt_s": "0.000000168", "rttvar_s": "0.000000169", "rto_s": "1.000000000",
		"rtt_ambiguous_acks": "170", "rtt_post_loss_acks": "171", "rtt_unseen_acks": "172",
		"dup_acks": "116", "triple_dup_acks": "122"}

	columns := append(append([]sideColumn{}, sideColumns...), rttColumns...)
	values := c.A2B.appendRTT(c.appendSide(nil, &c.A2B))
	if len(values) != len(columns) || len(columns) != len(want) {
		t.Fatalf("%d values, %d columns, %d known ones", len(values), len(columns), len(want))
	}
	for i, col := range columns {
		if got := string(col.kind.appendTo(nil, values[i])); got != want[col.name] {
			t.Errorf("%s = %q, want %q", col.name, got, want[col.name])
		}
	}
}

func TestThroughputTenths(t *testing.T) {
	for _, tt := range []struct {
		bytes uint64
		ns    int64
		want  string
	}{
		{740, 25.6e6, "28906.3"}, // 28906.25
		{1, 3e9, "0.3"},
		{1, 20e9, "0.1"}, // 0.05
		{0, 1e9, "0.0"},
		{5, 0, "0.0"},
		{1 << 40, 1e9, "1099511627776.0"},
		{1 << 63, 1, ""}, // beyond any number here
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			c := Conn{Last: tt.ns}
			if got := string(tenths.appendTo(nil, c.throughput10(&Half{Traffic: Traffic{UniqueBytes: tt.bytes}}))); got != tt.want {
				t.Errorf("%d bytes in %d ns: %q, want %q", tt.bytes, tt.ns, got, tt.want)
			}
		})
	}
}
