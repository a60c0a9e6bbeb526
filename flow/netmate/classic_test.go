package netmate

import (
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// TestClassic shows each of NetMate's rules, and the modern answer where there is one, on packets
// made by hand. Only columns first to last are compared; want is a line for each row.
func TestClassic(t *testing.T) {
	data := func(us int64, n int) pkt { return pkt{us: us, proto: udp, data: n} }
	for _, c := range []struct {
		name        string
		packets     []pkt
		first, last string
		classic     []string
		modern      []string // nil where not shown
	}{
		{"whole row", connection(0), "srcip", "total_bhlen",
			// Lengths: forward 40, 40; backward 40, 140: mean 90, deviation 70.71. IAT 2000 each
			// way. Headers 40 a packet.
			[]string{"10.0.0.1,1000,10.0.0.2,80,6,2,80,2,180,40,40,40,0,40,90,140,70,2000,2000,2000,0,2000,2000,2000,0," +
				"3000,3000,3000,3000,0,0,0,0,0,2,80,2,180,0,1,0,0,80,80"},
			[]string{"10.0.0.1,1000,10.0.0.2,80,6,2,80,2,180,40,40.000,40,0.000,40,90.000,140,70.710,2000.000,2000.000,2000.000,," +
				"2000.000,2000.000,2000.000,,3000.000,3000.000,3000.000,3000.000,,,,,,2.000,80.000,2.000,180.000,0,1,0,0,80,80"}},
		{"one packet", []pkt{data(0, 10)}, "total_fpackets", "std_idle",
			[]string{"1,38,0,0,38,38,38,0,-1,-1,-1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0"},
			[]string{"1,38,0,0,38,38.000,38,,,,,,,,,,,,,,0.000,0.000,0.000,0.000,,,,,"}},
		{"minimum of 0 is unset", []pkt{data(0, 1), data(0, 1), data(50, 1)}, "min_fiat", "max_fiat",
			[]string{"50,25,50"}, []string{"0.000,25.000,50.000"}},
		{"minimum of 0 comes last", []pkt{data(0, 1), data(50, 1), data(50, 1)}, "min_fiat", "max_fiat",
			[]string{"0,25,50"}, []string{"0.000,25.000,50.000"}},
		{"UDP header until data", []pkt{data(0, 0), {us: 1, proto: udp, back: true}, data(2, 5), data(3, 5), {us: 4, proto: udp, back: true, data: 5}},
			"total_fhlen", "total_bhlen", []string{"76,48"}, []string{"84,56"}},
		{"UDP without data", []pkt{data(0, 0), data(1, 0)}, "total_fpackets", "total_fpackets", nil, []string{"2"}},
		{"1 s is no gap", []pkt{data(0, 1), data(1e6, 1)}, "min_fiat", "max_idle",
			[]string{"1000000,1000000,1000000,0,0,0,0,0,1000000,1000000,1000000,1000000,0,0,0,0"}, nil},
		{"more is a gap and no IAT", []pkt{data(0, 1), data(10, 1), data(1000011, 1), data(1000031, 1)}, "min_fiat", "sflow_fbytes",
			// IATs 10 and 20, active 10 and 20: deviation 7.07. Gap 1000001.
			[]string{"10,15,20,7,0,0,0,0,1000031,10,15,20,7,1000001,1000001,1000001,0,2,58"},
			[]string{"10.000,15.000,20.000,7.071,,,,,1000031.000,10.000,15.000,20.000,7.071,1000001.000,1000001.000,1000001.000,,2.000,58.000"}},
		{"silence of one direction is an IAT", []pkt{data(0, 1), {us: 900000, proto: udp, back: true, data: 1},
			{us: 1800000, proto: udp, back: true, data: 1}, data(2700000, 1)}, "min_fiat", "max_idle",
			[]string{"2700000,2700000,2700000,0,900000,900000,900000,0,2700000,2700000,2700000,2700000,0,0,0,0"}, nil},
		{"reordered is ignored", []pkt{data(0, 1), data(100, 1), data(40, 1000), data(200, 1)}, "total_fpackets", "max_fiat",
			[]string{"3,87,0,0,29,29,29,0,-1,-1,-1,0,100,100,100"},
			// 29, 29, 1028, 29: mean 278.75, variance (1059307 - 1115^2/4)/3 = 249500.25
			[]string{"4,1115,0,0,29,278.750,1028,499.500,,,,,100.000,100.000,100.000"}},
		{"before the first", []pkt{data(100, 1), data(40, 1), data(200, 1)}, "total_fpackets", "total_fvolume", []string{"2,58"}, []string{"3,87"}},
		{"601 whole seconds end a flow", []pkt{data(0, 1), data(601e6, 1)}, "total_fpackets", "total_fpackets", []string{"1", "1"}, nil},
		{"600 do not", []pkt{data(999999, 1), data(600_999_999, 1)}, "total_fpackets", "total_fpackets", []string{"2"}, nil},
		// The timer of the first packet, at .9 s, is not due at 601.05 s: it fired at 600.95 s.
		{"the timer is not due", []pkt{{us: 900000, proto: udp, data: 1, port: 7}, data(1e6-1, 1), {us: 600_950_000, proto: udp, data: 1, port: 7},
			data(601_050_000, 1)}, "total_fpackets", "total_fpackets", []string{"2", "2"}, nil},
		{"both closed ends at once", join(connection(0), []pkt{{us: 4000, flags: finack}, {us: 5000, back: true, flags: finack},
			{us: 6000, flags: ack}}), "total_fpackets", "total_bpackets", []string{"4,160,3"}, []string{"4,160,3"}},
		{"stray packet joins the next connection", join(connection(0), []pkt{{us: 4000, flags: rst}, {us: 5000, back: true, flags: ack}},
			connection(7e6)), "total_fpackets", "duration",
			// The second flow begins with the stray packet, so its source is b: forward are the
			// stray, SYN+ACK and data, of 40, 40, 140.
			[]string{"3,120,2,180,40,40,40,0,40,90,140,70,2000,2000,2000,0,2000,2000,2000,0,4000",
				"3,220,2,80,40,73,140,57,40,40,40,0,2000,2000,2000,0,2000,2000,2000,0,6998000"}, nil},
		{"RST ends", join(connection(0), []pkt{{us: 4000, flags: rst}}), "total_fpackets", "total_fvolume", []string{"3,120"}, []string{"3,120"}},
		{"data on the third ACK", []pkt{{flags: syn}, {us: 1, back: true, flags: synack}, {us: 2, flags: ack, data: 5}},
			"total_fpackets", "total_bpackets", []string{"2,85,1"}, nil},
		{"no data", connection(0)[:3], "total_fpackets", "total_fpackets", nil, []string{"2"}},
		{"one direction", []pkt{{flags: syn}, {us: 1, flags: ack}, {us: 2, flags: ack, data: 9}}, "total_fpackets", "total_fpackets", nil, []string{"3"}},
		{"joined mid-stream", []pkt{{flags: ack, data: 9}, {us: 1, back: true, flags: ack, data: 9}}, "total_fpackets", "total_bpackets",
			nil, []string{"1,49,1"}},
		{"data seen after the FIN does not count", join(connection(0)[:3], []pkt{{us: 3000, flags: finack, data: 9}}),
			"total_fpackets", "total_fpackets", nil, []string{"3"}},
		{"fragment makes a ghost", []pkt{{proto: udp, data: 100, frag: 0x2000}, {us: 1, proto: udp, data: 90, frag: 13, port: 515}},
			"srcip", "total_fvolume", []string{"10.0.0.1,1000,10.0.0.2,80,17,1,128", "10.0.0.1,515,10.0.0.2,80,17,1,118"}, nil},
		{"one VLAN tag is skipped and no key", []pkt{data(0, 1), {us: 1, proto: udp, data: 1, vlans: 1}}, "total_fpackets", "total_fpackets",
			[]string{"2"}, nil},
		{"two VLAN tags are passed over", []pkt{data(0, 1), {us: 1, proto: udp, data: 1, vlans: 2}}, "total_fpackets", "total_fpackets",
			[]string{"1"}, nil},
		{"IP length of 0", []pkt{{proto: udp, data: 9, ipLen: -1}}, "total_fpackets", "std_fpktl", []string{"1,0,0,0,0,0,0,0"}, nil},
		{"square of a length in 32 bits", []pkt{{proto: udp, data: 9, ipLen: 50000}, {us: 1, proto: udp, data: 9, ipLen: 50000}}, "total_fvolume", "std_fpktl",
			[]string{"100000,0,0,50000,50000,50000,0"}, []string{"100000,0,0,50000,50000.000,50000,0.000"}},
		{"PSH and URG are counts", join(connection(0), []pkt{{us: 4000, flags: psh | pcapio.URG, data: 1}, {us: 5000, flags: psh, data: 1}}),
			"fpsh_cnt", "burg_cnt", []string{"2,1,1,0"}, []string{"2,1,1,0"}},
		{"options are header", []pkt{{flags: syn, opts: 20}, {us: 1, back: true, flags: synack, opts: 12}, {us: 2, flags: ack, data: 1}},
			"total_fhlen", "total_bhlen", []string{"100,52"}, []string{"100,52"}},
		{"same end twice is forward", []pkt{{proto: udp, data: 1, overlap: true}, {us: 1, proto: udp, data: 1, overlap: true}}, "total_fpackets", "total_bpackets",
			[]string{"2,58,0"}, []string{"2,58,0"}},
		{"server first", []pkt{{back: true, proto: udp, data: 1}, data(1, 1)}, "srcip", "dstport", []string{"10.0.0.2,80,10.0.0.1,1000"}, nil},
		{"header cut", []pkt{{proto: udp, data: 9, cut: 37}}, "total_fpackets", "total_fpackets", nil, nil},
		{"raw IP", []pkt{{proto: udp, data: 9, link: pcapio.LinkRaw}}, "total_fvolume", "total_fvolume", []string{"37"}, nil},
		{"ATM", []pkt{{proto: udp, data: 9, link: 100}}, "total_fvolume", "total_fvolume", []string{"37"}, nil},
		{"loopback is passed over", []pkt{{proto: udp, data: 9, link: loopback}}, "total_fvolume", "total_fvolume", nil, nil},
		{"no bytes on the wire is the end", []pkt{data(0, 1), {us: 1, proto: udp, data: 1, noWire: true}, data(2, 1)}, "total_fpackets", "total_fpackets",
			[]string{"1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := func(sem Semantics, want []string) {
				rows, stats := rowsOf(t, Config{Semantics: sem}, c.packets)
				reconcile(t, stats, uint64(len(c.packets)), uint64(len(rows)))
				var got []string
				for _, line := range csvOf(t, rows) {
					got = append(got, cellsOf(t, line, c.first, c.last))
				}
				if !slices.Equal(got, want) {
					t.Errorf("%v:\ngot  %q\nwant %q", sem, got, want)
				}
			}
			check(Classic, c.classic)
			if c.modern != nil {
				check(Modern, c.modern)
			}
		})
	}
}

