package tcpanalysis

import (
	"fmt"
	"testing"
)

// TestAllRangesBounded sends streams full of gaps over many connections, each answered and never
// acknowledged.
func TestAllRangesBounded(t *testing.T) {
	const conns, bound = 50, 1000
	visits := func(rounds int) uint64 {
		s := newSim(t, Config{MaxConns: conns, MaxAllRanges: bound})
		for i := range rounds {
			for c := range conns {
				port := uint16(1000 + c)
				s.send(pkt{At: int64(float64(i) * ms), Flags: ack, Seq: uint32(1 + 20*i), Ack: 1, Len: 10, Port: port})
				if i == 0 {
					s.send(pkt{B: true, Flags: ack, Seq: 1, Ack: 1, Port: port})
				}
			}
			if n := s.tr.segs.Live(); n > bound+1 {
				t.Fatalf("%d ranges kept", n)
			}
		}
		var dropped uint64
		visits := s.tr.budget.visits
		for _, c := range s.done() {
			if c.A2B.UniqueBytes != uint64(10*rounds) || c.A2B.AckedUnseen != 0 {
				t.Errorf("connection %d: %d unique bytes, %d acknowledged unseen", c.Number, c.A2B.UniqueBytes, c.A2B.AckedUnseen)
			}
			dropped += c.A2B.RangesDropped
		}
		// Each packet makes a range. At the end at most 1001 are left.
		if all := uint64(conns * rounds); dropped > all || dropped < all-bound-1 || dropped != s.tr.Stats().RangesDropped {
			t.Errorf("%d ranges dropped of %d; in all %d", dropped, all, s.tr.Stats().RangesDropped)
		}
		return visits
	}
	for _, rounds := range []int{200, 800} {
		t.Run(fmt.Sprint(rounds, " rounds"), func(t *testing.T) {
			if got := visits(rounds); got > uint64(rounds*conns) {
				t.Errorf("%d packets, %d steps", rounds*conns, got)
			}
		})
	}
}

// The ranges of nearly all connections were acknowledged, so that many have nothing to give up:
// steps stay fewer than packets.
func TestRoomIsFoundAtOnce(t *testing.T) {
	const conns = 1000
	s := newSim(t, Config{MaxConns: conns, MaxAllRanges: 1})
	for c := range conns {
		s.send(pkt{Flags: ack, Seq: 1, Ack: 1, Len: 10, Port: uint16(c + 1)}, pkt{B: true, Flags: ack, Seq: 1, Ack: 11, Port: uint16(c + 1)})
	}
	const packets = 20000
	for i := range packets { // over two of them, whose slots follow one another
		s.send(pkt{At: int64(float64(i) * ms), Flags: ack, Seq: uint32(100 + 20*(i/2)), Ack: 1, Len: 10, Port: uint16(1 + i%2)})
	}
	if got := s.tr.budget.visits; got == 0 || got > packets {
		t.Errorf("%d steps for %d packets", got, packets)
	}
	if s.tr.cfg.MaxAllRanges != conns {
		t.Errorf("the bound is %d", s.tr.cfg.MaxAllRanges)
	}
	s.done()
}

// A connection whose ranges were given up measures again from the next segment on, and what was
// given up counts as acknowledged.
func TestAfterRangesGivenUp(t *testing.T) {
	s := newSim(t, Config{MaxConns: 4, MaxAllRanges: 4})
	s.open()
	for i := range 6 { // the fifth range is one too many: five go before the sixth packet counts
		s.send(pkt{At: int64((20 + float64(i)) * ms), Flags: ack, Seq: uint32(1 + 10*i), Ack: 1, Len: 10})
	}
	s.send(pkt{At: 60 * ms, B: true, Flags: ack, Seq: 1, Ack: 61},
		pkt{At: 70 * ms, Flags: ack, Seq: 11, Ack: 1, Len: 10}) // sent again, though not needed
	h := s.done()[0].A2B
	if h.RangesDropped != 5 || h.UniqueBytes != 60 || h.RetransBytes != 10 || h.RTT.ByMethod[ACK] != 1 || h.RTT.Max != 35*ms {
		t.Errorf("%d dropped, %d unique, %d again, %d samples to %d", h.RangesDropped, h.UniqueBytes, h.RetransBytes, h.RTT.ByMethod[ACK], h.RTT.Max)
	}
}

// The second side to have more than 20 round-trip times gets no histogram, and its percentiles are
// not known.
func TestHistogramsBounded(t *testing.T) {
	s := newSim(t, Config{Percentiles: true, MaxHistograms: 1})
	for i := range 22 {
		for port := uint16(1); port <= 2; port++ {
			at, seq := float64(10*i), uint32(1+10*i)
			s.send(pkt{At: int64(at * ms), Flags: ack, Seq: seq, Ack: 1, Len: 10, Port: port}, pkt{At: int64((at + 2) * ms), B: true, Flags: ack, Seq: 1, Ack: seq + 10, Port: port})
		}
	}
	conns := s.done()
	if n := s.tr.Stats().NoHistogram; n != 1 {
		t.Errorf("%d sides without", n)
	}
	median := func(c *Conn) uint64 {
		for i, col := range rttColumns {
			if col.name == "rtt_p50_s" {
				return c.A2B.appendRTT(nil)[i]
			}
		}
		t.Fatal("no such column")
		return 0
	}
	if got := median(&conns[0]); got == unknown || got == 0 {
		t.Errorf("median of the first: %d", got)
	}
	if got := median(&conns[1]); got != unknown || conns[1].A2B.RTT.Samples != 22 {
		t.Errorf("median of the second: %d of %d samples", got, conns[1].A2B.RTT.Samples)
	}
}
