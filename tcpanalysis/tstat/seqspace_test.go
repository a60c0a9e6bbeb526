package tstat

import (
	"math/rand/v2"
	"testing"
)

// TestCostIsLinear counts the records that are looked at for segments that leave holes or fill
// them, with and without ACKs: four times as many packets need about four times as many steps.
func TestCostIsLinear(t *testing.T) {
	data := func(i, offset int) pkt {
		return pkt{At: int64(20000+i) * us, Flags: ack, Seq: uint32(1 + offset), Ack: 1, Len: 5, Window: 1000}
	}
	for _, order := range []struct {
		name string
		at   func(i, n int) int // offset of segment i of n
		acks bool
	}{
		{"ascending", func(i, n int) int { return 10 * i }, false},
		{"ascending, each acknowledged", func(i, n int) int { return 10 * i }, true},
		{"descending", func(i, n int) int { return 10 * (n - i) }, false},
		{"descending, each acknowledged", func(i, n int) int { return 10 * (n - i) }, true},
		{"holes filled in descending order", func(i, n int) int { return 10*min(i, n-i) + 5*(2*i/n) }, false},
	} {
		t.Run(order.name, func(t *testing.T) {
			both(t, func(t *testing.T, cfg Config) {
				steps := func(n int) uint64 {
					s := newSim(t, cfg, nil)
					s.send(t, handshake()...)
					for i := range n {
						s.send(t, data(i, order.at(i, n)))
						if order.acks {
							s.send(t, pkt{At: int64(20000+i) * us, B: true, Flags: ack, Seq: 1, Ack: uint32(order.at(i, n) + 6)})
						}
					}
					return s.a.records.Steps()
				}
				const n = mostRecords / 2
				if once, four := steps(n), steps(4*n); four > 5*once+1000 || once > 40*n {
					t.Errorf("%d steps for %d packets, %d for %d", once, n, four, 4*n)
				}
			})
		})
	}
}

// TestHintsChangeNothing compares connections with those of an Analyzer whose searches always begin
// at the ends of the lists.
func TestHintsChangeNothing(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		for trial := range 300 {
			r := rand.New(rand.NewPCG(2, uint64(trial)))
			span := uint32(1) << (5 + trial%8)
			base := []uint32{1, 1<<30 - 100, 1<<32 - 100, 1<<31 - 100}[trial/8%4]
			cfg.MaxRecords = 0
			if trial%5 == 0 {
				cfg.MaxRecords = 10
			}
			with, without := newSim(t, cfg, nil), newSim(t, cfg, nil)
			clock := int64(0)
			start := []pkt{{Flags: syn, Seq: base - 1, Window: 1000}, {At: 10 * us, B: true, Flags: syn | ack, Seq: base - 1, Ack: base, Window: 1000}}
			with.send(t, start...)
			without.send(t, start...)
			for i := range 400 {
				clock += r.Int64N(100) - 20
				k := pkt{At: (1000 + clock) * us, B: r.IntN(2) == 0, Flags: ack, Seq: base + r.Uint32N(span), Ack: base + r.Uint32N(span+20), Len: r.IntN(12),
					Window: 1000, ID: uint16(1 + r.IntN(5)), Checksum: uint16(i)}
				if r.IntN(20) == 0 {
					k.Seq += 1 << 30 * r.Uint32N(4)
					k.Ack = k.Seq
				}
				if r.IntN(3) == 0 {
					k.Len = 0
				}
				with.send(t, k)
				without.send(t, k)
				for slot := range without.a.conns.Slots() {
					c := &without.a.conns.At(slot + 1).State
					c.c2s.space.Rewind()
					c.s2c.space.Rewind()
				}
			}
			with.flush(t)
			without.flush(t)
			if len(with.conns) != len(without.conns) || with.a.Stats() != without.a.Stats() {
				t.Fatalf("trial %d: %+v, without hints %+v", trial, with.a.Stats(), without.a.Stats())
			}
			for i := range with.conns {
				x, y := with.conns[i], without.conns[i]
				if x.Client != y.Client || x.Server != y.Server || x.Reason != y.Reason {
					t.Fatalf("trial %d: %+v\nwithout hints %+v", trial, x, y)
				}
			}
		}
	})
}
