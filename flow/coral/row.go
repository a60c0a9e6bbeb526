package coral

import (
	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/sat"
)

// Table is a kind of tuple table.
type Table uint8

// Kinds of tables.
const (
	Unknown Table = iota // read from a file that does not say
	Expired              // flows that ended within the interval
	Active               // flows alive at its end
)

// String returns the words that t2 files use.
func (t Table) String() string {
	switch t {
	case Expired:
		return "expired flows"
	case Active:
		return "active flows"
	}
	return "flows"
}

// Counter sums packets. Its fields are the counter columns of a t2 row.
type Counter struct {
	Packets uint64
	Bytes   uint64 // IP datagrams with their headers
	Flows   uint64
	First   int64 // time of the earliest packet, ns since 1970
	Latest  int64 // time of the latest packet
}

// Add adds o to c. The sums saturate; First is the earlier of the two, Latest the later. A zero
// Counter is empty.
func (c *Counter) Add(o *Counter) {
	switch (Counter{}) {
	case *o:
		return
	case *c:
		*c = *o
		return
	}
	c.Packets = sat.AddUint(c.Packets, o.Packets)
	c.Bytes = sat.AddUint(c.Bytes, o.Bytes)
	c.Flows = sat.AddUint(c.Flows, o.Flows)
	c.First = min(c.First, o.First)
	c.Latest = max(c.Latest, o.Latest)
}

// Row is one line of a tuple table: a flow within an interval.
type Row struct {
	Key flow.Key
	Counter
	Table Table

	// These are known in rows from a Meter and zero in rows from a file.

	// the flow from its start to the interval's end; equal to Counter with LifetimeCounters
	Total  Counter
	Reason flow.EndReason // why the flow ended; StillActive if it lives on
}

// Interval is a stretch of packet time and what came in it.
type Interval struct {
	Number int64 // counts reported intervals from 1
	Start  int64 // ns since 1970
	// Start + Config.Interval; in the last interval the time of the last packet. 0 while it goes on
	End int64

	Packets uint64 // with an IP header
	Bytes   uint64 // of their IP datagrams
	NonIP   uint64 // packets that are on no flow for want of an IP header
	Late    uint64 // of all these: earlier than Start
}
