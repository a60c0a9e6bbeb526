package tcptrace

import (
	"math/rand/v2"
	"testing"
)

// orders are hostile orders of n segments of one side with holes between them, in which lists are
// long, and of the ACKs for them.
var orders = []struct {
	name string
	segs func(n int) []seg
}{
	{"ascending", func(n int) (all []seg) {
		for i := range n {
			all = append(all, data(i, 10*i))
		}
		return all
	}},
	{"descending", func(n int) (all []seg) {
		for i := range n {
			all = append(all, data(i, 10*(n-i)))
		}
		return all
	}},
	{"ascending, each acknowledged", func(n int) (all []seg) {
		for i := range n {
			all = append(all, data(i, 10*i), seg{At: int64(i) * us, B: true, Flags: ack, Seq: 1, Ack: uint32(10*i + 6)})
		}
		return all
	}},
	{"holes filled in ascending order", func(n int) (all []seg) {
		for i := range n / 2 {
			all = append(all, data(i, 10*i))
		}
		for i := range n / 2 {
			all = append(all, data(n+i, 10*i+5))
		}
		return all
	}},
	{"holes filled in descending order", func(n int) (all []seg) {
		for i := range n / 2 {
			all = append(all, data(i, 10*i))
		}
		for i := range n / 2 {
			all = append(all, data(n+i, 10*(n/2-i)+5))
		}
		return all
	}},
	{"old ACKs again, over many holes", func(n int) (all []seg) {
		for i := range n / 2 {
			all = append(all, data(i, 10*i))
		}
		for i := range n {
			all = append(all, seg{At: int64(n+i) * us, B: true, Flags: ack, Seq: 1, Ack: uint32(10*(n/2) - 4 - 10*(i%3)), Len: 1})
		}
		return all
	}},
}

// data is a segment of 5 bytes at an offset.
func data(at, offset int) seg {
	return seg{At: int64(at) * us, Flags: ack, Seq: uint32(1 + offset), Ack: 1, Len: 5, Window: 1000}
}

// TestCostIsLinear counts the segments that are looked at: four times as many packets need about
// four times as many steps, below the bound of segments that are remembered.
func TestCostIsLinear(t *testing.T) {
	for _, o := range orders {
		t.Run(o.name, func(t *testing.T) {
			const n = maxSegments / 4
			steps := func(n int) uint64 {
				a := analyze(t, Config{}, false, o.segs(n)...)
				return a.segs.Steps() + uint64(n)
			}
			if once, four := steps(n), steps(4*n); four > 5*once || once > 20*n {
				t.Errorf("%d steps for %d packets, %d for %d", once, n, four, 4*n)
			}
		})
	}
}

// TestCostIsBounded: over that bound a packet costs no more, whatever the order.
func TestCostIsBounded(t *testing.T) {
	const n = 3 * maxSegments
	for _, o := range orders {
		t.Run(o.name, func(t *testing.T) {
			a := analyze(t, Config{}, false, o.segs(n)...)
			if steps := a.segs.Steps(); steps > 20*n {
				t.Errorf("%d steps for %d packets", steps, n)
			}
		})
	}
}

// TestHintsChangeNothing compares connections with those of an Analyzer whose searches always begin
// at the ends of the lists.
func TestHintsChangeNothing(t *testing.T) {
	for trial := range 300 {
		r := rand.New(rand.NewPCG(1, uint64(trial)))
		span := uint32(1) << (5 + trial%8)
		base := []uint32{1, 1<<30 - 100, 1<<32 - 100, 1 << 31}[trial/8%4]
		cfg := Config{}
		if trial%5 == 0 {
			cfg.MaxSegments = 10
		}
		with, err := New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		without, err := New(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		clock := int64(0)
		for i := range 400 {
			clock += r.Int64N(100) - 20
			s := seg{At: clock * us, B: r.IntN(2) == 0, Flags: ack, Seq: base + r.Uint32N(span), Ack: base + r.Uint32N(span+20), Len: r.IntN(12), Window: 1000, ID: uint16(i)}
			if r.IntN(20) == 0 {
				s.Seq += 1 << 30 * r.Uint32N(4)
				s.Ack = s.Seq
			}
			if r.IntN(3) == 0 {
				s.Len = 0
			}
			for _, a := range []*Analyzer{with, without} {
				if err := a.WritePacket(packet(s, false)); err != nil {
					t.Fatal(err)
				}
			}
			for c := range without.Conns() {
				c.A2B.state.seqs.Rewind()
				c.B2A.state.seqs.Rewind()
			}
		}
		if with.Len() != without.Len() || with.Stats() != without.Stats() {
			t.Fatalf("trial %d: %+v, without hints %+v", trial, with.Stats(), without.Stats())
		}
		for i := range with.Len() {
			x, y := *with.conn(uint32(i + 1)), *without.conn(uint32(i + 1))
			x.A2B.state, x.B2A.state, y.A2B.state, y.B2A.state = halfState{}, halfState{}, halfState{}, halfState{}
			if x != y {
				t.Fatalf("trial %d: %+v\nwithout hints %+v", trial, x, y)
			}
		}
	}
}
