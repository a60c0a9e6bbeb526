package coral

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// randomRow has one of 40,000 sources and one of 2000 destinations.
func randomRow(rng *rand.Rand) *Row {
	r := &Row{Counter: Counter{Packets: rng.Uint64N(20), Bytes: rng.Uint64N(1e6), Flows: 1, First: rng.Int64N(1e9), Latest: rng.Int64N(1e9)}}
	k := &r.Key
	k.Version, k.Proto, k.PortsOK, k.SrcPort, k.DstPort = 4, 6, rng.IntN(2) > 0, uint16(rng.IntN(3)), 80
	k.VLAN, k.InnerVLAN, k.Tunnel, k.TunnelID = uint16(rng.IntN(2)), 7, pcapio.TunnelTZSP, 1<<31
	src, dst := rng.IntN(40000), rng.IntN(2000)
	k.Src = [16]byte{10: 255, 11: 255, 13: byte(src >> 16), 14: byte(src >> 8), 15: byte(src)}
	k.Dst = [16]byte{10: 255, 11: 255, 12: 1, 14: byte(dst >> 8), 15: byte(dst)}
	return r
}

// Sums that went through files are those of an Aggregate, in the same order.
func TestExternalEqualsAggregate(t *testing.T) {
	for _, tt := range []struct {
		by    By
		name  func(*Row) (string, bool)
		files bool
	}{{ByTuple, nil, true}, {BySrc, nil, true}, {ByPair, nil, true}, {ByProto, nil, false}, {ByName, firstOctets, false},
		{ByName, func(r *Row) (string, bool) { return r.Key.SrcAddr().String(), r.Key.DstAddr().As4()[3] > 9 }, true}} {
		t.Run(tt.by.String(), func(t *testing.T) {
			dir := t.TempDir()
			a, err := NewAggregate(tt.by, tt.name)
			x, err2 := NewExternalAggregate(ExternalConfig{Memory: MinMemory, Dir: dir}, tt.by, tt.name)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for range 30000 {
				r := randomRow(rng)
				if err := errors.Join(a.WriteRow(r), x.WriteRow(r)); err != nil {
					t.Fatal(err)
				}
				if x.mem.Len() > MinMemory/groupBytes {
					t.Fatalf("%d groups in memory", x.mem.Len())
				}
			}
			if (x.Spilled() > 0) != tt.files || x.Total() != a.Total() || x.Left() != a.Left() {
				t.Errorf("%d files, total %v, left %v; want %v, %v", x.Spilled(), x.Total(), x.Left(), a.Total(), a.Left())
			}
			for _, n := range []int{1, 10, maxHeap, maxHeap + 1, 0} {
				var got []Entry
				if err := x.Top(n, Bytes, func(e *Entry) error { got = append(got, *e); return nil }); err != nil {
					t.Fatal(err)
				}
				if want := a.Top(n, Bytes); !slices.Equal(got, want) {
					t.Errorf("top %d: %d entries, want %d, or others", n, len(got), len(want))
				}
			}
			if tt.files {
				if err := x.WriteRow(randomRow(rng)); !errors.Is(err, ErrConfig) {
					t.Errorf("a row after Top: %v", err)
				}
			}
			stop := errors.New("enough")
			if err := x.Top(0, Flows, func(*Entry) error { return stop }); !errors.Is(err, stop) {
				t.Errorf("got %v", err)
			}
			if err := x.Close(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left: %v %v", left, err)
			}
		})
	}
}

// Where no file can be made the error stays, and the sums so far can be had.
func TestExternalWithoutDisk(t *testing.T) {
	x, err := NewExternalAggregate(ExternalConfig{Memory: MinMemory, Dir: t.TempDir() + "/missing"}, ByTuple, nil)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rows, failed := 0, error(nil)
	for failed == nil {
		failed = x.WriteRow(randomRow(rng))
		rows++
	}
	var spilling *SpillError
	if err := x.WriteRow(randomRow(rng)); !errors.As(failed, &spilling) || !errors.Is(err, failed) {
		t.Errorf("%v, then %v", failed, err)
	}
	flows := uint64(0)
	if err := x.Top(0, Flows, func(e *Entry) error { flows += e.Flows; return nil }); err != nil || flows != uint64(rows) {
		t.Errorf("%d flows of %d rows, %v", flows, rows, err)
	}
	if _, err := NewExternalAggregate(ExternalConfig{Memory: 1}, ByTuple, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("got %v", err)
	}
}
