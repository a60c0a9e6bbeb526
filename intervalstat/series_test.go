package intervalstat

import (
	"cmp"
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
			if stats.Used != used || given(&stats) != uint64(len(tt.times)) || stats.Buckets != uint64(len(list)) {
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

// failing is a writer that fails; it counts its calls.
type failing struct {
	err             error
	writes, flushes int
}

func (f *failing) WriteBucket(*Bucket) error { f.writes++; return f.err }
func (f *failing) Flush() error              { f.flushes++; return nil }

// The error of the writer is sticky: it is asked once, and flushed nevertheless.
func TestWriterErrorEndsSeries(t *testing.T) {
	dst := &failing{err: errors.New("disk full")}
	s, err := NewSeries(Config{Width: time.Second}, dst)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WritePacket(packet(0, 100)); err != nil {
		t.Fatal(err)
	}
	for i := range int64(3) {
		if err := s.WritePacket(packet((5+i)*second, 100)); !errors.Is(err, dst.err) {
			t.Errorf("packet %d: %v", i, err)
		}
	}
	if err := s.Advance(100 * second); !errors.Is(err, dst.err) {
		t.Errorf("Advance: %v", err)
	}
	for range 2 {
		if err := s.Flush(); !errors.Is(err, dst.err) {
			t.Errorf("Flush: %v", err)
		}
	}
	if dst.writes != 1 || dst.flushes != 2 {
		t.Errorf("%d writes, %d flushes", dst.writes, dst.flushes)
	}
}

// What was not made by its constructor, and what has nowhere to write to, says so in words.
func TestRefused(t *testing.T) {
	by := func(*pcapio.Packet) (int, bool) { return 0, true }
	write := func(*Bucket, []Group[int]) error { return nil }
	made := func(_ any, err error) error { return err }
	var s Series
	var g Groups[int]
	var v Volume
	for name, err := range map[string]error{
		"nil writer":            made(NewSeries(Config{}, nil)),
		"groups without by":     made(NewGroups(Config{}, nil, cmp.Compare[int], write)),
		"groups without order":  made(NewGroups(Config{}, by, nil, write)),
		"groups without writer": made(NewGroups(Config{}, by, cmp.Compare[int], nil)),
		"zero Series":           s.WritePacket(&pcapio.Packet{}),
		"zero Series, record":   s.WriteRecord(&pcapio.Record{}),
		"zero Groups":           g.WritePacket(&pcapio.Packet{}),
		"zero Volume":           v.Add(0, 1, 1, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if !errors.Is(err, ErrConfig) || len(err.Error()) < len(ErrConfig.Error())+10 {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := errors.Join(s.Advance(1), g.Advance(1), g.Flush()); err != nil {
		t.Errorf("the zero value has nothing to give out: %v", err)
	}
}

// given is how many packets came in, which must be what was used and left.
func given(s *Stats) uint64 {
	in, used, left := s.Account()
	for _, r := range left {
		used += r.Packets
	}
	if in != used {
		panic(fmt.Sprintf("%d came in, %d are accounted for", in, used))
	}
	return in
}

func TestStatsMerge(t *testing.T) {
	a, b := Stats{1, 2, 3, 4, 5, 6}, Stats{10, 20, 30, 40, 50, 60}
	a.Merge(&b)
	if a != (Stats{11, 22, 33, 44, 55, 66}) || given(&a) != 110 {
		t.Errorf("%+v", a)
	}
	v, w := VolumeStats{1, 2, 3}, VolumeStats{10, 20, 30}
	v.Merge(&w)
	if v != (VolumeStats{11, 22, 33}) {
		t.Errorf("%+v", v)
	}
}

func TestConfigValidate(t *testing.T) {
	for _, cfg := range []Config{{Width: -1}, {Whole: true, Width: 1}, {Whole: true, Align: true}, {MaxEmpty: -1}, {Lateness: -1}, {Width: 1, Lateness: time.Second},
		{Late: 9}, {Size: 99}, {Precision: 3}, {Precision: 19}, {MaxGroups: -1}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			if err := cfg.Validate(); !errors.Is(err, ErrConfig) {
				t.Error(err)
			}
			if _, err := NewSeries(cfg, BucketWriterFunc(func(*Bucket) error { return nil })); !errors.Is(err, ErrConfig) {
				t.Errorf("NewSeries: %v", err)
			}
		})
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
	g, err := NewGroups(Config{}, ByProtocol, func(a, b uint8) int { return int(a) - int(b) }, func(*Bucket, []Group[uint8]) error { return nil })
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
