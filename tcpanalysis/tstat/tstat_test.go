package tstat

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// both calls test with both semantics.
func both(t *testing.T, test func(t *testing.T, cfg Config)) {
	for _, classic := range []bool{false, true} {
		t.Run(fmt.Sprintf("classic=%v", classic), func(t *testing.T) { test(t, Config{Semantics: semantics(classic)}) })
	}
}

// transfer is a whole connection: 100 and 50 bytes from the client, 200 from the server.
func transfer() []pkt {
	return append(handshake(),
		pkt{At: 20000 * us, Flags: ack | psh, Seq: 1, Ack: 1, Len: 100, Window: 1000},
		pkt{At: 30000 * us, B: true, Flags: ack, Seq: 1, Ack: 101, Window: 1500},
		pkt{At: 31000 * us, B: true, Flags: ack | psh, Seq: 1, Ack: 101, Len: 200, Window: 1900},
		pkt{At: 33000 * us, Flags: ack | psh, Seq: 101, Ack: 201, Len: 50, Window: 900},
		pkt{At: 45000 * us, B: true, Flags: ack | fin, Seq: 201, Ack: 151, Window: 1900},
		pkt{At: 46000 * us, Flags: ack | fin, Seq: 151, Ack: 202, Window: 900},
		pkt{At: 56000 * us, B: true, Flags: ack, Seq: 202, Ack: 152, Window: 1900},
		pkt{At: 57000 * us, Flags: rst, Seq: 152}, // after the end: of no known connection
	)
}

func TestTransfer(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.send(t, transfer()...)
		s.flush(t)
		if len(s.conns) != 1 || s.a.Stats().NoSYN != 1 {
			t.Fatalf("%d connections, %+v", len(s.conns), s.a.Stats())
		}
		c := &s.conns[0]
		if !c.Complete || c.Reason != EndClosed || c.ClientEndpoint() != netip.MustParseAddrPort("10.0.0.1:1000") || c.ServerPort != 80 {
			t.Errorf("%v %v %v", c.Complete, c.Reason, c.ClientEndpoint())
		}
		want := Half{Packets: 5, ACKPackets: 4, PureACKs: 1, UniqueBytes: 150, DataPackets: 2, DataBytes: 150, SYNs: 1, FINs: 1,
			FirstData: 1e18 + 20e6, LastData: 1e18 + 33e6, FirstACK: 1e18 + 11e6, TTLMin: 64, TTLMax: 64, SegmentMax: 100, SegmentMin: 50,
			WindowMax: 1000, WindowMin: 900, WindowSum: 4800, InFlightMax: 100, InFlightMin: 50, InitialBytes: 100, Messages: 2}
		got := c.Client
		// SYN 10 ms, data 10 ms, data 12 ms, FIN 10 ms.
		if r := got.RTT; r.N != 4 || r.Min != 10e6 || r.Max != 12e6 || r.Sum != 42e6 || r.Mean() != 10.5e6 || r.SampleStdDev() != 1e6 {
			t.Errorf("round-trip times %+v, mean %d, deviation %d", r, r.Mean(), r.SampleStdDev())
		}
		if got.RTT = (RTT{}); got != want {
			t.Errorf("client\n%+v want\n%+v", got, want)
		}
		// SYN 1 ms, data 2 ms, FIN 1 ms.
		if r := c.Server.RTT; r.N != 3 || r.Sum != 4e6 || c.Server.InFlightMax != 200 || c.Server.Messages != 1 {
			t.Errorf("server %+v", c.Server)
		}
	})
}

