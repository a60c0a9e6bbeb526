package tcpanalysis

import (
	"fmt"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestLinearWork bounds the ranges that are looked at per packet, whatever comes: many times more
// packets over as many times more ranges cost little more each.
func TestLinearWork(t *testing.T) {
	// Each segment has 10 bytes, and so has the gap behind it.
	at := func(i int) uint32 { return 1 + 20*uint32(i) }
	rounds := []struct {
		name   string
		packet func(order []int, i int) pkt
	}{
		{"holes in random order", func(order []int, i int) pkt { return pkt{Flags: ack, Seq: at(order[i]), Ack: 1, Len: 10} }},
		{"three low SACK blocks", func(order []int, i int) pkt {
			k := pkt{B: true, Flags: ack, Seq: 1, Ack: 1}
			for j := range 3 {
				left := at(order[(3*i+j)%(len(order)/4)])
				k.SACK = append(k.SACK, pcapio.SACKBlock{Left: left, Right: left + 10})
			}
			return k
		}},
		{"sent again in random order", func(order []int, i int) pkt { return pkt{Flags: ack, Seq: at(order[i]), Ack: 1, Len: 10} }},
		{"gaps filled in random order", func(order []int, i int) pkt { return pkt{Flags: ack, Seq: at(order[i]) + 10, Ack: 1, Len: 5} }},
		{"one block that grows", func(order []int, i int) pkt {
			return pkt{B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: at(0), Right: at(i) + 10}}}
		}},
		{"all acknowledged", func(order []int, i int) pkt { return pkt{B: true, Flags: ack, Seq: 1, Ack: at(i) + 20} }},
	}
	for _, n := range []int{500, 2000} {
		s := newSim(t, Config{})
		s.send(pkt{Flags: syn}, pkt{B: true, Flags: syn | ack, Ack: 1})
		at := int64(ms)
		for _, r := range rounds {
			t.Run(fmt.Sprint(n, " ", r.name), func(t *testing.T) {
				before := s.tr.steps
				for i, order := 0, newRand(uint64(n)).Perm(n); i < n; i++ {
					k := r.packet(order, i)
					at += 3 * ms
					k.At = at
					s.send(k)
				}
				if each := (s.tr.steps - before) / uint64(n); each > 500 {
					t.Errorf("%d ranges were looked at per packet", each)
				}
			})
		}
		s.done()
	}
}

// TestSeek compares the lane with looking through all of a list that changes at random.
func TestSeek(t *testing.T) {
	tr := newSim(t, Config{}).tr
	var l list
	var all [][2]int64
	r := newRand(7)
	for range 20000 {
		at := r.Int64N(5000) * 10
		i, found := slices.BinarySearchFunc(all, at, func(x [2]int64, at int64) int { return int(x[0] - at) })
		k := tr.seek(&l, at)
		if want := i < len(all); (k != 0) != want || want && tr.segs.At(k).start != all[i][0] {
			t.Fatalf("seek %d among %d ranges: %d", at, len(all), k)
		}
		switch {
		case !found && len(all) < 4000:
			tr.insertBefore(&l, k, at, at+10, 0)
			all = slices.Insert(all, i, [2]int64{at, at + 10})
		case found && r.IntN(2) == 0:
			tr.remove(&l, k)
			all = slices.Delete(all, i, i+1)
		}
	}
	if tr.clear(&l); tr.segs.Live() != 0 || tr.stops.Live() != 0 || l.lane != 0 {
		t.Error("ranges or stops are left over")
	}
}
