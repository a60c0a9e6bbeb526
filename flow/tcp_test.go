package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// call is a connection, of which x and y are the sequence numbers of the SYNs of client and server.
type call struct {
	client, server string
	x, y           uint32
	packets        []*pcapio.Packet
}

// up and down add a packet of the client and of the server, at ms; the numbers count from those of
// the SYNs.
func (c *call) up(ms int64, f pcapio.TCPFlags, seq, acked uint32, n int) *call {
	c.packets = append(c.packets, segment(ms*1e6, c.client, c.server, f, c.x+seq, c.y+acked, n))
	return c
}

func (c *call) down(ms int64, f pcapio.TCPFlags, seq, acked uint32, n int) *call {
	c.packets = append(c.packets, segment(ms*1e6, c.server, c.client, f, c.y+seq, c.x+acked, n))
	return c
}

// raw is down with sequence number 0 as it is.
func (c *call) raw(ms int64, f pcapio.TCPFlags, acked uint32) *call {
	c.packets = append(c.packets, segment(ms*1e6, c.server, c.client, f, 0, c.x+acked, 0))
	return c
}

// opened is a handshake and 100 bytes each way, acknowledged.
func (c *call) opened() *call {
	return c.up(0, syn, 0, 0, 0).down(5, synack, 0, 1, 0).up(10, ack, 1, 1, 0).
		up(100, ack, 1, 1, 100).down(110, ack, 1, 101, 100).up(120, ack, 101, 101, 0)
}

// goes adds an exchange at ms.
func (c *call) goes(ms int64) *call {
	return c.up(ms, ack, 101, 101, 10).down(ms+10, ack, 101, 111, 10).up(ms+20, ack, 111, 111, 0)
}

