package intervalstat

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

type volumeFlow struct {
	start, end     int64
	packets, bytes uint64
}

func addFlows(t *testing.T, cfg VolumeConfig, flows []volumeFlow) *Volume {
	t.Helper()
	v, err := NewVolume(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows {
		if err := v.Add(f.start, f.end, f.packets, f.bytes); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

func micro(a Amount) *big.Int {
	b := new(big.Int).Mul(new(big.Int).SetUint64(a.Whole), big.NewInt(1e6))
	return b.Add(b, big.NewInt(int64(a.Micro)))
}

// A flow of 5001 bins of a second, from 0.5 s to 5000.25 s: 4999.75 s. Of 9,999,500 bytes it has
// 1000 in the first bin, 500 in the last and 2000 in each other. Of one packet the first bin has
// 0.5/4999.75 = 0.000100005 and the last 0.25/4999.75 = 0.0000500025. Before the last there are
// 0.9999499975, rounded down 0.999949; without the first's 100 millionths 999,849 for 4999 bins:
// 200 for each and 49 more.
func TestVolumeLong(t *testing.T) {
	v := addFlows(t, VolumeConfig{}, []volumeFlow{{second / 2, 5000*second + second/4, 1, 9999500}})
	bins := slices.Collect(v.Bins())
	if len(bins) != 5001 {
		t.Fatalf("%d bins", len(bins))
	}
	for i, want := range map[int][2]string{0: {"0.0001", "1000"}, 1: {"0.000201", "2000"}, 49: {"0.000201", "2000"}, 50: {"0.0002", "2000"},
		4999: {"0.0002", "2000"}, 5000: {"0.000051", "500"}} {
		t.Run(fmt.Sprint("bin ", i), func(t *testing.T) {
			if got := [2]string{bins[i].Packets.String(), bins[i].Bytes.String()}; got != want {
				t.Errorf("bin %d: %v, want %v", i, got, want)
			}
		})
	}
}

// Long flows and short ones together: each bin differs from the exact share by no more than a
// millionth, all sum to the volume exactly, and neither order nor merging matters.
func TestVolumeLongSums(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, cfg := range []VolumeConfig{{Bin: time.Millisecond}, {Bin: time.Millisecond, Whole: true}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			var flows []volumeFlow
			for range 40 {
				f := volumeFlow{start: rnd.Int64N(4e10) - 2e10, packets: rnd.Uint64() >> (1 + rnd.UintN(60)), bytes: rnd.Uint64() >> (8 + rnd.UintN(50))}
				f.end = f.start + rnd.Int64N(1+int64(1)<<(30+rnd.UintN(5)))
				flows = append(flows, f)
				alone := slices.Collect(addFlows(t, cfg, []volumeFlow{f}).Bins())
				sum := new(big.Int)
				for i, b := range alone {
					sum.Add(sum, micro(b.Bytes))
					part, length := int64(1), int64(len(alone))
					if !cfg.Whole {
						part, length = min(b.Start+1e6, f.end)-max(b.Start, f.start), f.end-f.start
					}
					exact := new(big.Int).SetUint64(f.bytes)
					exact.Mul(exact, big.NewInt(part)).Mul(exact, big.NewInt(1e6)).Div(exact, big.NewInt(max(length, 1)))
					if d := exact.Sub(micro(b.Bytes), exact); length > 1 && (d.CmpAbs(big.NewInt(1)) > 0) {
						t.Fatalf("%+v: bin %d of %d is %v millionths off", f, i, len(alone), d)
					}
				}
				if sum.Cmp(micro(Amount{Whole: f.bytes})) != 0 {
					t.Fatalf("%+v: bins sum to %v", f, sum)
				}
			}
			want := slices.Collect(addFlows(t, cfg, flows).Bins())
			a, b := addFlows(t, cfg, flows[:20]), addFlows(t, cfg, flows[20:])
			if err := b.Merge(a); err != nil {
				t.Fatal(err)
			}
			if got := slices.Collect(b.Bins()); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: merging matters", cfg)
			}
			slices.Reverse(flows)
			if got := slices.Collect(addFlows(t, cfg, flows).Bins()); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: order matters", cfg)
			}
		})
	}
}

// The work for a row does not grow with the bins that it touches, nor with the rows before it.
func TestVolumeCost(t *testing.T) {
	changes := func(rows, bins int) uint64 {
		v, err := NewVolume(VolumeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := v.Add(int64(i)*second, int64(i+bins-1)*second, 3, 1000); err != nil {
				t.Fatal(err)
			}
		}
		return v.changes
	}
	for _, n := range []int{250, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if got := changes(n, 4000000); got != 12*uint64(n) {
				t.Errorf("%d rows of 4,000,000 bins change %d slots, want 12 for each", n, got)
			}
		})
	}
	if got := changes(1, exactBins); got != exactBins+2 {
		t.Errorf("a row of %d bins changes %d slots", exactBins, got)
	}
}

// pageRuns is compared with a set of pages.
func TestPageRuns(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		var runs pageRuns
		set := map[int64]bool{}
		for range 50 {
			r := pageRun{first: rnd.Int64N(60) - 30}
			r.last = r.first + rnd.Int64N(12)
			after := map[int64]bool{}
			for n := range set {
				after[n] = true
			}
			for n := r.first; n <= r.last; n++ {
				after[n] = true
			}
			if ok := runs.add(r, 40); ok != (len(after) <= 40) {
				t.Fatalf("add %v to %v: %v", r, runs, ok)
			} else if ok {
				set = after
			}
			got := map[int64]bool{}
			for i, r := range runs.list {
				if i > 0 && r.first < runs.list[i-1].last+2 {
					t.Fatalf("no gap: %v", runs)
				}
				for n := r.first; n <= r.last; n++ {
					got[n] = true
				}
			}
			if !reflect.DeepEqual(got, set) || runs.pages != int64(len(set)) {
				t.Fatalf("%v, want %v", runs, set)
			}
		}
	}
}
