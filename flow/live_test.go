package flow

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Touched gives the live flows whose state changed since the last time, in the order of Live,
// whatever ended and was used again between.
func TestTouched(t *testing.T) {
	for _, cfg := range []Config{{Idle: 3 * time.Second}, {Idle: 20 * time.Second, MaxFlows: 30, Hold: -1}, {Uni: true, Linger: -1}} {
		rng := rand.New(rand.NewPCG(9, 9))
		period, given, reused := 1, 0, false
		table, err := NewTable(cfg, func(last *int, _ *pcapio.Packet, _ Direction) { *last = period }, func(*Record, *int) error { reused = true; return nil })
		if err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			var want, got []Key
			for r, last := range table.Live() {
				if *last == period {
					want = append(want, r.Key)
				}
			}
			for r := range table.Touched() {
				got = append(got, r.Key)
			}
			if len(got) != len(want) {
				t.Fatalf("period %d: %d flows, want %d", period, len(got), len(want))
			}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("period %d: %v in place %d, want %v", period, got[i], i, want[i])
				}
			}
			given += len(got)
			period++
		}
		check() // turns it on
		for i, p := range traffic(11, 30_000, 12, 0.1) {
			if err := table.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			if rng.IntN(50) == 0 || i == 20_000 {
				check()
			}
			if i == 10_000 {
				period++
				for range table.Touched() { // left early: what was not looked at is not given again
					break
				}
				if err := table.Flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if given < 1000 || !reused {
			t.Errorf("%d flows given, reused %v", given, reused)
		}
	}
}

// The list is bounded by the live flows, not by the packets between two calls.
func TestTouchedIsBounded(t *testing.T) {
	table, err := NewTable(Config{MaxFlows: 10, Hold: -1}, nil, func(*Record, *struct{}) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for range table.Touched() {
		t.Error("a flow of an empty table")
	}
	p := udp(0, a, b, 1)
	for i := range 100_000 {
		p.Src[14], p.Src[15] = byte(i>>8), byte(i)
		if err := table.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if n := cap(table.seen.list); n > 1<<14 {
		t.Errorf("a list of %d for 10 live flows", n)
	}
	n := 0
	for range table.Touched() {
		n++
	}
	if n != 10 {
		t.Errorf("%d flows, want 10", n)
	}
}
