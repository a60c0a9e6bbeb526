package flow

import (
	"math/rand/v2"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Every kind of tunnel comes back from its 48 bytes, and both forms of a key have one order.
func TestPacked(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func() Key {
		k := Key{SrcPort: uint16(rng.IntN(2)), DstPort: uint16(rng.IntN(2)), VLAN: uint16(rng.IntN(2)), InnerVLAN: uint16(rng.IntN(2)),
			Proto: uint8(rng.IntN(2)), Version: uint8(4 + 2*rng.IntN(2)), PortsOK: rng.IntN(2) > 0, TunnelID: uint32(rng.IntN(2))}
		if n := rng.IntN(20); n < 18 {
			k.Tunnel = 1 << n
		}
		if rng.IntN(4) == 0 {
			k.Src[rng.IntN(16)]++
		}
		return k
	}
	seen := pcapio.TunnelNone
	for range 10_000 {
		a, b := random(), random()
		seen |= a.Tunnel
		p, q := pack(&a), pack(&b)
		if p.key() != a {
			t.Fatalf("%+v became %+v", a, p.key())
		}
		if a.Compare(&b) != p.compare(&q) || a.Compare(&b) != -b.Compare(&a) || (a.Compare(&b) == 0) != (a == b) {
			t.Fatalf("%+v and %+v: %d, packed %d", a, b, a.Compare(&b), p.compare(&q))
		}
	}
	if seen != pcapio.TunnelAll {
		t.Errorf("only %v were tried", seen)
	}
}
