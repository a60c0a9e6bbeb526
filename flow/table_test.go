package flow

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/reeftools/reef/pcapio"
)

const (
	a = "10.0.0.1:1000"
	b = "10.0.0.2:80"
	c = "10.0.0.3:3000"
	d = "[2001:db8::1]:1000"
	e = "[2001:db8::2]:80"
)

// run gives packets to a table and returns its records, one line each, and its stats.
func run(t *testing.T, cfg Config, packets ...*pcapio.Packet) (string, Stats) {
	t.Helper()
	var out strings.Builder
	table, err := NewTable(cfg, nil, func(r *Record, _ *struct{}) error {
		fmt.Fprintf(&out, "%s start %.3f end %.3f fwd %d/%d rev %d/%d %v %v part %d\n", r.Key.String(),
			float64(r.Start-base)/1e9, float64(r.End-base)/1e9, r.Fwd.Packets, r.Fwd.Bytes, r.Rev.Packets, r.Rev.Bytes, r.Reason, r.Method, r.Part)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	feed(t, table, packets)
	s := table.Stats()
	reconcile(t, s)
	return out.String(), s
}

func reconcile(t *testing.T, s Stats) {
	t.Helper()
	if s.Packets != s.Counted+s.Skipped.Total() {
		t.Errorf("packets %d != counted %d + skipped %d", s.Packets, s.Counted, s.Skipped.Total())
	}
	ended := uint64(0)
	for _, n := range s.Ended {
		ended += n
	}
	if s.Flows != s.Live+ended {
		t.Errorf("flows %d != live %d + ended %d", s.Flows, s.Live, ended)
	}
}

func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name    string
		cfg     Config
		packets []*pcapio.Packet
		want    string
	}{
		{"biflow by SYN", Config{}, []*pcapio.Packet{tcp(0, a, b, syn, 60), tcp(second, b, a, synack, 50), tcp(2*second, a, b, ack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 2.000 fwd 2/100 rev 1/50 forced end initiator part 0\n"},
		{"SYN+ACK first", Config{}, []*pcapio.Packet{tcp(0, b, a, synack, 60), tcp(second, a, b, ack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 1.000 fwd 1/40 rev 1/60 forced end initiator part 0\n"},
		{"first packet", Config{}, []*pcapio.Packet{udp(0, d, e, 100), udp(second, e, d, 200)},
			"17 [2001:db8::1]:1000 > [2001:db8::2]:80 start 0.000 end 1.000 fwd 1/100 rev 1/200 forced end arbitrary part 0\n"},
		{"perimeter", Config{Perimeter: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}}, []*pcapio.Packet{tcp(0, a, b, syn, 40)},
			"6 10.0.0.2:80 > 10.0.0.1:1000 start 0.000 end 0.000 fwd 0/0 rev 1/40 forced end perimeter part 0\n"},
		{"unidirectional", Config{Uni: true}, []*pcapio.Packet{udp(0, a, b, 10), udp(1, b, a, 20)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/10 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.2:80 > 10.0.0.1:1000 start 0.000 end 0.000 fwd 1/20 rev 0/0 forced end arbitrary part 0\n"},
		{"closed at the end", Config{}, []*pcapio.Packet{tcp(0, a, b, finack, 40), tcp(second, b, a, finack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 1.000 fwd 1/40 rev 1/40 end of flow arbitrary part 0\n"},
		{"half closed at the end", Config{}, []*pcapio.Packet{tcp(0, a, b, finack, 40), tcp(second, b, a, ack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 1.000 fwd 1/40 rev 1/40 forced end arbitrary part 0\n"},
		{"a gap of the idle timeout is no end", Config{}, []*pcapio.Packet{udp(0, a, b, 10), udp(60*second, a, b, 10)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 60.000 fwd 2/20 rev 0/0 forced end arbitrary part 0\n"},
		{"a longer gap is", Config{}, []*pcapio.Packet{udp(0, a, b, 10), udp(60*second+1, a, b, 10)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/10 rev 0/0 idle timeout arbitrary part 0\n" +
				"17 10.0.0.1:1000 > 10.0.0.2:80 start 60.000 end 60.000 fwd 1/10 rev 0/0 forced end arbitrary part 0\n"},
		{"other traffic moves the clock", Config{Idle: time.Second, Hold: -1}, []*pcapio.Packet{udp(0, a, b, 10), udp(5*second, c, b, 10), udp(5*second, c, b, 10)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/10 rev 0/0 idle timeout arbitrary part 0\n" +
				"17 10.0.0.3:3000 > 10.0.0.2:80 start 5.000 end 5.000 fwd 2/20 rev 0/0 forced end arbitrary part 0\n"},
		{"idle off", Config{Idle: -1}, []*pcapio.Packet{udp(0, a, b, 10), udp(1e6*second, a, b, 10)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 1000000.000 fwd 2/20 rev 0/0 forced end arbitrary part 0\n"},
		{"active timeout keeps direction and counts parts", Config{Active: 10 * time.Second},
			[]*pcapio.Packet{tcp(0, a, b, syn, 40), tcp(10*second, a, b, ack, 40), tcp(11*second, b, a, ack, 50), tcp(21*second+1, a, b, ack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 10.000 fwd 2/80 rev 0/0 active timeout initiator part 0\n" +
				"6 10.0.0.1:1000 > 10.0.0.2:80 start 11.000 end 11.000 fwd 0/0 rev 1/50 active timeout initiator part 1\n" +
				"6 10.0.0.1:1000 > 10.0.0.2:80 start 21.000 end 21.000 fwd 1/40 rev 0/0 forced end initiator part 2\n"},
		{"late packets of a closed connection stay on it", Config{}, []*pcapio.Packet{tcp(0, a, b, syn, 40), tcp(1, a, b, finack, 40), tcp(2, b, a, finack, 40),
			tcp(second, a, b, ack, 40), tcp(3*second, b, a, finack, 40), udp(60*second, c, b, 10)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 3.000 fwd 3/120 rev 2/80 end of flow initiator part 0\n" +
				"17 10.0.0.3:3000 > 10.0.0.2:80 start 60.000 end 60.000 fwd 1/10 rev 0/0 forced end arbitrary part 0\n"},
		{"ports used again after RST", Config{}, []*pcapio.Packet{segment(0, a, b, syn, 1000, 0, 0), segment(1, b, a, rst|ack, 0, 1001, 0), segment(second, a, b, syn, 500_000, 0, 0)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/40 rev 1/40 end of flow initiator part 0\n" +
				"6 10.0.0.1:1000 > 10.0.0.2:80 start 1.000 end 1.000 fwd 1/40 rev 0/0 forced end initiator part 0\n"},
		{"one FIN does not end a biflow", Config{}, []*pcapio.Packet{tcp(0, a, b, finack, 40), tcp(30*second, b, a, ack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 30.000 fwd 1/40 rev 1/40 forced end arbitrary part 0\n"},
		{"it does end a unidirectional flow", Config{Uni: true}, []*pcapio.Packet{tcp(0, a, b, finack, 40), tcp(6*second, a, b, ack, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/40 rev 0/0 end of flow arbitrary part 0\n" +
				"6 10.0.0.1:1000 > 10.0.0.2:80 start 6.000 end 6.000 fwd 1/40 rev 0/0 forced end arbitrary part 0\n"},
		{"TCP state ignored", Config{Linger: -1}, []*pcapio.Packet{tcp(0, a, b, rst, 40), tcp(30*second, a, b, syn, 40)},
			"6 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 30.000 fwd 2/80 rev 0/0 forced end arbitrary part 0\n"},
		{"echo is one biflow", Config{}, []*pcapio.Packet{icmp(0, "10.0.0.1", "10.0.0.2", 8, 0), icmp(1, "10.0.0.2", "10.0.0.1", 0, 0)},
			"1 10.0.0.1:8 > 10.0.0.2:0 start 0.000 end 0.000 fwd 1/84 rev 1/84 forced end initiator part 0\n"},
		{"echo reply first", Config{}, []*pcapio.Packet{icmp(0, "[2001:db8::2]", "[2001:db8::1]", 129, 0), icmp(1, "[2001:db8::1]", "[2001:db8::2]", 128, 0)},
			"58 [2001:db8::1]:128 > [2001:db8::2]:129 start 0.000 end 0.000 fwd 1/84 rev 1/84 forced end initiator part 0\n"},
		{"later fragments of echo requests", Config{}, []*pcapio.Packet{icmp(0, "10.0.0.1", "10.0.0.2", 8, 0), laterICMP(1, "10.0.0.1", "10.0.0.2", 8)},
			"1 10.0.0.1:8 > 10.0.0.2:0 start 0.000 end 0.000 fwd 2/168 rev 0/0 forced end initiator part 0\n"},
		{"order is start, then key", Config{}, []*pcapio.Packet{udp(0, c, b, 1), udp(0, a, b, 1), udp(1, a, c, 1)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/1 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.3:3000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/1 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.1:1000 > 10.0.0.3:3000 start 0.000 end 0.000 fwd 1/1 rev 0/0 forced end arbitrary part 0\n"},
		{"an ended flow waits for an earlier one", Config{Idle: 10 * time.Second}, []*pcapio.Packet{udp(0, a, b, 1), udp(1, c, b, 1), udp(9*second, a, b, 1),
			udp(18*second, a, b, 1), udp(27*second, a, b, 1)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 27.000 fwd 4/4 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.3:3000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/1 rev 0/0 idle timeout arbitrary part 0\n"},
		{"the least recently seen goes first", Config{MaxFlows: 2, Hold: -1}, []*pcapio.Packet{udp(0, a, b, 1), udp(1, c, b, 1), udp(2, a, b, 1), udp(3, a, c, 1)},
			"17 10.0.0.3:3000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 1/1 rev 0/0 lack of resources arbitrary part 0\n" +
				"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 2/2 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.1:1000 > 10.0.0.3:3000 start 0.000 end 0.000 fwd 1/1 rev 0/0 forced end arbitrary part 0\n"},
		{"an earlier packet moves the start", Config{}, []*pcapio.Packet{udp(5*second, a, b, 1), udp(6*second, c, b, 1), udp(2*second, c, b, 1)},
			"17 10.0.0.3:3000 > 10.0.0.2:80 start 2.000 end 6.000 fwd 2/2 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.1:1000 > 10.0.0.2:80 start 5.000 end 5.000 fwd 1/1 rev 0/0 forced end arbitrary part 0\n"},
		{"a clock set back does not glue flows", Config{}, []*pcapio.Packet{udp(1000*second, a, b, 1), udp(0, a, b, 1), udp(1, a, b, 1)},
			"17 10.0.0.1:1000 > 10.0.0.2:80 start 0.000 end 0.000 fwd 2/2 rev 0/0 forced end arbitrary part 0\n" +
				"17 10.0.0.1:1000 > 10.0.0.2:80 start 1000.000 end 1000.000 fwd 1/1 rev 0/0 idle timeout arbitrary part 0\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := run(t, tt.cfg, tt.packets...); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestKeyOptions(t *testing.T) {
	p, q := udp(0, a, b, 1), udp(0, a, b, 1)
	q.VLAN, q.Tunnel, q.TunnelID = 7, pcapio.TunnelVXLAN, 42
	for _, tt := range []struct {
		cfg  Config
		want uint64
	}{{Config{}, 1}, {Config{VLAN: true}, 2}, {Config{Tunnel: true}, 2}} {
		t.Run(fmt.Sprintf("%+v", tt.cfg), func(t *testing.T) {
			if _, s := run(t, tt.cfg, p, q); s.Flows != tt.want {
				t.Errorf("%+v: %d flows, want %d", tt.cfg, s.Flows, tt.want)
			}
		})
	}
}

func TestSkippedAndLate(t *testing.T) {
	arp := &pcapio.Packet{Status: pcapio.StatusNonIP}
	arp.Time = base + 3*second
	_, s := run(t, Config{}, udp(second, a, b, 1), arp, udp(2*second, a, b, 1))
	if s.Skipped[pcapio.StatusNonIP] != 1 || s.OutOfOrder != 1 || s.Packets != 3 {
		t.Errorf("stats %+v", s)
	}
}

func TestEndFlow(t *testing.T) {
	var table *Table[int]
	var got []string
	table, err := NewTable(Config{}, func(n *int, p *pcapio.Packet, _ Direction) {
		if *n++; *n == 2 {
			table.EndFlow()
		}
	}, func(r *Record, n *int) error {
		got = append(got, fmt.Sprint(*n, " ", r.Reason))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(3) {
		if err := table.WritePacket(udp(i, a, b, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, ","); s != "2 end of flow,1 forced end" {
		t.Error(s)
	}
}

func TestEndErrorIsSticky(t *testing.T) {
	broken := errors.New("disk full")
	calls := 0
	for name, add := range map[string]func(*struct{}, *pcapio.Packet, Direction){"one by one": func(*struct{}, *pcapio.Packet, Direction) {}, "gathered": nil} {
		t.Run(name, func(t *testing.T) {
			calls = 0
			table, err := NewTable(Config{Idle: time.Second}, add, func(*Record, *struct{}) error { calls++; return broken })
			if err != nil {
				t.Fatal(err)
			}
			for i := range int64(2 * lookahead) {
				err = table.WritePacket(udp(9*i*second, a, b, 1))
				if add != nil && i > 0 && err != broken {
					t.Errorf("%s: packet %d: %v", name, i, err)
				}
			}
			if err != broken {
				t.Errorf("%s: %v", name, err)
			}
			if err := table.Advance(base + 1e6*second); err != broken {
				t.Errorf("%s: advance: %v", name, err)
			}
			if err := table.Flush(); err != broken || calls != 1 {
				t.Errorf("%s: flush: %v, %d calls", name, err, calls)
			}
		})
	}
}

func TestConfigValidate(t *testing.T) {
	if _, err := NewTable[struct{}](Config{}, nil, nil); !errors.Is(err, ErrConfig) {
		t.Error("a table that gives its records to nobody:", err)
	}
	for _, cfg := range []Config{{MaxFlows: -1}, {MaxFlows: 1<<30 + 1}, {Perimeter: []netip.Prefix{{}}},
		{Uni: true, Perimeter: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}} {
		if _, err := NewTable(cfg, nil, func(*Record, *struct{}) error { return nil }); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestLive(t *testing.T) {
	table, _ := NewTable(Config{}, nil, func(*Record, *struct{}) error { return nil })
	for _, p := range []*pcapio.Packet{udp(0, c, b, 1), udp(0, a, b, 1), udp(5, a, c, 1)} {
		table.WritePacket(p)
	}
	var got []string
	for r := range table.Live() {
		got = append(got, fmt.Sprint(r.Key.SrcAddr(), " ", r.Key.DstAddr()))
	}
	if s := strings.Join(got, ","); s != "10.0.0.1 10.0.0.2,10.0.0.3 10.0.0.2,10.0.0.1 10.0.0.3" {
		t.Error(s)
	}
}

// Times may lie more than an int64 apart: damaged files have such.
func TestTimesFarApart(t *testing.T) {
	var first, last int64 = math.MinInt64, math.MaxInt64
	first, last = first-base, last-base // wraps, so that base + first is the first time there is
	for _, tt := range []struct {
		cfg   Config
		flows uint64
	}{{Config{}, 4}, {Config{Idle: -1}, 1}, {Config{Idle: -1, Active: time.Second}, 3}} {
		t.Run(fmt.Sprintf("idle %v active %v", tt.cfg.Idle, tt.cfg.Active), func(t *testing.T) {
			_, s := run(t, tt.cfg, udp(first, a, b, 1), udp(last, a, b, 1), udp(first, a, b, 1), udp(last, a, b, 1))
			if s.Flows != tt.flows || s.Counted != 4 {
				t.Errorf("%+v: %d flows of %d packets, want %d", tt.cfg, s.Flows, s.Counted, tt.flows)
			}
		})
	}
}

// What a flow takes in memory is 128 bytes and the caller's state, and 8 of the index for each of
// its slots.
func TestEntrySize(t *testing.T) {
	if size := unsafe.Sizeof(entry[struct{}]{}); size != 128 {
		t.Errorf("%d bytes", size)
	}
	if size := unsafe.Sizeof(entry[uint64]{}); size != 136 {
		t.Errorf("%d bytes with a state of 8", size)
	}
}
