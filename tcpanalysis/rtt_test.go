package tcpanalysis

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// TestSamples has one case for each rule of RTT measurement. The handshake gives A one sample of 10
// ms and B one of 1 ms.
func TestSamples(t *testing.T) {
	type want struct {
		ms     float64
		method Method
	}
	cases := []struct {
		name            string
		packets         []pkt
		want            []want // of A's data, after the handshake
		ambiguous, post uint64
		spurious        uint64
		partial         bool
	}{
		{"one segment", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 35 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}},
			[]want{{15, ACK}}, 0, 0, 0, false},
		{"delayed ACK: the later segment set it off", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 25 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100},
			{At: 35 * ms, B: true, Flags: ack, Seq: 1, Ack: 201}}, []want{{10, ACK}}, 0, 0, 0, false},
		{"merged by offload: each ACK inside the segment counts", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 1000},
			{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 401}, {At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 801}, {At: 32 * ms, B: true, Flags: ack, Seq: 1, Ack: 1001}},
			[]want{{10, ACK}, {11, ACK}, {12, ACK}}, 0, 0, 0, true},
		{"Karn: sent twice", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 320 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100},
			{At: 330 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}}, nil, 1, 0, 0, false},
		{"timestamps tell: the second", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100, Timestamps: [2]uint32{20, 1}}, {At: 320 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100, Timestamps: [2]uint32{320, 1}},
			{At: 330 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, Timestamps: [2]uint32{330, 320}}}, []want{{10, Timestamp}}, 0, 0, 0, false},
		{"timestamps tell: the first, so the second was not needed", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100, Timestamps: [2]uint32{20, 1}}, {At: 320 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100, Timestamps: [2]uint32{320, 1}},
			{At: 330 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, Timestamps: [2]uint32{330, 20}}}, []want{{310, Timestamp}}, 0, 0, 1, false},
		{"after loss: what fills the gap came later", []pkt{{At: 20 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100}, {At: 50 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100},
			{At: 60 * ms, B: true, Flags: ack, Seq: 1, Ack: 201}}, nil, 0, 1, 0, false},
		{"SACK", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 21 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100},
			{At: 33 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 201}}},
			{At: 34 * ms, B: true, Flags: ack, Seq: 1, Ack: 201}}, []want{{12, SACK}}, 0, 0, 0, false},
		// The ACK is that of what fills the gap; a SACK of the last segment was lost before.
		{"SACK in the ACK of something later", []pkt{{At: 20 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 100}, {At: 21 * ms, Flags: ack, Seq: 301, Ack: 1, Len: 100},
			{At: 220 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100},
			{At: 230 * ms, B: true, Flags: ack, Seq: 1, Ack: 201, SACK: []pcapio.SACKBlock{{Left: 301, Right: 401}}}}, nil, 0, 1, 0, false},
		{"D-SACK gives none", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101},
			{At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SACK: []pcapio.SACKBlock{{Left: 1, Right: 101}}}}, []want{{10, ACK}}, 0, 0, 0, false},
		{"FIN", []pkt{{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1}, {At: 26 * ms, B: true, Flags: ack, Seq: 1, Ack: 2}}, []want{{6, ACK}}, 0, 0, 0, false},
		{"an old ACK gives none", []pkt{{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100}, {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101},
			{At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 1}}, []want{{10, ACK}}, 0, 0, 0, false},
	}
	for _, v6 := range []bool{false, true} {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s IPv6 %v", c.name, v6), func(t *testing.T) {
				s := newSim(t, Config{})
				s.V6 = v6
				s.open()
				s.send(c.packets...)
				h := s.done()[0].A2B
				var got []want
				partial := false
				for _, x := range s.samples {
					if x.FromA && x.Method != Handshake {
						got = append(got, want{float64(x.RTT) / 1e6, x.Method})
						partial = partial || x.Partial
					}
				}
				if len(got) != len(c.want) || h.RTT.Ambiguous != c.ambiguous || h.RTT.PostLoss != c.post || h.RetransSpurious != c.spurious || partial != c.partial {
					t.Errorf("%s (IPv6 %v): samples %v, want %v; ambiguous %d, post-loss %d, spurious %d, partial %v", c.name, v6, got, c.want,
						h.RTT.Ambiguous, h.RTT.PostLoss, h.RetransSpurious, partial)
					return
				}
				for i := range got {
					if got[i] != c.want[i] {
						t.Errorf("%s (IPv6 %v): sample %d is %v, want %v", c.name, v6, i, got[i], c.want[i])
					}
				}
				if h.RTT.Handshake != 10*ms || s.conns[0].B2A.RTT.Handshake != 1*ms {
					t.Errorf("%s: handshake %d and %d", c.name, h.RTT.Handshake, s.conns[0].B2A.RTT.Handshake)
				}
			})
		}
	}
}

