package tstat

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// BenchmarkAnalyzer follows 10,000 interleaved connections of 9 packets each and prints the log.
func BenchmarkAnalyzer(b *testing.B) {
	const conns = 10000
	s := sim{}
	var packets []*pcapio.Packet
	for _, k := range transfer()[:9] {
		packets = append(packets, s.Packet(k))
	}
	for _, bm := range []struct {
		name  string
		steps StepWriter
	}{{"log", nil}, {"log and histograms", StepWriterFunc(func(*Set) error { return nil })}} {
		b.Run(bm.name, func(b *testing.B) {
			logs := NewLogs(discard{}, discard{}, discard{})
			a, err := New(Config{}, logs, logs, bm.steps)
			if err != nil {
				b.Fatal(err)
			}
			now, n := int64(1e18), 0
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range packets {
					for c := range conns {
						now += 1000
						q := *p
						q.Time = now
						if q.SrcPort == 80 {
							q.Dst[13], q.Dst[14] = byte(c>>8), byte(c)
						} else {
							q.Src[13], q.Src[14] = byte(c>>8), byte(c)
						}
						if err := a.WritePacket(&q); err != nil {
							b.Fatal(err)
						}
					}
				}
				n += len(packets) * conns
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
		})
	}
}
