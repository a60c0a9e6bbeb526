package tcpanalysis

import (
	"errors"
	"fmt"
	"time"
)

// ErrConfig means that a configuration contradicts itself.
var ErrConfig = errors.New("tcpanalysis: bad configuration")

// Defaults of [Config].
const (
	DefaultIdle      = 10 * time.Minute
	DefaultHalfOpen  = 75 * time.Second // just over the longest pause between two SYNs of a Linux host
	DefaultLinger    = 10 * time.Second // after a RST
	DefaultTimeWait  = 60 * time.Second // after both FINs: TIME-WAIT as on Linux (RFC 9293, 3.6.1: 2 MSL)
	DefaultMaxConns  = 1 << 18
	DefaultMaxRanges = 4096
)

// Config says when connections end and how much is remembered of them. All times are packet times. The zero value is ready.
type Config struct {
	// Idle ends a connection when nothing was seen of it for longer. 0 means 10 minutes, negative never.
	Idle time.Duration
	// HalfOpen does the same while only SYN, SYN+ACK and RST were seen. 0 means 75 s, negative never.
	HalfOpen time.Duration
	// Linger is how long a connection that was closed or reset still takes late packets. 0 means 60 s after both FINs were acknowledged
	// and 10 s after a RST, negative none at all.
	Linger time.Duration
	// MaxConns bounds the live connections: a new one over it ends the longest unseen (to within a second), closed ones first, then half-open ones.
	// 0 means 262,144. A connection takes about 0.8 kB, and 1.4 kB once both sides have sent something.
	MaxConns int
	// MaxRanges bounds the ranges of sequence numbers remembered per side: those not yet acknowledged, and the gaps before
	// them. Over it the oldest is given up and counted in Half.RangesDropped. 0 means 4096.
	MaxRanges int
	// Percentiles keeps a histogram of the round-trip times of each side, for [RTT.Histogram].
	Percentiles bool
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.MaxConns < 0 || c.MaxConns > 1<<28:
		return fmt.Errorf("%w: MaxConns %d is not in 0..%d", ErrConfig, c.MaxConns, 1<<28)
	case c.MaxRanges < 0 || c.MaxRanges > 1<<20:
		return fmt.Errorf("%w: MaxRanges %d is not in 0..%d", ErrConfig, c.MaxRanges, 1<<20)
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
	return c
}
