package tstat

import (
	"testing"

	"github.com/reeftools/reef/internal/lab/tcpsim"
	"github.com/reeftools/reef/pcapio"
)

const (
	syn = pcapio.SYN
	ack = pcapio.ACK
	fin = pcapio.FIN
	rst = pcapio.RST
	psh = pcapio.PSH
	us  = 1000 // in ns
)

// pkt is a hand-made packet between client and server.
type pkt = tcpsim.Segment

// sim gives packets to an Analyzer and keeps what comes of them.
type sim struct {
	tcpsim.Hosts
	a     *Analyzer
	conns []Conn
	flows []Flow
}

func semantics(classic bool) Semantics {
	if classic {
		return Classic
	}
	return Modern
}

func newSim(t *testing.T, cfg Config, steps StepWriter) *sim {
	t.Helper()
	s := &sim{Hosts: tcpsim.Hosts{ID: 1000}}
	a, err := New(cfg, s, s, steps)
	if err != nil {
		t.Fatal(err)
	}
	s.a = a
	return s
}

func (s *sim) WriteConn(c *Conn) error { s.conns = append(s.conns, *c); return nil }
func (s *sim) WriteFlow(f *Flow) error { s.flows = append(s.flows, *f); return nil }

func (s *sim) send(t *testing.T, packets ...pkt) {
	t.Helper()
	for _, k := range packets {
		if err := s.a.WritePacket(s.Packet(k)); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *sim) flush(t *testing.T) {
	t.Helper()
	if err := s.a.Flush(); err != nil {
		t.Fatal(err)
	}
	st := s.a.Stats()
	if sum := st.TCP + st.UDP + st.Duplicates + st.NoSYN + st.NoRoom + st.OneWay + st.Skipped.Total(); sum != st.Packets {
		t.Errorf("counts do not add up: %+v", st)
	}
	if s.a.conns.Len() != 0 || s.a.flows.Len() != 0 || s.a.records.Live() != 0 || s.a.names.Live() != 0 {
		t.Errorf("left over: %d connections, %d flows, %d records, %d names", s.a.conns.Len(), s.a.flows.Len(), s.a.records.Live(), s.a.names.Live())
	}
}

// handshake takes 10 ms to the server and 1 ms to the client, so that the sum of the round-trip
// times is 11 ms.
func handshake() []pkt {
	return []pkt{
		{At: 0, Flags: syn, Seq: 0, Window: 1000},
		{At: 10000 * us, B: true, Flags: syn | ack, Seq: 0, Ack: 1, Window: 2000},
		{At: 11000 * us, Flags: ack, Seq: 1, Ack: 1, Window: 1000},
	}
}

// run follows packets after a handshake, to the end of the input.
func run(t *testing.T, cfg Config, packets ...pkt) *Conn {
	t.Helper()
	s := newSim(t, cfg, nil)
	s.send(t, handshake()...)
	s.send(t, packets...)
	s.flush(t)
	if len(s.conns) != 1 {
		t.Fatalf("%d connections", len(s.conns))
	}
	return &s.conns[0]
}
