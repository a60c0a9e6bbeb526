package flow

import (
	"fmt"
	"testing"
)

// BenchmarkTable counts packets of so many live flows, visited in an order without pattern.
func BenchmarkTable(b *testing.B) {
	for _, flows := range []uint32{1 << 8, 1 << 13, 1 << 18} {
		b.Run(fmt.Sprint(flows, " flows"), func(b *testing.B) {
			table, err := NewTable(Config{}, nil, func(*Record, *struct{}) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
			p := udp(0, "10.0.0.1:1", "192.0.2.1:53", 100)
			visit := func(i uint32) {
				n := i * 0x9e3779b1 % flows // odd multiplier and a power of two: every flow in turn
				p.Time += 1000
				p.SrcPort, p.Src[13], p.Src[14] = uint16(n), byte(n>>16), byte(n>>24)
				if err := table.WritePacket(p); err != nil {
					b.Fatal(err)
				}
			}
			for i := range flows {
				visit(i)
			}
			b.ReportAllocs()
			for i := uint32(0); b.Loop(); i++ {
				visit(i)
			}
		})
	}
}

// BenchmarkTableChurn counts packets of flows that have one packet each and time out.
func BenchmarkTableChurn(b *testing.B) {
	ended := 0
	table, err := NewTable(Config{}, nil, func(*Record, *struct{}) error { ended++; return nil })
	if err != nil {
		b.Fatal(err)
	}
	p := udp(0, "10.0.0.1:1", "192.0.2.1:53", 100)
	b.ReportAllocs()
	for i := uint32(0); b.Loop(); i++ {
		p.Time += second / 1000
		p.SrcPort, p.Src[13], p.Src[14] = uint16(i), byte(i>>16), byte(i>>24)
		if err := table.WritePacket(p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(ended)/float64(b.N), "ended/op")
}
