package tcpstat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/intervalstat"
	"github.com/reeftools/reef/pcapio"
)

// frame is an Ethernet packet of n bytes at a time in seconds, with the first bytes of an IPv4 or
// IPv6 header.
func frame(at float64, n int, etherType uint16, proto byte) *pcapio.Packet {
	p := &pcapio.Packet{}
	p.Time, p.OrigLen, p.LinkType = int64(math.Round(at*1e9)), n, pcapio.LinkEthernet
	p.Data = binary.BigEndian.AppendUint16(make([]byte, 12, 64), etherType)
	p.Data = p.Data[:54]
	p.Data[23], p.Data[20] = proto, proto
	return p
}

func classicRows(t *testing.T, cfg ClassicConfig, format string, hideEmpty bool, packets ...*pcapio.Packet) string {
	t.Helper()
	var out bytes.Buffer
	rows, err := NewClassicPrinter(format, Outputs{Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	rows.HideEmpty = hideEmpty
	c, err := NewClassic(cfg, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		if err := c.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const all = `%s %S %r %R n=%n N=%N a=%a d=%d m=%m M=%M b=%b B=%B p=%p l=%l A=%A I=%I V=%V T=%T U=%U C=%C\n`

// loop is a frame of BSD loopback with an IPv4 header of TCP.
func loop(family ...byte) *pcapio.Packet {
	p := frame(1, 44, 0, 0)
	p.LinkType = pcapio.LinkNull
	clear(p.Data)
	copy(p.Data, family)
	p.Data[13], p.Data[10] = 6, 6
	return p
}

// What tcpstat 1.5 printed for the same packets.
// cut keeps n bytes of p.
func cut(p *pcapio.Packet, n int) *pcapio.Packet {
	p.Data = p.Data[:n]
	return p
}

func TestClassicRows(t *testing.T) {
	tcp := func(at float64, n int) *pcapio.Packet { return frame(at, n, 0x0800, 6) }
	five := []*pcapio.Packet{tcp(1000, 114), tcp(1000.5, 1014), tcp(1003.25, 514), tcp(1004, 514), tcp(1009.5, 314)}
	for _, tt := range []struct {
		name, format string
		cfg          ClassicConfig
		hide         bool
		packets      []*pcapio.Packet
		want         string
	}{
		{"one packet", all, ClassicConfig{Width: 2}, false, []*pcapio.Packet{tcp(1000, 60)},
			"1001.000000 1001 1.000000 1 n=1 N=46 a=46.00 d=0.00 m=46 M=46 b=184.00 B=23.00 p=0.50 l=1.00 A=0 I=1 V=0 T=1 U=0 C=0\n"},
		{"one packet, whole", "%b %B %p %l", ClassicConfig{Whole: true}, false, []*pcapio.Packet{tcp(1000, 60)}, "inf inf inf -nan"},
		{"nothing", "%s %S %n %b %l|", ClassicConfig{Width: 1}, false, nil, "0.500000 1 0 0.00 1.00|"},
		{"hidden", "%n|", ClassicConfig{Width: 1}, true, nil, ""},
		{"borders", `%n `, ClassicConfig{Width: 1}, false, []*pcapio.Packet{tcp(1000, 60), tcp(1001, 60), tcp(1001.000001, 60), tcp(1004.5, 60)}, "2 1 0 0 1 "},
		{"out of order", `%n `, ClassicConfig{Width: 1}, true, []*pcapio.Packet{tcp(1000, 60), tcp(1010, 60), tcp(1003, 60), tcp(1011, 60)}, "1 2 1 "},
		{"time jumps back", `%n `, ClassicConfig{Width: 1}, false, []*pcapio.Packet{tcp(1000, 60), tcp(5, 60)}, "2 "},
		{"default", "", ClassicConfig{}, false, five[:1], "Time:1003\tn=1\tavg=100.00\tstddev=0.00\tbps=160.00\n"},
		{"load", "%S %l ", ClassicConfig{Width: 1}, true, five, "1001 1.00 1004 0.97 1010 0.88 "},
		{"sizes wrap", "%N %a %d %m %M", ClassicConfig{Width: 1}, false, []*pcapio.Packet{tcp(1000, 0), tcp(1000, 10), tcp(1001, 13)}, "12884901869 4294967289.67 45.25 -14 0"},
		{"size 0 is not set", "%m %M", ClassicConfig{}, false, []*pcapio.Packet{tcp(1000, 48), tcp(1000, 14), tcp(1000, 4144)}, "4130 4130"},
		{"link header", "%N", ClassicConfig{LinkHeader: true}, false, five[:1], "114"},
		{"seconds", "%r:%n ", ClassicConfig{Width: 1, Seconds: 4}, false, []*pcapio.Packet{tcp(1000, 60), tcp(1004, 60), tcp(1020, 60), tcp(1001, 60)},
			"0.500000:1 1.500000:0 2.500000:0 3.500000:2 4.500000:0 5.500000:0 "},
		{"seconds below the width", "%s %b", ClassicConfig{Width: 3, Seconds: 0.5}, false, five[:2], "1000.250000 17600.00"},
		{"seconds below the width are a whole", "%s %b %l|", ClassicConfig{Width: 5, Seconds: 3}, false, []*pcapio.Packet{tcp(1000, 60), tcp(1001, 60), tcp(1002.5, 60), tcp(1008, 60)},
			"1001.250000 441.60 1.00|"},
		{"padding of a whole", "%s %r %n %b %a %l|", ClassicConfig{Whole: true, Seconds: 1.5}, false, []*pcapio.Packet{tcp(1000, 60), tcp(1000.4, 60)},
			"1000.200000 0.200000 2 1840.00 46.00 1.00|1000.400000 0.400000 0 -nan 0.00 0.99|1000.800000 0.800000 0 -nan 0.00 0.99|"},
		// and so on for ever
		{"padding of no time", "%n ", ClassicConfig{Whole: true, Seconds: 3}, false, five[:1], "1 "},
		{"rounding of %R", "%r %R", ClassicConfig{Width: 1}, false, []*pcapio.Packet{tcp(0.001, 60)}, "0.500000 0"},
		{"seconds in 32 bits before 1970", "%S %r", ClassicConfig{Width: 1}, false, []*pcapio.Packet{tcp(2208988800.145498-1<<32, 60)}, "-2085978494 0.500000"},
		// %S does not fit
		{"seconds in 64 bits", "%S %s %r", ClassicConfig{Width: 1}, false, []*pcapio.Packet{tcp(4300000000, 60)}, "-2147483648 4300000000.500000 0.500000"},
		{"time 0 is no packet yet", "%s %n %N|", ClassicConfig{}, false, []*pcapio.Packet{tcp(0, 60), tcp(0, 70), tcp(0, 80), tcp(6, 90)}, "8.500000 1 76|"},
		{"time 0 first", "%s %n|", ClassicConfig{}, false, []*pcapio.Packet{tcp(0, 60), tcp(1, 70)}, "3.500000 1|"},
		{"time 0 again", "%s %n|", ClassicConfig{Width: 2}, true, []*pcapio.Packet{tcp(-4, 60), tcp(0.5, 70), tcp(1, 70)}, "-3.000000 1|2.000000 1|"},
		{"loopback", "%n %N %I %V %T", ClassicConfig{}, false, []*pcapio.Packet{loop(2), loop(10), loop(0, 0, 0, 2), loop(0, 0, 0, 10), loop(30)}, "5 220 1 1 2"},
		{"protocols", "%A %I %V %T %U %C", ClassicConfig{}, false, []*pcapio.Packet{frame(1, 60, 0x0806, 0), frame(1, 60, 0x86dd, 58), frame(1, 60, 0x0800, 1),
			frame(1, 60, 0x0800, 17), frame(1, 60, 0x8100, 17)}, "1 2 1 0 1 2"},
		{"cut frames", "%I %V %T %U", ClassicConfig{}, false, []*pcapio.Packet{cut(tcp(1, 60), 23), tcp(1, 60), cut(tcp(1, 60), 23), cut(frame(1, 60, 0x0800, 17), 13),
			// what was not captured is of the frame before
			frame(1, 60, 0x86dd, 17), cut(tcp(1, 60), 14)}, "5 1 3 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := classicRows(t, tt.cfg, tt.format, tt.hide, tt.packets...); got != tt.want {
				t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
			}
		})
	}
}

func TestClassicBoundsEmptyIntervals(t *testing.T) {
	got := classicRows(t, ClassicConfig{Width: 0.001, MaxEmpty: 3}, "%n ", false, frame(1, 60, 0x0800, 6), frame(2e9, 60, 0x0800, 6))
	if got != "1 0 0 0 1 " {
		t.Errorf("got %q", got)
	}
	// A width that does not change the time any more must not hang.
	if got := classicRows(t, ClassicConfig{Width: 1e-9}, "%n ", true, frame(1e9, 60, 0x0800, 6), frame(1e9+1, 60, 0x0800, 6)); got != "1 1 " {
		t.Errorf("got %q", got)
	}
	for _, cfg := range []ClassicConfig{{Width: -1}, {Width: math.NaN()}, {Width: math.Inf(1)}, {Seconds: -1}, {MaxEmpty: -1}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			if _, err := NewClassic(cfg, IntervalWriterFunc(func(*Interval) error { return nil })); !errors.Is(err, ErrConfig) {
				t.Errorf("%+v: %v", cfg, err)
			}
		})
	}
}

