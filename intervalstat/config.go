package intervalstat

import (
	"fmt"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Defaults and bounds of [Config].
const (
	DefaultWidth    = 5 * time.Second // tcpstat's
	DefaultMaxEmpty = 100_000         // a day of seconds, and more
	DefaultGroups   = 1 << 16
	MaxOpen         = 1 << 12 // intervals that Config.Lateness may hold open
)

// Config says what an interval is and what is measured in it. The zero value makes intervals of 5 s
// from the first packet and counts bytes as they were on the wire.
type Config struct {
	// Width is the length of an interval; 0 means DefaultWidth. Whole takes everything as one
	// interval instead.
	Width time.Duration
	Whole bool
	// Align starts intervals at multiples of Width since 1970-01-01 00:00 UTC and makes them [a,b):
	// they begin with a and end before b. Otherwise they start at the first packet and are (a,b],
	// as tcpstat has them: a packet on the border belongs to the earlier interval, and the first
	// packet to the first interval.
	Align bool

	// Empty gives out intervals without packets too, when they lie between others.
	Empty bool
	// MaxEmpty is how many of them in a row are given out; 0 means DefaultMaxEmpty. A longer gap is
	// a jump of the clock rather than silence: all its intervals are left out, and counted in
	// Stats.Omitted and Bucket.Omitted.
	MaxEmpty int

	// Lateness keeps an interval open until a packet comes more than this after its end, so that
	// packets out of order find their interval. Results are that much later. 0 ends an interval
	// with the first packet behind it.
	Lateness time.Duration
	// Late says what becomes of a packet whose interval has ended.
	Late LatePolicy

	// Size says what the bytes of a packet are.
	Size SizePolicy

	// Distinct estimates the number of hosts and flows in each interval, by HyperLogLog sketches of
	// 2^Precision bytes each; 0 means 2^14, with a standard error of 0.8 %.
	Distinct  bool
	Precision int
	// Percentiles keeps the distribution of packet sizes in each interval, for Bucket.Quantile.
	Percentiles bool

	// MaxGroups bounds the groups that a [Groups] has in one interval; 0 means DefaultGroups.
	// Packets of further groups are left out and counted in Stats.NoRoom.
	MaxGroups int
}

// LatePolicy says what becomes of a packet whose interval has ended.
type LatePolicy uint8

// Policies.
const (
	// it counts in the oldest interval that is open, and in its Late; tcpstat does so
	LateCount LatePolicy = iota
	LateDrop             // it counts in Stats.Late only
)

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.Width < 0:
		return fmt.Errorf("%w: Width %v is negative", ErrConfig, c.Width)
	case c.Whole && (c.Width != 0 || c.Align || c.Lateness != 0):
		return fmt.Errorf("%w: Whole has no Width, Align or Lateness", ErrConfig)
	case c.MaxEmpty < 0:
		return fmt.Errorf("%w: MaxEmpty %d is negative", ErrConfig, c.MaxEmpty)
	case c.Lateness < 0:
		return fmt.Errorf("%w: Lateness %v is negative", ErrConfig, c.Lateness)
	case c.Lateness/c.width() >= MaxOpen-1:
		return fmt.Errorf("%w: Lateness %v would hold more than %d intervals open", ErrConfig, c.Lateness, MaxOpen)
	case c.Late > LateDrop:
		return fmt.Errorf("%w: Late %d is unknown", ErrConfig, c.Late)
	case c.Size >= numSizes:
		return fmt.Errorf("%w: Size %d is unknown", ErrConfig, c.Size)
	case c.Precision != 0 && (c.Precision < 4 || c.Precision > 18):
		return fmt.Errorf("%w: Precision %d is not 4 to 18", ErrConfig, c.Precision)
	case c.MaxGroups < 0:
		return fmt.Errorf("%w: MaxGroups %d is negative", ErrConfig, c.MaxGroups)
	}
	return nil
}

func (c *Config) width() time.Duration {
	if c.Width == 0 {
		return DefaultWidth
	}
	return c.Width
}

// open returns how many intervals may be open at once.
func (c *Config) open() int {
	if c.Lateness == 0 {
		return 1
	}
	return 2 + int((c.Lateness-1)/c.width())
}

// Stats counts what became of packets and intervals. Each packet given is in exactly one of Used,
// Late, NoRoom and Ungrouped.
type Stats struct {
	Used      uint64 // counted in an interval
	Late      uint64 // not counted: their interval had ended (LateDrop)
	NoRoom    uint64 // not counted: over MaxGroups
	Ungrouped uint64 // not counted: the function that groups packets did not want them

	Buckets uint64 // intervals given out, empty ones included
	Omitted uint64 // empty intervals left out, see Config.MaxEmpty
}

// Merge adds the counts of o.
func (s *Stats) Merge(o *Stats) {
	s.Used += o.Used
	s.Late += o.Late
	s.NoRoom += o.NoRoom
	s.Ungrouped += o.Ungrouped
	s.Buckets += o.Buckets
	s.Omitted += o.Omitted
}

// Account returns how many packets were given, how many of them were counted, and why the others
// were not.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Used + s.Late + s.NoRoom + s.Ungrouped, s.Used, []pcapio.Reason{
		{Name: "too late for their interval", Packets: s.Late},
		{Name: "of groups over MaxGroups", Packets: s.NoRoom},
		{Name: "without a group", Packets: s.Ungrouped},
	}
}
