package netmate

import (
	"errors"
	"fmt"
	"time"

	"github.com/reeftools/reef/flow"
)

// ErrConfig means that a configuration contradicts itself.
var ErrConfig = errors.New("netmate: bad configuration")

var errZero = fmt.Errorf("%w: the zero Meter is of no use; New makes one", ErrConfig)

// Semantics says whose numbers the rows have.
type Semantics uint8

const (
	// Modern corrects NetMate's errors; the package documentation lists them.
	Modern Semantics = iota
	// Classic reproduces the rows of netmate-flowcalc with its rule file for all IPv4 TCP and UDP
	// traffic, which are, to the digit:
	//
	//   - Times are truncated to microseconds. Frames are Ethernet with at most one 802.1Q tag, raw
	//     IP or RFC 1483 ATM; all else, IPv6 included, is passed over. Headers are read even if
	//     they were not captured whole; missing bytes count as zero.
	//   - A frame of more than 65536 bytes on the wire is skipped. A frame of 0 bytes ends the
	//     capture.
	//   - Fragments are not recognised: the first four bytes of a later fragment's data are its
	//     ports.
	//   - The first packet's direction is forward. A packet older than the newest of its flow is
	//     left out of everything.
	//   - Flows idle for 600 s are looked for once a second of trace time, in whole seconds, so
	//     they end after 601 s to 602 s.
	//   - A TCP flow ends with the packet that closes both sides, whether by FIN and any ACK or by
	//     RST. Packets that follow begin a new flow of the same key. The next connection of the
	//     same ports is counted in it.
	//   - TCP flows are written only if a handshake was seen and data after it in a flow with
	//     packets both ways; UDP flows only with a datagram that has data. Stats.NotValid counts
	//     the others.
	//   - A minimum of 0 means unset, so the next sample overwrites it. Totals are 32 bits, squares
	//     of lengths 32 bits, minimum and maximum of IATs 32 bits of microseconds. Means and
	//     deviations are computed in float64 from sums and truncated. Lengths without a packet are
	//     -1, times without a sample 0.
	//   - UDP's 8 header bytes are added only until the flow has had data.
	//
	// In three cases NetMate stops and loses all flows, but Classic goes on: a packet older than
	// the first of its flow, an IP length of 0, a damaged capture.
	Classic
)

// String returns "modern" or "classic".
func (s Semantics) String() string {
	if s == Classic {
		return "classic"
	}
	return "modern"
}

// Defaults of [Config], those of NetMate's rule file.
const (
	DefaultIdle          = 600 * time.Second
	DefaultIdleThreshold = time.Second
	DefaultMaxFlows      = 1_200_000 // which take less than 1 GiB with their rows
)

// Config says how features are measured. The zero value is NetMate's usual set-up with modern
// semantics.
type Config struct {
	Semantics Semantics
	// Flow says what a flow is and when it ends. Here an Idle of 0 means 600 s, and a MaxFlows of 0
	// means 1,200,000. Classic semantics use only Idle, in whole seconds, and MaxFlows.
	Flow flow.Config
	// IdleThreshold is the longest silence inside an active period. 0 means 1 s.
	IdleThreshold time.Duration
	// MinDuration leaves out flows that are shorter; Stats.TooShort counts them.
	MinDuration time.Duration
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.Semantics > Classic:
		return fmt.Errorf("%w: unknown Semantics %d", ErrConfig, c.Semantics)
	case c.IdleThreshold < 0:
		return fmt.Errorf("%w: IdleThreshold %v is negative", ErrConfig, c.IdleThreshold)
	case c.MinDuration < 0:
		return fmt.Errorf("%w: MinDuration %v is negative", ErrConfig, c.MinDuration)
	}
	if c.Semantics == Classic {
		f := &c.Flow
		if f.Uni || f.VLAN || f.Tunnel || f.Active > 0 || f.Linger != 0 || f.Hold != 0 || len(f.Perimeter) > 0 {
			return fmt.Errorf("%w: classic semantics take only Idle and MaxFlows of Flow", ErrConfig)
		}
		if f.Idle > 0 && f.Idle%time.Second != 0 {
			return fmt.Errorf("%w: classic semantics need Idle %v in whole seconds", ErrConfig, f.Idle)
		}
	}
	if err := c.Flow.Validate(); err != nil {
		return fmt.Errorf("%w: Flow: %w", ErrConfig, err)
	}
	return nil
}

// withDefaults returns c with its zero values replaced.
func (c Config) withDefaults() Config {
	if c.Flow.Idle == 0 {
		c.Flow.Idle = DefaultIdle
	}
	if c.Flow.MaxFlows == 0 {
		c.Flow.MaxFlows = DefaultMaxFlows
	}
	if c.IdleThreshold == 0 {
		c.IdleThreshold = DefaultIdleThreshold
	}
	return c
}
