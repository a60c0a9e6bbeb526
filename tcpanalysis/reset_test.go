package tcpanalysis

import (
	"testing"
)

// TestResets checks which RSTs end a connection. A has acknowledged up to 1, and its window ends
// before 1001.
func TestResets(t *testing.T) {
	opening := []pkt{{Flags: syn}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1}}
	reset := func(seq uint32, more ...pkt) []pkt {
		return append(append(append([]pkt{}, opening...), pkt{At: 20 * ms, B: true, Flags: rst, Seq: seq}), more...)
	}
	data := pkt{At: 15 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, Len: 50}
	for _, c := range []struct {
		name     string
		packets  []pkt
		reason   EndReason
		complete Completeness
	}{
		{"RCV.NXT", reset(1), WasReset, Reset},
		{"below", reset(0), EndOfCapture, Open},
		{"behind the window", reset(1001), EndOfCapture, Open},
		{"in the window", reset(1000), WasReset, Reset},
		{"in the window, challenged", reset(1000, pkt{At: 21 * ms, Flags: ack, Seq: 1, Ack: 1}), EndOfCapture, Open},
		{"what is in flight may have arrived", append(append(append([]pkt{}, opening...), data), pkt{At: 20 * ms, B: true, Flags: rst, Seq: 51}), WasReset, Reset},
		{"its sender goes on", reset(1, pkt{At: 5000 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, Len: 5}), EndOfCapture, Open},
		{"its sender's packet was overtaken", reset(1, pkt{At: 21 * ms, B: true, Flags: ack, Seq: 1, Ack: 1}), WasReset, Reset},
		{"what comes after it was received", reset(1, pkt{At: 5000 * ms, Flags: ack, Seq: 1, Ack: 9}), EndOfCapture, Open},
		{"its receiver has not heard of it yet", reset(1, pkt{At: 500 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 5}), WasReset, Reset},
		{"after both FINs", append(append([]pkt{}, opening...), pkt{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1}, pkt{At: 30 * ms, B: true, Flags: ack | fin, Seq: 1, Ack: 2}, pkt{At: 31 * ms, Flags: ack, Seq: 2, Ack: 2}, pkt{At: 32 * ms, Flags: rst, Seq: 2}), Closed, Complete},
		{"of a SYN with data", []pkt{{Flags: syn, Seq: 7, Len: 50}, {At: 1 * ms, B: true, Flags: rst | ack, Ack: 58}}, WasReset, Reset},
		{"of a SYN", []pkt{{Flags: syn, Seq: 7}, {At: 1 * ms, B: true, Flags: rst | ack, Ack: 8}}, WasReset, Reset},
		{"of a SYN, with another ACK", []pkt{{Flags: syn, Seq: 7}, {At: 1 * ms, B: true, Flags: rst | ack, Ack: 9}}, EndOfCapture, MidStream},
		{"of a SYN, without ACK", []pkt{{Flags: syn, Seq: 7}, {At: 1 * ms, B: true, Flags: rst, Seq: 8}}, EndOfCapture, MidStream},
		{"of who sent the SYN", []pkt{{Flags: syn, Seq: 7}, {At: 1 * ms, B: true, Flags: syn | ack, Ack: 8}, {At: 2 * ms, Flags: rst, Seq: 8}}, WasReset, Reset},
		{"nothing is known of its receiver", []pkt{{Flags: ack, Seq: 7, Ack: 1}, {At: 1 * ms, Flags: rst, Seq: 80000}}, WasReset, Reset},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, v6 := range []bool{false, true} {
				s := newSim(t, Config{})
				s.V6 = v6
				s.send(c.packets...)
				got := s.done()
				if len(got) != 1 || got[0].Reason != c.reason || got[0].Completeness() != c.complete {
					t.Errorf("%s (IPv6 %v): %d connections, the first %v, %v; want %v, %v", c.name, v6, len(got), got[0].Reason, got[0].Completeness(), c.reason, c.complete)
				}
			}
		})
	}
}