// reconcile checks that every packet and every flow is accounted for.
func reconcile(t *testing.T, s Stats, packets, rows uint64) {
	t.Helper()
	if s.Table.Packets != packets || s.Table.Packets != s.Table.Counted+s.Table.Skipped.Total() {
		t.Errorf("packets do not reconcile: %d given, %+v", packets, s)
	}
	var ended uint64
	for _, n := range s.Table.Ended {
		ended += n
	}
	if s.Table.Live != 0 || s.Table.Flows != ended || ended != s.Rows+s.NotValid+s.TooShort || s.Rows != rows {
		t.Errorf("flows do not reconcile: %d rows, %+v", rows, s)
	}
}

func TestClassicSkips(t *testing.T) {
	rows, s := rowsOf(t, Config{Semantics: Classic}, []pkt{
		{proto: udp, data: 1}, {us: 1, proto: 1}, {us: 2, vlans: 2}, {us: 3, link: loopback},
		{us: 4, cut: 14}, {us: 5, cut: 34}, {us: 6, noWire: true}, {us: 7, proto: udp, data: 1}, {us: -1, proto: udp, data: 1}})
	reconcile(t, s, 9, uint64(len(rows)))
	want := pcapio.StatusCounts{}
	want[pcapio.StatusUnknownTransport] = 1
	want[pcapio.StatusNonIP] = 1
	want[pcapio.StatusUnknownLink] = 1
	want[pcapio.StatusTruncatedLink] = 1
	want[pcapio.StatusTruncatedTransport] = 1
	want[pcapio.StatusUndecoded] = 3
	if s.Table.Skipped != want {
		t.Errorf("skipped %v, want %v", s.Table.Skipped, want)
	}
	long := pkt{proto: udp, data: 1}.record()
	long.OrigLen = 65537
	var p classicPacket
	if got := p.decode(&long); got != pcapio.StatusBadLink {
		t.Errorf("a frame too long for NetMate's queue: %v", got)
	}
}

