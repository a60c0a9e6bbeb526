package tstat

import (
	"encoding/binary"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

const (
	syn = pcapio.SYN
	ack = pcapio.ACK
	fin = pcapio.FIN
	rst = pcapio.RST
	psh = pcapio.PSH
)

// pkt is a hand-made packet between the client 10.0.0.1:1000 and the server 10.0.0.2:80. Packets
// without id get a new one each.
type pkt struct {
	us       int64
	s        bool // sent by the server
	flags    pcapio.TCPFlags
	seq, ack uint32
	n        int
	payload  string // instead of n
	win      uint16
	id       uint16
	sum      uint16
	opts     pcapio.TCPOptions
	wscale   uint8
	mss      uint16
	port     uint16 // of the client
	udp      bool
}

// sim gives packets to an Analyzer and keeps what comes of them.
type sim struct {
	a     *Analyzer
	conns []Conn
	flows []Flow
	v6    bool
	id    uint16
}

func semantics(classic bool) Semantics {
	if classic {
		return Classic
	}
	return Modern
}

func newSim(t *testing.T, cfg Config, steps StepWriter) *sim {
	t.Helper()
	s := &sim{id: 1000}
	a, err := New(cfg, s, s, steps)
	if err != nil {
		t.Fatal(err)
	}
	s.a = a
	return s
}

func (s *sim) WriteConn(c *Conn) error { s.conns = append(s.conns, *c); return nil }
func (s *sim) WriteFlow(f *Flow) error { s.flows = append(s.flows, *f); return nil }

func (s *sim) packet(k pkt) *pcapio.Packet {
	if s.id++; k.id == 0 {
		k.id = s.id
	}
	if k.port == 0 {
		k.port = 1000
	}
	k.n = max(k.n, len(k.payload))
	p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerTCP | pcapio.LayerIPv4, IPVersion: 4, Proto: 6, TTL: 64, IPHdrLen: 20,
		IPID: uint32(k.id), PortsOK: true, SrcPort: k.port, DstPort: 80, PayloadLen: k.n}
	p.Src, p.Dst = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 2}
	if s.v6 {
		p.IPVersion, p.IPHdrLen, p.Layers = 6, 40, pcapio.LayerTCP|pcapio.LayerIPv6
		p.Src, p.Dst = [16]byte{0: 0xfd, 15: 1}, [16]byte{0: 0xfd, 15: 2}
	}
	if k.s {
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
	p.Time = 1e18 + k.us*1000
	header := 20
	p.TCP = pcapio.TCP{Seq: k.seq, Ack: k.ack, Flags: k.flags, HdrLen: 20, Window: k.win, Options: k.opts, WScale: k.wscale, MSS: k.mss}
	if k.udp {
		header, p.Proto, p.TCP = 8, 17, pcapio.TCP{}
		p.Layers = p.Layers&^pcapio.LayerTCP | pcapio.LayerUDP
	}
	p.TransportOff = p.IPHdrLen
	p.PayloadOff = p.TransportOff + header
	p.IPLen = p.PayloadOff + k.n
	p.Data = make([]byte, p.IPLen)
	copy(p.Data[p.PayloadOff:], k.payload)
	if k.sum == 0 {
		k.sum = s.id
	}
	if !s.v6 {
		binary.BigEndian.PutUint16(p.Data[2:], uint16(p.IPLen))
	}
	if k.udp {
		binary.BigEndian.PutUint16(p.Data[p.TransportOff+4:], uint16(8+k.n))
		binary.BigEndian.PutUint16(p.Data[p.TransportOff+6:], k.sum)
	} else {
		binary.BigEndian.PutUint16(p.Data[p.TransportOff+16:], k.sum)
	}
	return p
}

func (s *sim) send(t *testing.T, packets ...pkt) {
	t.Helper()
	for _, k := range packets {
		if err := s.a.WritePacket(s.packet(k)); err != nil {
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
		{us: 0, flags: syn, seq: 0, win: 1000},
		{us: 10000, s: true, flags: syn | ack, seq: 0, ack: 1, win: 2000},
		{us: 11000, flags: ack, seq: 1, ack: 1, win: 1000},
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