// TestAnomalies has a packet table for each rule. After the handshake the sum of the mean
// round-trip times is 11 ms, and the RTO 100 ms.
func TestAnomalies(t *testing.T) {
	data := func(at int64, seq uint32) pkt {
		return pkt{At: at * us, Flags: ack, Seq: seq, Ack: 1, Len: 100, Window: 1000}
	}
	acked := func(at int64, n uint32) pkt {
		return pkt{At: at * us, B: true, Flags: ack, Seq: 1, Ack: n, Window: 2000}
	}
	numbered := func(k pkt, id uint16) pkt { k.ID = id; return k }
	for _, tt := range []struct {
		name    string
		packets []pkt
		want    map[Anomaly]uint32
	}{
		{"in sequence", []pkt{data(20000, 1), data(21000, 101)}, nil},
		{"timeout", []pkt{data(20000, 1), data(130000, 1)}, map[Anomaly]uint32{Timeout: 1}},
		{"neither", []pkt{data(20000, 1), data(40000, 1)}, map[Anomaly]uint32{Unknown: 1}},
		{"fast, seen", []pkt{data(20000, 1), data(20100, 101), acked(30000, 101), acked(30100, 101), acked(30200, 101), acked(30300, 101), data(35000, 101)},
			map[Anomaly]uint32{Fast: 1}},
		{"fast, gap", []pkt{data(20000, 1), data(20100, 201), acked(30000, 101), acked(30100, 101), acked(30200, 101), acked(30300, 101), data(35000, 101)},
			map[Anomaly]uint32{Fast: 1}},
		{"too few ACKs", []pkt{data(20000, 1), data(20100, 101), acked(30000, 101), acked(30100, 101), acked(30200, 101), data(35000, 101)},
			map[Anomaly]uint32{Unknown: 1}},
		{"timeout, gap", []pkt{data(20000, 1), data(20100, 201), data(130000, 101)}, map[Anomaly]uint32{Timeout: 1}},
		{"reordering", []pkt{data(20000, 1), data(20200, 201), data(20300, 101)}, map[Anomaly]uint32{Reordering: 1}},
		{"gap, neither", []pkt{data(20000, 1), data(20200, 201), data(40000, 101)}, map[Anomaly]uint32{Unknown: 1}},
		{"network duplicate", []pkt{numbered(data(20000, 1), 7), numbered(data(25000, 1), 7)}, map[Anomaly]uint32{NetworkDuplicate: 1}},
		{"unneeded timeout", []pkt{data(20000, 1), acked(30000, 101), data(130000, 1)}, map[Anomaly]uint32{UnneededTimeout: 1}},
		{"unneeded fast", []pkt{data(20000, 1), data(20050, 101), acked(30000, 101), acked(30100, 101), acked(30200, 101), acked(30300, 101), acked(30400, 101),
			pkt{At: 35000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 200, Window: 1000}}, map[Anomaly]uint32{Unknown: 1, Fast: 1}},
		{"flow control", []pkt{data(20000, 1), {At: 30000 * us, B: true, Flags: ack, Seq: 1, Ack: 101, Window: 0},
			{At: 90000 * us, Flags: ack, Seq: 100, Ack: 1, Len: 1}}, map[Anomaly]uint32{FlowControl: 1}},
		{"batch", []pkt{data(20000, 1), data(20100, 101), data(130000, 1), data(130050, 101)}, map[Anomaly]uint32{Timeout: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			both(t, func(t *testing.T, cfg Config) {
				var want [numAnomaly]uint32
				for a, n := range tt.want {
					want[a] = n
				}
				if c := run(t, cfg, tt.packets...); c.Client.Anomalies != want {
					t.Errorf("%v, want %v", c.Client.Anomalies, want)
				}
			})
		})
	}
}

// TestNoSample checks the bounds while a side has no round-trip time: RTO 500 ms.
func TestNoSample(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		for _, tt := range []struct {
			us   int64
			want Anomaly
		}{{400000, Unknown}, {600000, Timeout}} {
			t.Run(fmt.Sprintf("SYN again after %d us", tt.us), func(t *testing.T) {
				s := newSim(t, cfg, nil)
				s.send(t, pkt{Flags: syn}, pkt{At: tt.us * us, Flags: syn})
				s.flush(t)
				if c := &s.conns[0]; c.Client.Anomalies[tt.want] != 1 || c.Client.RetransPackets != 1 || c.Client.RetransBytes != 0 {
					t.Errorf("SYN again after %d us: %+v", tt.us, c.Client)
				}
			})
		}
	})
}

