package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// BenchmarkTracker follows 10,000 interleaved connections of 10 packets each.
func BenchmarkTracker(b *testing.B) {
	const conns = 10000
	steps := []pkt{{Flags: syn}, {B: true, Flags: syn | ack, Ack: 1}, {Flags: ack, Seq: 1, Ack: 1}, {Flags: ack, Seq: 1, Ack: 1, Len: 300},
		{B: true, Flags: ack, Seq: 1, Ack: 301, Len: 1400}, {B: true, Flags: ack, Seq: 1401, Ack: 301, Len: 1400}, {Flags: ack, Seq: 301, Ack: 2801},
		{Flags: ack | fin, Seq: 301, Ack: 2801}, {B: true, Flags: ack | fin, Seq: 2801, Ack: 302},
		{Flags: ack, Seq: 302, Ack: 2802}}
	s := sim{}
	var packets []*pcapio.Packet
	for _, k := range steps {
		packets = append(packets, s.packet(k))
	}
	for _, table := range []bool{false, true} {
		name := "track"
		var dst ConnWriter
		if table {
			name, dst = "track and print", NewCSVWriter(discard{}, Columns{RTT: true})
		}
		b.Run(name, func(b *testing.B) {
			t, err := NewTracker(Config{Percentiles: table}, dst, nil)
			if err != nil {
				b.Fatal(err)
			}
			now := int64(1e18)
			b.ReportAllocs()
			n := 0
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
						if err := t.WritePacket(&q); err != nil {
							b.Fatal(err)
						}
					}
				}
				n += len(packets) * conns
				now += 61e9 // all end, with the next packet
			}
			if got := t.Stats().Ended[Closed]; got != uint64(n/len(packets)-conns) {
				b.Fatalf("%d of %d connections have ended", got, n/len(packets)-conns)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e6, "Mpackets/s")
		})
	}
}
