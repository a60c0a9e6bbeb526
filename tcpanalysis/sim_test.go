package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/internal/lab/tcpsim"
	"github.com/reeftools/reef/pcapio"
)

// pkt is one packet of a hand-made conversation.
type pkt = tcpsim.Segment

// sim gives the packets of a conversation to a Tracker and keeps what comes of them.
type sim struct {
	tcpsim.Hosts
	t       *testing.T
	tr      *Tracker
	conns   []Conn
	samples []Sample
}

const (
	syn = pcapio.SYN
	ack = pcapio.ACK
	fin = pcapio.FIN
	rst = pcapio.RST
	psh = pcapio.PSH
	ms  = 1_000_000 // in ns
)

func newSim(t *testing.T, cfg Config) *sim {
	t.Helper()
	s := &sim{t: t}
	var err error
	s.tr, err = NewTracker(cfg,
		ConnWriterFunc(func(c *Conn) error { s.conns = append(s.conns, *c); return nil }),
		SampleWriterFunc(func(x *Sample) error { s.samples = append(s.samples, *x); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// packet lets segments that give no window have one of 1000 bytes.
func (s *sim) packet(k pkt) *pcapio.Packet {
	s.Window = 1000
	return s.Packet(k)
}

func (s *sim) send(ks ...pkt) {
	s.t.Helper()
	for _, k := range ks {
		if err := s.tr.WritePacket(s.packet(k)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// open does the handshake, 10 ms from SYN to SYN+ACK and 1 ms more to the ACK; data begins at 1 on
// both sides.
func (s *sim) open() {
	s.send(pkt{At: 0, Flags: syn}, pkt{At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, pkt{At: 11 * ms, Flags: ack, Seq: 1, Ack: 1})
}

// done flushes and returns the connections.
func (s *sim) done() []Conn {
	s.t.Helper()
	if err := s.tr.Flush(); err != nil {
		s.t.Fatal(err)
	}
	st := s.tr.Stats()
	if st.Live != 0 || s.tr.segs.Live() != 0 || s.tr.rares.Live() != 0 || s.tr.hists.Live() != 0 {
		s.t.Errorf("left over: %d connections, %d ranges, %d histograms", st.Live, s.tr.segs.Live(), s.tr.hists.Live())
	}
	var ended uint64
	for _, n := range st.Ended {
		ended += n
	}
	if ended != st.Conns || st.Used+st.Skipped.Total() != st.Packets {
		s.t.Errorf("counts do not reconcile: %+v", st)
	}
	for i := range s.conns {
		for _, h := range []*Half{&s.conns[i].A2B, &s.conns[i].B2A} {
			if h.DataBytes != h.UniqueBytes+h.RetransBytes {
				s.t.Errorf("data %d, unique %d, retransmitted %d", h.DataBytes, h.UniqueBytes, h.RetransBytes)
			}
		}
	}
	return s.conns
}
