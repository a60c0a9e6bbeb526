package tcpanalysis

import (
	"errors"
	"fmt"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// tableState is the state of a connection in these tests.
type tableState struct{ packets, fromB int }

// TestTableState checks that a state lives exactly as long as its connection.
func TestTableState(t *testing.T) {
	opening := []pkt{{Flags: syn}, {At: 10 * ms, B: true, Flags: syn | ack, Ack: 1}, {At: 11 * ms, Flags: ack, Seq: 1, Ack: 1}}
	closing := append(append([]pkt{}, opening...), pkt{At: 20 * ms, Flags: fin | ack, Seq: 1, Ack: 1}, pkt{At: 30 * ms, B: true, Flags: fin | ack, Seq: 1, Ack: 2}, pkt{At: 31 * ms, Flags: ack, Seq: 2, Ack: 2})
	for _, c := range []struct {
		name    string
		packets []pkt
		want    string // reason, packets in the state, those of B, and in the record
	}{
		{"one connection", opening, "end 3 1 3;"},
		{"a late FIN in TIME-WAIT", append(append([]pkt{}, closing...), pkt{At: 40000 * ms, B: true, Flags: fin | ack, Seq: 1, Ack: 2}), "closed 7 3 7;"},
		{"the same ports after TIME-WAIT", append(append([]pkt{}, closing...), pkt{At: 100000 * ms, Flags: syn, Seq: 9000}), "closed 6 2 6;end 1 0 1;"},
		{"the same ports at once", append(append([]pkt{}, opening...), pkt{At: 20 * ms, Flags: syn, Seq: 90000000}), "reused 3 1 3;end 1 0 1;"},
		{"silence", append(append([]pkt{}, opening...), pkt{At: 700000 * ms, Flags: ack, Seq: 1, Ack: 1}), "idle 3 1 3;end 1 0 1;"},
		{"a SYN stored late turns the sides", []pkt{{B: true, Flags: syn | ack, Ack: 1}, {At: 1 * ms, Flags: ack, Seq: 1, Ack: 1}}, "end 2 1 2;"},
		{"a copy", append(append([]pkt{}, opening...), pkt{At: 11.1 * ms, Flags: ack, Seq: 1, Ack: 1, SameID: true}), "end 4 1 4;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s sim
			got := ""
			var tb *Table[tableState]
			tb, err := NewTable(Config{}, func(x *tableState, p *pcapio.Packet, d Direction) {
				if x.packets++; (d == FromB) != (p.SrcPort == 80) {
					t.Errorf("from port %d: %v", p.SrcPort, d)
				} else if d == FromB {
					x.fromB++
				}
			}, func(c *Conn, x *tableState) error {
				got += fmt.Sprintf("%v %d %d %d;", c.Reason, x.packets, x.fromB, c.A2B.Packets+c.B2A.Packets)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range c.packets {
				if err := tb.WritePacket(s.packet(k)); err != nil {
					t.Fatal(err)
				}
			}
			if err := tb.Flush(); err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestTableCounts gives many connections to a table that has room for few: their states have all
// packets that the records have.
func TestTableCounts(t *testing.T) {
	var conns, packets uint64
	tb, err := NewTable(Config{MaxConns: 50}, func(x *uint64, _ *pcapio.Packet, _ Direction) { *x++ }, func(c *Conn, x *uint64) error {
		conns, packets = conns+1, packets+*x
		if *x != c.A2B.Packets+c.B2A.Packets {
			t.Errorf("%d packets in the state of %+v", *x, *c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var s sim
	r := newRand(1)
	for i := range 20000 {
		p := s.packet(pkt{At: int64(float64(i) * ms), Flags: ack, Seq: 1, Ack: 1, Port: 1000 + uint16(r.IntN(300)), B: r.IntN(2) == 0})
		if err := tb.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := tb.Flush(); err != nil {
		t.Fatal(err)
	}
	if st := tb.Stats(); conns != st.Conns || packets != 20000 || st.Used != 20000 {
		t.Errorf("%d connections, %d packets; %+v", conns, packets, st)
	}
}

// TestTableFragments: a later fragment is a packet of its connection.
func TestTableFragments(t *testing.T) {
	var got uint64
	tb, err := NewTable(Config{}, func(x *uint64, p *pcapio.Packet, _ Direction) { *x += uint64(p.PayloadLen) }, func(_ *Conn, x *uint64) error {
		got = *x
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var s sim
	first, later := s.packet(pkt{Flags: ack, Seq: 1, Ack: 1, Len: 1460}), s.packet(pkt{At: 1 * ms, Seq: 1461, Len: 540})
	first.IPFlags = pcapio.MoreFragments
	later.Status, later.Layers, later.FragOffset = pcapio.StatusFragment, 0, 1480
	later.TCP, later.TCPInherited, later.TCPOffset = pcapio.TCP{Seq: 1461}, true, 1460
	for _, p := range []*pcapio.Packet{first, later} {
		if err := tb.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := tb.Flush(); err != nil || got != 2000 {
		t.Errorf("%d bytes, %v", got, err)
	}
}

func TestTableErrors(t *testing.T) {
	if _, err := NewTable[int](Config{}, nil, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("no function: %v", err)
	}
	broken := errors.New("broken")
	tb, err := NewTable(Config{}, nil, func(*Conn, *int) error { return broken })
	if err != nil {
		t.Fatal(err)
	}
	var s sim
	if err := tb.WritePacket(s.packet(pkt{Flags: syn})); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := tb.Flush(); !errors.Is(err, broken) {
			t.Errorf("Flush: %v", err)
		}
	}
}

// flushed counts calls of Flush.
type flushed struct {
	ConnWriter
	n   int
	err error
}

func (f *flushed) WriteConn(*Conn) error { return nil }
func (f *flushed) Flush() error          { f.n++; return f.err }

// TestFlushCascades: Flush reaches what the Tracker writes to, and its error comes back.
func TestFlushCascades(t *testing.T) {
	f := &flushed{err: errors.New("full")}
	tr, err := NewTracker(Config{}, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Flush(); !errors.Is(err, f.err) || f.n != 1 {
		t.Errorf("%d calls of Flush, %v", f.n, err)
	}
}
