package live

import (
	"io"
	"testing"
	"time"

	"github.com/reeftools/reef/internal/lab/nettest"
	"github.com/reeftools/reef/pcapio"
)

// BenchmarkCapture sends frames of 100 bytes over a veth pair as fast as it goes, captures them and
// writes them as pcap. One turn is one frame. Drops are in percent of those sent.
func BenchmarkCapture(b *testing.B) {
	nettest.Namespace(b)
	flood := nettest.Flood(b, "va", nettest.UDP(1, 58))
	s, stop := open(b, Config{}, "vb")
	w, err := pcapio.NewWriter(io.Discard, pcapio.WriterConfig{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	var took time.Duration
	go func() {
		flood(b.N)
		took = time.Since(start)
		stop() // what was sent on a veth pair has arrived
	}()
	var r pcapio.Record
	for err = s.ReadRecord(&r); err == nil; err = s.ReadRecord(&r) {
		if err := w.WriteRecord(&r); err != nil {
			b.Fatal(err)
		}
	}
	if err != io.EOF {
		b.Fatal(err)
	}
	stats, err := s.Stats()
	if err != nil || stats[0].Received != uint64(b.N) {
		b.Fatalf("%+v, %v; %d were sent", stats, err, b.N)
	}
	b.ReportMetric(float64(b.N)/took.Seconds(), "sent/s")
	b.ReportMetric(100*float64(stats[0].Dropped)/float64(b.N), "%drop")
}
