package tcpanalysis

import (
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// values returns the columns of the side that sends from a port, by name.
func values(c *Conn, port uint16) map[string]string {
	h := &c.A2B
	if c.APort != port {
		h = &c.B2A
	}
	m := map[string]string{}
	columns := append(append([]sideColumn{}, sideColumns...), rttColumns...)
	for i, v := range h.appendRTT(c.appendSide(nil, h)) {
		m[columns[i].name] = string(columns[i].kind.appendTo(nil, v))
	}
	return m
}

// TestRules has a case for each rule of the package comment about what cannot be seen. Each is run
// over IPv4 and IPv6, and with the ends exchanged. The handshake, where there is one, takes 10 ms
// to the SYN+ACK and 1 ms more to the ACK.
func TestRules(t *testing.T) {
	const day = 86400e3
	opening := []pkt{{Flags: syn}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1}}
	after := func(ks ...pkt) []pkt { return append(append([]pkt{}, opening...), ks...) }
	cases := []struct {
		name    string
		packets []pkt
		conns   int
		a, b    map[string]string
	}{
		{"an ACK above all that was captured gives no sample", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 900 * ms, B: true, Flags: ack, Seq: 1, Ack: 301}), 1,
			map[string]string{"rtt_ack_samples": "0", "rtt_unseen_acks": "1", "acked_unseen_bytes": "200", "rtt_max_s": "0.010000000"}, nil},
		{"nor one over a gap", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 21 * ms, Flags: ack, Seq: 201, Ack: 1, Len: 100}, pkt{At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 301}), 1,
			map[string]string{"rtt_ack_samples": "0", "rtt_unseen_acks": "1", "acked_unseen_bytes": "100"}, nil},
		{"nor a SACK block with a gap", after(pkt{At: 20 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100}, pkt{At: 21 * ms, Flags: ack, Seq: 301, Ack: 1, Len: 100},
			pkt{At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 401}}}), 1, map[string]string{"rtt_sack_samples": "0"}, nil},
		{"nor a SACK of an ACK that something later advanced", after(pkt{At: 20 * ms, Flags: ack, Seq: 201, Ack: 1, Len: 100}, pkt{At: 20.5 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100},
			pkt{At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SACK: []pcapio.SACKBlock{{Left: 201, Right: 301}}}), 1,
			map[string]string{"rtt_sack_samples": "0", "rtt_ack_samples": "1", "rtt_max_s": "0.010500000"}, nil},
		{"captured after its ACK: reordered, without sample", after(pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}, pkt{At: 30.02 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}), 1,
			map[string]string{"reordered_packets": "1", "retrans_packets": "0", "rtt_ack_samples": "0", "unique_bytes": "100"}, nil},
		{"an RTO after its ACK: sent again for nothing", after(pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}, pkt{At: 330 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}), 1,
			map[string]string{"retrans_timeout_packets": "1", "retrans_unseen_packets": "1", "retrans_spurious_packets": "1", "reordered_packets": "0"}, nil},

		{"keep-alives of a connection joined midway", []pkt{{Flags: ack, Seq: 699, Ack: 50}, {At: 1 * ms, B: true, Flags: ack, Seq: 50, Ack: 700},
			{At: 100 * ms, B: true, Flags: ack, Seq: 49, Ack: 700, Len: 1}, {At: 101 * ms, Flags: ack, Seq: 700, Ack: 50}, {At: 60000 * ms, Flags: ack, Seq: 699, Ack: 50}, {At: 60001 * ms, B: true, Flags: ack, Seq: 50, Ack: 700}}, 1,
			map[string]string{"keepalive_packets": "1", "acked_unseen_bytes": "0", "rtt_samples": "0"}, map[string]string{"keepalive_packets": "1", "data_packets": "0", "unique_bytes": "0", "rtt_samples": "0"}},
		{"the same across the wrap", []pkt{{Flags: ack, Seq: 0xffffffff, Ack: 0}, {At: 1 * ms, B: true, Flags: ack, Seq: 0, Ack: 0},
			{At: 100 * ms, B: true, Flags: ack, Seq: 0xffffffff, Ack: 0, Len: 1}, {At: 101 * ms, Flags: ack, Seq: 0, Ack: 0}, {At: 60000 * ms, Flags: ack, Seq: 0xffffffff, Ack: 0}}, 1,
			map[string]string{"keepalive_packets": "1"}, map[string]string{"keepalive_packets": "1", "data_packets": "0"}},
		{"keep-alives with one direction captured", []pkt{{Flags: syn}, {At: 10 * ms, Flags: ack, Seq: 1, Ack: 1}, {At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100},
			{At: 60000 * ms, Flags: ack, Seq: 100, Ack: 1, Len: 1}, {At: 120000 * ms, Flags: ack, Seq: 100, Ack: 1, Len: 1}, {At: 180000 * ms, Flags: ack, Seq: 100, Ack: 1}}, 1,
			map[string]string{"keepalive_packets": "3", "retrans_packets": "0", "data_packets": "1"}, nil},
		{"a byte sent again with one direction captured", []pkt{{Flags: syn}, {At: 10 * ms, Flags: ack, Seq: 1, Ack: 1}, {At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1}, {At: 320 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1},
			{At: 20000 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1}}, 1, map[string]string{"keepalive_packets": "0", "retrans_timeout_packets": "2"}, nil},
		{"one direction from midway", []pkt{{Flags: ack, Seq: 500, Ack: 9}, {At: 1000 * ms, Flags: ack, Seq: 499, Ack: 9, Len: 1}, {At: 2000 * ms, Flags: ack, Seq: 499, Ack: 9}}, 1,
			map[string]string{"keepalive_packets": "2", "data_packets": "0"}, nil},
		{"an empty segment ahead: what comes then was sent before", after(pkt{At: 20 * ms, Flags: ack, Seq: 101, Ack: 1}, pkt{At: 320 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}), 1,
			map[string]string{"retrans_timeout_packets": "1", "retrans_unseen_packets": "1", "out_of_order_packets": "1"}, nil},
		{"or overtook it", after(pkt{At: 20 * ms, Flags: ack, Seq: 101, Ack: 1}, pkt{At: 20.1 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}), 1, map[string]string{"reordered_packets": "1", "retrans_packets": "0"}, nil},
		{"an empty segment beyond the window is not believed", after(pkt{At: 20 * ms, Flags: ack, Seq: 2000, Ack: 1}, pkt{At: 320 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}), 1,
			map[string]string{"retrans_packets": "0", "out_of_order_packets": "0"}, nil},

		{"the same IP identification always", []pkt{{Flags: syn}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1, SameID: true}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1, SameID: true},
			{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100, SameID: true}, {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SameID: true},
			{At: 60000 * ms, Flags: ack, Seq: 100, Ack: 1, SameID: true}, {At: 60010 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SameID: true},
			{At: 120000 * ms, Flags: ack, Seq: 100, Ack: 1, SameID: true}, {At: 120010 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SameID: true},
			{At: 200000 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100, SameID: true}, {At: 201000 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100, SameID: true}, {At: 201010 * ms, B: true, Flags: ack, Seq: 1, Ack: 201, SameID: true}}, 1,
			map[string]string{"keepalive_packets": "2", "retrans_packets": "1", "capture_dup_packets": "0", "rtt_ambiguous_acks": "1", "rtt_max_s": "0.010000000"}, map[string]string{"capture_dup_packets": "0"}},

		{"RST outside of the window", after(pkt{At: 20 * ms, B: true, Flags: rst, Seq: 900000000}, pkt{At: 30000 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10}, pkt{At: 30010 * ms, B: true, Flags: ack, Seq: 1, Ack: 11}), 1,
			map[string]string{"packets": "3", "rtt_ack_samples": "1"}, map[string]string{"rst_packets": "1"}},
		{"RST below RCV.NXT", after(pkt{At: 15 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, Len: 50}, pkt{At: 16 * ms, Flags: ack, Seq: 1, Ack: 51}, pkt{At: 20 * ms, B: true, Flags: rst, Seq: 50}, pkt{At: 30000 * ms, Flags: ack, Seq: 1, Ack: 51, Len: 10}), 1,
			map[string]string{"packets": "4"}, nil},
		{"RST that is challenged", after(pkt{At: 20 * ms, B: true, Flags: rst, Seq: 500}, pkt{At: 20.1 * ms, Flags: ack, Seq: 1, Ack: 1}, pkt{At: 30000 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10}), 1, map[string]string{"packets": "4"}, nil},
		{"a taken RST, and then another connection", after(pkt{At: 20 * ms, B: true, Flags: rst, Seq: 1}, pkt{At: 30000 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10}), 2, nil, nil},
		{"FIN again in TIME-WAIT", after(pkt{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1}, pkt{At: 30 * ms, B: true, Flags: ack | fin, Seq: 1, Ack: 2}, pkt{At: 31 * ms, Flags: ack, Seq: 2, Ack: 2},
			pkt{At: 12000 * ms, B: true, Flags: ack | fin, Seq: 1, Ack: 2}, pkt{At: 12001 * ms, Flags: ack, Seq: 2, Ack: 2}), 1, map[string]string{"packets": "5"}, map[string]string{"retrans_timeout_packets": "1"}},

		{"simultaneous open, SYN+ACKs not captured", []pkt{{Flags: syn}, {At: 1 * ms, B: true, Flags: syn, Seq: 700}, {At: 10 * ms, Flags: ack, Seq: 1, Ack: 701}, {At: 11 * ms, B: true, Flags: ack, Seq: 701, Ack: 1}}, 1,
			map[string]string{"rtt_handshake_s": "0.000000000", "rtt_ambiguous_acks": "1"}, map[string]string{"rtt_handshake_s": "0.000000000", "rtt_ambiguous_acks": "1"}},
		{"the ACK of a FIN that was not captured", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 102}, pkt{At: 500 * ms, Flags: ack | fin, Seq: 101, Ack: 1}, pkt{At: 510 * ms, B: true, Flags: ack, Seq: 1, Ack: 102}), 1,
			map[string]string{"rtt_ack_samples": "0", "rtt_unseen_acks": "1", "acked_unseen_bytes": "1", "retrans_timeout_packets": "1", "retrans_unseen_packets": "1", "retrans_spurious_packets": "1"}, nil},
		{"keep-alives with a byte, answered by D-SACKs", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}, pkt{At: 60000 * ms, Flags: ack, Seq: 100, Ack: 1, Len: 1},
			pkt{At: 60010 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SACK: []pcapio.SACKBlock{{Left: 100, Right: 101}}}, pkt{At: 130000 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 50}, pkt{At: 130010 * ms, B: true, Flags: ack, Seq: 1, Ack: 151}), 1,
			map[string]string{"keepalive_packets": "1", "retrans_packets": "0", "retrans_spurious_packets": "0", "rtt_ack_samples": "2", "rtt_max_s": "0.010000000", "unique_bytes": "150"}, nil},
		{"a half-closed download for minutes", after(pkt{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 2}, pkt{At: 100000 * ms, B: true, Flags: ack, Seq: 1, Ack: 2, Len: 100}, pkt{At: 100001 * ms, Flags: ack, Seq: 2, Ack: 101},
			pkt{At: 300000 * ms, B: true, Flags: ack, Seq: 101, Ack: 2, Len: 100}, pkt{At: 300001 * ms, Flags: ack, Seq: 2, Ack: 201}), 1, map[string]string{"packets": "5"}, map[string]string{"rtt_max_s": "0.001000000", "rtt_ack_samples": "2"}},
		{"SYN stored late", []pkt{{B: true, Flags: syn | ack, Ack: 1}, {At: 4.5 * ms, Flags: ack, Seq: 1461, Ack: 1, Len: 1460}, {At: 5 * ms, Flags: syn}, {At: 5.2 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1460}, {At: 10 * ms, B: true, Flags: ack, Seq: 1, Ack: 2921},
			{At: 11 * ms, Flags: ack | fin, Seq: 2921, Ack: 1}}, 1, map[string]string{"packets": "4", "missing_bytes": "0", "retrans_packets": "0", "reordered_packets": "2", "rtt_handshake_s": "0.000000000"},
			map[string]string{"rtt_handshake_s": "0.004500000"}},
		{"SYN+ACK stored late, by its time first", []pkt{{Flags: syn}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}}, 1, map[string]string{"rtt_handshake_s": "0.010000000"}, map[string]string{"packets": "1", "reordered_packets": "0"}},
		{"a SYN+ACK that overtaken data preceded, for another SYN", []pkt{{Flags: syn, Seq: 5000}, {At: 5 * ms, B: true, Flags: ack, Seq: 800, Ack: 5001, Len: 10}, {At: 85 * ms, B: true, Flags: syn | ack, Seq: 799, Ack: 6932}}, 1,
			map[string]string{"rtt_handshake_s": "0.005000000"}, nil},
		{"simultaneous open", []pkt{{Flags: syn}, {At: 1 * ms, B: true, Flags: syn, Seq: 700}, {At: 10 * ms, Flags: syn | ack, Ack: 701}, {At: 11 * ms, B: true, Flags: syn | ack, Seq: 700, Ack: 1}, {At: 12 * ms, Flags: ack, Seq: 1, Ack: 701}}, 1,
			map[string]string{"retrans_packets": "0", "rtt_handshake_s": "0.011000000"}, map[string]string{"retrans_packets": "0", "rtt_handshake_s": "0.009000000"}},
		{"data in the SYN, taken", []pkt{{Flags: syn, Len: 100}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 101}}, 1, map[string]string{"rtt_handshake_s": "0.010000000", "unique_bytes": "100"}, nil},
		{"data in the SYN, refused", []pkt{{Flags: syn, Len: 100}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1}, {At: 300 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}}, 1,
			map[string]string{"rtt_handshake_s": "0.010000000", "rtt_unseen_acks": "1", "rtt_ack_samples": "0"}, nil},
		{"SYN again, timestamps tell", []pkt{{Flags: syn, Timestamps: [2]uint32{5, 0}}, {At: 1000 * ms, Flags: syn, Timestamps: [2]uint32{1005, 0}}, {At: 1032 * ms, B: true, Flags: syn | ack, Ack: 1, Timestamps: [2]uint32{7, 1005}}}, 1,
			map[string]string{"rtt_handshake_s": "0.032000000", "rtt_timestamp_samples": "1"}, nil},
		{"SYN again, the same timestamp", []pkt{{Flags: syn, Timestamps: [2]uint32{5, 0}}, {At: 1000 * ms, Flags: syn, Timestamps: [2]uint32{5, 0}}, {At: 1032 * ms, B: true, Flags: syn | ack, Ack: 1, Timestamps: [2]uint32{7, 5}}}, 1,
			map[string]string{"rtt_handshake_s": "0.000000000", "rtt_ambiguous_acks": "1"}, nil},
		{"an ACK of an earlier connection answers the SYN", []pkt{{Flags: syn, Seq: 90000}, {At: 10 * ms, B: true, Flags: ack, Seq: 5000, Ack: 70000}, {At: 11 * ms, Flags: rst, Seq: 70000}, {At: 1000 * ms, Flags: syn, Seq: 90000},
			{At: 1010 * ms, B: true, Flags: syn | ack, Seq: 400, Ack: 90001}, {At: 1011 * ms, Flags: ack, Seq: 90001, Ack: 401}}, 1, map[string]string{"rst_packets": "1"}, map[string]string{"out_of_order_packets": "0", "rtt_handshake_s": "0.001000000"}},
		{"the ports again much later", after(pkt{At: day * ms, Flags: syn, Seq: 5000}), 2, nil, nil},

		{"sent again just after its ACK", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}, pkt{At: 32 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100},
			pkt{At: 235 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 240 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}), 1,
			// 203 ms after the one before
			map[string]string{"retrans_unclassified_packets": "2", "retrans_timeout_packets": "1", "retrans_spurious_packets": "3"}, nil},
		{"part of a segment again", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 200}, pkt{At: 300 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 310 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100}), 1,
			// the second half was sent 290 ms ago
			map[string]string{"retrans_timeout_packets": "2"}, nil},

		{"a duplicate ACK after one that was overtaken", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 21 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101},
			pkt{At: 30.1 * ms, B: true, Flags: ack, Seq: 1, Ack: 1}, pkt{At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}), 1, map[string]string{"dup_acks": "1"}, nil},
		{"the refusal of a window probe is none", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true},
			pkt{At: 1000 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 1}, pkt{At: 1010 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true}, pkt{At: 3000 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 1},
			pkt{At: 3010 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true}), 1, map[string]string{"dup_acks": "0", "window_probe_packets": "2"}, nil},
		{"D-SACKs of what was sent again, and of what the network doubled", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 300 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, pkt{At: 301 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100},
			pkt{At: 305 * ms, B: true, Flags: ack, Seq: 1, Ack: 201, SACK: []pcapio.SACKBlock{{Left: 101, Right: 201}}}, pkt{At: 310 * ms, B: true, Flags: ack, Seq: 1, Ack: 201, SACK: []pcapio.SACKBlock{{Left: 1, Right: 101}}}), 1,
			map[string]string{"retrans_spurious_packets": "1"}, map[string]string{"dsack_packets": "2"}},
		{"a segment with FIN an RTO after its ACK", after(pkt{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1, Len: 9}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 11}, pkt{At: 330 * ms, Flags: ack | fin, Seq: 1, Ack: 1, Len: 9}), 1,
			map[string]string{"retrans_timeout_packets": "1", "retrans_spurious_packets": "1"}, nil},
		{"a SYN again after its answer", []pkt{{Flags: syn}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 1000 * ms, Flags: syn}}, 1, map[string]string{"retrans_timeout_packets": "1", "retrans_spurious_packets": "1"}, nil},
		{"a copy behind many packets", after(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10, SameID: true}, pkt{At: 20.01 * ms, Flags: ack, Seq: 11, Ack: 1, Len: 10, SameID: true}, pkt{At: 20.02 * ms, Flags: ack, Seq: 21, Ack: 1, Len: 10, SameID: true},
			pkt{At: 20.03 * ms, Flags: ack, Seq: 31, Ack: 1, Len: 10, SameID: true}, pkt{At: 20.04 * ms, Flags: ack, Seq: 41, Ack: 1, Len: 10, SameID: true}, pkt{At: 20.05 * ms, Flags: ack, Seq: 51, Ack: 1, Len: 10, SameID: true},
			pkt{At: 20.06 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10, SameID: true}, pkt{At: 22.2 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10, SameID: true}), 1,
			map[string]string{"capture_dup_packets": "1", "retrans_packets": "1", "unique_bytes": "60", "data_bytes": "70"}, nil},
		{"a RST acknowledges nothing", []pkt{{Flags: syn}, {At: 30 * ms, Flags: ack, Seq: 1, Ack: 1}, {At: 68 * ms, B: true, Flags: rst | ack, Seq: 1, Ack: 1}}, 1, map[string]string{"rtt_samples": "0", "rtt_handshake_s": "0.000000000"}, nil},
		{"the receiver of a RST goes on", after(pkt{At: 20 * ms, B: true, Flags: rst, Seq: 1}, pkt{At: 2000 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10}, pkt{At: 15000 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 10}), 1, map[string]string{"retrans_timeout_packets": "1"}, nil},

		{"data in the SYN, refused and sent again", []pkt{{Flags: syn, Len: 100}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}}, 1,
			map[string]string{"retrans_fast_packets": "1", "rtt_handshake_s": "0.010000000", "rtt_ambiguous_acks": "1"}, nil},
		{"a SACK of the first half of a segment, then of all", after(pkt{At: 20 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 200}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 201}}},
			pkt{At: 32 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 301}}}), 1, map[string]string{"rtt_sack_samples": "2", "rtt_max_s": "0.012000000"}, nil},
		{"a SACK above an old gap", after(pkt{At: 20 * ms, Flags: ack, Seq: 301, Ack: 1, Len: 100}, pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 401}}},
			pkt{At: 40 * ms, Flags: ack, Seq: 401, Ack: 1, Len: 100}, pkt{At: 50 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 501}}}), 1,
			map[string]string{"rtt_sack_samples": "1", "rtt_max_s": "0.010000000"}, nil},
		{"two equal RSTs", after(pkt{At: 20 * ms, Flags: rst, Seq: 1, SameID: true}, pkt{At: 20.1 * ms, Flags: rst, Seq: 1, SameID: true}), 1, map[string]string{"rst_packets": "2", "capture_dup_packets": "0"}, nil},
		{"a SYN of its own identification, then equal ACKs", []pkt{{Flags: syn}, {At: 1 * ms, Flags: ack, Seq: 1, Ack: 1, ID: 700}, {At: 60 * ms, Flags: ack, Seq: 1, Ack: 1, ID: 700}}, 1, map[string]string{"capture_dup_packets": "0", "pure_ack_packets": "2"}, nil},
		{"the scale of a SYN+ACK", []pkt{{B: true, Flags: syn | ack, Ack: 1, Options: pcapio.OptWScale, WScale: 7}, {At: 1 * ms, Flags: ack, Seq: 1, Ack: 1, Window: 500}, {At: 2 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, Window: 502}}, 1,
			map[string]string{"window_max_bytes": "500"}, map[string]string{"window_max_bytes": "64256"}},
		{"a scale of 0", []pkt{{Flags: syn, Options: pcapio.OptWScale}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1, Options: pcapio.OptWScale, WScale: 7}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1, Window: 500}, {At: 12 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, Window: 500}}, 1,
			map[string]string{"window_max_bytes": "500"}, map[string]string{"window_max_bytes": "64000"}},
		{"the scale of a SYN alone", []pkt{{Flags: syn, Options: pcapio.OptWScale, WScale: 7}, {At: 1 * ms, Flags: ack, Seq: 1, Ack: 1, Window: 500}}, 1, map[string]string{"window_max_bytes": "500"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, v6 := range []bool{false, true} {
				for _, mirror := range []bool{false, true} {
					s := newSim(t, Config{Idle: time.Hour})
					s.V6, s.ID = v6, 1
					for _, k := range c.packets {
						k.B = k.B != mirror
						s.send(k)
					}
					conns := s.done()
					if len(conns) != c.conns {
						t.Errorf("%s (IPv6 %v, mirrored %v): %d connections, want %d", c.name, v6, mirror, len(conns), c.conns)
						continue
					}
					ports := [2]uint16{1000, 80}
					if mirror {
						ports = [2]uint16{80, 1000}
					}
					for i, want := range []map[string]string{c.a, c.b} {
						got := values(&conns[0], ports[i])
						for name, v := range want {
							if got[name] != v {
								t.Errorf("%s (IPv6 %v, mirrored %v): %s of side %d is %s, want %s", c.name, v6, mirror, name, i, got[name], v)
							}
						}
					}
				}
			}
		})
	}
}