// TestQuarter sends segments across the quarters of the sequence space. Tstat invents a
// retransmitted byte for each number of the quarter that is left.
func TestQuarter(t *testing.T) {
	for q := range uint32(4) {
		both(t, func(t *testing.T, cfg Config) {
			isn := (q+1)<<30 - 151
			s := newSim(t, cfg, nil)
			s.send(t, pkt{Flags: syn, Seq: isn}, pkt{At: 10000 * us, B: true, Flags: syn | ack, Ack: isn + 1})
			for i := range uint32(3) {
				s.send(t, pkt{At: int64(20000+i*100) * us, Flags: ack, Seq: isn + 1 + 100*i, Ack: 1, Len: 100})
			}
			s.send(t, pkt{At: 40000 * us, B: true, Flags: ack, Ack: isn + 301, Seq: 1})
			s.flush(t)
			h, invented := &s.conns[0].Client, uint64(0)
			if cfg.Semantics == Classic {
				invented = uint64(q)
			}
			if h.UniqueBytes != 300-invented || h.RetransBytes != invented || h.DataBytes != 300 || h.OutOfOrder != 0 {
				t.Errorf("quarter %d: %d unique, %d again", q, h.UniqueBytes, h.RetransBytes)
			}
		})
	}
}

// TestManySegments checks the bound on remembered segments.
func TestManySegments(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.send(t, handshake()...)
		for i := range uint32(1000) {
			s.send(t, pkt{At: int64(20000+i) * us, Flags: ack, Seq: 1 + 10*i, Ack: 1, Len: 10})
			if n := s.a.records.Live(); n > maxRecords+5 {
				t.Fatalf("%d records after %d segments", n, i+1)
			}
		}
		s.flush(t)
		if h := &s.conns[0].Client; h.UniqueBytes != 10000 || h.RetransBytes != 0 {
			t.Errorf("%d unique, %d again", h.UniqueBytes, h.RetransBytes)
		}
	})
}

func TestEnds(t *testing.T) {
	minutes := func(n int64) int64 { return n * 60e6 }
	both(t, func(t *testing.T, cfg Config) {
		for _, tt := range []struct {
			name     string
			packets  []pkt
			reason   EndReason
			complete bool
		}{
			{"open", handshake(), EndOfInput, false},
			{"reset", append(handshake(), pkt{At: 12000 * us, B: true, Flags: rst | ack, Seq: 1, Ack: 1}), EndReset, true},
			{"refused", []pkt{{Flags: syn}, {At: 10 * us, B: true, Flags: rst | ack, Ack: 1}}, EndReset, false},
			{"one way", []pkt{{Flags: syn}, {At: 10 * us, Flags: ack, Seq: 1, Ack: 1}, {At: 20 * us, Flags: ack, Seq: 1, Ack: 1, Len: 5}}, EndOneWay, false},
			{"idle", append(handshake(), pkt{At: minutes(6) * us, Flags: syn, Port: 2000}), EndIdle, true},
			{"half open", []pkt{{Flags: syn}, {At: 3e6 * us, Flags: syn}, {At: 15e6 * us, Flags: syn, Port: 2000}}, EndIdle, false},
			{"idle at the end", append(handshake(), pkt{At: minutes(6) * us, UDP: true}), EndIdle, true},
		} {
			t.Run(tt.name, func(t *testing.T) {
				s := newSim(t, cfg, nil)
				s.send(t, tt.packets...)
				s.flush(t)
				if c := &s.conns[0]; c.Reason != tt.reason || c.Complete != tt.complete {
					t.Errorf("%s: %v, complete %v", tt.name, c.Reason, c.Complete)
				}
			})
		}
	})
}

// TestLateTimeout shows that Tstat's timeouts take effect only when a new connection or flow
// begins.
func TestLateTimeout(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.send(t, handshake()...)
		s.send(t, pkt{At: 1000e6 * us, Flags: ack, Seq: 1, Ack: 1, Len: 10})
		s.flush(t)
		if (cfg.Semantics == Classic) != (len(s.conns) == 1 && s.conns[0].Last == 1e18+1000e9) || (cfg.Semantics == Classic) == (s.a.Stats().NoSYN == 1) {
			t.Errorf("%d connections, %+v", len(s.conns), s.a.Stats())
		}
	})
}

