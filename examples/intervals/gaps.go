package main

import (
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
)

// gaps are the jumps in time of which not all empty intervals are printed.
type gaps struct {
	count, omitted uint64
	longest        int64 // seconds left out in the longest
	end            int64 // of that, ns since 1970
}

// add takes the empty intervals of a length that were left out before the one at start.
func (g *gaps) add(start int64, omitted uint64, length int64) {
	if omitted == 0 {
		return
	}
	g.count, g.omitted = g.count+1, g.omitted+omitted
	// In seconds, since nanoseconds of 584 years do not fit.
	if s := int64(float64(omitted) * float64(length) / 1e9); s > g.longest || g.count == 1 {
		g.longest, g.end = s, start
	}
}

func (g *gaps) tell(p *cli.Program) {
	end := time.Unix(0, g.end).UTC().Format(time.RFC3339)
	if g.count == 1 {
		p.Bound(g.omitted, "time jumps %[2]d s up to %[3]s: %[1]d empty intervals were not printed; -max-empty says how many in a row are", g.omitted, g.longest, end)
	} else {
		p.Bound(g.omitted, "time jumps %[2]d times, by up to %[3]d s up to %[4]s: %[1]d empty intervals were not printed; -max-empty says how many in a row are", g.omitted,
			g.count, g.longest, end)
	}
}
