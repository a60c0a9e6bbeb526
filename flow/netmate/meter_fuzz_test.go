package netmate

import (
	"encoding/binary"
	"io"
	"testing"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// FuzzMeter runs frames with hostile headers and times through both semantics and writers. Each
// frame of the input is 8 bytes of time, one of link type, one of length, and the bytes.
func FuzzMeter(f *testing.F) {
	seed := func(packets []pkt) {
		var b []byte
		for _, k := range packets {
			r := k.record()
			b = binary.BigEndian.AppendUint64(b, uint64(r.Time))
			b = append(b, byte(r.LinkType), byte(min(len(r.Data), 255)))
			b = append(b, r.Data[:min(len(r.Data), 255)]...)
		}
		f.Add(b)
	}
	seed(connection(0))
	seed([]pkt{{proto: udp, data: 1}, {us: 2e6, proto: udp, vlans: 1}, {us: 1, proto: udp, data: 3, cut: 36}, {us: 700e6, proto: 1}})
	seed([]pkt{{link: pcapio.LinkRaw, proto: udp}, {link: 100, flags: rst}, {noWire: true}})
	f.Fuzz(func(t *testing.T, input []byte) {
		var records []pcapio.Record
		for len(input) >= 10 {
			r := pcapio.Record{Time: int64(binary.BigEndian.Uint64(input)), LinkType: pcapio.LinkType(input[8])}
			n := min(int(input[9]), len(input)-10)
			r.Data, r.OrigLen = input[10:10+n], n+int(input[8]&1)
			input = input[10+n:]
			records = append(records, r)
		}
		for _, sem := range []Semantics{Modern, Classic} {
			cfg := Config{Semantics: sem, Flow: flow.Config{MaxFlows: 8}}
			var rows []Row
			m, err := New(cfg, RowWriterFunc(func(r *Row) error { rows = append(rows, *r); return nil }))
			if err != nil {
				t.Fatal(err)
			}
			next := 0
			src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
				if next == len(records) {
					return io.EOF
				}
				*r = records[next]
				next++
				return nil
			})
			if _, err := pcapio.Copy(m, pcapio.NewDecoder(src, pcapio.DecodeConfig{FragmentCache: 8})); err != nil {
				t.Fatal(err)
			}
			if err := m.Flush(); err != nil {
				t.Fatal(err)
			}
			reconcile(t, m.Stats(), uint64(len(records)), uint64(len(rows)))
			readBack(t, sem, rows)
		}
	})
}
