package intervalstat

import (
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// One packet into a Series, without reading and decoding it.
func BenchmarkSeries(b *testing.B) {
	for name, cfg := range map[string]Config{"plain": {Width: time.Second, Size: SizeNetwork}, "distinct": {Width: time.Second, Distinct: true},
		"percentiles": {Width: time.Second, Percentiles: true}} {
		b.Run(name, func(b *testing.B) {
			s, err := NewSeries(cfg, BucketWriterFunc(func(*Bucket) error { return nil }))
			if err != nil {
				b.Fatal(err)
			}
			p := packet(0, 1000)
			b.ReportAllocs()
			for b.Loop() {
				p.Time += 1e6
				if err := s.WritePacket(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One record into a Series, which decodes what it needs of it.
func BenchmarkSeriesRecords(b *testing.B) {
	for name, frame := range map[string]string{"plain": frames()[0], "fragment": frames()[14]} {
		b.Run(name, func(b *testing.B) {
			s, err := NewSeries(Config{Width: time.Second, Size: SizeNetwork}, BucketWriterFunc(func(*Bucket) error { return nil }))
			if err != nil {
				b.Fatal(err)
			}
			r := pcapio.Record{OrigLen: 1000, LinkType: pcapio.LinkEthernet, Data: []byte(frame)}
			b.ReportAllocs()
			for b.Loop() {
				r.Time += 1e6
				if err := s.WriteRecord(&r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
