package tcpsim

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestPacket says what a segment leaves to Hosts, and what it may give itself.
func TestPacket(t *testing.T) {
	type seen struct {
		src, dst string
		ports    [2]uint16
		id       uint32
		window   uint16
		sum      [2]byte
		lengths  [3]int // IP packet, payload, captured
	}
	for _, tt := range []struct {
		name string
		v6   bool
		s    Segment
		want seen
	}{
		{"from A", false, Segment{Flags: pcapio.SYN}, seen{"10.0.0.1", "10.0.0.2", [2]uint16{1000, 80}, 8, 500, [2]byte{0, 8}, [3]int{40, 0, 40}}},
		{"from B", true, Segment{B: true, Len: 5}, seen{"fd00::2", "fd00::1", [2]uint16{80, 1000}, 0, 500, [2]byte{0, 8}, [3]int{65, 5, 65}}},
		{"same number", false, Segment{SameID: true, ZeroWindow: true}, seen{"10.0.0.1", "10.0.0.2", [2]uint16{1000, 80}, 7, 0, [2]byte{0, 7}, [3]int{40, 0, 40}}},
		{"all given", false, Segment{Port: 9, ID: 3, Window: 4, Checksum: 0x102, Payload: "abc"},
			seen{"10.0.0.1", "10.0.0.2", [2]uint16{9, 80}, 3, 4, [2]byte{1, 2}, [3]int{43, 3, 43}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := Hosts{V6: tt.v6, Window: 500, ID: 7}
			p := h.Packet(tt.s)
			sum := p.Data[p.TransportOff+16:]
			got := seen{p.SrcAddr().String(), p.DstAddr().String(), [2]uint16{p.SrcPort, p.DstPort}, p.IPID, p.TCP.Window,
				[2]byte{sum[0], sum[1]}, [3]int{p.IPLen, p.PayloadLen, len(p.Data)}}
			if got != tt.want {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
			if s := string(p.Data[p.PayloadOff:]); tt.s.Payload != "" && s != tt.s.Payload {
				t.Errorf("payload %q", s)
			}
		})
	}
}

// TestDatagram has UDP's length and checksum at its own offsets, and no TCP.
func TestDatagram(t *testing.T) {
	p := new(Hosts).Packet(Segment{UDP: true, At: 5, Len: 6, Flags: pcapio.SYN})
	if udp := p.Data[20:]; len(udp) != 14 || udp[5] != 14 || udp[7] != 1 || p.Proto != 17 || p.TCP.Flags != 0 || p.Time != Start+5 {
		t.Errorf("%+v", p)
	}
}
