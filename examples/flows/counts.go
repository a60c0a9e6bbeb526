package main

import (
	"fmt"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/flow/netmate"
	"github.com/reeftools/reef/pcapio"
)

// counts says for -usage what became of the packets and the flows.
func counts(m meter) string {
	s := tableStats(m)
	var skipped, ended []string
	for i, n := range s.Skipped {
		if n > 0 {
			skipped = append(skipped, fmt.Sprintf(", %s %d", pcapio.Status(i), n))
		}
	}
	for i, n := range s.Ended {
		if n > 0 {
			ended = append(ended, fmt.Sprintf(", %s %d", flow.EndReason(i), n))
		}
	}
	text := fmt.Sprintf("%d packets: in flows %d (out of order %d)%s\n%d flows: live %d%s", s.Packets, s.Counted, s.OutOfOrder,
		strings.Join(skipped, ""), s.Flows, s.Live, strings.Join(ended, ""))
	if c, ok := coralStats(m); ok {
		text += fmt.Sprintf("\n%d intervals, %d empty ones jumped over, %d packets late for theirs", c.Intervals, c.EmptySkipped, c.Late)
	}
	if m, ok := m.(*windows); ok {
		if n, ok := m.meter.(*netmate.Meter); ok && !m.inFiles {
			text += fmt.Sprintf("\n%d rows, %d flows that NetMate does not write", n.Stats().Rows, n.Stats().NotValid)
		}
	}
	return text
}

// notes tells what is not in the flows, and which of them are cut.
func notes(p *cli.Program, m meter, maxFlows int) {
	s := tableStats(m)
	p.Skipped(s.Counted, s.Skipped, "IP")
	cut := s.Ended[flow.LackOfResources]
	p.Bound(cut, "%d of %d flows were ended early to follow no more than %d at a time (-max-flows)", cut, s.Flows, maxFlows)
	if c, ok := coralStats(m); ok {
		p.Bound(c.EmptySkipped, "%d intervals without packets were left out: gaps of more than %d in a row are jumped over", c.EmptySkipped, coral.DefaultMaxEmpty)
	}
}

// coralStats returns the counts of a meter for t2.
func coralStats(m meter) (coral.Stats, bool) {
	if c, ok := m.(interface{ Stats() coral.Stats }); ok {
		return c.Stats(), true
	}
	return coral.Stats{}, false
}

// tableStats returns the counts of the flow table inside m.
func tableStats(m meter) flow.Stats {
	switch m := m.(type) {
	case *flow.Table[struct{}]:
		return m.Stats()
	case interface{ Stats() coral.Stats }: // with or without a file
		return m.Stats().Flow
	case *netmate.Meter:
		return m.Stats().Table
	case *windows:
		return m.stats()
	}
	return flow.Stats{}
}
