package pcapio

import "testing"

// Steps along the chains of the fragment cache grow with the fragments, whatever comes: the hash
// has a secret key, so chains are short.
func TestFragmentCacheIsLinear(t *testing.T) {
	first := func(id int) *Packet {
		return packetOf(LinkRaw, fragmentOf4(id, 0, true, udpSeg(1000, 53, make([]byte, 8))))
	}
	later := func(id int) *Packet { return packetOf(LinkRaw, fragmentOf4(id, 16, false, nil)) }
	for _, tt := range []struct {
		name string
		at   func(i int) *Packet
	}{
		{"one identification", func(i int) *Packet { return first(7) }},
		{"first ones only", func(i int) *Packet { return first(i & 0xffff) }},
		{"first ones of the same low bits", func(i int) *Packet { return first(i << 8 & 0xffff) }},
		{"later ones of the newest", func(i int) *Packet {
			if i%2 == 0 {
				return first(i & 0xffff)
			}
			return later((i - 1) & 0xffff)
		}},
		{"later ones of none", func(i int) *Packet {
			if i%2 == 0 {
				return first(i & 0xffff)
			}
			return later(i & 0xffff)
		}},
		{"later ones of the oldest", func(i int) *Packet {
			if i%2 == 0 {
				return first(i / 2 & 0xffff)
			}
			return later((i/2 - 255) & 0xffff)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			steps := func(n int) int {
				d := NewDecoder(nil, DecodeConfig{FragmentCache: 256})
				for i := range n {
					d.Decode(tt.at(i))
				}
				if n := d.frags.steps; n > 4*int(d.stats.FirstFragments+d.stats.FragmentHits+d.stats.FragmentMisses) {
					t.Errorf("%d steps, %+v", n, d.stats)
				}
				return d.frags.steps
			}
			if few, many := steps(2000), steps(8000); many > 8*few+100 { // 4 times as many, give or take the random key; 16 were quadratic
				t.Errorf("%d steps for 2000 fragments, %d for 8000", few, many)
			}
		})
	}
}
