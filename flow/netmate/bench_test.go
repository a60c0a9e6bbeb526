package netmate

import (
	"io"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// BenchmarkMeter has a million packets a second of 10,000 UDP flows.
func BenchmarkMeter(b *testing.B) {
	for _, sem := range []Semantics{Modern, Classic} {
		b.Run(sem.String(), func(b *testing.B) {
			var packets []*pcapio.Packet
			for i := range 10000 {
				packets = append(packets, decoded(b, []pkt{{proto: udp, data: i % 1000, port: uint16(1024 + i)}})...)
			}
			out := NewCSV(io.Discard, sem)
			m, err := New(Config{Semantics: sem}, out)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p := packets[i%len(packets)]
				p.Time = start*1000 + int64(i)*1000
				if err := m.WritePacket(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRow makes a row and writes it.
func BenchmarkRow(b *testing.B) {
	var f Features
	for _, p := range decoded(b, connection(0)) {
		f.Add(p, 0, DefaultIdleThreshold)
	}
	out := NewCSV(io.Discard, Modern)
	var r Row
	b.ReportAllocs()
	for b.Loop() {
		f.Row(&r.Record, &r)
		if err := out.WriteRow(&r); err != nil {
			b.Fatal(err)
		}
	}
}
