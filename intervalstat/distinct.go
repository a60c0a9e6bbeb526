package intervalstat

import (
	"bytes"
	"encoding/binary"

	metro "github.com/dgryski/go-metro"

	"github.com/reeftools/reef/internal/hll"
	"github.com/reeftools/reef/pcapio"
)

// Sketch estimates how many distinct things were seen, in fixed memory, by HyperLogLog (Flajolet
// and others, 2007, with the estimator of Ertl, 2017). Estimate returns the number; Merge adds what
// another one has seen, if it is of the same precision; Clone copies.
type Sketch = hll.Sketch

// distinctSeed is the same everywhere, so that sketches of different machines can be merged.
const distinctSeed = 0x7265656673746174

// addDistinct adds the addresses and the flow of p, if it has any.
func addDistinct(hosts, flows *Sketch, p *pcapio.Packet) {
	if p.IPVersion == 0 || !p.Status.HasIP() {
		return
	}
	hosts.AddHash(metro.Hash64(p.Src[:], distinctSeed))
	hosts.AddHash(metro.Hash64(p.Dst[:], distinctSeed))
	var key [37]byte // the lower end first, so that both directions are one
	a, b, ap, bp := &p.Src, &p.Dst, p.SrcPort, p.DstPort
	if c := bytes.Compare(a[:], b[:]); c > 0 || c == 0 && ap > bp {
		a, b, ap, bp = b, a, bp, ap
	}
	copy(key[:], a[:])
	copy(key[16:], b[:])
	binary.BigEndian.PutUint16(key[32:], ap)
	binary.BigEndian.PutUint16(key[34:], bp)
	key[36] = p.Proto
	flows.AddHash(metro.Hash64(key[:], distinctSeed))
}