func TestClassicLimits(t *testing.T) {
	var packets []pkt
	for i := range 10 {
		packets = append(packets, pkt{us: int64(i) * 1e6, proto: udp, data: 1, port: uint16(2000 + i)})
	}
	rows, s := rowsOf(t, Config{Semantics: Classic, Flow: flow.Config{MaxFlows: 4}}, packets)
	reconcile(t, s, 10, 10)
	for i, r := range rows {
		want := flow.LackOfResources
		if i >= 6 {
			want = flow.ForcedEnd
		}
		if r.Key.SrcPort != uint16(2000+i) || r.Reason != want {
			t.Errorf("row %d: port %d, %v", i, r.Key.SrcPort, r.Reason)
		}
	}
	rows, s = rowsOf(t, Config{Semantics: Classic, Flow: flow.Config{Idle: 2 * time.Second}}, packets)
	reconcile(t, s, 10, 10)
	// At 9 s, the flows whose second is 3 or more before are over: those of 0 s to 6 s.
	if s.Table.Ended[flow.IdleTimeout] != 7 || len(rows) != 10 {
		t.Errorf("idle timeouts: %+v", s)
	}
	rows, s = rowsOf(t, Config{Semantics: Classic, Flow: flow.Config{Idle: -1}, MinDuration: time.Microsecond},
		join(packets, []pkt{{us: 1e12, proto: udp, data: 1, port: 2000}}))
	reconcile(t, s, 11, 1)
	if s.TooShort != 9 || rows[0].Values[TotalFPackets] != 2 {
		t.Errorf("without idle timeout: %+v", s)
	}
}

