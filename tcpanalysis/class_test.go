package tcpanalysis

import (
	"fmt"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestClasses has one case for each rule of class.go and packet.go.
func TestClasses(t *testing.T) {
	data := func(ms float64, seq uint32) pkt { return pkt{ms: ms, flags: ack, seq: seq, ack: 1, n: 100} }
	acks := func(ms float64, n uint32) pkt { return pkt{ms: ms, b: true, flags: ack, seq: 1, ack: n} }
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
		{"fast: SACK above", []pkt{data(20, 1), data(21, 101), {ms: 31, b: true, flags: ack, seq: 1, ack: 1, sack: []pcapio.SACKBlock{{Left: 101, Right: 201}}},
			data(34, 1)}, Fast, 1, 200, 0, 0},
		{"tail loss probe", []pkt{data(20, 1), data(45, 1)}, Unclassified, 1, 100, 0, 0},
		{"not needed: its ACK had passed", []pkt{data(20, 1), acks(30, 101), data(400, 1)}, Timeout, 1, 100, 1, 0},
		{"not needed: D-SACK", []pkt{data(20, 1), data(400, 1), acks(401, 101),
			{ms: 410, b: true, flags: ack, seq: 1, ack: 101, sack: []pcapio.SACKBlock{{Left: 1, Right: 101}}}}, Timeout, 1, 100, 1, 0},
		{"reordered", []pkt{data(20, 101), data(20.5, 1)}, Reordered, 1, 200, 0, 0},
		{"lost before the capture, back by fast retransmit", []pkt{data(20, 101), data(21, 201), data(40, 1)}, Fast, 1, 300, 0, 1},
		{"lost before the capture, back by timeout", []pkt{data(20, 101), data(300, 1)}, Timeout, 1, 200, 0, 1},
		{"keep-alive without data", []pkt{data(20, 1), acks(30, 101), {ms: 9000, flags: ack, seq: 100, ack: 1}}, KeepAlive, 1, 100, 0, 0},
		{"keep-alive with a byte", []pkt{data(20, 1), acks(30, 101), {ms: 9000, flags: ack, seq: 100, ack: 1, n: 1}}, KeepAlive, 1, 100, 0, 0},
		{"window probe with a byte that is accepted", []pkt{data(20, 1), {ms: 30, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true},
			{ms: 300, flags: ack, seq: 101, ack: 1, n: 1}, {ms: 310, b: true, flags: ack, seq: 1, ack: 102}}, WindowProbe, 1, 101, 0, 0},
		{"window probe refused, then sent with more", []pkt{data(20, 1), {ms: 30, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true},
			{ms: 300, flags: ack, seq: 101, ack: 1, n: 1}, {ms: 310, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true},
			{ms: 400, b: true, flags: ack, seq: 1, ack: 101}, data(401, 101)}, WindowProbe, 1, 200, 0, 0},
		{"window probe below the window", []pkt{data(20, 1), {ms: 30, b: true, flags: ack, seq: 1, ack: 101, zeroWin: true},
			{ms: 300, flags: ack, seq: 100, ack: 1}}, WindowProbe, 1, 100, 0, 0},
		{"captured twice", []pkt{data(20, 1), {ms: 20.001, flags: ack, seq: 1, ack: 1, n: 100, sameID: true}}, CaptureDup, 1, 100, 0, 0},
		{"FIN sent again", []pkt{{ms: 20, flags: ack | fin, seq: 1, ack: 1}, {ms: 400, flags: ack | fin, seq: 1, ack: 1}}, Timeout, 1, 0, 0, 0},
	}
	for _, v6 := range []bool{false, true} {
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s IPv6 %v", c.name, v6), func(t *testing.T) {
				s := newSim(t, Config{})
				s.v6 = v6
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
	base := pkt{b: true, flags: ack, seq: 1, ack: 1}
	cases := []struct {
		name string
		edit func(*pkt)
		want uint64
	}{
		{"duplicate", func(*pkt) {}, 4},
		{"with data", func(k *pkt) { k.n = 10 }, 0},
		{"with FIN", func(k *pkt) { k.flags |= fin }, 0},
		{"with another window", func(k *pkt) { k.win = 2000 + uint16(k.ms) }, 0},
		{"with another number", func(k *pkt) { k.ack = 0 }, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newSim(t, Config{})
			s.open()
			// nothing outstanding: no duplicate
			s.send(pkt{ms: 19, b: true, flags: ack, seq: 1, ack: 1})
			s.send(pkt{ms: 20, flags: ack, seq: 1, ack: 1, n: 500})
			for i := range 4 {
				k := base
				k.ms = 30 + float64(i)
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
