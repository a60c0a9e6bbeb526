package tracegen

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// run generates all of cfg and calls see for each record.
func run(t *testing.T, cfg Config, see func(*pcapio.Record)) Stats {
	t.Helper()
	g := New(cfg)
	var r pcapio.Record
	for {
		err := g.ReadRecord(&r)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		see(&r)
	}
	if err := g.ReadRecord(&r); err != io.EOF {
		t.Errorf("after the end: %v, want io.EOF", err)
	}
	return g.Stats()
}

// small is the standard mix in few packets, whole frames.
func small(packets uint64) Config {
	cfg := Standard()
	cfg.Packets, cfg.Flows, cfg.SnapLen = packets, 0, 0
	return cfg
}

func addToHash(h hash.Hash, r *pcapio.Record) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[0:], uint64(r.Time))
	binary.BigEndian.PutUint64(b[8:], uint64(r.OrigLen))
	h.Write(b[:])
	h.Write(r.Data)
}

// TestGolden holds the generator to the same bytes on every machine and for ever: results measured
// on a trace would not be comparable otherwise. When the generator is changed on purpose, so are
// these values.
func TestGolden(t *testing.T) {
	for _, test := range []struct {
		name string
		cfg  Config
		want string
	}{
		{"zero", Config{}, "783b588c69aa8023"},
		{"standard", Config{}, "b6bab4d0d7d37243"},
		{"syn", Config{SYNOnly: true, IPv6: 50 * Percent, Packets: 5000}, "905c102f91f89f01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "standard" {
				test.cfg = Standard()
				test.cfg.Packets = 50_000
			}
			h := sha256.New()
			run(t, test.cfg, func(r *pcapio.Record) { addToHash(h, r) })
			if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != test.want {
				t.Errorf("hash %s, want %s", got, test.want)
			}
		})
	}
}

func TestSeedsDiffer(t *testing.T) {
	var sums [2][]byte
	for seed := range sums {
		h := sha256.New()
		run(t, Config{Seed: uint64(seed), Packets: 100}, func(r *pcapio.Record) { addToHash(h, r) })
		sums[seed] = h.Sum(nil)
	}
	if bytes.Equal(sums[0], sums[1]) {
		t.Error("two seeds, one trace")
	}
}

func TestBounds(t *testing.T) {
	for _, test := range []struct {
		name    string
		cfg     Config
		packets uint64 // 0: any
	}{
		{"default", Config{}, 10_000},
		{"packets", Config{Packets: 7}, 7},
		{"bytes", Config{Bytes: 1_000_000, SnapLen: 96}, 0},
		{"bytes first", Config{Bytes: 1_000, Packets: 1e12}, 0},
		{"no room", Config{Bytes: 30}, 0},
		{"one flow", Config{Packets: 100, Flows: 1}, 100},
		{"slow", Config{Packets: 50, Rate: 1}, 50},
		{"fast", Config{Packets: 1000, Rate: 1e9}, 1000},
		{"syn", Config{Packets: 1000, SYNOnly: true}, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			var file uint64 = 24
			s := run(t, test.cfg, func(r *pcapio.Record) { file += uint64(16 + len(r.Data)) })
			if file != s.FileBytes {
				t.Errorf("file of %d bytes, Stats say %d", file, s.FileBytes)
			}
			if test.packets != 0 && s.Packets != test.packets {
				t.Errorf("%d packets, want %d", s.Packets, test.packets)
			}
			if b := test.cfg.Bytes; b != 0 && (file > max(b, 24) || file+maxFrame < b) {
				t.Errorf("file of %d bytes, want just below %d", file, b)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	cfg := Standard()
	cfg.Packets, cfg.Flows = 300_000, 40_000
	var first, last int64
	s := run(t, cfg, func(r *pcapio.Record) {
		if first == 0 {
			first = r.Time
		}
		last = r.Time
	})
	flows := s.Flows[0] + s.Flows[1] + s.Flows[2]
	near := func(what string, got, want, percent uint64) {
		if got*100 < want*(100-percent) || got*100 > want*(100+percent) {
			t.Errorf("%s: %d, want %d within %d %%", what, got, want, percent)
		}
	}
	near("flows", flows, cfg.Flows, 10)
	near("milliseconds", uint64(last-first)/1e6, 1000*cfg.Packets/cfg.Rate, 15)
	near("UDP flows", s.Flows[1], flows*46/100, 3)
	near("ICMP flows", s.Flows[2], flows*4/100, 10)
	near("IPv6 flows", s.IPv6Flows, flows*20/100, 5)
	near("VLAN flows", s.VLANFlows, flows*10/100, 5)
	near("refused", s.Refused, s.Flows[0]*4/100, 10)
	near("lost before", s.LostBefore, (s.Packets+s.LostBefore)/200, 10)
	near("lost behind", s.LostBehind, (s.Packets+s.LostBefore)/200, 10)
	near("reordered", s.Reordered, s.Packets/1000, 25)
}

func TestValidate(t *testing.T) {
	for _, cfg := range []Config{
		{UDP: 60 * Percent, ICMP: 41 * Percent}, {IPv6: 101 * Percent}, {Loss: 1 << 31}, {Reset: 50 * Percent, Unclosed: 51 * Percent},
		{SnapLen: -1}, {SnapLen: 70000}, {Rate: 2e9}, {Start: -1},
	} {
		if cfg.Validate() == nil {
			t.Errorf("%+v is valid", cfg)
		}
		var r pcapio.Record
		if err := New(cfg).ReadRecord(&r); err == nil || err == io.EOF {
			t.Errorf("ReadRecord of %+v: %v, want the error of Validate", cfg, err)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	g := New(Config{Packets: 1e9, UDP: 40 * Percent, ICMP: 5 * Percent, IPv6: 20 * Percent, Loss: Percent, Reorder: Percent})
	var r pcapio.Record
	for range 200_000 { // until the slabs are as large as they get
		if err := g.ReadRecord(&r); err != nil {
			t.Fatal(err)
		}
	}
	if n := testing.AllocsPerRun(100_000, func() {
		if err := g.ReadRecord(&r); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per packet, want 0", n)
	}
}

// TestMemoryBounded checks that state grows with concurrent flows and not with the trace.
func TestMemoryBounded(t *testing.T) {
	g := New(Config{Packets: 1e9, UDP: 40 * Percent})
	var r pcapio.Record
	var early int
	for n := range 400_000 {
		if err := g.ReadRecord(&r); err != nil {
			t.Fatal(err)
		}
		if n == 100_000 {
			early = len(g.flows) + len(g.wheel.events)
		}
	}
	if late := len(g.flows) + len(g.wheel.events); late > 2*early {
		t.Errorf("%d flows and events after 400,000 packets, %d after 100,000", late, early)
	}
}

func BenchmarkReadRecord(b *testing.B) {
	for _, test := range []struct {
		name string
		cfg  Config
	}{{"standard", Standard()}, {"syn", Config{SYNOnly: true}}} {
		b.Run(test.name, func(b *testing.B) {
			test.cfg.Packets = 1 << 62
			test.cfg.Flows = test.cfg.Packets / 15 * 2
			g := New(test.cfg)
			var r pcapio.Record
			b.ReportAllocs()
			for b.Loop() {
				if err := g.ReadRecord(&r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpkt/s")
		})
	}
}
