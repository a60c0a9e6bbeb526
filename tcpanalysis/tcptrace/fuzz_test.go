package tcptrace

import (
	"encoding/binary"
	"io"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// FuzzAnalyzer makes packets of 16 bytes each of the input, draws all graphs and prints all tables.
func FuzzAnalyzer(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10"))
	f.Add([]byte("\x10\x00\x3f\xff\xff\xf0\x00\x00\x00\x01\x00\x40\x00\x01\x00\x10\x10\x01\x00\x00\x00\x01\x40\x00\x00\x10\x00\x00\x00\x02\x00\x00"))
	f.Add([]byte("\x11\x00\xff\xff\xff\xf0\x00\x00\x00\x01\x00\x40\x00\x01\x00\x10\x10\x01\x00\x00\x00\x01\x00\x00\x00\x30\x00\x00\x00\x02\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		a, err := New(Config{}, nowhere)
		if err != nil {
			t.Fatal(err)
		}
		now := int64(1e18)
		for ; len(in) >= 16; in = in[16:] {
			p := packet(seg{Flags: pcapio.TCPFlags(in[0]), B: in[1]&1 != 0, Seq: binary.BigEndian.Uint32(in[2:]), Ack: binary.BigEndian.Uint32(in[6:]),
				Len: int(binary.BigEndian.Uint16(in[10:])), Window: uint16(in[15]), ID: uint16(in[12]), Options: pcapio.TCPOptions(in[14]), WScale: in[14]}, in[1]&2 != 0)
			p.TCP.SACKCount = in[14] & 7
			if in[1]&4 != 0 {
				p.IPLen -= 30 // shorter than its headers
			}
			now += int64(int16(binary.BigEndian.Uint16(in[12:]))) * 1e6
			p.Time = now
			if err := a.WritePacket(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Flush(); err != nil {
			t.Fatal(err)
		}
		var packets uint64
		for c := range a.Conns() {
			packets += c.Packets
			if c.Packets != c.A2B.Packets+c.B2A.Packets {
				t.Errorf("connection %d: %d packets, %d and %d", c.Number, c.Packets, c.A2B.Packets, c.B2A.Packets)
			}
		}
		if s := a.Stats(); packets != s.Traced || s.Packets != s.Traced+s.Short+s.Skipped.Total() {
			t.Errorf("%d packets on connections, %+v", packets, s)
		}
		cols := Columns{RTT: true, Owin: true}
		for _, err := range []error{WriteCSV(io.Discard, a, cols, Selection{}), WriteLong(io.Discard, a, cols, Selection{}, ""), WriteBrief(io.Discard, a, Selection{})} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

var nowhere = ElementWriterFunc(func(Graph, *Element) error { return nil })