func TestReuse(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.send(t, append(handshake(), pkt{At: 20000 * us, Flags: ack | fin, Seq: 1, Ack: 1}, pkt{At: 30000 * us, Flags: syn, Seq: 9000})...)
		s.flush(t)
		if cfg.Semantics == Classic && (len(s.conns) != 1 || s.conns[0].Client.SYNs != 2 || !s.conns[0].Client.SYNChanged) {
			t.Errorf("%+v", s.conns)
		}
		if cfg.Semantics != Classic && (len(s.conns) != 2 || s.conns[0].Reason != EndReused || !s.conns[0].Complete) {
			t.Errorf("%+v", s.conns)
		}
	})
}

func TestDuplicates(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		for _, tt := range []struct {
			name string
			us   int64
			id   uint16
			sum  uint16
			want uint64
		}{{"same", 21000, 7, 9, 1}, {"late", 22000, 7, 9, 0}, {"other identification", 20100, 8, 9, 0}, {"other checksum", 20100, 7, 10, 0}} {
			t.Run(tt.name, func(t *testing.T) {
				s := newSim(t, cfg, nil)
				s.send(t, append(handshake(), pkt{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 10, ID: 7, Checksum: 9},
					pkt{At: tt.us * us, Flags: ack, Seq: 1, Ack: 1, Len: 10, ID: tt.id, Checksum: tt.sum})...)
				s.flush(t)
				if n := s.a.Stats().Duplicates; n != tt.want || s.conns[0].Client.RetransPackets != 1-tt.want {
					t.Errorf("%s: %d duplicates, %d sent again", tt.name, n, s.conns[0].Client.RetransPackets)
				}
			})
		}
	})
}

// TestIPv6 checks that default semantics take no IPv6 header field for an identification.
func TestIPv6(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.V6 = true
		s.send(t, append(handshake(), pkt{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 10}, pkt{At: 30000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 10})...)
		s.flush(t)
		want := Unknown
		if cfg.Semantics == Classic {
			want = NetworkDuplicate // same length
		}
		if h := &s.conns[0].Client; h.Anomalies[want] != 1 || s.conns[0].ServerEndpoint().String() != "[fd00::2]:80" {
			t.Errorf("%v %v", h.Anomalies, s.conns[0].ServerEndpoint())
		}
	})
}

func TestWindowScale(t *testing.T) {
	s := []pkt{{Flags: syn, Options: pcapio.OptWScale, WScale: 3, Window: 1000}, {At: 10 * us, B: true, Flags: syn | ack, Ack: 1, Options: pcapio.OptWScale, WScale: 20, Window: 10},
		{At: 20 * us, Flags: ack, Seq: 1, Ack: 1, Window: 100}, {At: 30 * us, B: true, Flags: ack, Seq: 1, Ack: 1, Window: 1}}
	both(t, func(t *testing.T, cfg Config) {
		sim := newSim(t, cfg, nil)
		sim.send(t, s...)
		sim.flush(t)
		c := &sim.conns[0]
		want := uint64(1 << 14) // the largest shift (RFC 7323, 2.3)
		if cfg.Semantics == Classic {
			want = 1 << 20
		}
		if c.Client.WindowMin != 800 || c.Client.WindowMax != 1000 || c.Server.WindowMax != want || c.Server.WindowScale != 20 {
			t.Errorf("%+v\n%+v", c.Client, c.Server)
		}
	})
}

