package coral

import (
	"fmt"
	"time"

	"github.com/reeftools/reef/flow"
)

// Defaults of [Config].
const (
	DefaultIdle     = 60 * time.Second
	DefaultMaxEmpty = 10_000
	DefaultHold     = 1 << 16 // with Interval
)

// Bounds on the intervals without packets that are reported in all: a fixed number, and a number
// for each packet.
const (
	firstEmpty     = 1 << 20
	emptyPerPacket = 100
)

// Counters says which packets a row counts.
type Counters uint8

// What a row counts.
const (
	IntervalCounters Counters = iota // the packets within the interval
	LifetimeCounters                 // all packets of the flow up to the interval's end
)

// String returns "interval" or "lifetime".
func (c Counters) String() string {
	if c == LifetimeCounters {
		return "lifetime"
	}
	return "interval"
}

// Semantics says which packets count.
type Semantics uint8

// The semantics.
const (
	Modern  Semantics = iota // IPv4 and IPv6
	Classic                  // as CoralReef: IPv4 only, IPv6 counts as not IP
)

// String returns "modern" or "classic".
func (s Semantics) String() string {
	if s == Classic {
		return "classic"
	}
	return "modern"
}

// Config says when flows end and what is reported when. The zero value reports the whole capture at
// once, with flows that end after 60 s of silence. All times are packet times.
type Config struct {
	Semantics Semantics
	// Idle ends a flow when its next packet comes later than this after its last one; at exactly
	// this it goes on. 0 means 60 s, negative never.
	Idle time.Duration
	// Interval is the length of an interval; 0 makes the whole capture one.
	Interval time.Duration
	// Align lets intervals start at multiples of Interval since 1970 UTC, else the first packet
	// starts the first one.
	Align bool
	// Counters says what a row counts.
	Counters Counters
	// Active adds the flows alive at each interval's end, for LifetimeCounters. IntervalCounters
	// always have them.
	Active bool

	// MaxEmpty is how many intervals in a row are reported without a packet. A longer gap is
	// skipped: its intervals are counted in Stats.EmptySkipped, and flows that expire in it are
	// reported in the interval after it. A gap is also skipped if the reported empty intervals
	// would exceed 1,048,576 and 100 for each packet, so that few packets far apart do not fill a
	// disk. 0 means 10,000, negative none.
	MaxEmpty int
	// MaxFlows bounds the live flows, as in [flow.Config].
	MaxFlows int
	// Hold is how many rows of expired flows wait to be put in order of start and key. With
	// Interval, a larger table comes in runs of that many rows, each run in order; 0 means 65,536.
	// Without Interval, see [flow.Config]. With a negative Hold each row is given out as its flow
	// ends.
	Hold int
	// Seed keys the hash, as in [flow.Config].
	Seed uint64
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.Semantics > Classic:
		return fmt.Errorf("%w: unknown Semantics %d", ErrConfig, c.Semantics)
	case c.Interval < 0:
		return fmt.Errorf("%w: Interval %v is negative", ErrConfig, c.Interval)
	case c.Align && c.Interval == 0:
		return fmt.Errorf("%w: Align without Interval", ErrConfig)
	case c.Counters > LifetimeCounters:
		return fmt.Errorf("%w: unknown Counters %d", ErrConfig, c.Counters)
	case c.Active && (c.Interval == 0 || c.Counters != LifetimeCounters):
		return fmt.Errorf("%w: Active is for LifetimeCounters with an Interval", ErrConfig)
	}
	fc := c.table()
	if err := fc.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

// table returns the configuration of the flow table.
func (c *Config) table() flow.Config {
	fc := flow.Config{Uni: true, Linger: -1, Idle: c.Idle, MaxFlows: c.MaxFlows, Hold: c.Hold, Seed: c.Seed}
	if fc.Idle == 0 {
		fc.Idle = DefaultIdle
	}
	if c.Interval > 0 {
		fc.Hold = -1 // a row belongs to the interval in which its flow ended
	}
	return fc
}
