package tcpanalysis

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestModel compares a Tracker with the model on simulated connections and on random bytes.
func TestModel(t *testing.T) {
	runs := []struct {
		name    string
		n       uint64
		packets func(seed uint64) []*pcapio.Packet
	}{
		{"without trouble", 1500, func(seed uint64) []*pcapio.Packet {
			return packets(randomSetup(seed).calm().run())
		}},
		{"any trouble", 1500, func(seed uint64) []*pcapio.Packet { return packets(randomSetup(seed).run()) }},
		{"cut start", 600, func(seed uint64) []*pcapio.Packet {
			ps := packets(randomSetup(seed).run())
			return ps[len(ps)*int(seed%4)/5:]
		}},
		{"one direction", 300, func(seed uint64) []*pcapio.Packet {
			var ps []*pcapio.Packet
			for _, p := range packets(randomSetup(seed).run()) {
				if (p.SrcPort == 1000) == (seed%2 == 0) {
					ps = append(ps, p)
				}
			}
			return ps
		}},
		{"bytes", 1500, func(seed uint64) []*pcapio.Packet { return packetsOf(randomBytes(seed)) }},
	}
	for _, run := range runs {
		t.Run(run.name, func(t *testing.T) {
			var least []*pcapio.Packet // that disagree
			bad := 0
			for seed := range run.n {
				ps := run.packets(seed)
				if disagreement(t, ps) != "" {
					if bad++; least == nil || len(ps) < len(least) {
						least = ps
					}
				}
			}
			if bad > 0 {
				t.Errorf("%d of %d disagree; the shortest: %s\n%s", bad, run.n, disagreement(t, least), listPackets(least))
			}
		})
	}
}
