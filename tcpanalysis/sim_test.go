package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// sim is a hand-made conversation: a at 10.0.0.1:1000, b at 10.0.0.2:80.
type sim struct {
	t       *testing.T
	tr      *Tracker
	v6      bool
	id      uint16 // IP identification, a new one for each packet
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

var zeros [1 << 17]byte // the bytes of all packets, since nobody looks at them

// pkt is one packet; zero values get defaults.
type pkt struct {
	ms       float64
	b        bool // sent by b
	flags    pcapio.TCPFlags
	seq, ack uint32
	n        int
	win      uint16 // default 1000; use zeroWin for 0
	zeroWin  bool
	ts       [2]uint32 // TSval, TSecr
	sack     []pcapio.SACKBlock
	sameID   bool
	id       uint16 // another IP identification
	port     uint16
	opts     pcapio.TCPOptions
	wscale   uint8
}

func (s *sim) packet(k pkt) *pcapio.Packet {
	if !k.sameID {
		s.id++
	}
	p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerTCP | pcapio.LayerIPv4, IPVersion: 4, Proto: 6, TTL: 64,
		IPID: uint32(s.id), IPHdrLen: 20, PortsOK: true, SrcPort: 1000, DstPort: 80, PayloadLen: k.n}
	p.Src, p.Dst = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 2}
	if s.v6 {
		p.IPVersion, p.IPHdrLen, p.IPID, p.Layers = 6, 40, 0, pcapio.LayerTCP|pcapio.LayerIPv6
		p.Src, p.Dst = [16]byte{0: 0xfd, 15: 1}, [16]byte{0: 0xfd, 15: 2}
	}
	if k.id != 0 && !s.v6 {
		p.IPID = uint32(k.id)
	}
	if k.port != 0 {
		p.SrcPort = k.port
	}
	if k.b {
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
	p.Time = 1e18 + int64(k.ms*1e6)
	p.TCP = pcapio.TCP{Seq: k.seq, Ack: k.ack, Flags: k.flags, HdrLen: 20, Window: 1000, Options: k.opts, WScale: k.wscale}
	if k.win != 0 {
		p.TCP.Window = k.win
	}
	if k.zeroWin {
		p.TCP.Window = 0
	}
	if k.ts != [2]uint32{} {
		p.TCP.Options |= pcapio.OptTimestamps
		p.TCP.TSval, p.TCP.TSecr = k.ts[0], k.ts[1]
	}
	if len(k.sack) > 0 {
		p.TCP.Options |= pcapio.OptSACK
		p.TCP.SACKCount = uint8(copy(p.TCP.SACK[:], k.sack))
	}
	p.PayloadOff = 14 + p.IPHdrLen + 20
	p.IPLen = p.IPHdrLen + 20 + k.n
	p.Data = zeros[:p.PayloadOff+k.n]
	p.OrigLen = len(p.Data)
	return p
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
	s.send(pkt{ms: 0, flags: syn}, pkt{ms: 10, b: true, flags: syn | ack, ack: 1}, pkt{ms: 11, flags: ack, seq: 1, ack: 1})
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
