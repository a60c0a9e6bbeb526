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
	opening := []pkt{{flags: syn}, {ms: 10, b: true, flags: syn | ack, ack: 1}, {ms: 11, flags: ack, seq: 1, ack: 1}}
	after := func(ks ...pkt) []pkt { return append(append([]pkt{}, opening...), ks...) }
	cases := []struct {
		name    string
		packets []pkt
		conns   int
		a, b    map[string]string
	}{
		{"an ACK above all that was captured gives no sample", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 900, b: true, flags: ack, seq: 1, ack: 301}), 1,
			map[string]string{"rtt_ack_samples": "0", "rtt_unseen_acks": "1", "acked_unseen_bytes": "200", "rtt_max_s": "0.010000000"}, nil},
		{"nor one over a gap", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 21, flags: ack, seq: 201, ack: 1, n: 100}, pkt{ms: 31, b: true, flags: ack, seq: 1, ack: 301}), 1,
			map[string]string{"rtt_ack_samples": "0", "rtt_unseen_acks": "1", "acked_unseen_bytes": "100"}, nil},
		{"nor a SACK block with a gap", after(pkt{ms: 20, flags: ack, seq: 101, ack: 1, n: 100}, pkt{ms: 21, flags: ack, seq: 301, ack: 1, n: 100},
			pkt{ms: 31, b: true, flags: ack, seq: 1, ack: 1, sack: []pcapio.SACKBlock{{Left: 101, Right: 401}}}), 1, map[string]string{"rtt_sack_samples": "0"}, nil},
		{"nor a SACK of an ACK that something later advanced", after(pkt{ms: 20, flags: ack, seq: 201, ack: 1, n: 100}, pkt{ms: 20.5, flags: ack, seq: 1, ack: 1, n: 100},
			pkt{ms: 31, b: true, flags: ack, seq: 1, ack: 101, sack: []pcapio.SACKBlock{{Left: 201, Right: 301}}}), 1,
			map[string]string{"rtt_sack_samples": "0", "rtt_ack_samples": "1", "rtt_max_s": "0.010500000"}, nil},
		{"captured after its ACK: reordered, without sample", after(pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 101}, pkt{ms: 30.02, flags: ack, seq: 1, ack: 1, n: 100}), 1,
			map[string]string{"reordered_packets": "1", "retrans_packets": "0", "rtt_ack_samples": "0", "unique_bytes": "100"}, nil},
		{"an RTO after its ACK: sent again for nothing", after(pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 101}, pkt{ms: 330, flags: ack, seq: 1, ack: 1, n: 100}), 1,
			map[string]string{"retrans_timeout_packets": "1", "retrans_unseen_packets": "1", "retrans_spurious_packets": "1", "reordered_packets": "0"}, nil},

		{"keep-alives of a connection joined midway", []pkt{{flags: ack, seq: 699, ack: 50}, {ms: 1, b: true, flags: ack, seq: 50, ack: 700},
			{ms: 100, b: true, flags: ack, seq: 49, ack: 700, n: 1}, {ms: 101, flags: ack, seq: 700, ack: 50}, {ms: 60000, flags: ack, seq: 699, ack: 50}, {ms: 60001, b: true, flags: ack, seq: 50, ack: 700}}, 1,
			map[string]string{"keepalive_packets": "1", "acked_unseen_bytes": "0", "rtt_samples": "0"}, map[string]string{"keepalive_packets": "1", "data_packets": "0", "unique_bytes": "0", "rtt_samples": "0"}},
		{"the same across the wrap", []pkt{{flags: ack, seq: 0xffffffff, ack: 0}, {ms: 1, b: true, flags: ack, seq: 0, ack: 0},
			{ms: 100, b: true, flags: ack, seq: 0xffffffff, ack: 0, n: 1}, {ms: 101, flags: ack, seq: 0, ack: 0}, {ms: 60000, flags: ack, seq: 0xffffffff, ack: 0}}, 1,
			map[string]string{"keepalive_packets": "1"}, map[string]string{"keepalive_packets": "1", "data_packets": "0"}},
		{"keep-alives with one direction captured", []pkt{{flags: syn}, {ms: 10, flags: ack, seq: 1, ack: 1}, {ms: 20, flags: ack, seq: 1, ack: 1, n: 100},
			{ms: 60000, flags: ack, seq: 100, ack: 1, n: 1}, {ms: 120000, flags: ack, seq: 100, ack: 1, n: 1}, {ms: 180000, flags: ack, seq: 100, ack: 1}}, 1,
			map[string]string{"keepalive_packets": "3", "retrans_packets": "0", "data_packets": "1"}, nil},
		{"a byte sent again with one direction captured", []pkt{{flags: syn}, {ms: 10, flags: ack, seq: 1, ack: 1}, {ms: 20, flags: ack, seq: 1, ack: 1, n: 1}, {ms: 320, flags: ack, seq: 1, ack: 1, n: 1},
			{ms: 20000, flags: ack, seq: 1, ack: 1, n: 1}}, 1, map[string]string{"keepalive_packets": "0", "retrans_timeout_packets": "2"}, nil},
		{"one direction from midway", []pkt{{flags: ack, seq: 500, ack: 9}, {ms: 1000, flags: ack, seq: 499, ack: 9, n: 1}, {ms: 2000, flags: ack, seq: 499, ack: 9}}, 1,
			map[string]string{"keepalive_packets": "2", "data_packets": "0"}, nil},
		{"an empty segment ahead: what comes then was sent before", after(pkt{ms: 20, flags: ack, seq: 101, ack: 1}, pkt{ms: 320, flags: ack, seq: 1, ack: 1, n: 100}), 1,
			map[string]string{"retrans_timeout_packets": "1", "retrans_unseen_packets": "1", "out_of_order_packets": "1"}, nil},
		{"or overtook it", after(pkt{ms: 20, flags: ack, seq: 101, ack: 1}, pkt{ms: 20.1, flags: ack, seq: 1, ack: 1, n: 100}), 1, map[string]string{"reordered_packets": "1", "retrans_packets": "0"}, nil},
		{"an empty segment beyond the window is not believed", after(pkt{ms: 20, flags: ack, seq: 2000, ack: 1}, pkt{ms: 320, flags: ack, seq: 1, ack: 1, n: 100}), 1,
			map[string]string{"retrans_packets": "0", "out_of_order_packets": "0"}, nil},

		{"the same IP identification always", []pkt{{flags: syn}, {ms: 10, b: true, flags: syn | ack, ack: 1, sameID: true}, {ms: 11, flags: ack, seq: 1, ack: 1, sameID: true},
			{ms: 20, flags: ack, seq: 1, ack: 1, n: 100, sameID: true}, {ms: 30, b: true, flags: ack, seq: 1, ack: 101, sameID: true},
			{ms: 60000, flags: ack, seq: 100, ack: 1, sameID: true}, {ms: 60010, b: true, flags: ack, seq: 1, ack: 101, sameID: true},
			{ms: 120000, flags: ack, seq: 100, ack: 1, sameID: true}, {ms: 120010, b: true, flags: ack, seq: 1, ack: 101, sameID: true},
			{ms: 200000, flags: ack, seq: 101, ack: 1, n: 100, sameID: true}, {ms: 201000, flags: ack, seq: 101, ack: 1, n: 100, sameID: true}, {ms: 201010, b: true, flags: ack, seq: 1, ack: 201, sameID: true}}, 1,
			map[string]string{"keepalive_packets": "2", "retrans_packets": "1", "capture_dup_packets": "0", "rtt_ambiguous_acks": "1", "rtt_max_s": "0.010000000"}, map[string]string{"capture_dup_packets": "0"}},

		{"RST outside of the window", after(pkt{ms: 20, b: true, flags: rst, seq: 900000000}, pkt{ms: 30000, flags: ack, seq: 1, ack: 1, n: 10}, pkt{ms: 30010, b: true, flags: ack, seq: 1, ack: 11}), 1,
			map[string]string{"packets": "3", "rtt_ack_samples": "1"}, map[string]string{"rst_packets": "1"}},
		{"RST below RCV.NXT", after(pkt{ms: 15, b: true, flags: ack, seq: 1, ack: 1, n: 50}, pkt{ms: 16, flags: ack, seq: 1, ack: 51}, pkt{ms: 20, b: true, flags: rst, seq: 50}, pkt{ms: 30000, flags: ack, seq: 1, ack: 51, n: 10}), 1,
			map[string]string{"packets": "4"}, nil},
		{"RST that is challenged", after(pkt{ms: 20, b: true, flags: rst, seq: 500}, pkt{ms: 20.1, flags: ack, seq: 1, ack: 1}, pkt{ms: 30000, flags: ack, seq: 1, ack: 1, n: 10}), 1, map[string]string{"packets": "4"}, nil},
		{"a taken RST, and then another connection", after(pkt{ms: 20, b: true, flags: rst, seq: 1}, pkt{ms: 30000, flags: ack, seq: 1, ack: 1, n: 10}), 2, nil, nil},
		{"FIN again in TIME-WAIT", after(pkt{ms: 20, flags: ack | fin, seq: 1, ack: 1}, pkt{ms: 30, b: true, flags: ack | fin, seq: 1, ack: 2}, pkt{ms: 31, flags: ack, seq: 2, ack: 2},
			pkt{ms: 12000, b: true, flags: ack | fin, seq: 1, ack: 2}, pkt{ms: 12001, flags: ack, seq: 2, ack: 2}), 1, map[string]string{"packets": "5"}, map[string]string{"retrans_timeout_packets": "1"}},

		{"simultaneous open, SYN+ACKs not captured", []pkt{{flags: syn}, {ms: 1, b: true, flags: syn, seq: 700}, {ms: 10, flags: ack, seq: 1, ack: 701}, {ms: 11, b: true, flags: ack, seq: 701, ack: 1}}, 1,
			map[string]string{"rtt_handshake_s": "0.000000000", "rtt_ambiguous_acks": "1"}, map[string]string{"rtt_handshake_s": "0.000000000", "rtt_ambiguous_acks": "1"}},
		{"the ACK of a FIN that was not captured", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 102}, pkt{ms: 500, flags: ack | fin, seq: 101, ack: 1}, pkt{ms: 510, b: true, flags: ack, seq: 1, ack: 102}), 1,
			map[string]string{"rtt_ack_samples": "0", "rtt_unseen_acks": "1", "acked_unseen_bytes": "1", "retrans_timeout_packets": "1", "retrans_unseen_packets": "1", "retrans_spurious_packets": "1"}, nil},
		{"keep-alives with a byte, answered by D-SACKs", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 101}, pkt{ms: 60000, flags: ack, seq: 100, ack: 1, n: 1},
			pkt{ms: 60010, b: true, flags: ack, seq: 1, ack: 101, sack: []pcapio.SACKBlock{{Left: 100, Right: 101}}}, pkt{ms: 130000, flags: ack, seq: 101, ack: 1, n: 50}, pkt{ms: 130010, b: true, flags: ack, seq: 1, ack: 151}), 1,
			map[string]string{"keepalive_packets": "1", "retrans_packets": "0", "retrans_spurious_packets": "0", "rtt_ack_samples": "2", "rtt_max_s": "0.010000000", "unique_bytes": "150"}, nil},
		{"a half-closed download for minutes", after(pkt{ms: 20, flags: ack | fin, seq: 1, ack: 1}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 2}, pkt{ms: 100000, b: true, flags: ack, seq: 1, ack: 2, n: 100}, pkt{ms: 100001, flags: ack, seq: 2, ack: 101},
			pkt{ms: 300000, b: true, flags: ack, seq: 101, ack: 2, n: 100}, pkt{ms: 300001, flags: ack, seq: 2, ack: 201}), 1, map[string]string{"packets": "5"}, map[string]string{"rtt_max_s": "0.001000000", "rtt_ack_samples": "2"}},
		{"SYN stored late", []pkt{{b: true, flags: syn | ack, ack: 1}, {ms: 4.5, flags: ack, seq: 1461, ack: 1, n: 1460}, {ms: 5, flags: syn}, {ms: 5.2, flags: ack, seq: 1, ack: 1, n: 1460}, {ms: 10, b: true, flags: ack, seq: 1, ack: 2921},
			{ms: 11, flags: ack | fin, seq: 2921, ack: 1}}, 1, map[string]string{"packets": "4", "missing_bytes": "0", "retrans_packets": "0", "reordered_packets": "2", "rtt_handshake_s": "0.000000000"},
			map[string]string{"rtt_handshake_s": "0.004500000"}},
		{"SYN+ACK stored late, by its time first", []pkt{{flags: syn}, {ms: 11, flags: ack, seq: 1, ack: 1}, {ms: 10, b: true, flags: syn | ack, ack: 1}}, 1, map[string]string{"rtt_handshake_s": "0.010000000"}, map[string]string{"packets": "1", "reordered_packets": "0"}},
		{"a SYN+ACK that overtaken data preceded, for another SYN", []pkt{{flags: syn, seq: 5000}, {ms: 5, b: true, flags: ack, seq: 800, ack: 5001, n: 10}, {ms: 85, b: true, flags: syn | ack, seq: 799, ack: 6932}}, 1,
			map[string]string{"rtt_handshake_s": "0.005000000"}, nil},
		{"simultaneous open", []pkt{{flags: syn}, {ms: 1, b: true, flags: syn, seq: 700}, {ms: 10, flags: syn | ack, ack: 701}, {ms: 11, b: true, flags: syn | ack, seq: 700, ack: 1}, {ms: 12, flags: ack, seq: 1, ack: 701}}, 1,
			map[string]string{"retrans_packets": "0", "rtt_handshake_s": "0.011000000"}, map[string]string{"retrans_packets": "0", "rtt_handshake_s": "0.009000000"}},
		{"data in the SYN, taken", []pkt{{flags: syn, n: 100}, {ms: 10, b: true, flags: syn | ack, ack: 101}}, 1, map[string]string{"rtt_handshake_s": "0.010000000", "unique_bytes": "100"}, nil},
		{"data in the SYN, refused", []pkt{{flags: syn, n: 100}, {ms: 10, b: true, flags: syn | ack, ack: 1}, {ms: 11, flags: ack, seq: 1, ack: 1}, {ms: 300, b: true, flags: ack, seq: 1, ack: 101}}, 1,
			map[string]string{"rtt_handshake_s": "0.010000000", "rtt_unseen_acks": "1", "rtt_ack_samples": "0"}, nil},
		{"SYN again, timestamps tell", []pkt{{flags: syn, ts: [2]uint32{5, 0}}, {ms: 1000, flags: syn, ts: [2]uint32{1005, 0}}, {ms: 1032, b: true, flags: syn | ack, ack: 1, ts: [2]uint32{7, 1005}}}, 1,
			map[string]string{"rtt_handshake_s": "0.032000000", "rtt_timestamp_samples": "1"}, nil},
		{"SYN again, the same timestamp", []pkt{{flags: syn, ts: [2]uint32{5, 0}}, {ms: 1000, flags: syn, ts: [2]uint32{5, 0}}, {ms: 1032, b: true, flags: syn | ack, ack: 1, ts: [2]uint32{7, 5}}}, 1,
			map[string]string{"rtt_handshake_s": "0.000000000", "rtt_ambiguous_acks": "1"}, nil},
		{"an ACK of an earlier connection answers the SYN", []pkt{{flags: syn, seq: 90000}, {ms: 10, b: true, flags: ack, seq: 5000, ack: 70000}, {ms: 11, flags: rst, seq: 70000}, {ms: 1000, flags: syn, seq: 90000},
			{ms: 1010, b: true, flags: syn | ack, seq: 400, ack: 90001}, {ms: 1011, flags: ack, seq: 90001, ack: 401}}, 1, map[string]string{"rst_packets": "1"}, map[string]string{"out_of_order_packets": "0", "rtt_handshake_s": "0.001000000"}},
		{"the ports again much later", after(pkt{ms: day, flags: syn, seq: 5000}), 2, nil, nil},

		{"sent again just after its ACK", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 101}, pkt{ms: 32, flags: ack, seq: 1, ack: 1, n: 100},
			pkt{ms: 235, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 240, flags: ack, seq: 1, ack: 1, n: 100}), 1,
			// 203 ms after the one before
			map[string]string{"retrans_unclassified_packets": "2", "retrans_timeout_packets": "1", "retrans_spurious_packets": "3"}, nil},
		{"part of a segment again", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 200}, pkt{ms: 300, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 310, flags: ack, seq: 101, ack: 1, n: 100}), 1,
			// the second half was sent 290 ms ago
			map[string]string{"retrans_timeout_packets": "2"}, nil},

		{"a duplicate ACK after one that was overtaken", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 21, flags: ack, seq: 101, ack: 1, n: 100}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 101},
			pkt{ms: 30.1, b: true, flags: ack, seq: 1, ack: 1}, pkt{ms: 31, b: true, flags: ack, seq: 1, ack: 101}), 1, map[string]string{"dup_acks": "1"}, nil},
		{"the refusal of a window probe is none", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true},
			pkt{ms: 1000, flags: ack, seq: 101, ack: 1, n: 1}, pkt{ms: 1010, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true}, pkt{ms: 3000, flags: ack, seq: 101, ack: 1, n: 1},
			pkt{ms: 3010, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true}), 1, map[string]string{"dup_acks": "0", "window_probe_packets": "2"}, nil},
		{"D-SACKs of what was sent again, and of what the network doubled", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 300, flags: ack, seq: 1, ack: 1, n: 100}, pkt{ms: 301, flags: ack, seq: 101, ack: 1, n: 100},
			pkt{ms: 305, b: true, flags: ack, seq: 1, ack: 201, sack: []pcapio.SACKBlock{{Left: 101, Right: 201}}}, pkt{ms: 310, b: true, flags: ack, seq: 1, ack: 201, sack: []pcapio.SACKBlock{{Left: 1, Right: 101}}}), 1,
			map[string]string{"retrans_spurious_packets": "1"}, map[string]string{"dsack_packets": "2"}},
		{"a segment with FIN an RTO after its ACK", after(pkt{ms: 20, flags: ack | fin, seq: 1, ack: 1, n: 9}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 11}, pkt{ms: 330, flags: ack | fin, seq: 1, ack: 1, n: 9}), 1,
			map[string]string{"retrans_timeout_packets": "1", "retrans_spurious_packets": "1"}, nil},
		{"a SYN again after its answer", []pkt{{flags: syn}, {ms: 10, b: true, flags: syn | ack, ack: 1}, {ms: 1000, flags: syn}}, 1, map[string]string{"retrans_timeout_packets": "1", "retrans_spurious_packets": "1"}, nil},
		{"a copy behind many packets", after(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 10, sameID: true}, pkt{ms: 20.01, flags: ack, seq: 11, ack: 1, n: 10, sameID: true}, pkt{ms: 20.02, flags: ack, seq: 21, ack: 1, n: 10, sameID: true},
			pkt{ms: 20.03, flags: ack, seq: 31, ack: 1, n: 10, sameID: true}, pkt{ms: 20.04, flags: ack, seq: 41, ack: 1, n: 10, sameID: true}, pkt{ms: 20.05, flags: ack, seq: 51, ack: 1, n: 10, sameID: true},
			pkt{ms: 20.06, flags: ack, seq: 1, ack: 1, n: 10, sameID: true}, pkt{ms: 22.2, flags: ack, seq: 1, ack: 1, n: 10, sameID: true}), 1,
			map[string]string{"capture_dup_packets": "1", "retrans_packets": "1", "unique_bytes": "60", "data_bytes": "70"}, nil},
		{"a RST acknowledges nothing", []pkt{{flags: syn}, {ms: 30, flags: ack, seq: 1, ack: 1}, {ms: 68, b: true, flags: rst | ack, seq: 1, ack: 1}}, 1, map[string]string{"rtt_samples": "0", "rtt_handshake_s": "0.000000000"}, nil},
		{"the receiver of a RST goes on", after(pkt{ms: 20, b: true, flags: rst, seq: 1}, pkt{ms: 2000, flags: ack, seq: 1, ack: 1, n: 10}, pkt{ms: 15000, flags: ack, seq: 1, ack: 1, n: 10}), 1, map[string]string{"retrans_timeout_packets": "1"}, nil},

		{"data in the SYN, refused and sent again", []pkt{{flags: syn, n: 100}, {ms: 10, b: true, flags: syn | ack, ack: 1}, {ms: 11, flags: ack, seq: 1, ack: 1, n: 100}, {ms: 30, b: true, flags: ack, seq: 1, ack: 101}}, 1,
			map[string]string{"retrans_fast_packets": "1", "rtt_handshake_s": "0.010000000", "rtt_ambiguous_acks": "1"}, nil},
		{"a SACK of the first half of a segment, then of all", after(pkt{ms: 20, flags: ack, seq: 101, ack: 1, n: 200}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 1, sack: []pcapio.SACKBlock{{Left: 101, Right: 201}}},
			pkt{ms: 32, b: true, flags: ack, seq: 1, ack: 1, sack: []pcapio.SACKBlock{{Left: 101, Right: 301}}}), 1, map[string]string{"rtt_sack_samples": "2", "rtt_max_s": "0.012000000"}, nil},
		{"a SACK above an old gap", after(pkt{ms: 20, flags: ack, seq: 301, ack: 1, n: 100}, pkt{ms: 30, b: true, flags: ack, seq: 1, ack: 1, sack: []pcapio.SACKBlock{{Left: 101, Right: 401}}},
			pkt{ms: 40, flags: ack, seq: 401, ack: 1, n: 100}, pkt{ms: 50, b: true, flags: ack, seq: 1, ack: 1, sack: []pcapio.SACKBlock{{Left: 101, Right: 501}}}), 1,
			map[string]string{"rtt_sack_samples": "1", "rtt_max_s": "0.010000000"}, nil},
		{"two equal RSTs", after(pkt{ms: 20, flags: rst, seq: 1, sameID: true}, pkt{ms: 20.1, flags: rst, seq: 1, sameID: true}), 1, map[string]string{"rst_packets": "2", "capture_dup_packets": "0"}, nil},
		{"a SYN of its own identification, then equal ACKs", []pkt{{flags: syn}, {ms: 1, flags: ack, seq: 1, ack: 1, id: 700}, {ms: 60, flags: ack, seq: 1, ack: 1, id: 700}}, 1, map[string]string{"capture_dup_packets": "0", "pure_ack_packets": "2"}, nil},
		{"the scale of a SYN+ACK", []pkt{{b: true, flags: syn | ack, ack: 1, opts: pcapio.OptWScale, wscale: 7}, {ms: 1, flags: ack, seq: 1, ack: 1, win: 500}, {ms: 2, b: true, flags: ack, seq: 1, ack: 1, win: 502}}, 1,
			map[string]string{"window_max_bytes": "500"}, map[string]string{"window_max_bytes": "64256"}},
		{"a scale of 0", []pkt{{flags: syn, opts: pcapio.OptWScale}, {ms: 10, b: true, flags: syn | ack, ack: 1, opts: pcapio.OptWScale, wscale: 7}, {ms: 11, flags: ack, seq: 1, ack: 1, win: 500}, {ms: 12, b: true, flags: ack, seq: 1, ack: 1, win: 500}}, 1,
			map[string]string{"window_max_bytes": "500"}, map[string]string{"window_max_bytes": "64000"}},
		{"the scale of a SYN alone", []pkt{{flags: syn, opts: pcapio.OptWScale, wscale: 7}, {ms: 1, flags: ack, seq: 1, ack: 1, win: 500}}, 1, map[string]string{"window_max_bytes": "500"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, v6 := range []bool{false, true} {
				for _, mirror := range []bool{false, true} {
					s := newSim(t, Config{Idle: time.Hour})
					s.v6, s.id = v6, 1
					for _, k := range c.packets {
						k.b = k.b != mirror
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
