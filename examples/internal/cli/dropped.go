package cli

import (
	"github.com/reeftools/reef/internal/quote"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/live"
)

// capturing is a [live.Source], as far as it is asked what was lost.
type capturing interface {
	Interfaces() []pcapio.Interface
	Stats() ([]live.Stats, error)
}

// Dropped tells at the end of the run what the kernel dropped of a live capture.
func (p *Program) Dropped(src capturing) {
	p.AtEnd(func() {
		stats, err := src.Stats()
		if err != nil {
			p.Bound(1, "what the kernel dropped is not known: %v", err)
			return
		}
		for i, s := range stats {
			name := quote.Name(src.Interfaces()[i].Name)
			p.Bound(s.Dropped, "%s: %s dropped by the kernel: they came faster than they were read", name, Count(s.Dropped, "packet was", "packets were"))
		}
	})
}
