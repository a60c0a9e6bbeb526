package intervalstat

import (
	"net/netip"
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

// One packet into Groups by the network of its source, of 256 networks in each second.
func BenchmarkGroups(b *testing.B) {
	by, err := ByPrefix(24, 64, false)
	if err != nil {
		b.Fatal(err)
	}
	g, err := NewGroups(Config{Width: time.Second}, by, ComparePrefix, func(*Bucket, []Group[netip.Prefix]) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	p := packet(0, 1000)
	p.Src = netip.AddrFrom4([4]byte{10, 0, 0, 7}).As16()
	b.ReportAllocs()
	for b.Loop() {
		p.Time += 1e5
		p.Src[14]++
		if err := g.WritePacket(p); err != nil {
			b.Fatal(err)
		}
	}
}

// One flow of a minute into a Volume of seconds, each a millisecond after the other, over an hour.
func BenchmarkVolume(b *testing.B) {
	v, err := NewVolume(VolumeConfig{})
	if err != nil {
		b.Fatal(err)
	}
	start := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		if start += 1e6; start == 3600e9 {
			start = 0
		}
		if err := v.Add(start, start+60e9, 100, 100_000); err != nil {
			b.Fatal(err)
		}
	}
}
