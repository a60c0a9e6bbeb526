package tcpanalysis

import (
	"fmt"
	"time"
)

// Defaults of [Config].
const (
	DefaultIdle = 10 * time.Minute
	// just over the longest pause between two SYNs of a Linux host
	DefaultHalfOpen = 75 * time.Second
	DefaultLinger   = 10 * time.Second // after a RST
	// after both FINs: TIME-WAIT as on Linux (RFC 9293, 3.6.1: 2 MSL)
	DefaultTimeWait  = 60 * time.Second
	DefaultMaxConns  = 1 << 18
	DefaultMaxRanges = 4096

	DefaultMaxAllRanges  = 1 << 22
	DefaultMaxHistograms = 100000
)

// Config says when connections end and how much is remembered of them. All times are packet times.
// The zero value is ready.
type Config struct {
	// Idle ends a connection when nothing was seen of it for longer. 0 means 10 minutes, negative
	// never.
	Idle time.Duration
	// HalfOpen does the same while only SYN, SYN+ACK and RST were seen. 0 means 75 s, negative
	// never.
	HalfOpen time.Duration
	// Linger is how long a connection that was closed or reset still takes late packets. 0 means 60
	// s after both FINs were acknowledged and 10 s after a RST, negative none at all.
	Linger time.Duration
	// MaxConns bounds the live connections: a new one over it ends the longest unseen (to within a
	// second). Reset and closed ones, which only linger, go first and keep their reason; then
	// half-open ones, and others, end with LackOfResources. 0 means 262,144. A connection takes
	// about 0.8 kB, and 1.4 kB once both sides have sent something.
	MaxConns int
	// MaxRanges bounds the ranges of sequence numbers remembered per side: those not yet
	// acknowledged, and the gaps before them. Over it the oldest is given up and counted in
	// Half.RangesDropped. 0 means 4096.
	MaxRanges int
	// MaxAllRanges bounds the ranges of all connections together. Over it connections give up all
	// of theirs, in turn, which is counted in Half.RangesDropped and Stats.RangesDropped. 0 means
	// 4,194,304, which take 64 bytes each; less than MaxConns means that.
	MaxAllRanges int
	// Percentiles keeps a histogram of the round-trip times of each side, for [RTT.Quantile] and
	// [RTT.AddTo].
	Percentiles bool
	// MaxHistograms bounds the histograms of live connections: a side needs one, of 1.9 kB, from
	// its 21st round-trip time on. One that can have none has no percentiles, and is counted in
	// Stats.NoHistogram. 0 means 100,000.
	MaxHistograms int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.MaxConns < 0 || c.MaxConns > 1<<28:
		return fmt.Errorf("%w: MaxConns %d is not in 0..%d", ErrConfig, c.MaxConns, 1<<28)
	case c.MaxRanges < 0 || c.MaxRanges > 1<<20:
		return fmt.Errorf("%w: MaxRanges %d is not in 0..%d", ErrConfig, c.MaxRanges, 1<<20)
	case c.MaxAllRanges < 0 || c.MaxAllRanges > 1<<30:
		return fmt.Errorf("%w: MaxAllRanges %d is not in 0..%d", ErrConfig, c.MaxAllRanges, 1<<30)
	case c.MaxHistograms < 0 || c.MaxHistograms > 1<<29:
		return fmt.Errorf("%w: MaxHistograms %d is not in 0..%d", ErrConfig, c.MaxHistograms, 1<<29)
	}
	return nil
}

// withDefaults returns c with its zero values replaced; a timeout that never fires is negative.
func (c Config) withDefaults() Config {
	def := func(d *time.Duration, zero time.Duration) {
		if *d == 0 {
			*d = zero
		}
	}
	def(&c.Idle, DefaultIdle)
	def(&c.HalfOpen, DefaultHalfOpen)
	if c.MaxConns == 0 {
		c.MaxConns = DefaultMaxConns
	}
	if c.MaxRanges == 0 {
		c.MaxRanges = DefaultMaxRanges
	}
	if c.MaxAllRanges == 0 {
		c.MaxAllRanges = DefaultMaxAllRanges
	}
	c.MaxAllRanges = max(c.MaxAllRanges, c.MaxConns) // see makeRoom
	if c.MaxHistograms == 0 {
		c.MaxHistograms = DefaultMaxHistograms
	}
	return c
}
