package tstat

import "testing"

// TestRecordsBounded sends what never has to be remembered by Tstat's own rule: segments that each
// lie below the one before.
func TestRecordsBounded(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.send(t, handshake()...)
		const n = 3 * mostRecords
		for i := range n {
			s.send(t, pkt{At: (20000 + int64(i)) * us, Flags: ack, Seq: uint32(1000000 - 2*i), Ack: 1, Len: 1, Window: 1000})
		}
		if live := s.a.records.Live(); live > mostRecords+2 {
			t.Errorf("%d records kept", live)
		}
		s.flush(t)
		// The oldest record is that of the SYN. Joined with the next one it covers all below.
		if forgotten := s.a.Stats().Forgotten; forgotten != 1 {
			t.Errorf("%d forgotten", forgotten)
		}
		if len(s.conns) != 1 || s.conns[0].Client.Packets != n+2 {
			t.Errorf("%+v", s.conns)
		}
	})
}

// TestAllRecordsBounded has 20 connections with a hole behind each segment.
func TestAllRecordsBounded(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		cfg.MaxRecords = 100
		s := newSim(t, cfg, nil)
		for c := range 20 {
			s.send(t, pkt{Flags: syn, Port: uint16(2000 + c)}, pkt{B: true, Flags: syn | ack, Ack: 1, Port: uint16(2000 + c)})
		}
		for i := range 50 {
			for c := range 20 {
				s.send(t, pkt{At: int64(1000+20*i+c) * us, Flags: ack, Seq: uint32(1 + 20*i), Ack: 1, Len: 10, Port: uint16(2000 + c)})
			}
			if live := s.a.records.Live(); live > 101 {
				t.Fatalf("%d records kept", live)
			}
		}
		s.flush(t)
		// SYNs make 40 records and the segments 1000, of which no more than 100 were left; the
		// handshake's go at its ACK or by themselves.
		if forgotten := s.a.Stats().Forgotten; forgotten < 800 || forgotten > 1000 {
			t.Errorf("%d forgotten", forgotten)
		}
	})
}

// TestScanOfEmptyShares lets 10 s pass from packet to packet: shares are counted as they fill and
// empty.
func TestScanOfEmptyShares(t *testing.T) {
	s := newSim(t, Config{Semantics: Classic}, nil)
	for i := range 1000 {
		s.send(t, pkt{At: (int64(i) * 10e6) * us, Flags: syn, Port: uint16(2000 + i)}, pkt{At: (int64(i) * 10e6) * us, UDP: true, Port: uint16(2000 + i)})
	}
	for kind, places := range map[string]*places{"connections": &s.a.scan.conns, "flows": &s.a.scan.flows} {
		t.Run(kind, func(t *testing.T) {
			inUse, used := 0, 0
			for _, n := range places.inUse {
				inUse += int(n)
			}
			for _, slot := range places.slots {
				if slot != 0 {
					used++
				}
			}
			if inUse != used || used == 0 || used > 10 {
				t.Errorf("%d in use, by share %d", used, inUse)
			}
		})
	}
	s.flush(t)
}
