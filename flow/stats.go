package flow

import "github.com/reeftools/reef/pcapio"

// Stats are the counts of a Table: Packets = Counted + the sum of Skipped, and Flows = Live + the
// sum of Ended.
type Stats struct {
	Packets    uint64              // given to WritePacket
	Counted    uint64              // put on a flow
	Skipped    pcapio.StatusCounts // not put on a flow, by reason: those without a whole IP header
	OutOfOrder uint64              // of Counted: earlier than a packet before them
	Flows      uint64              // records begun
	Live       uint64              // records not ended
	// most live at any time; after Merge the sum, though the tables may have peaked at different
	// times
	MaxLive uint64
	Ended   ReasonCounts // records ended
	// records given out after one that comes later in the order (see Config.Hold)
	Late uint64
}

// Account returns the packets that came in, those that are on flows, and the others by status;
// in = used + the sum of left.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Packets, s.Counted, s.Skipped.Reasons()
}

// Merge adds the counts of another table.
func (s *Stats) Merge(o *Stats) {
	s.Packets += o.Packets
	s.Counted += o.Counted
	s.Skipped.Merge(&o.Skipped)
	s.OutOfOrder += o.OutOfOrder
	s.Flows += o.Flows
	s.Live += o.Live
	s.MaxLive += o.MaxLive
	s.Ended.Merge(&o.Ended)
	s.Late += o.Late
}

// ReasonCounts counts records by [EndReason].
type ReasonCounts [NumReasons]uint64

// Total returns the number of records.
func (c *ReasonCounts) Total() uint64 {
	var n uint64
	for _, v := range c {
		n += v
	}
	return n
}

// Merge adds the counts of o.
func (c *ReasonCounts) Merge(o *ReasonCounts) {
	for r, n := range o {
		c[r] += n
	}
}

// Stats returns the counts so far, after putting the packets that were gathered on their flows; if
// that fails, the next call says so.
func (t *Table[S]) Stats() Stats {
	_ = t.drain() // sticky
	return t.stats
}
