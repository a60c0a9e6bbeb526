package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestDirection checks who is side A where no SYN was seen in time.
func TestDirection(t *testing.T) {
	first := pkt{b: true, flags: ack, seq: 50, ack: 70, n: 5, port: 2000}
	for _, c := range []struct {
		name    string
		packets []pkt
		a       uint16
		method  DirectionMethod
	}{
		{"the service sent first", []pkt{first, {ms: 1, flags: ack, seq: 70, ack: 55, port: 2000}}, 2000, ByPort},
		{"only the service sent", []pkt{first}, 80, FirstPacket},
		{"the other one first", []pkt{{flags: ack, seq: 70, ack: 50, port: 2000}, first}, 2000, FirstPacket},
		{"two high ports", []pkt{{b: true, flags: ack, seq: 50, ack: 70, port: 2000}, {flags: ack, seq: 70, ack: 50, port: 2000}}, 2000, FirstPacket},
		{"the SYN comes late", []pkt{{b: true, flags: ack, seq: 50, ack: 1, n: 5}, {ms: 1, flags: syn, seq: 0}}, 1000, SentSYN},
		{"the SYN comes behind its sender's data", []pkt{{flags: ack, seq: 1, ack: 50, n: 5}, {ms: 1, flags: syn, seq: 0}}, 1000, SentSYN},
		{"the SYN+ACK comes late", []pkt{{b: true, flags: ack, seq: 50, ack: 1, n: 5}, {ms: 1, b: true, flags: syn | ack, seq: 49, ack: 1}}, 1000, GotSYNACK},
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
