package tcpanalysis

import (
	"fmt"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestFragments sends a segment of 2000 bytes with FIN in two fragments, and a later one of which
// nothing is known.
func TestFragments(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		t.Run(fmt.Sprint("IPv6 ", v6), func(t *testing.T) {
			s := newSim(t, Config{})
			s.V6 = v6
			s.open()
			first := s.packet(pkt{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1, Len: 1460})
			first.IPFlags = pcapio.MoreFragments
			later := s.packet(pkt{At: 20.01 * ms, Len: 540, SameID: true})
			later.Status, later.Layers, later.FragOffset = pcapio.StatusFragment, 0, 1480
			later.TCP, later.TCPInherited, later.TCPOffset = pcapio.TCP{Seq: 1461}, true, 1460
			stray := *later
			stray.TCPInherited = false
			for _, p := range []*pcapio.Packet{first, later, &stray} {
				if err := s.tr.WritePacket(p); err != nil {
					t.Fatal(err)
				}
			}
			s.send(pkt{At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 2002})
			st := s.tr.Stats()
			h := s.done()[0].A2B
			if n, ok := h.StreamLength(); n != 2000 || !ok {
				t.Errorf("IPv6 %v: stream of %d, %v", v6, n, ok)
			}
			if h.DataBytes != 2000 || h.DataPackets != 1 || h.SegmentMin != 2000 || h.SegmentMax != 2000 || h.Packets != 3 || h.AckedUnseen != 0 {
				t.Errorf("IPv6 %v: %d bytes in %d segments of %d to %d, %d packets, %d unseen", v6, h.DataBytes, h.DataPackets, h.SegmentMin, h.SegmentMax, h.Packets, h.AckedUnseen)
			}
			if h.RTT.Max != 10*ms || h.RTT.ByMethod[ACK] != 1 { // 9.99 ms from the later one
				t.Errorf("IPv6 %v: %d samples up to %d", v6, h.RTT.ByMethod[ACK], h.RTT.Max)
			}
			if st.Used != 6 || st.Skipped[pcapio.StatusFragment] != 1 {
				t.Errorf("IPv6 %v: %+v", v6, st)
			}
		})
	}
}