// TestClassicClockBack shows that a late packet turns its flow's clock back.
func TestClassicClockBack(t *testing.T) {
	u := func(us int64, port uint16) pkt { return pkt{us: us, proto: udp, data: 1, port: port} }
	// Port 1 is last seen in second 400, but then by a late packet of second 0, so it is over at
	// second 601.
	rows, s := rowsOf(t, Config{Semantics: Classic}, []pkt{u(0, 1), u(400e6, 1), u(1, 1), u(601e6, 2), u(602e6, 1)})
	reconcile(t, s, 5, 3)
	if s.Table.OutOfOrder != 1 || rows[0].Reason != flow.IdleTimeout || rows[0].Values[Duration] != 400e6 {
		t.Errorf("%+v %v", s, csvOf(t, rows))
	}
}

// TestClassicIAT32 has an inter-arrival time of 4300 s, which is 2^32 + 5032704 us.
func TestClassicIAT32(t *testing.T) {
	packets := []pkt{{proto: udp, data: 1}}
	for s := range int64(4300) {
		packets = append(packets, pkt{us: s * 1e6, proto: udp, data: 1, back: true})
	}
	packets = append(packets, pkt{us: 4300e6, proto: udp, data: 1})
	for sem, want := range map[Semantics]string{
		Classic: "5032704,4300000000,5032704,0",
		Modern:  "4300000000.000,4300000000.000,4300000000.000,",
	} {
		t.Run(sem.String(), func(t *testing.T) {
			rows, _ := rowsOf(t, Config{Semantics: sem}, packets)
			if got := cellsOf(t, csvOf(t, rows)[0], "min_fiat", "std_fiat"); got != want {
				t.Errorf("%v: got %s, want %s", sem, got, want)
			}
		})
	}
}

func TestTruncate(t *testing.T) {
	m := classicMoments{n: 3, sum: 3, sqSum: 1} // variance -1: cancellation to the utmost
	if got := uint64(m.std()); got != 1<<63 {
		t.Errorf("deviation of a negative variance is %d", got)
	}
	var r Row
	r.setLengths(MinFPktl, &m)
	if r.Values[StdFPktl] != 0 {
		t.Errorf("in 32 bits it is %d", r.Values[StdFPktl])
	}
}
