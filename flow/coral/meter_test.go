package coral

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

const sec = int64(time.Second)

// pkt makes a decoded packet: ports of 0 are unknown, protocol 0 is no IP.
func pkt(at int64, src string, sport uint16, dst string, dport uint16, proto uint8, length int) *pcapio.Packet {
	p := &pcapio.Packet{Status: pcapio.StatusOK, Proto: proto, IPLen: length, SrcPort: sport, DstPort: dport, PortsOK: sport != 0 || dport != 0}
	p.Time = at
	if proto == 0 {
		p.Status, p.IPLen = pcapio.StatusNonIP, 0
		return p
	}
	s, d := netip.MustParseAddr(src), netip.MustParseAddr(dst)
	p.IPVersion, p.Layers = 4, pcapio.LayerIPv4
	if s.Is6() {
		p.IPVersion, p.Layers = 6, pcapio.LayerIPv6
	}
	p.Src, p.Dst = s.As16(), d.As16()
	switch proto {
	case 1, 58:
		p.Layers |= pcapio.LayerICMP
		p.ICMP.Type, p.ICMP.Code = uint8(sport), uint8(dport)
		p.SrcPort, p.DstPort, p.PortsOK = 0, 0, false
	case 6:
		p.Layers |= pcapio.LayerTCP
	}
	return p
}

// udp is a 100-byte packet of the flow 10.0.0.<flow>:1000 > 10.0.1.1:53.
func udp(at int64, flow int) *pcapio.Packet {
	return pkt(at, fmt.Sprintf("10.0.0.%d", flow), 1000, "10.0.1.1", 53, 17, 100)
}

// script is an IntervalWriter that notes what it is told, one short line each.
type script struct{ lines []string }

func (s *script) BeginInterval(iv *Interval) error {
	s.lines = append(s.lines, fmt.Sprintf("begin %d at %s", iv.Number, secs(iv.Start)))
	return nil
}

func (s *script) WriteRow(r *Row) error {
	s.lines = append(s.lines, fmt.Sprintf("%s %s:%d>%d ok=%v n=%d b=%d f=%d %s-%s of %d since %s, %v", strings.Fields(r.Table.String())[0],
		r.Key.SrcAddr(), r.Key.SrcPort, r.Key.DstPort, r.Key.PortsOK, r.Packets, r.Bytes, r.Flows, secs(r.First), secs(r.Latest),
		r.Total.Packets, secs(r.Total.First), r.Reason))
	return nil
}

func (s *script) EndInterval(iv *Interval) error {
	s.lines = append(s.lines, fmt.Sprintf("end at %s ip=%d bytes=%d other=%d late=%d", secs(iv.End), iv.Packets, iv.Bytes, iv.NonIP, iv.Late))
	return nil
}

func secs(ns int64) string { return fmt.Sprint(float64(ns) / 1e9) }

