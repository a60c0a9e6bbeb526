package netmate

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// TestModern shows what the modern semantics add to the cases of TestClassic.
func TestModern(t *testing.T) {
	u := func(us int64) pkt { return pkt{us: us, proto: udp, data: 1} }
	for _, c := range []struct {
		name        string
		cfg         Config
		packets     []pkt
		first, last string
		want        []string
	}{
		// Forward at 0, 100, 40, 200: the third is in no IAT. Backward at 150 and 50: 50 is late in
		// both ways.
		{"reordered in no IAT", Config{}, []pkt{u(0), u(100), u(40), {us: 150, proto: udp, back: true, data: 1},
			{us: 50, proto: udp, back: true, data: 1}, u(200)}, "min_fiat", "duration",
			[]string{"100.000,100.000,100.000,0.000,,,,,200.000"}},
		{"counted as reordered", Config{}, []pkt{u(0), u(100), u(40), u(200)}, "reordered", "reordered", []string{"1"}},
		// Late for the flow, not for its direction: an IAT of 30.
		{"late for the other direction only", Config{}, []pkt{u(0), {us: 100, proto: udp, back: true, data: 1}, u(30)}, "min_fiat", "duration",
			[]string{"30.000,30.000,30.000,,,,,,100.000"}},
		{"earlier start", Config{}, []pkt{u(100), u(40), u(200)}, "duration", "max_active", []string{"160.000,160.000,160.000,160.000"}},
		// Two gaps of 2 and 4 s: mean 3, deviation sqrt(2) s.
		{"gaps", Config{}, []pkt{u(0), u(2e6), u(6e6)}, "min_active", "sflow_fbytes",
			[]string{"0.000,0.000,0.000,0.000,2000000.000,3000000.000,4000000.000,1414213.562,1.000,29.000"}},
		{"sub-flows of fractions", Config{}, []pkt{u(0), u(1), u(2), u(3e6)}, "sflow_fpackets", "sflow_bbytes", []string{"2.000,58.000,0.000,0.000"}},
		{"idle threshold", Config{IdleThreshold: 50 * time.Microsecond}, []pkt{u(0), u(50), u(101)}, "min_fiat", "max_idle",
			[]string{"50.000,50.000,50.000,,,,,,101.000,0.000,25.000,50.000,35.355,51.000,51.000,51.000"}},
		{"active timeout", Config{Flow: flow.Config{Active: time.Second}}, []pkt{u(0), u(9e5), u(18e5)}, "end_reason", "part",
			[]string{"active timeout,0", "forced end,1"}},
		{"late packets after the close", Config{}, join(connection(0), []pkt{{us: 4000, flags: finack}, {us: 5000, back: true, flags: finack},
			{us: 6000, flags: ack}}), "total_fpackets", "total_fpackets", []string{"4"}},
		{"VLAN in the key", Config{Flow: flow.Config{VLAN: true}}, []pkt{u(0), {us: 1, proto: udp, data: 1, vlans: 1}}, "vlan", "feature_set",
			[]string{"0,0,0,reef-netmate/1", "7,0,0,reef-netmate/1"}},
		{"two VLAN tags", Config{}, []pkt{{us: 1, proto: udp, data: 1, vlans: 2}}, "total_fpackets", "total_fvolume", []string{"1,29"}},
		{"ICMP has 8 bytes of header, and an echo reply goes backward", Config{}, []pkt{{proto: 1, data: 4}, {us: 1, proto: 1, data: 40}}, "total_fhlen", "total_bhlen", []string{"0,56"}},
		{"no ports", Config{}, []pkt{{proto: 50, data: 4}}, "srcip", "total_fpackets", []string{"10.0.0.1,,10.0.0.2,,50,1"}},
		{"direction of a SYN+ACK", Config{}, connection(0)[1:2], "direction", "btcp_flags", []string{"initiator,0,18"}},
		{"later fragments are of the flow", Config{}, []pkt{{proto: udp, data: 96, frag: 0x2000}, {us: 1, proto: udp, data: 90, frag: 13}},
			"total_fpackets", "total_fvolume", []string{"2,242"}},
		{"too short", Config{MinDuration: time.Millisecond}, []pkt{u(0), u(999)}, "duration", "duration", nil},
		{"long enough", Config{MinDuration: time.Millisecond}, []pkt{u(0), u(1000)}, "duration", "duration", []string{"1000.000"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, stats := rowsOf(t, c.cfg, c.packets)
			reconcile(t, stats, uint64(len(c.packets)), uint64(len(rows)))
			var got []string
			for _, line := range csvOf(t, rows) {
				got = append(got, cellsOf(t, line, c.first, c.last))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestModernNanoseconds has an interval of 1 ns and another of 2 ns.
func TestModernNanoseconds(t *testing.T) {
	var f Features
	p := decoded(t, []pkt{{proto: udp, data: 1}})[0]
	rec := flow.Record{Start: p.Time, End: p.Time + 3}
	for _, d := range []int64{0, 1, 2} {
		p.Time += d
		f.Add(p, flow.Forward, time.Second)
	}
	var r Row
	f.Row(&rec, &r)
	if r.Values[MinFIAT] != 1 || r.Values[MeanFIAT] != 1 || r.Values[MaxFIAT] != 2 || r.Values[Duration] != 3 {
		t.Errorf("%v", r.Values)
	}
	if v, ok := r.Value(MaxFIAT); v != 0.002 || !ok {
		t.Errorf("Value: %v %v", v, ok)
	}
	if v, ok := r.Value(StdBIAT); v != 0 || ok {
		t.Errorf("Value without sample: %v %v", v, ok)
	}
}

// TestHostileTimes has the greatest difference of times that there is.
func TestHostileTimes(t *testing.T) {
	var f Features
	p := decoded(t, []pkt{{proto: udp, data: 1}})[0]
	for _, at := range []int64{-1 << 63, 1<<63 - 1, 0} {
		p.Time = at
		f.Add(p, flow.Forward, time.Second)
	}
	var r Row
	f.Row(&flow.Record{Start: -1 << 63, End: 1<<63 - 1}, &r)
	if r.Values[Duration] != 1<<63-1 || r.Values[MaxIdle] != 1<<63-1 || r.Reordered != 1 {
		t.Errorf("%v", r.Values)
	}
}

func TestHeaderLen(t *testing.T) {
	for _, c := range []struct {
		p    pcapio.Packet
		want uint64
	}{
		{pcapio.Packet{IPHdrLen: 48, Layers: pcapio.LayerIPv6 | pcapio.LayerTCP, TCP: pcapio.TCP{HdrLen: 32}}, 80},
		{pcapio.Packet{IPHdrLen: 40, Layers: pcapio.LayerIPv6 | pcapio.LayerICMPv6}, 48},
		{pcapio.Packet{IPHdrLen: 20, Layers: pcapio.LayerUDPLite}, 28},
		{pcapio.Packet{IPHdrLen: 20, Layers: pcapio.LayerSCTP}, 32},
		{pcapio.Packet{IPHdrLen: 20, Layers: pcapio.LayerDCCP, TransportOff: 34, PayloadOff: 50}, 36},
		{pcapio.Packet{IPHdrLen: 20, Layers: pcapio.LayerDCCP, TransportOff: 34}, 20},
		{pcapio.Packet{IPHdrLen: 20}, 20},
	} {
		t.Run(fmt.Sprintf("%v, %d bytes", c.p.Layers, c.want), func(t *testing.T) {
			if got := headerLen(&c.p); got != c.want {
				t.Errorf("%v: %d, want %d", c.p.Layers, got, c.want)
			}
		})
	}
}

func TestFeaturesSize(t *testing.T) {
	if n := unsafe.Sizeof(Features{}); n > 450 {
		t.Errorf("Features has %d bytes", n)
	}
}

func TestValidate(t *testing.T) {
	for _, cfg := range []Config{
		{Semantics: 9},
		{IdleThreshold: -1},
		{MinDuration: -1},
		{Flow: flow.Config{MaxFlows: -1}},
		{Semantics: Classic, Flow: flow.Config{Uni: true}},
		{Semantics: Classic, Flow: flow.Config{Active: 1}},
		{Semantics: Classic, Flow: flow.Config{Linger: -1}},
		{Semantics: Classic, Flow: flow.Config{Idle: time.Second + 1}},
	} {
		if _, err := New(cfg, RowWriterFunc(func(*Row) error { return nil })); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	if _, err := New(Config{}, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("no writer: %v", err)
	}
	if _, err := New(Config{Flow: flow.Config{MaxFlows: -1}}, nil); !errors.Is(err, flow.ErrConfig) {
		t.Errorf("of the flows: %v", err)
	}
	if m := new(Meter); !errors.Is(m.WritePacket(&pcapio.Packet{}), ErrConfig) || !errors.Is(m.Flush(), ErrConfig) {
		t.Error("the zero Meter works")
	}
}

// TestWriterError checks that an error of the RowWriter comes back at once and ever after, and that
// its row is not counted.
func TestWriterError(t *testing.T) {
	bad := errors.New("disk full")
	for _, sem := range []Semantics{Modern, Classic} {
		m, err := New(Config{Semantics: sem}, RowWriterFunc(func(*Row) error { return bad }))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range decoded(t, connection(0)) {
			if err := m.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
		p := decoded(t, []pkt{{us: 7e8, proto: udp, data: 1}})[0]
		first, again, flush := m.WritePacket(p), m.WritePacket(p), m.Flush()
		if sem == Modern && first == nil {
			first = flush // held back until then
			again = m.WritePacket(p)
		}
		if !errors.Is(first, bad) || !errors.Is(again, bad) || !errors.Is(flush, bad) || m.Stats().Rows != 0 {
			t.Errorf("%v: %v, %v, %v, %d rows", sem, first, again, flush, m.Stats().Rows)
		}
	}
}

// TestAllocs checks that a packet of a known flow and a row cost no allocation.
func TestAllocs(t *testing.T) {
	for _, sem := range []Semantics{Modern, Classic} {
		out := NewCSV(io.Discard, sem)
		cfg := Config{Semantics: sem}
		if sem == Modern {
			cfg.Flow = flow.Config{Seed: 1, Hold: -1} // or the known flow would hold all rows back
		}
		m, err := New(cfg, out)
		if err != nil {
			t.Fatal(err)
		}
		// A flow that is known, and one that begins and ends each time.
		packets := decoded(t, join([]pkt{{proto: udp, data: 1}}, connection(1), []pkt{{us: 5000, flags: rst}}))
		step := func() {
			for _, p := range packets {
				p.Time += int64(10 * time.Second)
				p.TCP.Seq += 1 << 28 // another connection
				if err := m.WritePacket(p); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 3000 {
			step()
		}
		before := m.Stats().Rows
		if n := testing.AllocsPerRun(1000, step); n != 0 {
			t.Errorf("%v: %v allocations in %d packets", sem, n, len(packets))
		}
		if m.Stats().Rows < before+1000 {
			t.Errorf("%v: no rows were written meanwhile", sem)
		}
	}
	var r Row
	new(Features).Row(&flow.Record{}, &r)
	j := NewJSONL(io.Discard, Modern)
	if n := testing.AllocsPerRun(100, func() { _ = j.WriteRow(&r) }); n != 0 {
		t.Errorf("JSONL: %v allocations", n)
	}
}
