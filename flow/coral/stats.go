package coral

import (
	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// Stats are the counts of a Meter. Flow.Packets is the sum of Packets and NonIP over all intervals.
type Stats struct {
	Flow         flow.Stats
	Intervals    uint64 // begun
	EmptySkipped uint64 // intervals without packets that were not reported, see Config.MaxEmpty
	Late         uint64 // packets that belonged to an earlier interval
	Rows         uint64 // given out
}

// Account returns the packets that came in, those that are on flows, and the others by status;
// in = used + the sum of left.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) { return s.Flow.Account() }

// Merge adds the counts of another Meter.
func (s *Stats) Merge(o *Stats) {
	s.Flow.Merge(&o.Flow)
	s.Intervals += o.Intervals
	s.EmptySkipped += o.EmptySkipped
	s.Late += o.Late
	s.Rows += o.Rows
}

// Stats returns the counts so far.
func (m *Meter) Stats() Stats {
	s := m.stats
	s.Flow = m.table.Stats()
	return s
}
