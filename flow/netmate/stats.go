package netmate

import (
	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// Stats are the counts of a [Meter]. The ended flows are Rows + NotValid + TooShort. After Flush
// these are all flows.
//
// Modern semantics skip packets without a whole IP header. Classic semantics skip more.
// [pcapio.StatusUnknownLink] counts link types that NetMate does not read; StatusTruncatedLink and
// StatusTruncatedTransport frames that end before the IP or transport header; StatusNonIP all that
// is not IPv4; StatusUnknownTransport all that is neither TCP nor UDP; StatusBadLink frames that
// are too long; StatusUndecoded all frames after one without length. The features do not include
// the packets of Table.OutOfOrder.
type Stats struct {
	Table    flow.Stats // packets and flows
	Rows     uint64     // given to the RowWriter without error
	NotValid uint64     // classic: flows that NetMate does not hold for a connection or an exchange
	TooShort uint64     // shorter than Config.MinDuration
}

// Account returns the packets that came in, those that are in the features, and the others by
// reason; in = used + the sum of left.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) { return s.Table.Account() }

// Merge adds the counts of another Meter.
func (s *Stats) Merge(o *Stats) {
	s.Table.Merge(&o.Table)
	s.Rows += o.Rows
	s.NotValid += o.NotValid
	s.TooShort += o.TooShort
}

// Stats returns the counts so far.
func (m *Meter) Stats() Stats {
	s := m.stats
	if m.classic != nil {
		s.Table = m.classic.stats
	} else {
		s.Table = m.table.Stats()
	}
	return s
}
