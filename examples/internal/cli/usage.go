package cli

import (
	"fmt"
	"time"
)

// resources is what the process has used, as far as the system tells.
type resources struct {
	user, system time.Duration
	peak         int64 // bytes of memory
	ok           bool
}

// report writes what -usage promises.
func (p *Program) report() {
	wall := time.Since(p.started)
	fmt.Fprintf(p.Stderr, "wall %.3f s", wall.Seconds())
	if used := usedResources(); used.ok {
		fmt.Fprintf(p.Stderr, ", user %.3f s, system %.3f s, peak memory %s", used.user.Seconds(), used.system.Seconds(), size(used.peak))
	}
	if p.captures != nil {
		s := p.captures.stats()
		fmt.Fprintf(p.Stderr, ", %.0f packets/s\n%s", float64(s.Records)/wall.Seconds(), p.captures.summary(s.Records))
		if s.Gaps > 0 {
			fmt.Fprintf(p.Stderr, "\ndamaged: %d gaps, %d bytes skipped", s.Gaps, s.SkippedBytes)
		}
	}
	if p.Counts != nil {
		fmt.Fprintf(p.Stderr, "\n%s", p.Counts())
	}
	fmt.Fprintln(p.Stderr)
}
