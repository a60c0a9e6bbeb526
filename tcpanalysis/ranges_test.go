package tcpanalysis

import (
	"fmt"
	"math/rand"
	"testing"
)

// TestSequenceSpaceModel drives send and acknowledge with random ranges and compares them with a
// table of every byte.
func TestSequenceSpaceModel(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	for round := range 3000 {
		s := newSim(t, Config{})
		base := uint32(rnd.Intn(3)) * 0x7fffffc0 // near 0, 2^31 and 2^32
		seen := map[int]bool{}
		acked, first, top := -1, -1, -1
		now := 0.0
		s.send(pkt{B: true, Flags: ack, Seq: 1, Ack: base}) // so that A is answered
		var unique, again uint64
		for range 40 {
			now++
			if rnd.Intn(3) > 0 || first < 0 {
				from, n := 20+rnd.Intn(100), 2+rnd.Intn(20)
				if first >= 0 && rnd.Intn(2) == 0 {
					from = top
				}
				s.send(pkt{At: int64(now * ms), Flags: ack, Seq: base + uint32(from), Ack: 1, Len: n})
				for i := from; i < from+n; i++ {
					if seen[i] {
						again++
					} else {
						unique++
					}
					seen[i] = true
				}
				if first < 0 || from < first {
					first = from
				}
				top = max(top, from+n)
			} else {
				acked = max(acked, first+rnd.Intn(top-first+1))
				s.send(pkt{At: int64(now * ms), B: true, Flags: ack, Seq: 1, Ack: base + uint32(acked), Window: uint16(1 + rnd.Intn(9))})
			}
		}
		c := s.done()[0]
		h := c.A2B
		if c.APort == 80 {
			h = c.B2A
		}
		if h.UniqueBytes != unique || h.RetransBytes != again {
			t.Fatalf("round %d: unique %d, again %d; want %d and %d", round, h.UniqueBytes, h.RetransBytes, unique, again)
		}
	}
}

func TestUnwrap(t *testing.T) {
	for _, c := range []struct {
		ref  int64
		seq  uint32
		want int64
	}{
		{1 << 33, 5, 1<<33 + 5}, {1<<33 + 5, 0xffffffff, 1<<33 - 1}, {1<<33 - 1, 3, 1<<33 + 3}, {1<<33 + 0x80000000, 0x7fffffff, 1<<33 + 0x7fffffff},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			if got := unwrap(c.ref, c.seq); got != c.want {
				t.Errorf("unwrap(%#x, %#x) = %#x, want %#x", c.ref, c.seq, got, c.want)
			}
		})
	}
}
