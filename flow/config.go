package flow

import (
	"fmt"
	"net/netip"
	"time"
)

// Defaults of [Config].
const (
	DefaultIdle     = 60 * time.Second
	DefaultLinger   = 4 * time.Minute
	DefaultMaxFlows = 3 << 20 // which take less than 1 GiB with their records
	DefaultHold     = 1 << 16
)

// Config says what a flow is and when it ends. The zero value makes biflows of the five-tuple that
// end after 60 s of silence or with their TCP connection. All times are packet times: a file gives
// the same records today and tomorrow.
type Config struct {
	// Uni makes unidirectional flows: one for each direction.
	Uni bool
	// VLAN adds the outermost and innermost VLAN identifiers to the key.
	VLAN bool
	// Tunnel adds kind and identifier of the innermost tunnel to the key.
	Tunnel bool

	// Idle ends a flow when its next packet comes later than this after its last one. 0 means 60 s,
	// negative never.
	Idle time.Duration
	// Active ends a record when a packet comes later than this after its start; the flow goes on in
	// a new record with the next Part number. 0 and negative mean never.
	Active time.Duration
	// Linger is how long a closed TCP connection (a FIN each way, or a RST that counts) still takes
	// late packets before its record ends. A shorter Idle replaces it. If a RST ended the
	// connection before there were data and an answer, it is 5 s at most. 0 means 4 min, which is 2
	// MSL. A negative Linger ignores TCP state: flows end by time only.
	Linger time.Duration

	// MaxFlows bounds the live flows. A new flow beyond it ends the least recently seen one with
	// LackOfResources. 0 means 3,145,728. A flow takes up to 320 bytes and the size of the caller's
	// state S.
	MaxFlows int
	// Hold is how many ended records may wait for earlier ones that are still live, so that records
	// come out in order of start and key. 0 means 65,536 or the number of live flows, whichever is
	// larger. With a negative Hold no record waits. If more would wait, those that have waited
	// longest are given out, and the live ones before them come out late.
	Hold int

	// Perimeter lists the networks inside. When exactly one end of a biflow is inside, its source
	// is the end outside (RFC 5103, 6.3), whatever the first packet was.
	Perimeter []netip.Prefix
	// Seed keys the hash. 0 draws a random one, which makes collisions unpredictable; the output
	// never depends on it.
	Seed uint64
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.MaxFlows < 0:
		return fmt.Errorf("%w: MaxFlows %d is negative", ErrConfig, c.MaxFlows)
	case c.MaxFlows > 1<<30:
		return fmt.Errorf("%w: MaxFlows %d is over %d", ErrConfig, c.MaxFlows, 1<<30)
	case c.Uni && len(c.Perimeter) > 0:
		return fmt.Errorf("%w: Perimeter is for biflows", ErrConfig)
	}
	for _, p := range c.Perimeter {
		if !p.IsValid() {
			return fmt.Errorf("%w: invalid prefix in Perimeter", ErrConfig)
		}
	}
	return nil
}

// withDefaults returns c with its zero values replaced; a timeout that never fires is negative.
func (c Config) withDefaults() Config {
	def := func(d *time.Duration, zero time.Duration) {
		switch {
		case *d == 0:
			*d = zero
		case *d < 0:
			*d = -1
		}
	}
	def(&c.Idle, DefaultIdle)
	def(&c.Active, -1)
	def(&c.Linger, DefaultLinger)
	if c.MaxFlows == 0 {
		c.MaxFlows = DefaultMaxFlows
	}
	return c
}
