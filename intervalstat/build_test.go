package intervalstat

import (
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

const second = int64(time.Second)

// packet is a decoded TCP packet of n bytes on Ethernet at a time in ns.
func packet(at int64, n int) *pcapio.Packet {
	p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerEthernet | pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6,
		PortsOK: true, SrcPort: 1024, DstPort: 80, IPLen: n - 14}
	p.Time, p.OrigLen, p.LinkType = at, n, pcapio.LinkEthernet
	return p
}

// collect runs packets through a Series and returns copies of its buckets.
func collect(t *testing.T, cfg Config, packets ...*pcapio.Packet) ([]*Bucket, Stats) {
	t.Helper()
	var list []*Bucket
	s, err := NewSeries(cfg, BucketWriterFunc(func(b *Bucket) error { list = append(list, b.Clone()); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		if err := s.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		t.Fatal(err)
	}
	return list, s.Stats()
}
