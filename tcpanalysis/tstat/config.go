package tstat

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
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

// Semantics says whose numbers come out.
type Semantics uint8

// Semantics.
const (
	Modern  Semantics = iota // Tstat's definitions, with its defects put right
	Classic                  // Tstat 3's own numbers
)

// Config sets an [Analyzer]. All times are packet times. The zero value is ready and has Tstat's
// limits.
type Config struct {
	// Semantics says whose numbers come out; see the package comment.
	Semantics Semantics
	// Internal lists the networks on the inner side of the observation point. Without any, all
	// addresses are internal.
	Internal []netip.Prefix
	// Idle ends a TCP connection that was silent for longer. 0 means 5 minutes.
	Idle time.Duration
	// HalfOpen replaces Idle while only SYNs of one side were seen. 0 means 10 s.
	HalfOpen time.Duration
	// UDPIdle ends a UDP flow that was silent for longer. 0 means 200 s.
	UDPIdle time.Duration
	// UDPSingle replaces UDPIdle after a single datagram. 0 means 10 s.
	UDPSingle time.Duration
	// MaxConns and MaxFlows bound the live TCP connections and UDP flows; 0 means 180,000 and
	// 360,000. A new one over the limit ends the least recently seen; in classic semantics the new
	// one is not followed. A connection takes about 1 kB.
	MaxConns, MaxFlows int
	// MaxRecords bounds the segments remembered for all connections, 40 bytes each; 0 means
	// 4,194,304. Beyond it, a side that sends more keeps only one record in a quarter of the
	// sequence space. In any case each side keeps at most 100 in a quarter, as in Tstat, and 4096
	// of those that did not come in order. Stats.Forgotten counts the records given up for
	// MaxRecords and for these 4096.
	MaxRecords int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	if c.Semantics > Classic {
		return fmt.Errorf("%w: Semantics %d is neither Modern nor Classic", ErrConfig, c.Semantics)
	}
	for _, timeout := range []struct {
		name string
		d    time.Duration
	}{{"Idle", c.Idle}, {"HalfOpen", c.HalfOpen}, {"UDPIdle", c.UDPIdle}, {"UDPSingle", c.UDPSingle}} {
		if timeout.d < 0 {
			return fmt.Errorf("%w: %s %v is negative", ErrConfig, timeout.name, timeout.d)
		}
	}
	for _, bound := range []struct {
		name string
		n    int
	}{{"MaxConns", c.MaxConns}, {"MaxFlows", c.MaxFlows}, {"MaxRecords", c.MaxRecords}} {
		if bound.n < 0 || bound.n > 1<<28 {
			return fmt.Errorf("%w: %s %d is not in 0..%d", ErrConfig, bound.name, bound.n, 1<<28)
		}
	}
	for i, n := range c.Internal {
		if !n.IsValid() {
			return fmt.Errorf("%w: Internal[%d] is no network", ErrConfig, i)
		}
	}
	return nil
}

// withDefaults returns c with its zero values set.
func (c Config) withDefaults() Config {
	c.Idle = cmp.Or(c.Idle, DefaultIdle)
	c.HalfOpen = cmp.Or(c.HalfOpen, DefaultHalfOpen)
	c.UDPIdle = cmp.Or(c.UDPIdle, DefaultUDPIdle)
	c.UDPSingle = cmp.Or(c.UDPSingle, DefaultUDPSingle)
	c.MaxConns = cmp.Or(c.MaxConns, DefaultMaxConns)
	c.MaxFlows = cmp.Or(c.MaxFlows, DefaultMaxFlows)
	c.MaxRecords = cmp.Or(c.MaxRecords, DefaultMaxRecords)
	return c
}

// internal tells whether an address is on the inner side.
func (c *Config) internal(version uint8, a *[16]byte) bool {
	if len(c.Internal) == 0 {
		return true
	}
	addr := conntab.Addr(version, a)
	for _, n := range c.Internal {
		if n.Contains(addr) {
			return true
		}
	}
	return false
}