func run(t *testing.T, cfg Config, sink RowWriter, packets ...*pcapio.Packet) *Meter {
	t.Helper()
	m, err := New(cfg, sink)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		if err := m.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMeter(t *testing.T) {
	// Flow 1 crosses a boundary and lives to the end, flow 2 expires, in aligned intervals in the
	// second one without a packet there, and flow 3 comes back after its timeout within one
	// interval.
	packets := []*pcapio.Packet{
		udp(1005*sec, 1), udp(1006*sec, 2), udp(1029*sec, 1), udp(1035*sec, 1), udp(1036*sec, 3),
		pkt(1037*sec, "", 0, "", 0, 0, 0), udp(1050*sec, 3), udp(1055*sec, 1),
	}
	for _, c := range []struct {
		name    string
		cfg     Config
		packets []*pcapio.Packet
		want    string
	}{
		{"whole capture", Config{Idle: 25 * time.Second}, packets, `
			begin 1 at 1005
			expired 10.0.0.1:1000>53 ok=true n=4 b=400 f=1 1005-1055 of 4 since 1005, forced end
			expired 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 1006-1006 of 1 since 1006, idle timeout
			expired 10.0.0.3:1000>53 ok=true n=2 b=200 f=1 1036-1050 of 2 since 1036, forced end
			end at 1055 ip=7 bytes=700 other=1 late=0`},
		{"interval counters", Config{Idle: 25 * time.Second, Interval: 30 * time.Second}, packets, `
			begin 1 at 1005
			expired 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 1006-1006 of 1 since 1006, idle timeout
			active 10.0.0.1:1000>53 ok=true n=2 b=200 f=1 1005-1029 of 2 since 1005, active
			end at 1035 ip=3 bytes=300 other=0 late=0
			begin 2 at 1035
			active 10.0.0.1:1000>53 ok=true n=2 b=200 f=1 1035-1055 of 4 since 1005, forced end
			active 10.0.0.3:1000>53 ok=true n=2 b=200 f=1 1036-1050 of 2 since 1036, forced end
			end at 1055 ip=4 bytes=400 other=1 late=0`},
		{"aligned", Config{Idle: 25 * time.Second, Interval: 30 * time.Second, Align: true}, packets, `
			begin 1 at 990
			active 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 1005-1005 of 1 since 1005, active
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 1006-1006 of 1 since 1006, active
			end at 1020 ip=2 bytes=200 other=0 late=0
			begin 2 at 1020
			active 10.0.0.1:1000>53 ok=true n=2 b=200 f=1 1029-1035 of 3 since 1005, active
			active 10.0.0.3:1000>53 ok=true n=1 b=100 f=1 1036-1036 of 1 since 1036, active
			end at 1050 ip=3 bytes=300 other=1 late=0
			begin 3 at 1050
			active 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 1055-1055 of 4 since 1005, forced end
			active 10.0.0.3:1000>53 ok=true n=1 b=100 f=1 1050-1050 of 2 since 1036, forced end
			end at 1055 ip=2 bytes=200 other=0 late=0`},
		{"lifetime counters", Config{Idle: 25 * time.Second, Interval: 30 * time.Second, Align: true, Counters: LifetimeCounters}, packets, `
			begin 1 at 990
			end at 1020 ip=2 bytes=200 other=0 late=0
			begin 2 at 1020
			expired 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 1006-1006 of 1 since 1006, idle timeout
			end at 1050 ip=3 bytes=300 other=1 late=0
			begin 3 at 1050
			active 10.0.0.1:1000>53 ok=true n=4 b=400 f=1 1005-1055 of 4 since 1005, forced end
			active 10.0.0.3:1000>53 ok=true n=2 b=200 f=1 1036-1050 of 2 since 1036, forced end
			end at 1055 ip=2 bytes=200 other=0 late=0`},
		{"lifetime counters and active", Config{Interval: 30 * time.Second, Counters: LifetimeCounters, Active: true}, packets[:4], `
			begin 1 at 1005
			active 10.0.0.1:1000>53 ok=true n=2 b=200 f=1 1005-1029 of 2 since 1005, active
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 1006-1006 of 1 since 1006, active
			end at 1035 ip=3 bytes=300 other=0 late=0
			begin 2 at 1035
			active 10.0.0.1:1000>53 ok=true n=3 b=300 f=1 1005-1035 of 3 since 1005, forced end
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 1006-1006 of 1 since 1006, forced end
			end at 1035 ip=1 bytes=100 other=0 late=0`},
		{"gap over the timeout within an interval", Config{Idle: 5 * time.Second, Interval: time.Minute},
			[]*pcapio.Packet{udp(0, 1), udp(5*sec, 1), udp(10*sec+1, 1)}, `
			begin 1 at 0
			expired 10.0.0.1:1000>53 ok=true n=2 b=200 f=1 0-5 of 2 since 0, idle timeout
			active 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 10.000000001-10.000000001 of 1 since 10.000000001, forced end
			end at 10.000000001 ip=3 bytes=300 other=0 late=0`},
		{"both of one key, and order", Config{Idle: 5 * time.Second, Interval: time.Minute},
			[]*pcapio.Packet{udp(0, 9), udp(0, 2), udp(4*sec, 9), udp(20*sec, 2), udp(40*sec, 2)}, `
			begin 1 at 0
			expired 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 0-0 of 1 since 0, idle timeout
			expired 10.0.0.9:1000>53 ok=true n=2 b=200 f=1 0-4 of 2 since 0, idle timeout
			expired 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 20-20 of 1 since 20, idle timeout
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 40-40 of 1 since 40, forced end
			end at 40 ip=5 bytes=500 other=0 late=0`},
		{"late packets count in the current interval", Config{Interval: 10 * time.Second},
			[]*pcapio.Packet{udp(100*sec, 1), udp(111*sec, 1), udp(105*sec, 1), udp(109*sec, 2)}, `
			begin 1 at 100
			active 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 100-100 of 1 since 100, active
			end at 110 ip=1 bytes=100 other=0 late=0
			begin 2 at 110
			active 10.0.0.1:1000>53 ok=true n=2 b=200 f=1 105-111 of 3 since 100, forced end
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 109-109 of 1 since 109, forced end
			end at 111 ip=3 bytes=300 other=0 late=2`},
		{"boundary belongs to the later, empty intervals", Config{Interval: 10 * time.Second, Counters: LifetimeCounters, Idle: 15 * time.Second},
			[]*pcapio.Packet{udp(0, 1), udp(40*sec, 2)}, `
			begin 1 at 0
			end at 10 ip=1 bytes=100 other=0 late=0
			begin 2 at 10
			expired 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 0-0 of 1 since 0, idle timeout
			end at 20 ip=0 bytes=0 other=0 late=0
			begin 3 at 20
			end at 30 ip=0 bytes=0 other=0 late=0
			begin 4 at 30
			end at 40 ip=0 bytes=0 other=0 late=0
			begin 5 at 40
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 40-40 of 1 since 40, forced end
			end at 40 ip=1 bytes=100 other=0 late=0`},
		{"jump over a long gap", Config{Interval: 10 * time.Second, Counters: LifetimeCounters, Idle: 15 * time.Second, MaxEmpty: 2},
			[]*pcapio.Packet{udp(0, 1), udp(40*sec, 2)}, `
			begin 1 at 0
			end at 10 ip=1 bytes=100 other=0 late=0
			begin 2 at 40
			expired 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 0-0 of 1 since 0, idle timeout
			active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 40-40 of 1 since 40, forced end
			end at 40 ip=1 bytes=100 other=0 late=0`},
		{"before 1970", Config{Interval: 10 * time.Second, Align: true}, []*pcapio.Packet{udp(-sec, 1), udp(0, 1)}, `
			begin 1 at -10
			active 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 -1--1 of 1 since -1, active
			end at 0 ip=1 bytes=100 other=0 late=0
			begin 2 at 0
			active 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 0-0 of 2 since -1, forced end
			end at 0 ip=1 bytes=100 other=0 late=0`},
		{"both directions, ICMP, ports unknown, TCP closing", Config{}, []*pcapio.Packet{
			pkt(0, "10.0.0.1", 1, "10.0.0.2", 2, 6, 40), pkt(1, "10.0.0.2", 2, "10.0.0.1", 1, 6, 60), closing(2), closing(3),
			pkt(4, "10.0.0.1", 8, "10.0.0.2", 0, 1, 84), pkt(5, "10.0.0.1", 0, "10.0.0.2", 0, 17, 1500), pkt(6, "2001:db8::1", 128, "2001:db8::2", 0, 58, 104)}, `
			begin 1 at 0
			expired 10.0.0.1:1>2 ok=true n=3 b=120 f=1 0-3e-09 of 3 since 0, forced end
			expired 10.0.0.2:2>1 ok=true n=1 b=60 f=1 1e-09-1e-09 of 1 since 1e-09, forced end
			expired 10.0.0.1:8>0 ok=true n=1 b=84 f=1 4e-09-4e-09 of 1 since 4e-09, forced end
			expired 10.0.0.1:0>0 ok=false n=1 b=1500 f=1 5e-09-5e-09 of 1 since 5e-09, forced end
			expired 2001:db8::1:128>0 ok=true n=1 b=104 f=1 6e-09-6e-09 of 1 since 6e-09, forced end
			end at 6e-09 ip=7 bytes=1868 other=0 late=0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got script
			m := run(t, c.cfg, &got, c.packets...)
			want := strings.ReplaceAll(strings.TrimSpace(c.want), "\t", "")
			if g := strings.Join(got.lines, "\n"); g != want {
				t.Errorf("got\n%s\nwant\n%s", g, want)
			}
			if s := m.Stats(); s.Flow.Packets != uint64(len(c.packets)) || s.Flow.Live != 0 {
				t.Errorf("stats %+v for %d packets", s, len(c.packets))
			}
		})
	}
}

// closing is a TCP packet with RST of the flow 10.0.0.1:1 > 10.0.0.2:2: it must end nothing.
func closing(at int64) *pcapio.Packet {
	p := pkt(at, "10.0.0.1", 1, "10.0.0.2", 2, 6, 40)
	p.TCP.Flags = pcapio.RST
	return p
}

func TestEmptySkipped(t *testing.T) {
	var got script
	m := run(t, Config{Interval: time.Second, MaxEmpty: -1}, &got, udp(math.MinInt64, 1), udp(math.MaxInt64, 1))
	// From MinInt64 in steps of 1 s the interval of MaxInt64 is the one after 2^64-1 div 10^9 whole
	// ones; the first of them is reported.
	if s := m.Stats(); s.EmptySkipped != math.MaxUint64/1_000_000_000-1 || s.Intervals != 2 {
		t.Errorf("got %+v\n%s", s, strings.Join(got.lines, "\n"))
	}
	m = run(t, Config{Interval: time.Hour, Align: true}, &got, udp(math.MinInt64, 1), udp(math.MinInt64+1, 1), udp(math.MinInt64+7200*sec, 1))
	if s := m.Stats(); s.Flow.Counted != 3 || s.Intervals != 3 {
		t.Errorf("got %+v", s)
	}
}

// TestReconcile checks on random traffic that the rows of every mode add up to the packets that
// came in.
func TestReconcile(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var packets []*pcapio.Packet
	var want Counter
	now := 1_700_000_000 * sec
	nonIP := uint64(0)
	for range 20_000 {
		now += rng.Int64N(sec)
		at := now
		if rng.IntN(10) == 0 {
			at -= rng.Int64N(200 * sec)
		}
		if rng.IntN(50) == 0 {
			packets = append(packets, pkt(at, "", 0, "", 0, 0, 0))
			nonIP++
			continue
		}
		p := udp(at, rng.IntN(200))
		p.IPLen = 28 + rng.IntN(1400)
		packets = append(packets, p)
		want.Add(&Counter{Packets: 1, Bytes: uint64(p.IPLen), First: at, Latest: at})
	}
	for _, cfg := range []Config{
		{},
		{Hold: -1},
		{Interval: time.Minute},
		{Interval: time.Minute, Hold: 7},
		{Interval: time.Minute, Hold: -1, Align: true},
		{Interval: time.Second, MaxFlows: 20},
		{Interval: time.Hour, Counters: LifetimeCounters},
		{Interval: time.Minute, Counters: LifetimeCounters, MaxFlows: 20, Hold: 3},
		{Interval: time.Minute, Idle: -1},
	} {
		var got Counter
		sums := sumSink{row: func(r *Row) {
			c := r.Counter
			c.Flows = 0
			got.Add(&c)
		}}
		m := run(t, cfg, &sums, packets...)
		if got != want {
			t.Errorf("%+v: rows sum to %+v, want %+v", cfg, got, want)
		}
		if sums.iv.Packets != want.Packets || sums.iv.Bytes != want.Bytes || sums.iv.NonIP != nonIP {
			t.Errorf("%+v: intervals sum to %+v, want %+v and %d others", cfg, sums.iv, want, nonIP)
		}
		s := m.Stats()
		if s.Rows != sums.rows || s.Late != sums.iv.Late || s.Flow.Packets != uint64(len(packets)) {
			t.Errorf("%+v: stats %+v, sink saw %+v", cfg, s, sums)
		}
		if (cfg.Interval == 0 || cfg.Counters == LifetimeCounters) && s.Rows != s.Flow.Flows {
			t.Errorf("%+v: %d rows for %d flows", cfg, s.Rows, s.Flow.Flows)
		}
	}
}

// sumSink sums what it is told.
type sumSink struct {
	row  func(*Row)
	rows uint64
	iv   Interval
}

func (s *sumSink) BeginInterval(*Interval) error { return nil }

func (s *sumSink) WriteRow(r *Row) error {
	s.rows++
	s.row(r)
	return nil
}

func (s *sumSink) EndInterval(iv *Interval) error {
	s.iv.Packets += iv.Packets
	s.iv.Bytes += iv.Bytes
	s.iv.NonIP += iv.NonIP
	s.iv.Late += iv.Late
	return nil
}

func TestAdvance(t *testing.T) {
	var got script
	m, err := New(Config{Interval: 10 * time.Second, Counters: LifetimeCounters, Idle: 5 * time.Second}, &got)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{m.Flush(), m.Advance(0), m.WritePacket(udp(2*sec, 1)), m.Advance(11 * sec), m.Flush(), m.Flush(), m.WritePacket(udp(50*sec, 2)), m.Flush()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := `begin 1 at 0
expired 10.0.0.1:1000>53 ok=true n=1 b=100 f=1 2-2 of 1 since 2, idle timeout
end at 10 ip=1 bytes=100 other=0 late=0
begin 2 at 10
end at 11 ip=0 bytes=0 other=0 late=0
begin 3 at 50
active 10.0.0.2:1000>53 ok=true n=1 b=100 f=1 50-50 of 1 since 50, forced end
end at 50 ip=1 bytes=100 other=0 late=0`
	if g := strings.Join(got.lines, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}

func TestSinkErrorIsSticky(t *testing.T) {
	full := errors.New("disk full")
	m, err := New(Config{Interval: time.Second}, RowWriterFunc(func(*Row) error { return full }))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.WritePacket(udp(0, 1)); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{m.WritePacket(udp(5*sec, 1)), m.WritePacket(udp(6*sec, 1)), m.Advance(9 * sec), m.Flush()} {
		if !errors.Is(err, full) {
			t.Errorf("got %v", err)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	for _, cfg := range []Config{{Interval: -1}, {Align: true}, {Counters: 2}, {Active: true}, {Active: true, Interval: 1}} {
		if _, err := New(cfg, RowWriterFunc(nil)); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	if _, err := New(Config{}, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("no writer: %v", err)
	}
	if m := new(Meter); !errors.Is(m.WritePacket(&pcapio.Packet{}), ErrConfig) || !errors.Is(m.Flush(), ErrConfig) {
		t.Error("the zero Meter works")
	}
	if _, err := New(Config{MaxFlows: -1}, RowWriterFunc(nil)); !errors.Is(err, flow.ErrConfig) {
		t.Errorf("MaxFlows -1: %v", err)
	}
}

func TestMeterAllocs(t *testing.T) {
	for _, cfg := range []Config{{}, {Interval: time.Second}} {
		m, err := New(cfg, NewWriter(discard{}, WriterConfig{}))
		if err != nil {
			t.Fatal(err)
		}
		p := udp(0, 1)
		if n := testing.AllocsPerRun(1000, func() {
			p.Time += 1000
			if err := m.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%+v: %v allocations per packet", cfg, n)
		}
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// CoralReef knows no IPv6: to Classic such packets are not IP, but tell the time.
func TestSemantics(t *testing.T) {
	packets := []*pcapio.Packet{udp(0, 1), pkt(sec, "2001:db8::1", 1, "2001:db8::2", 2, 17, 90), udp(100*sec, 2)}
	for sem, want := range map[Semantics]string{
		Modern:  "2 packets other=0",
		Classic: "1 packets other=1",
	} {
		t.Run(sem.String(), func(t *testing.T) {
			var got script
			m := run(t, Config{Semantics: sem, Interval: 50 * time.Second}, &got, packets...)
			end := slices.IndexFunc(got.lines, func(l string) bool { return strings.HasPrefix(l, "end") })
			first := got.lines[end]
			if text := fmt.Sprintf("%c packets other=%s", first[strings.Index(first, "ip=")+3], strings.Fields(first[strings.Index(first, "other=")+6:])[0]); text != want {
				t.Errorf("got %s, want %s", text, want)
			}
			s := m.Stats()
			in, used, left := s.Account()
			for _, r := range left {
				used += r.Packets
			}
			if in != 3 || used != in {
				t.Errorf("%d packets, %d accounted for: %v", in, used, left)
			}
		})
	}
}

// Few packets far apart make no more intervals than their number allows.
func TestEmptyIntervalsAreBounded(t *testing.T) {
	intervals := func(n int) int64 {
		m := run(t, Config{Interval: time.Second, Counters: LifetimeCounters}, RowWriterFunc(func(*Row) error { return nil }))
		for i := range n {
			if err := m.WritePacket(udp(int64(i)*9000*sec, 1)); err != nil {
				t.Fatal(err)
			}
		}
		s := m.Stats()
		if all := int64(n-1)*9000 + 1; int64(s.Intervals+s.EmptySkipped) != all {
			t.Errorf("%d intervals, %d left out, of %d", s.Intervals, s.EmptySkipped, all)
		}
		return int64(s.Intervals)
	}
	few, many := intervals(100), intervals(1000)
	if few != 99*9000+1 || many > 1<<20+1000*(1+emptyPerPacket) {
		t.Errorf("%d intervals of 100 packets, %d of 1000", few, many)
	}
}
