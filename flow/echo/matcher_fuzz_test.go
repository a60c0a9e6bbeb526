package echo

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// FuzzPackets gives both matchers frames of arbitrary bytes: each byte string is cut into frames by
// its own length bytes.
func FuzzPackets(f *testing.F) {
	seed := func(messages ...message) {
		var b []byte
		for _, m := range messages {
			p := m.packet(f)
			b = append(append(b, byte(m.at), byte(len(p.Data))), p.Data...)
		}
		f.Add(b, true)
		f.Add(b, false)
	}
	seed(ask(0, 1), ask(1, 1), answer(2, 1), answer(3, 1), ask(4, 1))
	seed(ask(0, 1), ask(90, 2), answer(91, 2), answer(92, 1))
	seed(message{from: six1, to: six2, typ: 128}, message{at: 1, from: six2, to: six1, typ: 129})
	seed(toAll(0, "224.0.0.1"), from(1, hostB), from(2, hostC), from(3, hostC), toAll(4, "192.0.2.255"), from(5, hostB), from(6, "192.0.2.9"), from(7, "192.0.2.10"))
	quoting := answer(5, 1)
	quoting.typ, quoting.data = 3, string(ask(0, 1).packet(f).Data)
	seed(quoting)
	f.Fuzz(func(t *testing.T, b []byte, ethernet bool) {
		link := pcapio.LinkRaw
		if ethernet {
			link = pcapio.LinkEthernet
		}
		exchanges := 0
		last := int64(0)
		m, err := New(Config{Timeout: 50 * 1e6, MaxPending: 4, MaxAnswers: 3}, ExchangeWriterFunc(func(e *Exchange) error {
			exchanges++
			if e.Requests == 0 || e.LastRequest < e.Request && e.Requests == 1 || e.Undecided() && e.Answered() || e.Lost() == e.Answered() {
				t.Errorf("%+v", *e)
			}
			last = e.Request
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		classic, err := NewClassic(ClassicConfig{MaxPending: 4}, MessageWriterFunc(func(m *Message) error { m.AppendCSV(nil); return nil }))
		if err != nil {
			t.Fatal(err)
		}
		d := pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll})
		var p pcapio.Packet
		packets := uint64(0)
		for len(b) >= 2 {
			n := min(int(b[1]), len(b)-2)
			p.Record = pcapio.Record{Time: int64(b[0]) * 1e6, OrigLen: n + int(b[0]&1), LinkType: link, Data: b[2 : 2+n]}
			d.Decode(&p)
			if m.WritePacket(&p) != nil || classic.WritePacket(&p) != nil {
				t.Fatal("error without cause")
			}
			packets++
			b = b[2+n:]
		}
		if err := m.Flush(); err != nil {
			t.Fatal(err)
		}
		s, c := m.Stats(), classic.Stats()
		if s.Packets != packets || s.Packets != s.Requests+s.Repeats+s.Replies+s.Answers+s.Duplicates+s.Overflow+s.Unmatched+s.Other+s.Cut+s.NotICMP ||
			s.Requests != s.Exchanges || int(s.Exchanges) != exchanges || len(m.byKey) != 0 || len(m.groups) != 0 || len(m.more) != 0 || len(m.streams) != 0 {
			t.Errorf("%d packets, %d exchanges, last at %d: %+v", packets, exchanges, last, s)
		}
		if c.Packets != packets || c.Packets != c.Messages+c.Waiting+c.Other || len(classic.requests) > 4 || len(classic.older) > 4 {
			t.Errorf("%d packets: %+v", packets, c)
		}
	})
}
