package tcptrace

import (
	"errors"
	"fmt"
	"testing"
)

// Of three connections the third has no room: the first two are as they are without a bound.
func TestMaxConns(t *testing.T) {
	a, err := New(Config{MaxConns: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		for port := uint16(1); port <= 3; port++ {
			p := packet(seg{At: int64(i) * us, Flags: ack, Seq: uint32(1 + 10*i), Ack: 1, Len: 10, Window: 1000, ID: uint16(i)}, false)
			p.SrcPort = port
			if err := a.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := a.Flush(); err != nil {
		t.Fatal(err)
	}
	s := a.Stats()
	if a.Len() != 2 || s.NoRoom != 10 || s.Traced != 20 || s.Packets != s.Traced+s.NoRoom+s.Short+s.Skipped.Total() {
		t.Errorf("%d connections, %+v", a.Len(), s)
	}
	for c := range a.Conns() {
		if c.A2B.UniqueBytes != 100 || c.Packets != 10 {
			t.Errorf("%+v", c)
		}
	}
}

// Two connections, each with a hole behind every segment, have 20 of their segments remembered
// together, and a single one maxSegments.
func TestMaxSegments(t *testing.T) {
	for _, tt := range []struct{ bound, conns, segments, most int }{{20, 2, 100, 20}, {0, 1, maxSegments + 100, maxSegments}} {
		t.Run(fmt.Sprintf("bound %d", tt.bound), func(t *testing.T) {
			a, err := New(Config{MaxSegments: tt.bound}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.segments {
				for c := range tt.conns {
					p := packet(seg{At: int64(i) * us, Flags: ack, Seq: uint32(1 + 20*i), Ack: 1, Len: 10, Window: 1000, ID: uint16(i)}, false)
					p.SrcPort = uint16(1 + c)
					if err := a.WritePacket(p); err != nil {
						t.Fatal(err)
					}
				}
				if live := a.segs.Live(); live > tt.most {
					t.Fatalf("%d segments remembered", live)
				}
			}
			if got, want := a.Stats().Forgotten, uint64(tt.segments*tt.conns-tt.most); got != want {
				t.Errorf("%d forgotten, want %d", got, want)
			}
			for c := range a.Conns() {
				if c.A2B.UniqueBytes != uint64(10*tt.segments) {
					t.Errorf("%d unique bytes", c.A2B.UniqueBytes)
				}
			}
		})
	}
	for _, cfg := range []Config{{MaxConns: -1}, {MaxSegments: -1}, {MaxConns: 1 << 29}, {MaxPlotted: -1}} {
		if _, err := New(cfg, nil); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
