package tstat

import (
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// ErrConfig means that a configuration contradicts itself, or that two sets of histograms do not
// fit together.
var ErrConfig = errors.New("tstat: bad configuration")

// Defaults of [Config], as in Tstat.
const (
	DefaultIdle      = 5 * time.Minute
	DefaultHalfOpen  = 10 * time.Second
	DefaultUDPIdle   = 200 * time.Second
	DefaultUDPSingle = 10 * time.Second
	DefaultMaxConns  = 180000
	DefaultMaxFlows  = 360000

	DefaultMaxRecords = 1 << 22
)

// Config sets an [Analyzer]. All times are packet times. The zero value is ready and has Tstat's
// limits.
type Config struct {
	// Classic gives Tstat's own numbers; see the package comment.
	Classic bool
	// Internal lists the networks on the inner side of the observation point. Without any, all
	// addresses are internal.
	Internal []netip.Prefix
	// Idle ends a TCP connection that was silent for longer. 0 means 5 minutes.
	Idle time.Duration
	// HalfOpen does so while only one side was seen, with nothing but SYNs. 0 means 10 s.
	HalfOpen time.Duration
	// UDPIdle ends a UDP flow that was silent for longer. 0 means 200 s.
	UDPIdle time.Duration
	// UDPSingle does so after a single datagram. 0 means 10 s.
	UDPSingle time.Duration
	// MaxConns and MaxFlows bound the live TCP connections and UDP flows; 0 means 180,000 and
	// 360,000. A new one over the limit ends the longest unseen; in classic semantics it is not
	// followed. A connection takes about 1 kB.
	MaxConns, MaxFlows int
	// MaxRecords bounds the segments that are remembered of all connections, 40 bytes each; 0 means
	// 4,194,304. Over it a side that sends more remembers only one of what it has sent in a quarter
	// of the sequence numbers. Of each side at most 100 are remembered in a quarter, as in Tstat,
	// and 4096 of those that did not come in order. Stats.Forgotten counts what went for MaxRecords
	// and these 4096.
	MaxRecords int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	for _, d := range []time.Duration{c.Idle, c.HalfOpen, c.UDPIdle, c.UDPSingle} {
		if d < 0 {
			return fmt.Errorf("%w: timeout %v is negative", ErrConfig, d)
		}
	}
	for _, n := range []int{c.MaxConns, c.MaxFlows, c.MaxRecords} {
		if n < 0 || n > 1<<28 {
			return fmt.Errorf("%w: limit %d is not in 0..%d", ErrConfig, n, 1<<28)
		}
	}
	for _, n := range c.Internal {
		if !n.IsValid() {
			return fmt.Errorf("%w: an internal network is not valid", ErrConfig)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, zero time.Duration) {
		if *d == 0 {
			*d = zero
		}
	}
	def(&c.Idle, DefaultIdle)
	def(&c.HalfOpen, DefaultHalfOpen)
	def(&c.UDPIdle, DefaultUDPIdle)
	def(&c.UDPSingle, DefaultUDPSingle)
	if c.MaxConns == 0 {
		c.MaxConns = DefaultMaxConns
	}
	if c.MaxFlows == 0 {
		c.MaxFlows = DefaultMaxFlows
	}
	if c.MaxRecords == 0 {
		c.MaxRecords = DefaultMaxRecords
	}
	return c
}

// internal tells whether an address is on the inner side.
func (c *Config) internal(version uint8, a *[16]byte) bool {
	if len(c.Internal) == 0 {
		return true
	}
	addr := addrOf(version, a)
	for _, n := range c.Internal {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}

func addrOf(version uint8, a *[16]byte) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte(a[12:]))
	}
	return netip.AddrFrom16(*a)
}
