package tcpstat

import (
	"io"
	"testing"
)

// One packet into a Classic, which prints a row a second.
func BenchmarkClassic(b *testing.B) {
	rows, err := NewClassicPrinter("", Outputs{Stdout: io.Discard})
	if err != nil {
		b.Fatal(err)
	}
	c, err := NewClassic(ClassicConfig{Width: 1}, rows)
	if err != nil {
		b.Fatal(err)
	}
	p := frame(1000, 1000, 0x0800, 6)
	b.ReportAllocs()
	for b.Loop() {
		p.Time += 1e6
		if err := c.WritePacket(p); err != nil {
			b.Fatal(err)
		}
	}
}
