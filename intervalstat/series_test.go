package intervalstat

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// summary writes "start-end:packets" for each bucket, in seconds from base, with ! behind what is
// partial.
func summary(list []*Bucket, base int64) string {
	var s []string
	for _, b := range list {
		mark := ""
		if b.Partial() {
			mark = "!"
		}
		if b.Late > 0 {
			mark += fmt.Sprintf("late%d", b.Late)
		}
		if b.Omitted > 0 {
			mark += fmt.Sprintf("omitted%d", b.Omitted)
		}
		s = append(s, fmt.Sprintf("%g-%g:%d%s", float64(b.Start-base)/1e9, float64(b.End-base)/1e9, b.Packets, mark))
	}
	return strings.Join(s, " ")
}

func TestGrid(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cfg   Config
		times []float64
		want  string
	}{
		{"border to the earlier", Config{Width: time.Second}, []float64{0.5, 1.5, 1.500000001, 5}, "0.5-1.5:2 1.5-2.5:1 4.5-5.5:1!"},
		{"empty", Config{Width: time.Second, Empty: true}, []float64{0, 1, 1.000001, 4.5}, "0-1:2 1-2:1 2-3:0 3-4:0 4-5:1!"},
		{"exact end", Config{Width: time.Second}, []float64{0, 2}, "0-1:1 1-2:1"},
		{"aligned", Config{Width: time.Second, Align: true}, []float64{0.5, 1, 1.999999999, 2}, "0-1:1! 1-2:2 2-3:1!"},
		{"aligned before 1970", Config{Width: time.Second, Align: true}, []float64{-1.5, -1, 0}, "-2--1:1! -1-0:1 0-1:1!"},
		{"bound", Config{Width: time.Second, Empty: true, MaxEmpty: 2}, []float64{0, 10, 12.5}, "0-1:1 9-10:1omitted8 10-11:0 11-12:0 12-13:1!"},
		{"late counts", Config{Width: time.Second}, []float64{0, 10, 3, 10.5}, "0-1:1 9-10:2late1 10-11:1!"},
		{"late before the first", Config{Width: time.Second}, []float64{5, 4}, "5-6:2!late1"},
		{"late dropped", Config{Width: time.Second, Late: LateDrop}, []float64{0, 10, 3, 10.5}, "0-1:1 9-10:1 10-11:1!"},
		{"lateness", Config{Width: time.Second, Lateness: 2 * time.Second}, []float64{0, 2.5, 0.7, 1.5, 4.6, 1.9, 2.2}, "0-1:2 1-2:1 2-3:3late1 4-5:1!"},
		{"lateness before the first", Config{Width: time.Second, Align: true, Lateness: time.Second}, []float64{5.2, 4.9, 5.1}, "4-5:1! 5-6:2!"},
		{"whole", Config{Whole: true}, []float64{7, 3, 900}, "3-900:3"},
		{"one packet", Config{}, []float64{1}, "1-6:1!"},
		{"none", Config{Empty: true}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const base = 0
			var packets []*pcapio.Packet
			for _, at := range tt.times {
				packets = append(packets, packet(base+int64(math.Round(at*1e9)), 100))
			}
			list, stats := collect(t, tt.cfg, packets...)
			if got := summary(list, base); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var used uint64
			for _, b := range list {
				used += b.Packets
			}
			if stats.Used != used || stats.Packets() != uint64(len(tt.times)) || stats.Buckets != uint64(len(list)) {
				t.Errorf("%+v do not reconcile with %d packets in %d buckets", stats, used, len(list))
			}
		})
	}
}

// Times at the ends of int64 must neither overflow nor loop.
func TestExtremeTimes(t *testing.T) {
	for _, cfg := range []Config{{Width: 1}, {Width: 1, Align: true}, {Width: math.MaxInt64}, {Width: math.MaxInt64, Align: true}, {Whole: true},
		{Width: time.Hour, Align: true, Lateness: 48 * time.Hour}, {Empty: true, MaxEmpty: 3}} {
		list, stats := collect(t, cfg, packet(math.MinInt64, 100), packet(math.MaxInt64, 100), packet(0, 100), packet(math.MinInt64, 100))
		var n uint64
		for _, b := range list {
			n += b.Packets
			if b.To < b.From || b.End < b.Start {
				t.Errorf("%+v: %d-%d covers %d-%d", cfg, b.Start, b.End, b.From, b.To)
			}
		}
		if n != 4 || stats.Used != 4 {
			t.Errorf("%+v: %d packets, %+v", cfg, n, stats)
		}
	}
}

func TestAdvance(t *testing.T) {
	var got []string
	s, err := NewSeries(Config{Width: time.Second, Empty: true}, BucketWriterFunc(func(b *Bucket) error {
		got = append(got, fmt.Sprint(b.Number, b.Packets, b.Partial()))
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { return s.Advance(100 * second) }, // before the first packet: nothing
		func() error { return s.WritePacket(packet(10*second, 100)) },
		func() error { return s.Advance(11 * second) }, // (10,11] may still get a packet
		func() error { return s.Advance(12*second + 1) },
		s.Flush, s.Flush,
		func() error { return s.WritePacket(packet(second, 100)) }, // begins anew
		s.Flush,
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	if want := "[1 1 false 2 0 false 1 1 true]"; fmt.Sprint(got) != want {
		t.Errorf("got %v want %s", got, want)
	}
}

func TestWriterErrorEndsSeries(t *testing.T) {
	full := errors.New("disk full")
	s, err := NewSeries(Config{Width: time.Second}, BucketWriterFunc(func(*Bucket) error { return full }))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WritePacket(packet(0, 100)); err != nil {
		t.Fatal(err)
	}
	if err := s.WritePacket(packet(5*second, 100)); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestConfigValidate(t *testing.T) {
	for _, cfg := range []Config{{Width: -1}, {Whole: true, Width: 1}, {Whole: true, Align: true}, {MaxEmpty: -1}, {Lateness: -1}, {Width: 1, Lateness: time.Second},
		{Late: 9}, {Size: 99}, {Precision: 3}, {Precision: 19}, {MaxGroups: -1}} {
		if err := cfg.Validate(); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
		if _, err := NewSeries(cfg, nil); !errors.Is(err, ErrConfig) {
			t.Errorf("NewSeries %+v: %v", cfg, err)
		}
	}
	good := Config{Precision: 4, Lateness: time.Hour, Size: SizeLayer1}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}

func TestNoAllocationPerPacket(t *testing.T) {
	s, err := NewSeries(Config{Distinct: true, Percentiles: true}, BucketWriterFunc(func(*Bucket) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGroups(Config{}, ByProtocol, func(a, b uint8) int { return int(a) - int(b) }, func(uint8, *Bucket) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	w := pcapio.MultiWriter(s, g)
	p := packet(0, 1000)
	if n := testing.AllocsPerRun(1000, func() {
		p.Time += second / 2
		p.Proto ^= 1
		if err := w.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}
