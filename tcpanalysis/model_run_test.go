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
		{"without trouble", 400, func(seed uint64) []*pcapio.Packet {
			return packets(randomSetup(seed).calm().run())
		}},
		{"any trouble", 600, func(seed uint64) []*pcapio.Packet { return packets(randomSetup(seed).run()) }},
		{"cut start", 300, func(seed uint64) []*pcapio.Packet {
			ps := packets(randomSetup(seed).run())
			return ps[len(ps)*int(seed%4)/5:]
		}},
		{"one direction", 200, func(seed uint64) []*pcapio.Packet {
			var ps []*pcapio.Packet
			for _, p := range packets(randomSetup(seed).run()) {
				if (p.SrcPort == 1000) == (seed%2 == 0) {
					ps = append(ps, p)
				}
			}
			return ps
		}},
		{"ports used again", 200, func(seed uint64) []*pcapio.Packet {
			// The second connection begins up to 100 s after the first, in TIME-WAIT or later.
			r := newRand(seed)
			first, second := packets(randomSetup(seed).run()), packets(randomSetup(seed+1e6).run())
			pause := int64(1e6) << r.IntN(17)
			for _, p := range second {
				p.Time += first[len(first)-1].Time - 1e18 + pause
			}
			return append(first, second...)
		}},
		{"SYNs stored late", 300, func(seed uint64) []*pcapio.Packet {
			r := newRand(seed)
			ps := packets(randomSetup(seed).run())
			for i := range ps {
				if by := 1 + r.IntN(4); ps[i].TCP.Flags&syn != 0 && i+by < len(ps) && r.IntN(2) == 0 {
					for range by { // it keeps its time
						ps[i], ps[i+1] = ps[i+1], ps[i]
						i++
					}
				}
			}
			return ps
		}},
		{"fragments", 300, func(seed uint64) []*pcapio.Packet { return fragmented(packets(randomSetup(seed).run()), seed) }},
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

// fragmented cuts some segments in two or three fragments, of which a few come in another order or
// are missing. Later ones know their segment if the first came before.
func fragmented(ps []*pcapio.Packet, seed uint64) (all []*pcapio.Packet) {
	r := newRand(seed)
	for _, p := range ps {
		if p.PayloadLen < 16 || p.TCP.Flags&syn != 0 || r.IntN(3) > 0 {
			all = append(all, p)
			continue
		}
		cut := []int{0, 1 + r.IntN(p.PayloadLen-1), p.PayloadLen}
		if r.IntN(2) == 0 && cut[1] > 1 {
			cut = []int{0, 1 + r.IntN(cut[1]-1), cut[1], p.PayloadLen}
		}
		var parts []*pcapio.Packet
		for i, from := range cut[:len(cut)-1] {
			q := *p
			q.Time += int64(i) * 1000
			q.PayloadLen = cut[i+1] - from
			q.IPLen = 20 + q.PayloadLen
			if i > 0 {
				q.Status, q.Layers, q.TCPInherited, q.TCPOffset = pcapio.StatusFragment, pcapio.LayerIPv4, true, uint16(from)
				q.TCP = pcapio.TCP{Seq: p.TCP.Seq + uint32(from)}
			} else {
				q.IPLen += 20
			}
			if i < len(cut)-2 {
				q.IPFlags = pcapio.MoreFragments
			}
			parts = append(parts, &q)
		}
		switch last := len(parts) - 1; r.IntN(6) {
		case 0:
			parts[1], parts[last] = parts[last], parts[1]
		case 1:
			parts = parts[:last]
		}
		all = append(all, parts...)
	}
	return all
}
