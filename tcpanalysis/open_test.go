package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestDirection checks who is side A where no SYN was seen in time.
func TestDirection(t *testing.T) {
	first := pkt{B: true, Flags: ack, Seq: 50, Ack: 70, Len: 5, Port: 2000}
	for _, c := range []struct {
		name    string
		packets []pkt
		a       uint16
		method  DirectionMethod
	}{
		{"the service sent first", []pkt{first, {At: 1 * ms, Flags: ack, Seq: 70, Ack: 55, Port: 2000}}, 2000, ByPort},
		{"only the service sent", []pkt{first}, 80, FirstPacket},
		{"the other one first", []pkt{{Flags: ack, Seq: 70, Ack: 50, Port: 2000}, first}, 2000, FirstPacket},
		{"two high ports", []pkt{{B: true, Flags: ack, Seq: 50, Ack: 70, Port: 2000}, {Flags: ack, Seq: 70, Ack: 50, Port: 2000}}, 2000, FirstPacket},
		{"the SYN comes late", []pkt{{B: true, Flags: ack, Seq: 50, Ack: 1, Len: 5}, {At: 1 * ms, Flags: syn, Seq: 0}}, 1000, SentSYN},
		{"the SYN comes behind its sender's data", []pkt{{Flags: ack, Seq: 1, Ack: 50, Len: 5}, {At: 1 * ms, Flags: syn, Seq: 0}}, 1000, SentSYN},
		{"the SYN+ACK comes late", []pkt{{B: true, Flags: ack, Seq: 50, Ack: 1, Len: 5}, {At: 1 * ms, B: true, Flags: syn | ack, Seq: 49, Ack: 1}}, 1000, GotSYNACK},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSim(t, Config{})
			if c.name == "two high ports" { // sim's b has port 80
				p, q := s.packet(c.packets[0]), s.packet(c.packets[1])
				p.SrcPort, p.DstPort, q.SrcPort, q.DstPort = 2000, 3000, 3000, 2000
				for _, x := range []*pcapio.Packet{p, q} {
					if err := s.tr.WritePacket(x); err != nil {
						t.Fatal(err)
					}
				}
			} else {
				s.send(c.packets...)
			}
			got := s.done()
			if len(got) != 1 || got[0].APort != c.a || got[0].Direction != c.method {
				t.Errorf("%s: %d connections, A has port %d by %v; want %d by %v", c.name, len(got), got[0].APort, got[0].Direction, c.a, c.method)
			}
		})
	}
}
