package echo

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"
)

func summarize(t *testing.T, cfg SummaryConfig, in ...message) *Summary {
	t.Helper()
	s, err := NewSummary(cfg)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := match(t, Config{}, in...)
	for i := range got {
		if err := s.WriteExchange(&got[i]); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestSummary(t *testing.T) {
	ttl := answer(41, 5)
	ttl.ttl = 50
	changed := answer(84, 9)
	changed.data = "other data"
	s := summarize(t, SummaryConfig{},
		ask(0, 1), answer(4, 1), answer(5, 1), // 4 ms, a duplicate
		ask(10, 2), ask(20, 3), // two lost in a row
		ask(30, 4), ask(31, 4), answer(39, 4), // repeated, 8 ms
		ask(40, 5), ttl, // 1 ms, another TTL
		ask(50, 6),                                           // lost
		ask(60, 7), ask(61, 8), answer(70, 8), answer(71, 7), // 11 ms reordered, 9 ms
		ask(80, 9), changed, // 4 ms
		message{at: 90, from: hostA, to: hostC, typ: 8, id: 7}, // lost, another destination
		message{at: 91, from: six1, to: six2, typ: 128},
		ask(70_000, 10), answer(69_990, 10)) // clock set back; all the others were decided by now
	all := s.Destinations()
	if len(all) != 3 || all[0].Dst.String() != hostB || all[1].Dst.String() != hostC || all[2].Kind != EchoV6 {
		t.Fatalf("%+v", all)
	}
	d := all[0]
	want := Destination{Kind: Echo, Src: d.Src, Dst: d.Dst, Exchanges: 10, Answered: 7, Answers: 7, Lost: 3, Repeats: 1, Duplicates: 1, Reordered: 1, PayloadChanged: 1,
		TTLChanges: 2, SetBack: 1, LossPeriods: 2, LongestLoss: 2, RTT: d.RTT, lastTTL: 64, lastTTLIsKnown: true}
	if d.Src.String() != hostA || !equalButRTT(*d, want) {
		t.Errorf("\n%+v, want\n%+v", *d, want)
	}
	if r := d.RTT; r.Count != 6 || r.Min != time.Millisecond || r.Max != 11*time.Millisecond || r.Mean() != (4+8+1+11+9+4)*time.Millisecond/6 {
		t.Errorf("RTT %+v", r)
	}
	if d.LossRatio() != 0.3 || all[1].LossRatio() != 1 || (&Destination{}).LossRatio() != 0 {
		t.Error(d.LossRatio(), all[1].LossRatio())
	}
	total := s.Total()
	if total.Exchanges != 12 || total.Lost != 5 || total.Undecided != 0 || total.LossPeriods != 4 || total.LongestLoss != 2 || total.RTT.Count != 6 {
		t.Errorf("total %+v", total)
	}
}

func equalButRTT(a, b Destination) bool {
	a.RTT, b.RTT = Distribution{}, Distribution{}
	return a.RTT.Count == b.RTT.Count && a.Kind == b.Kind && a.Exchanges == b.Exchanges && a.Answered == b.Answered && a.Answers == b.Answers && a.Lost == b.Lost &&
		a.Undecided == b.Undecided && a.Repeats == b.Repeats && a.Duplicates == b.Duplicates && a.Reordered == b.Reordered &&
		a.PayloadChanged == b.PayloadChanged && a.TTLChanges == b.TTLChanges && a.SetBack == b.SetBack && a.LossPeriods == b.LossPeriods &&
		a.LongestLoss == b.LongestLoss
}

func TestMaxDestinations(t *testing.T) {
	var in []message
	for i := range 9 {
		in = append(in, message{at: int64(i), from: hostA, to: "192.0.2." + string(rune('1'+i)), typ: 8})
	}
	s := summarize(t, SummaryConfig{MaxDestinations: 4}, in...)
	total := s.Total()
	if n := len(s.Destinations()); n != 4 || total.Exchanges != 9 || total.Lost != 9 || total.Undecided != 9 || total.LongestLoss != 1 || total.LossPeriods != 4 || s.Rest() != 5 {
		t.Errorf("%d destinations, total %+v", n, total)
	}
}

// Beyond MaxBuckets a destination's quantiles get coarser, and only they.
func TestMaxBuckets(t *testing.T) {
	var in []message
	for n := range int64(200) { // response times of 1 to 200 ms, all in buckets of their own
		in = append(in, ask(1000*n, uint16(n)), answer(1000*n+n+1, uint16(n)))
	}
	exact, coarse := summarize(t, SummaryConfig{}, in...), summarize(t, SummaryConfig{MaxBuckets: 40}, in...)
	if exact.Coarse() != 0 || coarse.Coarse() != 1 {
		t.Fatalf("%d and %d destinations are coarse", exact.Coarse(), coarse.Coarse())
	}
	a, b := &exact.Destinations()[0].RTT, &coarse.Destinations()[0].RTT
	if a.Coarse() != 0 || b.Coarse() == 0 || len(b.buckets) > 40 || len(a.buckets) != 200 {
		t.Errorf("widened %d times to %d buckets", b.Coarse(), len(b.buckets))
	}
	if a.Count != b.Count || a.Mean() != b.Mean() || a.StdDev() != b.StdDev() || a.Min != b.Min || a.Max != b.Max {
		t.Errorf("%+v, %+v", a, b)
	}
	off := 0.001 * float64(int(1)<<b.Coarse())
	for _, q := range []float64{0, 0.1, 0.5, 0.95, 1} {
		if x, y := float64(a.Quantile(q)), float64(b.Quantile(q)); math.Abs(x-y) > (off+0.001)*x {
			t.Errorf("quantile %v: %v became %v", q, time.Duration(x), time.Duration(y))
		}
	}
	if x, y := exact.Total(), coarse.Total(); x.RTT.Quantile(0.95) != y.RTT.Quantile(0.95) || y.RTT.Coarse() != 0 {
		t.Error("the total is coarse too")
	}
	merged := *a
	merged.buckets = maps.Clone(a.buckets)
	merged.Merge(b)
	if merged.Coarse() != b.Coarse() || merged.Count != 400 || merged.Quantile(0.5) != b.Quantile(0.5) {
		t.Errorf("merged: %d times wider, median %v", merged.Coarse(), merged.Quantile(0.5))
	}
}

// Coarse buckets stand for all of their values, from the smallest to the largest.
func TestCoarseBuckets(t *testing.T) {
	for _, v := range []uint64{0, 1, 1023, 1024, 1 << 20, 1e9, math.MaxInt64} {
		for coarse := range uint8(bucketBits + 1) {
			if m := middle(bucketOf(v)>>coarse, coarse); math.Abs(float64(m)-float64(v)) > float64(v)/1000*float64(int(1)<<coarse)+float64(int(1)<<coarse) {
				t.Errorf("%d, %d times wider: %d", v, coarse, m)
			}
		}
	}
}

// Hand-computed: 2, 4, 4, 4, 5, 5, 7, 9 s have mean 5 and standard deviation 2.
func TestDistribution(t *testing.T) {
	var h, low, high Distribution
	if h.Mean() != 0 || h.StdDev() != 0 || h.Quantile(0.5) != 0 {
		t.Error("empty", h.Mean(), h.StdDev(), h.Quantile(0.5))
	}
	for i, v := range []time.Duration{2, 4, 4, 4, 5, 5, 7, 9} {
		h.Add(v * time.Second)
		if i < 3 {
			low.Add(v * time.Second)
		} else {
			high.Add(v * time.Second)
		}
	}
	if h.Add(-1) || h.Count != 8 {
		t.Error("took a negative value")
	}
	low.Merge(&high)
	low.Merge(&Distribution{})
	var fresh Distribution
	fresh.Merge(&low)
	for name, d := range map[string]*Distribution{"added": &h, "merged": &low, "merged into an empty one": &fresh} {
		t.Run(name, func(t *testing.T) {
			if d.Mean() != 5*time.Second || d.StdDev() != 2*time.Second || d.Min != 2*time.Second || d.Max != 9*time.Second {
				t.Errorf("%s: mean %v, deviation %v, %v to %v", name, d.Mean(), d.StdDev(), d.Min, d.Max)
			}
			for q, want := range map[float64]time.Duration{-1: 2, 0: 2, 0.125: 2, 0.126: 4, 0.5: 4, 0.51: 5, 0.875: 7, 1: 9, 2: 9} {
				if got := d.Quantile(q); math.Abs(float64(got-want*time.Second)) > 0.001*float64(want*time.Second) {
					t.Errorf("%s: quantile %v is %v, want %v s", name, q, got, want)
				}
			}
		})
	}
}

// The sums have 128 bits: nothing wraps.
func TestDistributionOfHugeValues(t *testing.T) {
	var h Distribution
	for range 8 {
		h.Add(math.MaxInt64)
		h.Add(math.MaxInt64 - 2)
	}
	if h.Mean() != math.MaxInt64-1 || h.StdDev() != 1 || h.Quantile(0.5) < math.MaxInt64-2 {
		t.Error(h.Mean(), h.StdDev(), h.Quantile(0.5))
	}
}

func TestBuckets(t *testing.T) {
	values := []uint64{0, 1, 1023, 1024, 1025, 1 << 20, 1<<20 + 1<<11, 1e9, 60e9, 1 << 62, math.MaxInt64}
	last := -1
	for _, v := range values {
		b := bucketOf(v)
		if int(b) < last || b >= 28160 {
			t.Errorf("bucket of %d is %d, after %d", v, b, last)
		}
		last = int(b)
		if m := middle(b, 0); math.Abs(float64(m)-float64(v)) > float64(v)/1000 {
			t.Errorf("%d stands for %d", m, v)
		}
	}
	if !slices.IsSorted(values) {
		t.Error("test values")
	}
}
