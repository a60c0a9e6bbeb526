package tcptrace

import (
	"errors"
	"fmt"
	"time"
)

// ErrConfig means that a configuration contradicts itself.
var ErrConfig = errors.New("tcptrace: bad configuration")

// Defaults of [Config].
const (
	DefaultReuse       = 240 * time.Second
	DefaultMaxConns    = 1 << 18
	DefaultMaxSegments = 1 << 22
	DefaultMaxPlotted  = 1 << 14
)

// Config sets an [Analyzer]. The zero value is tcptrace's own setting.
type Config struct {
	// Reuse is the silence after which packets between the same endpoints start a new connection. 0
	// means 240 s.
	Reuse time.Duration
	// MaxConns bounds the connections: further ones are not followed, and their packets are counted
	// in Stats.NoRoom. 0 means 262,144; one takes 1.6 kB.
	MaxConns int
	// MaxSegments bounds the segments remembered for all connections, 32 bytes each; 0 means
	// 4,194,304. One side keeps at most 16,384. Beyond a bound the oldest segment of the side is
	// forgotten, or the new one if there is none. Stats.Forgotten counts them. tcptrace has no such
	// bounds.
	MaxSegments int
	// Plotted are the connections whose graphs are drawn, if there is a writer for them; the zero
	// Selection has all.
	Plotted Selection
	// MaxPlotted bounds those connections: further ones have no graphs, and are counted in
	// Stats.NotPlotted. 0 means 16,384.
	MaxPlotted int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	if c.Reuse < 0 {
		return fmt.Errorf("%w: Reuse %v is negative", ErrConfig, c.Reuse)
	}
	for _, bound := range []struct {
		name string
		n    int
	}{{"MaxConns", c.MaxConns}, {"MaxSegments", c.MaxSegments}, {"MaxPlotted", c.MaxPlotted}} {
		if bound.n < 0 || bound.n > 1<<28 {
			return fmt.Errorf("%w: %s %d is not in 0..%d", ErrConfig, bound.name, bound.n, 1<<28)
		}
	}
	return nil
}