// TestScan looks at 1000 ports, all of which refuse: none is kept for more than 10 s.
func TestScan(t *testing.T) {
	s := newSim(t, Config{})
	for i := range 1000 {
		at, port := float64(100*i), uint16(2000+i)
		s.send(pkt{At: int64(at * ms), Flags: syn, Port: port}, pkt{At: int64((at + 1) * ms), B: true, Flags: rst | ack, Ack: 1, Port: port})
	}
	s.done()
	if most := s.tr.Stats().MaxLive; most > 105 {
		t.Errorf("%d connections at once", most)
	}
}

// TestTimeWait sends SYNs to a closed connection. Its A side ended at 2 with timestamp 40.
func TestTimeWait(t *testing.T) {
	closed := []pkt{{Flags: syn, Seq: 0, Timestamps: [2]uint32{10, 0}}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1, Timestamps: [2]uint32{5, 10}}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1, Timestamps: [2]uint32{21, 5}},
		{At: 30 * ms, Flags: ack | fin, Seq: 1, Ack: 1, Timestamps: [2]uint32{40, 5}}, {At: 40 * ms, B: true, Flags: ack | fin, Seq: 1, Ack: 2, Timestamps: [2]uint32{35, 40}}, {At: 41 * ms, Flags: ack, Seq: 2, Ack: 2, Timestamps: [2]uint32{51, 35}}}
	for _, c := range []struct {
		name  string
		syn   pkt
		conns int
	}{
		{"lower number, older timestamp", pkt{At: 500 * ms, Flags: syn, Seq: 0xffff0000, Timestamps: [2]uint32{39, 0}}, 1},
		{"lower number, newer timestamp", pkt{At: 500 * ms, Flags: syn, Seq: 0xffff0000, Timestamps: [2]uint32{510, 0}}, 2},
		{"higher number, older timestamp", pkt{At: 500 * ms, Flags: syn, Seq: 5000, Timestamps: [2]uint32{39, 0}}, 2},
		{"lower number, no timestamp", pkt{At: 500 * ms, Flags: syn, Seq: 0xffff0000}, 2},
		{"the same SYN", pkt{At: 500 * ms, Flags: syn, Timestamps: [2]uint32{10, 0}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSim(t, Config{})
			s.send(closed...)
			s.send(c.syn)
			got := s.done()
			if len(got) != c.conns || got[0].A2B.RetransUnseen != 0 || got[0].A2B.OutOfOrder != 0 || c.conns == 1 && got[0].A2B.SYNs != 2 {
				t.Errorf("%s: %d connections, want %d; classes %v, %d SYNs", c.name, len(got), c.conns, got[0].A2B.Classes, got[0].A2B.SYNs)
			}
		})
	}
}

// TestClosedGoFirst has room for three connections: one is open, the others are closed one after
// the other, and never crowd it out.
func TestClosedGoFirst(t *testing.T) {
	s := newSim(t, Config{MaxConns: 3})
	s.send(pkt{At: 0, Flags: ack, Seq: 5, Ack: 5, Len: 10, Port: 999})
	for i := range 20 {
		at, port := float64(10*i), uint16(2000+i)
		s.send(pkt{At: int64(at * ms), Flags: syn, Port: port}, pkt{At: int64((at + 1) * ms), B: true, Flags: syn | ack, Ack: 1, Port: port}, pkt{At: int64((at + 2) * ms), Flags: ack | fin, Seq: 1, Ack: 1, Port: port},
			pkt{At: int64((at + 3) * ms), B: true, Flags: ack | fin, Seq: 1, Ack: 2, Port: port}, pkt{At: int64((at + 4) * ms), Flags: ack, Seq: 2, Ack: 2, Port: port})
	}
	s.send(pkt{At: 300 * ms, Flags: ack, Seq: 15, Ack: 5, Len: 10, Port: 999})
	s.done()
	st := s.tr.Stats()
	if st.Conns != 21 || st.Ended[Closed] != 20 || st.Ended[EndOfCapture] != 1 || st.Ended[LackOfResources] != 0 {
		t.Errorf("%d connections, ended by reason %v", st.Conns, st.Ended)
	}
}