// TestRFC6298 follows the estimator by hand: 100, 140 and 60 ms.
func TestRFC6298(t *testing.T) {
	var r RTT
	r.add(100*ms, Handshake)
	if r.SRTT != 100*ms || r.RTTVAR != 50*ms {
		t.Fatalf("first sample: SRTT %d, RTTVAR %d", r.SRTT, r.RTTVAR)
	}
	r.add(140*ms, ACK) // RTTVAR = 3/4*50 + 1/4*40 = 47.5; SRTT = 7/8*100 + 1/8*140 = 105
	if r.SRTT != 105*ms || r.RTTVAR != 47500000 {
		t.Fatalf("second: SRTT %d, RTTVAR %d", r.SRTT, r.RTTVAR)
	}
	r.add(60*ms, ACK) // RTTVAR = 3/4*47.5 + 1/4*45 = 46.875; SRTT = 7/8*105 + 60/8 = 99.375
	if r.SRTT != 99375000 || r.RTTVAR != 46875000 {
		t.Fatalf("third: SRTT %d, RTTVAR %d", r.SRTT, r.RTTVAR)
	}
	if r.RTO() != time.Second {
		t.Errorf("RTO %v, want 1s", r.RTO())
	}
	for range 100 {
		r.add(2000*ms, ACK)
	}
	if r.RTO() < 2*time.Second {
		t.Errorf("RTO %v after samples of 2 s", r.RTO())
	}
}

func TestMoments(t *testing.T) {
	var r RTT
	// mean 5, sum of squared deviations 32, 32/7 = 4.57
	for _, v := range []int64{2, 4, 4, 4, 5, 5, 7, 9} {
		r.add(time.Duration(v*1e9), ACK)
	}
	if r.StdDev() != 2e9 {
		t.Errorf("population's deviation %d", r.StdDev())
	}
	if r.Mean() != 5e9 || r.SampleStdDev() != 2138089935 { // sqrt(32/7) s
		t.Errorf("mean %d, stdev %d", r.Mean(), r.SampleStdDev())
	}
	var long RTT // squares that overflow 64 bits by far
	for i := range int64(100) {
		long.add(time.Duration(1e12+i*1e9), ACK)
	}
	want := 1e9 * math.Sqrt(100*101/12.0)
	if got := float64(long.SampleStdDev()); math.Abs(got-want) > 1 {
		t.Errorf("stdev %f, want %f", got, want)
	}
}

func TestHistogram(t *testing.T) {
	for _, d := range []time.Duration{0, 1, 1023, 1024, 1087, 1088, 5 * time.Microsecond, time.Millisecond, 33 * time.Second, time.Hour} {
		i := int(bin(int64(d)))
		if d < BinLow(i) || i < histBins-1 && d >= BinLow(i+1) {
			t.Errorf("%v is in bin %d, from %v to %v", d, i, BinLow(i), BinLow(i+1))
		}
	}
	var a, b, both Histogram
	for i := range 1000 {
		d := time.Duration(i+1) * time.Millisecond
		both.Add(d)
		if i%3 == 0 {
			a.Add(d)
		} else {
			b.Add(d)
		}
	}
	a.Merge(&b)
	if a != both {
		t.Error("merged histograms differ from one over all")
	}
	for _, q := range []float64{0, 0.001, 0.5, 0.95, 0.99, 1} {
		want := max(1000*q, 1) * 1e6
		if got := float64(both.Quantile(q)); math.Abs(got-want) > want/16 {
			t.Errorf("quantile %v is %v", q, time.Duration(got))
		}
	}
	if new(Histogram).Quantile(0.5) != 0 {
		t.Error("quantile of nothing")
	}
}

func TestRankOf(t *testing.T) {
	for _, n := range []uint64{0, 1, 2, 999, 1000, 1001, 1 << 50, 1<<50 + 1, 1<<64 - 1} {
		for _, part := range []int{-1, 0, 1, 500, 570, 950, 999, 1000, 1001} {
			want := new(big.Int).SetUint64(n)
			want.Mul(want, big.NewInt(int64(min(max(part, 0), 1000)))).Add(want, big.NewInt(999)).Quo(want, big.NewInt(1000))
			if got := rankOf(n, float64(part)/1000); got != max(want.Uint64(), 1) {
				t.Errorf("rankOf(%d, %d) = %d, want %d", n, part, got, want)
			}
		}
	}
}

// TestQuantiles checks that few and many samples of a side give what a plain histogram does.
func TestQuantiles(t *testing.T) {
	for _, n := range []int{1, 2, 8, 9, 20, 21, 100} {
		t.Run(fmt.Sprint(n, " samples"), func(t *testing.T) {
			s := newSim(t, Config{Percentiles: true})
			s.open()
			var want Histogram
			want.Add(10 * time.Millisecond)
			seq, at := uint32(1), 20.0
			for i := range n - 1 {
				d := float64((i*37)%50 + 1)
				s.send(pkt{At: int64(at * ms), Flags: ack, Seq: seq, Ack: 1, Len: 10}, pkt{At: int64((at + d) * ms), B: true, Flags: ack, Seq: 1, Ack: seq + 10})
				want.Add(time.Duration(d * 1e6))
				seq, at = seq+10, at+60
			}
			checked := false
			s.tr.dst = ConnWriterFunc(func(c *Conn) error {
				checked = true
				var got Histogram
				c.A2B.RTT.AddTo(&got)
				if got != want {
					t.Errorf("%d samples: histogram differs, total %d, want %d", n, got.Total, want.Total)
				}
				lo, hi := c.A2B.RTT.Min, c.A2B.RTT.Max
				for _, q := range []float64{0, 0.5, 0.95, 1} {
					if got, w := c.A2B.RTT.Quantile(q), min(max(want.Quantile(q), lo), hi); got != w {
						t.Errorf("%d samples: quantile %v is %v, want %v", n, q, got, w)
					}
				}
				return nil
			})
			s.done()
			if !checked {
				t.Error("no connection")
			}
		})
	}
}