func TestLayout(t *testing.T) {
	known := func(name string) bool { return name == "n" || name == "end" }
	for _, tt := range []struct{ format, classic, modern string }{
		{`a\tb\n\q\\`, "a\tb\nq\\", "a\tb\nq\\"},
		{`%n%%n`, "<n>%%n", "<n>%n"},
		{`%x%`, "%x%", "%x%"},
		{`a\`, "a", "a"},
		{`%{end}`, "%{end}", "<end>"},
		{`%2e%1o`, "[2]e[1]o", "[2]e[1]o"},
		{``, "", ""},
	} {
		t.Run(tt.format, func(t *testing.T) {
			for words, want := range map[bool]string{false: tt.classic, true: tt.modern} {
				ops, err := parseLayout(tt.format, known, words)
				var got strings.Builder
				for _, o := range ops {
					switch o.kind {
					case opText:
						got.WriteString(o.text)
					case opValue:
						got.WriteString("<" + o.text + ">")
					case opFD:
						got.WriteString("[" + string(rune('0'+o.fd)) + "]")
					}
				}
				if err != nil || got.String() != want {
					t.Errorf("%q words %v: %q %v, want %q", tt.format, words, got.String(), err, want)
				}
			}
		})
	}
	for _, format := range []string{"%{nonsense}", "%{end", "%99999999999999999999x"} {
		t.Run(format, func(t *testing.T) {
			if _, err := NewPrinter(format, Outputs{}); !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %v", format, err)
			}
		})
	}
}

func FuzzLayout(f *testing.F) {
	f.Add(all)
	f.Add(`%2%%\`)
	f.Add(`%{p99.9}%{hosts}%{`)
	f.Fuzz(func(t *testing.T, format string) {
		out := Outputs{Stdout: io.Discard, Open: func(int) (io.Writer, error) { return io.Discard, nil }}
		b := &intervalstat.Bucket{}
		if rows, err := NewPrinter(format, out); err == nil {
			if err := rows.WriteBucket(b); err != nil {
				t.Error(err)
			}
		}
		if rows, err := NewClassicPrinter(format, out); err == nil {
			if err := rows.WriteInterval(&Interval{}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestFileDescriptors(t *testing.T) {
	var one, seven bytes.Buffer
	out := Outputs{Stdout: &one, Open: func(fd int) (io.Writer, error) {
		if fd != 7 {
			return nil, errors.New("closed")
		}
		return &seven, nil
	}}
	rows, err := NewClassicPrinter(`a%7b%1c%7d`, out)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := rows.WriteInterval(&Interval{}); err != nil {
			t.Fatal(err)
		}
	}
	if one.String() != "acac" || seven.String() != "bdbd" {
		t.Errorf("%q %q", one.String(), seven.String())
	}
	if rows, err = NewClassicPrinter(`%8x`, out); err != nil {
		t.Fatal(err)
	}
	if err := rows.WriteInterval(&Interval{}); err == nil || !strings.Contains(err.Error(), "descriptor 8: closed") {
		t.Errorf("got %v", err)
	}
}

func modernRows(t *testing.T, cfg intervalstat.Config, format string, packets ...*pcapio.Packet) string {
	t.Helper()
	var out bytes.Buffer
	rows, err := NewPrinter(format, Outputs{Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	rows.Configure(&cfg)
	series, err := intervalstat.NewSeries(cfg, rows)
	if err != nil {
		t.Fatal(err)
	}
	dec := pcapio.NewDecoder(nil, pcapio.DecodeConfig{})
	for _, p := range packets {
		dec.Decode(p)
		if err := series.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := series.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestModernRows(t *testing.T) {
	cfg := intervalstat.Config{Width: 2 * time.Second, Empty: true}
	packets := []*pcapio.Packet{frame(1000, 60, 0x0806, 0), frame(1001, 160, 0x0806, 0), frame(1005, 60, 0x0806, 0)}
	// The last interval, from 1004, is covered for 1 s.
	for _, tt := range []struct{ format, want string }{
		{`%s %S %r %R|`, "1000.000000 1000 0.000000 0|1002.000000 1002 2.000000 2|1004.000000 1004 4.000000 4|"},
		{`%n %N %a %d %m %M|`, "2 220 110.00 50.00 60 160|0 0 0.00 0.00 0 0|1 60 60.00 0.00 60 60|"},
		{`%b %B %p|`, "880.00 110.00 1.00|0.00 0.00 0.00|480.00 60.00 1.00|"},
		{`%A %I %V %T %U %C|`, "2 0 0 0 0 0|0 0 0 0 0 0|1 0 0 0 0 0|"},
		{`%{start} %{end} %{covered} %{partial}|`, "1000.000000000 1002.000000000 2.000000000 0|1002.000000000 1004.000000000 2.000000000 0|1004.000000000 1006.000000000 1.000000000 1|"},
		{`%{p50} %{p100} %{hosts} %{late}|`, "60 160 0 0|0 0 0 0|60 60 0 0|"},
		// e^(-2/60) = 0.967216, e^(-1/60) = 0.983471; 0.967216*0.983471 + 480/880*(1-0.983471) =
		// 0.960245.
		{`%l|`, "1.00|0.97|0.96|"},
		{`%%|`, "%|%|%|"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			if got := modernRows(t, cfg, tt.format, packets...); got != tt.want {
				t.Errorf("%s:\ngot  %s\nwant %s", tt.format, got, tt.want)
			}
		})
	}
	if got := modernRows(t, intervalstat.Config{}, "%b %l", frame(5, 60, 0x0806, 0)); got != "nan nan" {
		t.Errorf("no time covered: %s", got)
	}
}

func TestAppendTime(t *testing.T) {
	for _, tt := range []struct {
		ns       int64
		decimals int
		want     string
	}{{1999999999, 0, "1"}, {1999999999, 6, "1.999999"}, {-1, 0, "-1"}, {-1, 6, "-0.000001"}, {-1500000000, 9, "-1.500000000"}, {math.MinInt64, 9, "-9223372036.854775808"}, {0, 6, "0.000000"}} {
		t.Run(tt.want, func(t *testing.T) {
			if got := string(appendTime(nil, tt.ns, tt.decimals)); got != tt.want {
				t.Errorf("%d with %d decimals: %s, want %s", tt.ns, tt.decimals, got, tt.want)
			}
		})
	}
}

// A nil writer and the zero value are refused in words; an error of the writer is sticky.
func TestClassicErrors(t *testing.T) {
	if _, err := NewClassic(ClassicConfig{}, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("nil writer: %v", err)
	}
	var zero Classic
	if err := zero.WriteRecord(&pcapio.Record{}); !errors.Is(err, ErrConfig) {
		t.Errorf("zero value: %v", err)
	}
	if err := zero.Flush(); err != nil {
		t.Errorf("Flush of the zero value: %v", err)
	}
	full, calls := errors.New("full"), 0
	c, err := NewClassic(ClassicConfig{Width: 1}, IntervalWriterFunc(func(*Interval) error { calls++; return full }))
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(4) { // the second ends the first interval
		if err := c.WriteRecord(&pcapio.Record{Time: (1000 + 2*i) * 1e9}); errors.Is(err, full) != (i > 0) {
			t.Errorf("record %d: %v", i, err)
		}
	}
	for range 2 {
		if err := c.Flush(); !errors.Is(err, full) {
			t.Errorf("Flush: %v", err)
		}
	}
	if calls != 1 {
		t.Errorf("%d calls of a writer that failed", calls)
	}
}

// A second Flush gives nothing out.
func TestClassicFlushTwice(t *testing.T) {
	calls := 0
	c, err := NewClassic(ClassicConfig{Width: 1, Seconds: 5}, IntervalWriterFunc(func(*Interval) error { calls++; return nil }))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.WriteRecord(&pcapio.Record{Time: 1000e9}), c.Flush()); err != nil {
		t.Fatal(err)
	}
	first := calls
	if err := c.Flush(); err != nil || calls != first || first < 2 {
		t.Errorf("%d intervals, then %d: %v", first, calls, err)
	}
}
