package tcpanalysis

import (
	"testing"
)

// TestCopies sends a segment or an ACK twice, as captures have them.
func TestCopies(t *testing.T) {
	// The packet before has the same identification or another.
	for _, c := range []struct {
		name string
		ms   float64 // apart
		n    int     // payload
		same bool    // the IP identification of all is the same
		hops uint8   // that the copy has gone further
		v6   bool
		want uint64
	}{
		{"identification", 50, 100, false, 0, false, 1},
		{"identification, an ACK", 50, 0, false, 0, false, 1},
		{"identification, too late", 100, 100, false, 0, false, 0},
		{"one identification for all", 1, 100, true, 0, false, 1},
		{"one identification for all, too late", 2, 100, true, 0, false, 0},
		{"one identification for all, an ACK", 1, 0, true, 0, false, 0},
		{"another hop", 50, 100, true, 1, false, 1},
		{"far off", 50, 100, true, 2, false, 0},
		{"IPv6", 1, 100, false, 0, true, 1},
		{"IPv6, another hop", 50, 100, false, 1, true, 1},
		{"IPv6, an ACK", 1, 0, false, 0, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSim(t, Config{})
			s.V6 = c.v6
			s.open()
			if c.same {
				s.send(pkt{At: 19 * ms, Flags: ack, Seq: 1, Ack: 1, Window: 999})
			}
			k := pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: c.n, SameID: c.same}
			s.send(k)
			k.At, k.SameID = k.At+int64(c.ms*ms), true
			p := s.packet(k)
			p.TTL -= c.hops
			if err := s.tr.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			if got := s.done()[0].A2B.Classes[CaptureDup]; got != c.want {
				t.Errorf("%s: %d, want %d", c.name, got, c.want)
			}
		})
	}
}
