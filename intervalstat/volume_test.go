package intervalstat

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func spread(t *testing.T, cfg VolumeConfig, start, end int64, packets, bytes uint64) []Bin {
	t.Helper()
	v, err := NewVolume(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Add(start, end, packets, bytes); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(v.Bins())
}

// 100,000 bytes from 3.4 s to 7.8 s: 100000 * 0.6/4.4 = 13636.36, 100000/4.4 = 22727.27, 100000 *
// 0.8/4.4 = 18181.82.
func TestVolumeTextbook(t *testing.T) {
	for whole, want := range map[bool][]float64{false: {13636, 22727, 22727, 22727, 18182}, true: {20000, 20000, 20000, 20000, 20000}} {
		t.Run(fmt.Sprint("whole ", whole), func(t *testing.T) {
			bins := spread(t, VolumeConfig{Whole: whole}, 34*second/10, 78*second/10, 10, 100000)
			var got []float64
			for i, b := range bins {
				if b.Start != int64(3+i)*second {
					t.Errorf("bin %d starts at %d", i, b.Start)
				}
				got = append(got, math.Round(b.Bytes.Float64()))
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("whole %v: %v", whole, got)
			}
		})
	}
}

func TestVolumeEdges(t *testing.T) {
	for _, tt := range []struct {
		name       string
		cfg        VolumeConfig
		start, end int64
		want       []string
	}{
		{"no length", VolumeConfig{}, 5 * second, 5 * second, []string{"1000"}},
		{"one bin", VolumeConfig{}, 5 * second, 6*second - 1, []string{"1000"}},
		{"ends on a border", VolumeConfig{}, 5 * second, 6 * second, []string{"1000", "0"}},
		{"ends on a border, whole", VolumeConfig{Whole: true}, 5 * second, 6 * second, []string{"500", "500"}},
		{"reversed", VolumeConfig{}, 7 * second, 5*second + second/2, []string{"333.333333", "666.666667", "0"}},
		{"end of time", VolumeConfig{Bin: 1}, math.MaxInt64 - 3, math.MaxInt64, []string{"333.333333", "333.333333", "333.333334", "0"}},
		{"end of time, whole", VolumeConfig{Bin: 1, Whole: true}, math.MaxInt64 - 1, math.MaxInt64, []string{"500", "500"}},
		{"begin of time", VolumeConfig{Bin: 3}, math.MinInt64, math.MinInt64 + 4, []string{"500", "500"}},
		{"before 1970", VolumeConfig{Bin: 2 * time.Second}, -3 * second, second, []string{"250", "500", "250"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, b := range spread(t, tt.cfg, tt.start, tt.end, 1, 1000) {
				got = append(got, b.Bytes.String())
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		})
	}
}

// The bins of any flows sum to their volume, exactly, and order does not matter.
func TestVolumeSumsExactly(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, cfg := range []VolumeConfig{{}, {Whole: true}, {Bin: 7 * time.Millisecond}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			a, err := NewVolume(cfg)
			b, err2 := NewVolume(cfg)
			if errors.Join(err, err2) != nil {
				t.Fatal(err, err2)
			}
			want, packets := new(big.Int), new(big.Int)
			type flow struct {
				start, end     int64
				packets, bytes uint64
			}
			var flows []flow
			for range 200 {
				f := flow{start: rnd.Int64N(1e10) - 5e9, packets: rnd.Uint64N(1000), bytes: rnd.Uint64() >> (8 + rnd.UintN(50))}
				f.end = f.start + rnd.Int64N(3e9)
				flows = append(flows, f)
				want.Add(want, new(big.Int).SetUint64(f.bytes))
				packets.Add(packets, new(big.Int).SetUint64(f.packets))
			}
			for i := range flows {
				f, r := flows[i], flows[len(flows)-1-i]
				if err := errors.Join(a.Add(f.start, f.end, f.packets, f.bytes), b.Add(r.start, r.end, r.packets, r.bytes)); err != nil {
					t.Fatal(err)
				}
			}
			micro, microPackets := new(big.Int), new(big.Int)
			sum := func(total *big.Int, x Amount) {
				total.Add(total, new(big.Int).Mul(new(big.Int).SetUint64(x.Whole), big.NewInt(1e6)))
				total.Add(total, big.NewInt(int64(x.Micro)))
			}
			for bin := range a.Bins() {
				sum(micro, bin.Bytes)
				sum(microPackets, bin.Packets)
			}
			if micro.Cmp(want.Mul(want, big.NewInt(1e6))) != 0 || microPackets.Cmp(packets.Mul(packets, big.NewInt(1e6))) != 0 {
				t.Errorf("%+v: %v and %v millionths, want %v and %v", cfg, micro, microPackets, want, packets)
			}
			if !reflect.DeepEqual(slices.Collect(a.Bins()), slices.Collect(b.Bins())) {
				t.Errorf("%+v: order matters", cfg)
			}
		})
	}
}

func TestVolumeBoundAndMerge(t *testing.T) {
	v, err := NewVolume(VolumeConfig{MaxBins: 512})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Add(0, 600*second, 1, 1); !errors.Is(err, ErrTooManyBins) {
		t.Errorf("got %v", err)
	}
	if err := v.Add(math.MinInt64, math.MaxInt64, 1, 1); !errors.Is(err, ErrTooManyBins) {
		t.Errorf("got %v", err)
	}
	if err := errors.Join(v.Add(math.MinInt64, math.MinInt64, 1, 1), v.Add(math.MaxInt64, math.MaxInt64-9, 1, 1)); err != nil {
		t.Fatal(err)
	}
	if err := v.Add(0, 0, 1, 1); !errors.Is(err, ErrTooManyBins) {
		t.Errorf("got %v", err)
	}
	if s := v.Stats(); s != (VolumeStats{Flows: 5, Reversed: 1, Refused: 3}) {
		t.Errorf("%+v", s)
	}
	if first := slices.Collect(v.Bins())[0].Start; first != math.MinInt64 {
		t.Errorf("first bin at %d", first)
	}
	small, err := NewVolume(VolumeConfig{MaxBins: 1})
	other, err2 := NewVolume(VolumeConfig{Whole: true})
	if errors.Join(err, err2) != nil {
		t.Fatal(err, err2)
	}
	if err := small.Merge(v); !errors.Is(err, ErrTooManyBins) {
		t.Errorf("got %v", err)
	}
	if err := other.Merge(v); !errors.Is(err, ErrMismatch) {
		t.Errorf("got %v", err)
	}
	if err := v.Merge(v); err != nil {
		t.Error(err)
	}
	if bins := slices.Collect(v.Bins()); len(bins) != 2 || bins[1].Bytes.Whole != 2 {
		t.Errorf("%+v", bins)
	}
	for _, cfg := range []VolumeConfig{{Bin: -1}, {MaxBins: -1}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			if _, err := NewVolume(cfg); !errors.Is(err, ErrConfig) {
				t.Errorf("%+v: %v", cfg, err)
			}
		})
	}
}
