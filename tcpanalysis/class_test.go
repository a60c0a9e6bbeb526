package tcpanalysis

import (
	"fmt"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestClasses has one case for each rule of class.go and packet.go.
func TestClasses(t *testing.T) {
	data := func(at float64, seq uint32) pkt {
		return pkt{At: int64(at * ms), Flags: ack, Seq: seq, Ack: 1, Len: 100}
	}
	acks := func(at float64, n uint32) pkt { return pkt{At: int64(at * ms), B: true, Flags: ack, Seq: 1, Ack: n} }
	cases := []struct {
		name     string
		packets  []pkt
		class    Class
		n        uint64
		unique   uint64
		spurious uint64
		unseen   uint64
	}{
		{"timeout", []pkt{data(20, 1), data(400, 1)}, Timeout, 1, 100, 0, 0},
		{"fast: three duplicate ACKs", []pkt{data(20, 1), data(21, 101), data(22, 201), data(23, 301), data(24, 401),
			acks(30, 1), acks(31, 1), acks(32, 1), acks(33, 1), data(34, 1)}, Fast, 1, 500, 0, 0},
		{"fast: SACK above", []pkt{data(20, 1), data(21, 101), {At: 31 * ms, B: true, Flags: ack, Seq: 1, Ack: 1, SACK: []pcapio.SACKBlock{{Left: 101, Right: 201}}},
			data(34, 1)}, Fast, 1, 200, 0, 0},
		{"tail loss probe", []pkt{data(20, 1), data(45, 1)}, Unclassified, 1, 100, 0, 0},
		{"not needed: its ACK had passed", []pkt{data(20, 1), acks(30, 101), data(400, 1)}, Timeout, 1, 100, 1, 0},
		{"not needed: D-SACK", []pkt{data(20, 1), data(400, 1), acks(401, 101),
			{At: 410 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, SACK: []pcapio.SACKBlock{{Left: 1, Right: 101}}}}, Timeout, 1, 100, 1, 0},
		{"reordered", []pkt{data(20, 101), data(20.5, 1)}, Reordered, 1, 200, 0, 0},
		{"lost before the capture, back by fast retransmit", []pkt{data(20, 101), data(21, 201), data(40, 1)}, Fast, 1, 300, 0, 1},
		{"lost before the capture, back by timeout", []pkt{data(20, 101), data(300, 1)}, Timeout, 1, 200, 0, 1},
		{"keep-alive without data", []pkt{data(20, 1), acks(30, 101), {At: 9000 * ms, Flags: ack, Seq: 100, Ack: 1}}, KeepAlive, 1, 100, 0, 0},
		{"keep-alive with a byte", []pkt{data(20, 1), acks(30, 101), {At: 9000 * ms, Flags: ack, Seq: 100, Ack: 1, Len: 1}}, KeepAlive, 1, 100, 0, 0},
		{"window probe with a byte that is accepted", []pkt{data(20, 1), {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true},
			{At: 300 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 1}, {At: 310 * ms, B: true, Flags: ack, Seq: 1, Ack: 102}}, WindowProbe, 1, 101, 0, 0},
		{"window probe refused, then sent with more", []pkt{data(20, 1), {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true},
			{At: 300 * ms, Flags: ack, Seq: 101, Ack: 1, Len: 1}, {At: 310 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true},
			{At: 400 * ms, B: true, Flags: ack, Seq: 1, Ack: 101}, data(401, 101)}, WindowProbe, 1, 200, 0, 0},
		{"window probe below the window", []pkt{data(20, 1), {At: 30 * ms, B: true, Flags: ack, Seq: 1, Ack: 101, ZeroWindow: true},
			{At: 300 * ms, Flags: ack, Seq: 100, Ack: 1}}, WindowProbe, 1, 100, 0, 0},
		{"captured twice", []pkt{data(20, 1), {At: 20.001 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 100, SameID: true}}, CaptureDup, 1, 100, 0, 0},
		{"FIN sent again", []pkt{{At: 20 * ms, Flags: ack | fin, Seq: 1, Ack: 1}, {At: 400 * ms, Flags: ack | fin, Seq: 1, Ack: 1}}, Timeout, 1, 0, 0, 0},
	}
	for _, v6 := range []bool{false, true} {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s IPv6 %v", c.name, v6), func(t *testing.T) {
				s := newSim(t, Config{})
				s.V6 = v6
				s.open()
				s.send(c.packets...)
				h := s.done()[0].A2B
				var others uint64
				for i, n := range h.Classes {
					if Class(i) != c.class {
						others += n
					}
				}
				if h.Classes[c.class] != c.n || others != 0 || h.UniqueBytes != c.unique || h.RetransSpurious != c.spurious || h.RetransUnseen != c.unseen {
					t.Errorf("%s (IPv6 %v): classes %v, want %d of %v; unique %d, spurious %d, unseen %d", c.name, v6, h.Classes, c.n, c.class,
						h.UniqueBytes, h.RetransSpurious, h.RetransUnseen)
				}
			})
		}
	}
}

// TestDuplicateACKs checks each condition of RFC 5681, 2.
func TestDuplicateACKs(t *testing.T) {
	base := pkt{B: true, Flags: ack, Seq: 1, Ack: 1}
	cases := []struct {
		name string
		edit func(*pkt)
		want uint64
	}{
		{"duplicate", func(*pkt) {}, 4},
		{"with data", func(k *pkt) { k.Len = 10 }, 0},
		{"with FIN", func(k *pkt) { k.Flags |= fin }, 0},
		{"with another window", func(k *pkt) { k.Window = 2000 + uint16(k.At/ms) }, 0},
		{"with another number", func(k *pkt) { k.Ack = 0 }, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newSim(t, Config{})
			s.open()
			// nothing outstanding: no duplicate
			s.send(pkt{At: 19 * ms, B: true, Flags: ack, Seq: 1, Ack: 1})
			s.send(pkt{At: 20 * ms, Flags: ack, Seq: 1, Ack: 1, Len: 500})
			for i := range 4 {
				k := base
				k.At = (30 + int64(i)) * ms
				c.edit(&k)
				s.send(k)
			}
			h := s.done()[0].A2B
			if h.DupACKs != c.want || h.TripleDupACKs != c.want/4 {
				t.Errorf("%s: %d duplicate ACKs, %d triple, want %d", c.name, h.DupACKs, h.TripleDupACKs, c.want)
			}
		})
	}
}