func TestUDP(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		s.send(t, pkt{UDP: true, Len: 100}, pkt{At: 500 * us, UDP: true, B: true, Len: 50, ID: 3, Checksum: 4}, pkt{At: 900 * us, UDP: true, B: true, Len: 50, ID: 3, Checksum: 4},
			pkt{At: 100e6 * us, UDP: true, Len: 7}, pkt{At: 100e6 * us, UDP: true, Port: 2000, Len: 1}, pkt{At: 301e6 * us, UDP: true, Port: 3000, Len: 1})
		s.flush(t)
		var got []string
		for _, f := range s.flows {
			got = append(got, fmt.Sprint(f.ClientEndpoint(), f.ServerEndpoint(), f.Reason, f.Client.Packets, f.Client.Bytes, f.Server.Packets, f.Server.Bytes, (f.Last-f.First)/1e6))
		}
		slices.Sort(got)
		want := []string{"10.0.0.1:1000 10.0.0.2:80 idle 2 107 1 50 100000", "10.0.0.1:2000 10.0.0.2:80 idle 1 1 0 0 0", "10.0.0.1:3000 10.0.0.2:80 end-of-input 1 1 0 0 0"}
		if !slices.Equal(got, want) || s.a.Stats().Duplicates != 1 {
			t.Errorf("%s", strings.Join(got, "\n"))
		}
	})
}

// TestLimit has SYNs only: what is kept is bounded, and everything is accounted for.
func TestLimit(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		cfg.MaxConns, cfg.MaxFlows = 50, 20
		s := newSim(t, cfg, nil)
		for i := range 1000 {
			s.send(t, pkt{At: int64(i) * us, Flags: syn, Port: uint16(2000 + i)}, pkt{At: int64(i) * us, UDP: true, Port: uint16(2000 + i)})
			if s.a.conns.Len() > 50 || s.a.flows.Len() > 20 {
				t.Fatalf("%d connections, %d flows", s.a.conns.Len(), s.a.flows.Len())
			}
		}
		s.flush(t)
		st := s.a.Stats()
		if len(s.conns) != int(st.Conns) || len(s.flows) != int(st.Flows) || st.Conns+st.Flows+st.NoRoom != 2000 || (cfg.Semantics == Classic) == (st.NoRoom == 0) {
			t.Errorf("%d connections, %d flows, %+v", len(s.conns), len(s.flows), st)
		}
		if cfg.Semantics != Classic && (s.conns[0].Reason != EndLimit || s.conns[0].ClientPort != 2000 || s.flows[0].Reason != EndLimit) {
			t.Errorf("%v %v", s.conns[0].Reason, s.conns[0].ClientPort)
		}
	})
}

func TestInternal(t *testing.T) {
	for _, tt := range []struct {
		nets             string
		client, server   bool
		external, logged int
	}{{"", true, true, 0, 1}, {"10.0.0.1/32", true, false, 0, 1}, {"10.0.0.2/32", false, true, 0, 1}, {"192.168.0.0/16", false, false, 1, 0}} {
		t.Run("nets "+tt.nets, func(t *testing.T) {
			cfg := Config{}
			if tt.nets != "" {
				cfg.Internal = []netip.Prefix{netip.MustParsePrefix(tt.nets)}
			}
			s := newSim(t, cfg, nil)
			s.send(t, transfer()...)
			s.flush(t)
			if len(s.conns) != tt.logged || s.a.Stats().External != uint64(tt.external) {
				t.Errorf("%s: %d logged, %+v", tt.nets, len(s.conns), s.a.Stats())
			} else if tt.logged == 1 && (s.conns[0].ClientInternal != tt.client || s.conns[0].ServerInternal != tt.server) {
				t.Errorf("%s: %v %v", tt.nets, s.conns[0].ClientInternal, s.conns[0].ServerInternal)
			}
		})
	}
}

func TestTimeBackwards(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		c := run(t, cfg, pkt{At: -5e9 * us, Flags: ack, Seq: 1, Ack: 1, Len: 10}, pkt{At: -4e9 * us, B: true, Flags: ack, Seq: 1, Ack: 11})
		// No second sample: the SYN, which the same ACK covers, seems to have been sent after the
		// data.
		if h := &c.Client; h.UniqueBytes != 10 || h.RTT.N != 1 {
			t.Errorf("%+v", h)
		}
	})
}

