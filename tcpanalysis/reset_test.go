package tcpanalysis

import (
	"testing"
)

// TestResets checks which RSTs end a connection. A has acknowledged up to 1, and its window ends
// before 1001.
func TestResets(t *testing.T) {
	opening := []pkt{{flags: syn}, {ms: 10, b: true, flags: syn | ack, ack: 1}, {ms: 11, flags: ack, seq: 1, ack: 1}}
	reset := func(seq uint32, more ...pkt) []pkt {
		return append(append(append([]pkt{}, opening...), pkt{ms: 20, b: true, flags: rst, seq: seq}), more...)
	}
	data := pkt{ms: 15, b: true, flags: ack, seq: 1, ack: 1, n: 50}
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
		{"in the window, challenged", reset(1000, pkt{ms: 21, flags: ack, seq: 1, ack: 1}), EndOfCapture, Open},
		{"what is in flight may have arrived", append(append(append([]pkt{}, opening...), data), pkt{ms: 20, b: true, flags: rst, seq: 51}), WasReset, Reset},
		{"its sender goes on", reset(1, pkt{ms: 5000, b: true, flags: ack, seq: 1, ack: 1, n: 5}), EndOfCapture, Open},
		{"its sender's packet was overtaken", reset(1, pkt{ms: 21, b: true, flags: ack, seq: 1, ack: 1}), WasReset, Reset},
		{"what comes after it was received", reset(1, pkt{ms: 5000, flags: ack, seq: 1, ack: 9}), EndOfCapture, Open},
		{"its receiver has not heard of it yet", reset(1, pkt{ms: 500, flags: ack, seq: 1, ack: 1, n: 5}), WasReset, Reset},
		{"after both FINs", append(append([]pkt{}, opening...), pkt{ms: 20, flags: ack | fin, seq: 1, ack: 1}, pkt{ms: 30, b: true, flags: ack | fin, seq: 1, ack: 2}, pkt{ms: 31, flags: ack, seq: 2, ack: 2}, pkt{ms: 32, flags: rst, seq: 2}), Closed, Complete},
		{"of a SYN with data", []pkt{{flags: syn, seq: 7, n: 50}, {ms: 1, b: true, flags: rst | ack, ack: 58}}, WasReset, Reset},
		{"of a SYN", []pkt{{flags: syn, seq: 7}, {ms: 1, b: true, flags: rst | ack, ack: 8}}, WasReset, Reset},
		{"of a SYN, with another ACK", []pkt{{flags: syn, seq: 7}, {ms: 1, b: true, flags: rst | ack, ack: 9}}, EndOfCapture, MidStream},
		{"of a SYN, without ACK", []pkt{{flags: syn, seq: 7}, {ms: 1, b: true, flags: rst, seq: 8}}, EndOfCapture, MidStream},
		{"of who sent the SYN", []pkt{{flags: syn, seq: 7}, {ms: 1, b: true, flags: syn | ack, ack: 8}, {ms: 2, flags: rst, seq: 8}}, WasReset, Reset},
		{"nothing is known of its receiver", []pkt{{flags: ack, seq: 7, ack: 1}, {ms: 1, flags: rst, seq: 80000}}, WasReset, Reset},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, v6 := range []bool{false, true} {
				s := newSim(t, Config{})
				s.v6 = v6
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
		ms, port := float64(100*i), uint16(2000+i)
		s.send(pkt{ms: ms, flags: syn, port: port}, pkt{ms: ms + 1, b: true, flags: rst | ack, ack: 1, port: port})
	}
	s.done()
	if most := s.tr.Stats().MaxLive; most > 105 {
		t.Errorf("%d connections at once", most)
	}
}

// TestTimeWait sends SYNs to a closed connection. Its A side ended at 2 with timestamp 40.
func TestTimeWait(t *testing.T) {
	closed := []pkt{{flags: syn, seq: 0, ts: [2]uint32{10, 0}}, {ms: 10, b: true, flags: syn | ack, ack: 1, ts: [2]uint32{5, 10}}, {ms: 11, flags: ack, seq: 1, ack: 1, ts: [2]uint32{21, 5}},
		{ms: 30, flags: ack | fin, seq: 1, ack: 1, ts: [2]uint32{40, 5}}, {ms: 40, b: true, flags: ack | fin, seq: 1, ack: 2, ts: [2]uint32{35, 40}}, {ms: 41, flags: ack, seq: 2, ack: 2, ts: [2]uint32{51, 35}}}
	for _, c := range []struct {
		name  string
		syn   pkt
		conns int
	}{
		{"lower number, older timestamp", pkt{ms: 500, flags: syn, seq: 0xffff0000, ts: [2]uint32{39, 0}}, 1},
		{"lower number, newer timestamp", pkt{ms: 500, flags: syn, seq: 0xffff0000, ts: [2]uint32{510, 0}}, 2},
		{"higher number, older timestamp", pkt{ms: 500, flags: syn, seq: 5000, ts: [2]uint32{39, 0}}, 2},
		{"lower number, no timestamp", pkt{ms: 500, flags: syn, seq: 0xffff0000}, 2},
		{"the same SYN", pkt{ms: 500, flags: syn, ts: [2]uint32{10, 0}}, 1},
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
	s.send(pkt{ms: 0, flags: ack, seq: 5, ack: 5, n: 10, port: 999})
	for i := range 20 {
		ms, port := float64(10*i), uint16(2000+i)
		s.send(pkt{ms: ms, flags: syn, port: port}, pkt{ms: ms + 1, b: true, flags: syn | ack, ack: 1, port: port}, pkt{ms: ms + 2, flags: ack | fin, seq: 1, ack: 1, port: port},
			pkt{ms: ms + 3, b: true, flags: ack | fin, seq: 1, ack: 2, port: port}, pkt{ms: ms + 4, flags: ack, seq: 2, ack: 2, port: port})
	}
	s.send(pkt{ms: 300, flags: ack, seq: 15, ack: 5, n: 10, port: 999})
	s.done()
	st := s.tr.Stats()
	if st.Conns != 21 || st.Ended[Closed] != 20 || st.Ended[EndOfCapture] != 1 || st.Ended[LackOfResources] != 0 {
		t.Errorf("%d connections, ended by reason %v", st.Conns, st.Ended)
	}
}
