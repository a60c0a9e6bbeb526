package ifcounter

import (
	"testing"
	"time"
)

func snapshot(at time.Duration, index int, bytes, packets uint64) *Snapshot {
	i := Interface{Index: index, Name: "eth0"}
	i.set(RxBytes, bytes)
	i.set(RxPackets, packets)
	return &Snapshot{Time: time.Unix(1_700_000_000, 0).Add(at), Interfaces: []Interface{i}}
}

func TestDiff(t *testing.T) {
	for _, tt := range []struct {
		name                   string
		bytes0, pkts0          uint64
		bytes1, pkts1          uint64
		wantBytes, wantPackets uint64
		wrapped                uint32
		reset                  bool
	}{
		{"forward", 1000, 10, 5000, 14, 4000, 4, 0, false},
		{"idle", 1000, 10, 1000, 10, 0, 0, 0, false},
		{"wrap at 2^32", 1<<32 - 100, 10, 400, 14, 500, 4, 1 << RxBytes, false},
		{"wrap at 2^64", 1<<64 - 100, 1<<64 - 1, 400, 3, 500, 4, 1<<RxBytes | 1<<RxPackets, false},
		{"reset", 1 << 40, 1 << 20, 500, 4, 500, 4, 0, true},
		{"reset near 2^32, told by packets", 1<<32 - 100, 1 << 20, 400, 3, 400, 3, 0, true},
		{"reset of one, others go on", 5000, 10, 400, 14, 400, 14, 0, true},
		{"over 2^32 is no wrap at it", 1<<32 + 5, 10, 3, 11, 3, 11, 0, true},
		{"half of the range back", 1 << 31, 10, 0, 10, 0, 10, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := Diff(snapshot(0, 2, tt.bytes0, tt.pkts0), snapshot(2*time.Second, 2, tt.bytes1, tt.pkts1), 0)
			if !ok || c.Name != "eth0" || c.Elapsed != 2*time.Second || c.Delta.Value[RxBytes] != tt.wantBytes || c.Delta.Value[RxPackets] != tt.wantPackets ||
				c.Wrapped != tt.wrapped || c.Reset != tt.reset || c.Delta.Known != 1<<RxBytes|1<<RxPackets {
				t.Errorf("%v %+v", ok, c)
			}
			if got := c.PerSecond(RxBytes); got != float64(tt.wantBytes)/2 {
				t.Errorf("%v bytes per second", got)
			}
		})
	}
}

func TestDiffOfOtherInterface(t *testing.T) {
	c, ok := Diff(snapshot(0, 2, 10, 5), snapshot(time.Second, 3, 30, 6), 0)
	if !ok || !c.Reset || c.Wrapped != 0 || c.Delta.Value[RxBytes] != 30 || c.Delta.Value[RxPackets] != 6 {
		t.Errorf("made anew with another index: %v %+v", ok, c)
	}
	renamed := snapshot(time.Second, 3, 1, 1)
	renamed.Interfaces = append(renamed.Interfaces, Interface{Index: 2, Name: "old0"})
	if c, ok := Diff(snapshot(0, 2, 1, 1), renamed, 0); ok {
		t.Errorf("another one took its name: %+v", c)
	}
	if c, ok := Diff(snapshot(0, 2, 1, 1), renamed, 1); !ok || c.Name != "old0" || c.Reset {
		t.Errorf("renamed: %v %+v", ok, c)
	}
	other := snapshot(0, 2, 1, 1)
	other.Interfaces[0].Name = "lo"
	if c, ok := Diff(other, snapshot(0, 3, 1, 1), 0); ok {
		t.Errorf("was not there: %+v", c)
	}
	c, ok = Diff(snapshot(0, 0, 1, 1), snapshot(0, 3, 5, 1), 0)
	if !ok || c.Delta.Value[RxBytes] != 4 || c.PerSecond(RxBytes) != 0 {
		t.Errorf("by name, in no time: %v %+v", ok, c)
	}
}