// Each case says how many packets there are of each direction in each flow, and why it ended. The
// rules are those of the package comment.
func TestTCP(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
		make func(c *call)
		want string
	}{
		{"RST outside of the window, on for 30 s", Config{}, func(c *call) { c.opened().down(200, rst, 900_000_000, 0, 0).goes(30_000) }, "6>4 forced end"},
		{"by the client", Config{}, func(c *call) { c.opened().up(200, rst, 900_000_000, 0, 0).goes(30_000) }, "7>3 forced end"},
		{"without data, 20 s later", Config{}, func(c *call) {
			c.up(0, syn, 0, 0, 0).down(5, synack, 0, 1, 0).up(10, ack, 1, 1, 0).down(20, rst, 70_000, 0, 0).up(20_000, ack, 1, 1, 9)
		}, "3>2 forced end"},
		{"below what was acknowledged", Config{}, func(c *call) { c.opened().down(200, rst, 1, 0, 0) }, "4>3 forced end"},
		{"in the window and challenged", Config{}, func(c *call) { c.opened().down(200, rst, 1101, 0, 0).up(201, ack, 101, 101, 0) }, "5>3 forced end"},
		{"in the window, then silence", Config{}, func(c *call) { c.opened().down(200, rst, 1101, 0, 0) }, "4>3 end of flow"},
		{"in the window, only one direction, on for 30 s", Config{Uni: true}, func(c *call) {
			c.down(0, ack, 1, 1, 0).down(10, rst, 1001, 0, 0).down(30_000, ack, 1, 2, 0)
		}, "3>0 forced end"},
		{"of data that is on its way", Config{}, func(c *call) { c.opened().down(150, ack, 101, 101, 1000).down(200, rst, 101, 0, 0) }, "4>4 end of flow"},
		{"exact", Config{}, func(c *call) { c.opened().down(200, rst, 101, 0, 0) }, "4>3 end of flow"},
		{"exact, but its sender goes on", Config{}, func(c *call) { c.opened().down(200, rst, 101, 0, 0).goes(30_000) }, "6>4 forced end"},
		{"a late ACK of its sender is no sign of life", Config{}, func(c *call) { c.opened().down(200, rst, 101, 0, 0).down(201, ack, 101, 101, 0) }, "4>4 end of flow"},
		{"data behind it stored late, too", Config{}, func(c *call) { c.opened().down(200, rst, 201, 0, 0).down(201, ack, 101, 101, 100) }, "4>4 end of flow"},
		{"several, only the last is right", Config{}, func(c *call) {
			c.opened()
			for i := range uint32(500) {
				c.down(200, rst, 0x10000000+i*4_000_000, 0, 0)
			}
			c.goes(50_000).down(50_100, rst, 111, 0, 0)
		}, "6>504 end of flow"},
		{"blind, none is right", Config{}, func(c *call) {
			c.opened()
			for i := range uint32(4000) {
				c.up(200, rst, 0x10000000+i*900_000, 0, 0)
			}
		}, "4004>2 forced end"},
		{"midstream, the other direction not seen", Config{}, func(c *call) {
			c.down(0, ack, 101, 50, 100).down(1000, rst, 0x20000000, 0, 0).down(30_000, ack, 201, 50, 100)
		}, "3>0 forced end"},
		{"midstream, only acknowledged by the other", Config{}, func(c *call) { c.up(0, ack, 101, 101, 10).down(1, rst, 101, 0, 0) }, "1>1 end of flow"},
		{"the same, another number", Config{}, func(c *call) { c.up(0, ack, 101, 101, 10).down(1, rst, 0x200000, 0, 0) }, "1>1 forced end"},
		{"first of all", Config{}, func(c *call) { c.down(1, rst, 101, 0, 0) }, "1>0 end of flow"},
		{"answer to SYN", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).raw(1, rst|ack, 1) }, "1>1 end of flow"},
		{"answer to SYN with data", Config{}, func(c *call) { c.up(0, syn, 0, 0, 100).raw(1, rst|ack, 1) }, "1>1 end of flow"},
		{"answer to SYN that acknowledges nothing", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).raw(1, rst|ack, 0) }, "1>1 forced end"},
		{"answer to SYN without ACK", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).raw(1, rst, 0).down(7000, synack, 0, 1, 0).up(7001, ack, 1, 1, 0) }, "2>2 forced end"},
		{"injected answer to SYN", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).raw(1, rst|ack, 1).down(50, synack, 0, 1, 0).up(60, ack, 1, 1, 0) }, "2>2 forced end"},
		{"answer stored before its SYN", Config{}, func(c *call) { c.raw(0, rst|ack, 1).up(1, syn, 0, 0, 0) }, "1>1 end of flow"},
		{"asked again after RST", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).raw(1, rst|ack, 1).up(500, syn, 0, 0, 0).raw(501, rst|ack, 1) }, "2>2 end of flow"},
		{"half-open", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).down(5, synack, 0, 1, 0).up(6, rst, 1, 0, 0) }, "2>1 end of flow"},
		{"a refused scan is forgotten after 5 s", Config{}, func(c *call) { c.up(0, syn, 0, 0, 0).raw(1, rst|ack, 1).up(6000, ack, 1, 1, 0) },
			"1>1 end of flow; 1>0 forced end"},
		{"so is a flood of data that a RST answers", Config{}, func(c *call) { c.up(0, ack, 1, 1, 9).down(1, rst, 1, 0, 0).up(6000, ack, 1, 1, 9) },
			"1>1 end of flow; 1>0 forced end"},
		{"and of FINs, by direction", Config{Uni: true}, func(c *call) { c.up(0, finack, 1, 1, 0).up(6000, ack, 1, 1, 0) }, "1>0 end of flow; 1>0 forced end"},

		{"FIN again after 12 s", Config{}, func(c *call) {
			c.opened().up(200, finack, 101, 101, 0).down(210, finack, 101, 102, 0).up(220, ack, 102, 102, 0).down(12_000, finack, 101, 102, 0).up(12_001, ack, 102, 102, 0)
		}, "7>4 end of flow"},
		{"for 2 MSL where idle allows", Config{Idle: 10 * time.Minute}, func(c *call) {
			c.opened().up(200, finack, 101, 101, 0).down(210, finack, 101, 102, 0).down(240_210, finack, 101, 102, 0).down(480_211, finack, 101, 102, 0)
		}, "5>4 end of flow; 1>0 forced end"},
		{"ports used again after FINs", Config{}, func(c *call) {
			c.opened().up(200, finack, 101, 101, 0).down(210, finack, 101, 102, 0).up(300, syn, 500_000, 0, 0).down(301, synack, 900_000, 500_001, 0)
		}, "5>3 end of flow; 1>1 forced end"},
		{"only a little above the last ones", Config{}, func(c *call) {
			c.opened().up(200, finack, 101, 101, 0).down(210, finack, 101, 102, 0).up(300, syn, 102, 0, 0)
		}, "5>3 end of flow; 1>0 forced end"},
		{"by direction", Config{Uni: true}, func(c *call) {
			c.down(5, synack, 0, 1, 0).down(6, finack, 1, 1, 0).down(300, synack, 900_000, 500_001, 0)
		}, "2>0 end of flow; 1>0 forced end"},
		{"an open connection is begun anew", Config{}, func(c *call) {
			c.opened().up(10_000, syn, 3_000_000, 0, 0).down(10_001, synack, 3_000_000, 3_000_001, 0)
		},
			"4>2 end of flow; 1>1 forced end"},
		{"half-closed: a download", Config{}, func(c *call) {
			c.opened().up(200, finack, 101, 101, 0)
			for i := range uint32(5) {
				c.down(30_000*int64(i+1), ack, 101+1000*i, 102, 1000).up(30_000*int64(i+1)+1, ack, 102, 1101+1000*i, 0)
			}
		}, "10>7 forced end"},
		{"by direction", Config{Uni: true}, func(c *call) {
			c.up(100, ack, 1, 1, 100).up(200, finack, 101, 101, 0)
			for i := range uint32(5) {
				c.up(30_000*int64(i+1), ack, 102, 101+1000*i, 0)
			}
		}, "7>0 end of flow"},

		{"SYN stored last", Config{}, func(c *call) {
			c.down(0, synack, 0, 1, 0).up(1, ack, 1, 1, 1000).up(2, finack, 1001, 1, 0).down(3, finack, 1, 1002, 0).up(4, ack, 1002, 2, 0).up(5, syn, 0, 0, 0)
		}, "4>2 end of flow"},
		{"SYN behind the server's data", Config{}, func(c *call) { c.down(0, ack, 1, 1, 100).up(1, ack, 1, 101, 0).up(2, syn, 0, 0, 0) }, "2>1 forced end"},
		{"SYN+ACK behind its ACK", Config{}, func(c *call) { c.down(0, ack, 1, 1, 100).down(1, synack, 0, 1, 0).up(2, ack, 1, 101, 0) }, "1>2 forced end"},
		{"simultaneous open", Config{}, func(c *call) {
			c.up(0, syn, 0, 0, 0).down(1, syn, 0, 0, 0).up(10, synack, 0, 1, 0).down(11, synack, 0, 1, 0).up(20, ack, 1, 1, 9)
		}, "3>2 forced end"},
		{"SYN+ACK again", Config{}, func(c *call) {
			c.up(0, syn, 0, 0, 0).down(1, synack, 0, 1, 0).down(1001, synack, 0, 1, 0).up(1002, ack, 1, 1, 0).down(3001, synack, 0, 1, 0)
		}, "2>3 forced end"},
		{"SYN+ACK again from a server without state", Config{}, func(c *call) {
			c.up(0, syn, 0, 0, 0).down(1, synack, 0, 1, 0).up(1000, syn, 0, 0, 0).down(1001, synack, 0x30000000, 1, 0).up(1002, ack, 1, 0x30000001, 0)
		}, "3>2 forced end"},
		{"SYN with data, again without", Config{}, func(c *call) { c.up(0, syn, 0, 0, 100).up(1000, syn, 0, 0, 0).down(1001, synack, 0, 1, 0) }, "2>1 forced end"},
	} {
		// Anywhere, at a wrap, and mirrored: what a packet means depends neither on the numbers nor
		// on the addresses.
		for _, start := range []uint32{1000, 0xffffffff, 0xffffff9b, 0x7fffffff} {
			for _, ends := range [][2]string{{a, b}, {b, a}, {d, e}, {e, d}} {
				t.Run(fmt.Sprintf("%s/%x/%s", tt.name, start, ends[0]), func(t *testing.T) {
					c := &call{client: ends[0], server: ends[1], x: start, y: start - 50}
					tt.make(c)
					var got []string
					table, err := NewTable(tt.cfg, nil, func(r *Record, _ *struct{}) error {
						got = append(got, fmt.Sprintf("%d>%d %v", r.Fwd.Packets, r.Rev.Packets, r.Reason))
						if first := c.packets[0]; r.Method == Initiator && r.Key.Src != packet(0, c.client, c.server, 6, 0, 0).Src {
							t.Errorf("source %v of flow with %v", r.Key.SrcAddr(), first.TCP.Flags)
						}
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range c.packets {
						if err := table.WritePacket(p); err != nil {
							t.Fatal(err)
						}
					}
					if err := table.Flush(); err != nil {
						t.Fatal(err)
					}
					reconcile(t, table.Stats())
					if s := strings.Join(got, "; "); s != tt.want {
						t.Errorf("%s, want %s", s, tt.want)
					}
				})
			}
		}
	}
}

// turned is a state that follows its flow's direction.
type turned struct{ ways [2]int }

func (s *turned) Turn() { s.ways[0], s.ways[1] = s.ways[1], s.ways[0] }

func TestTurner(t *testing.T) {
	c := (&call{client: a, server: b}).down(0, ack, 1, 1, 100).down(1, ack, 101, 1, 100).up(2, syn, 0, 0, 0)
	feed := func(w pcapio.PacketWriter, flush func() error) {
		for _, p := range c.packets {
			if err := w.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := flush(); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	follows, err := NewTable(Config{}, func(s *turned, _ *pcapio.Packet, d Direction) { s.ways[d]++ }, func(r *Record, s *turned) error {
		got = append(got, fmt.Sprint(r.Key.SrcPort, r.Method, s.ways))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	feed(follows, follows.Flush)
	// A state that cannot follow keeps the direction that add was told.
	stays, err := NewTable(Config{}, func(s *[2]int, _ *pcapio.Packet, d Direction) { s[d]++ }, func(r *Record, s *[2]int) error {
		got = append(got, fmt.Sprint(r.Key.SrcPort, r.Method, *s))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	feed(stays, stays.Flush)
	if s := strings.Join(got, "; "); s != "1000 initiator [1 2]; 80 arbitrary [2 1]" {
		t.Error(s)
	}
}

// A part of a flow knows what was before it, and keeps its direction.
func TestPartsOfConnection(t *testing.T) {
	c := (&call{client: a, server: b}).opened().goes(1000).down(5000, rst, 900_000_000, 0, 0).up(5001, ack, 111, 111, 0).down(5002, rst, 111, 0, 0)
	got, _ := run(t, Config{Active: 3 * time.Second}, c.packets...)
	if lines := strings.Split(strings.TrimSpace(got), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "fwd 1/40 rev 2/80 end of flow initiator part 1") {
		t.Error(got)
	}
}

// What floods and scans are made of is held no longer than it was.
func TestScansAreForgotten(t *testing.T) {
	for _, tt := range []struct {
		name string
		uni  bool
		make func(c *call)
	}{
		{"refused", false, func(c *call) { c.up(0, syn, 0, 0, 0).raw(0, rst|ack, 1) }},
		{"half-open", false, func(c *call) { c.up(0, syn, 0, 0, 0).down(0, synack, 0, 1, 0).up(0, rst, 1, 0, 0) }},
		{"connected", false, func(c *call) {
			c.up(0, syn, 0, 0, 0).down(0, synack, 0, 1, 0).up(0, ack, 1, 1, 0).up(0, rst|ack, 1, 1, 0)
		}},
		{"FIN", false, func(c *call) { c.up(0, pcapio.FIN, 0, 0, 0).raw(0, rst|ack, 1) }},
		{"data", false, func(c *call) { c.up(0, ack, 0, 0, 99).down(0, rst, 0, 0, 0) }},
		{"FIN by direction", true, func(c *call) { c.up(0, finack, 0, 0, 0) }},
		{"RST by direction", true, func(c *call) { c.up(0, rst, 0, 0, 0) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, err := NewTable(Config{Uni: tt.uni}, nil, func(*Record, *struct{}) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			c := &call{client: a, server: b, x: 1000, y: 5000}
			tt.make(c)
			for i := range int64(60_000) {
				for _, p := range c.packets {
					if p.SrcPort, p.DstPort = 80, uint16(i); p.Src == c.packets[0].Src {
						p.SrcPort, p.DstPort = uint16(i), 80
					}
					p.Time = base + i*1e6
					if err := table.WritePacket(p); err != nil {
						t.Fatal(err)
					}
				}
			}
			// 1000 a second for 5 s, and a slot of the wheel
			if s := table.Stats(); s.MaxLive > 5200 {
				t.Errorf("%d flows live at once", s.MaxLive)
			}
		})
	}
}

// FuzzTCP compares a table with the model on one connection made of arbitrary packets.
func FuzzTCP(f *testing.F) {
	f.Add([]byte{0, 0x02, 0, 0, 0, 1, 0x92, 0, 0x11, 0, 2, 0x10, 1, 1, 5, 3, 0x84, 9, 9, 0}, uint8(0))
	f.Add([]byte{0, 0x02, 0, 0, 0, 1, 0x94, 0, 0x10, 0, 200, 0x02, 0, 0, 0}, uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, mode uint8) {
		cfg := Config{Uni: mode&1 != 0, Idle: time.Duration(10+int(mode&^1)*2) * time.Second}
		var packets []*pcapio.Packet
		now := int64(0)
		for ; len(b) >= 5 && len(packets) < 40; b = b[5:] {
			now += int64(b[0]) * 97e6
			src, dst := a, b0
			if b[1]&0x80 != 0 {
				src, dst = dst, src
			}
			// A sequence number is a small one near one of 16 points that are a window apart or
			// more.
			number := func(v byte) uint32 { return uint32(v>>4)*0x11000000 - 8 + uint32(v&3)*(1+uint32(v>>2&3)*30_000) }
			packets = append(packets, segment(now, src, dst, pcapio.TCPFlags(b[1]&0x17), number(b[2]), number(b[3]), int(b[4]&0x3f)))
		}
		var got []Record
		table, err := NewTable(cfg, nil, func(r *Record, _ *struct{}) error { got = append(got, *r); return nil })
		if err != nil {
			t.Fatal(err)
		}
		feed(t, table, packets)
		reconcile(t, table.Stats())
		sameRecords(t, got, model(cfg, packets))
	})
}

// b0 is the server of FuzzTCP, whose input is b.
const b0 = b

// sameRecords compares, but for reasons that the model does not know: see TestTableEqualsModel.
func sameRecords(t *testing.T, got, want []Record) {
	t.Helper()
	slices.SortStableFunc(got, func(a, b Record) int { return a.Compare(&b) })
	for i := range min(len(got), len(want)) {
		if want[i].Reason == ForcedEnd {
			got[i].Reason = ForcedEnd
		}
		if got[i] != want[i] {
			t.Fatalf("record %d\ngot  %+v\nwant %+v", i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
}