func TestConfig(t *testing.T) {
	for _, cfg := range []Config{{Idle: -1}, {MaxConns: -1}, {MaxFlows: 1 << 29}, {Internal: make([]netip.Prefix, 1)}} {
		if _, err := New(cfg, nil, nil, nil); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestSinkError(t *testing.T) {
	full := errors.New("full")
	a, err := New(Config{}, ConnWriterFunc(func(*Conn) error { return full }), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &sim{}
	for _, k := range append(handshake(), pkt{At: 12000 * us, Flags: rst, Seq: 1}) {
		err = a.WritePacket(s.Packet(k))
	}
	if !errors.Is(err, full) || !errors.Is(a.Flush(), full) {
		t.Errorf("%v", err)
	}
}

// TestAllocations sends whole connections and flows again and again.
func TestAllocations(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		set := 0
		a, err := New(cfg, NewLogs(discard{}, discard{}, discard{}), NewLogs(nil, nil, discard{}), StepWriterFunc(func(*Set) error { set++; return nil }))
		if err != nil {
			t.Fatal(err)
		}
		s := &sim{}
		var packets []*pcapio.Packet
		for _, k := range append(transfer(), pkt{At: 58000 * us, UDP: true, Len: 10}) {
			packets = append(packets, s.Packet(k))
		}
		turn := func() {
			for _, p := range packets {
				p.Time += 1e9
				if err := a.WritePacket(p); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 500 {
			turn()
		}
		if n := testing.AllocsPerRun(200, turn); n != 0 {
			t.Errorf("%v allocations per connection", n)
		}
	})
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// TestMalformed has a TCP header that claims 60 bytes in a packet of 40, and a UDP datagram longer
// than its packet: Tstat follows them.
func TestMalformed(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		s := newSim(t, cfg, nil)
		tcp, udp := s.Packet(pkt{Flags: syn, Seq: 77}), s.Packet(pkt{UDP: true, Len: 5})
		tcp.Data[tcp.TransportOff+12], tcp.Data[tcp.TransportOff+13] = 15<<4, byte(syn)
		udp.Data[udp.TransportOff+5] = 200
		for _, p := range []*pcapio.Packet{tcp, udp} {
			p.Status, p.Layers, p.TCP, p.PayloadOff, p.PayloadLen = pcapio.StatusBadTransport, pcapio.LayerIPv4, pcapio.TCP{}, 0, 0
			if err := s.a.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
		s.flush(t)
		st := s.a.Stats()
		if cfg.Semantics != Classic && st.Skipped[pcapio.StatusBadTransport] != 2 {
			t.Errorf("%+v", st)
		}
		if cfg.Semantics == Classic && (len(s.conns) != 1 || s.conns[0].Client.SYNs != 1 || len(s.flows) != 1 || s.flows[0].Client.Bytes != 192) {
			t.Errorf("%+v %+v", s.conns, s.flows)
		}
	})
}

// TestUnseenFrames: in classic semantics a SYN behind two tags does not count, as Tstat looks for
// IP behind one only.
func TestUnseenFrames(t *testing.T) {
	both(t, func(t *testing.T, cfg Config) {
		frame := "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x81\x00\x00\x05\x81\x00\x00\x06\x08\x00" +
			"\x45\x00\x00\x28\x00\x01\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02" +
			"\x03\xe8\x00\x50\x00\x00\x00\x01\x00\x00\x00\x00\x50\x02\x20\x00\x00\x00\x00\x00"
		s := newSim(t, cfg, nil)
		p := &pcapio.Packet{Record: pcapio.Record{Time: 1e18, LinkType: pcapio.LinkEthernet, OrigLen: len(frame), Data: []byte(frame)}}
		pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
		if err := s.a.WritePacket(p); err != nil {
			t.Fatal(err)
		}
		st := s.a.Stats()
		if cfg.Semantics == Classic && (st.TCP != 0 || st.Skipped[pcapio.StatusOK] != 1) || cfg.Semantics != Classic && st.TCP != 1 {
			t.Errorf("%+v", st)
		}
	})
}
