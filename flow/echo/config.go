package echo

import (
	"errors"
	"fmt"
	"time"
)

// ErrConfig means that a configuration contradicts itself.
var ErrConfig = errors.New("echo: bad configuration")

var errZero = fmt.Errorf("%w: a zero value is of no use; New and NewClassic make one", ErrConfig)

// Defaults of [Config] and [SummaryConfig].
const (
	// DefaultTimeout follows Padmanabhan, Owen, Schulman and Spring, "Timeouts: Beware Surprisingly
	// High Delay" (IMC 2015, 7): with a shorter one the replies of many slow hosts count as lost.
	DefaultTimeout = 60 * time.Second
	// DefaultRepeat is the usual interval between separate requests. Copies of one request are
	// closer.
	DefaultRepeat          = time.Second
	DefaultMaxPending      = 3 << 18 // which take less than 1 GiB with as many answers
	DefaultMaxAnswers      = 3 << 18
	DefaultMaxDestinations = 1 << 16
	DefaultMaxBuckets      = 1 << 22
)

const limitPending = 1 << 28

// Config says how long a request waits for its reply, and which packets are copies of it. All times
// are packet times.
type Config struct {
	// Timeout is how long after a request its reply counts. 0 means 60 s.
	Timeout time.Duration
	// Repeat is how long after its last copy a repeated, unanswered request still counts as a copy.
	// Later it is a new request with the same identifier and sequence number, as some programs send
	// that never change them. 0 means 1 s.
	Repeat time.Duration
	// MaxPending bounds the exchanges that are held; a new one beyond it ends the oldest. 0 means
	// 786,432. Each takes 200 bytes and its place in two hash tables.
	MaxPending int
	// MaxAnswers bounds the answers of further hosts to multicast and broadcast requests. Each
	// takes 48 bytes and its place in a hash table. Those beyond it are only counted, in
	// Stats.Overflow. 0 means 786,432.
	MaxAnswers int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.Timeout < 0:
		return fmt.Errorf("%w: Timeout %v is negative", ErrConfig, c.Timeout)
	case c.Repeat < 0:
		return fmt.Errorf("%w: Repeat %v is negative", ErrConfig, c.Repeat)
	case c.MaxAnswers < 0 || c.MaxAnswers > limitPending:
		return fmt.Errorf("%w: MaxAnswers %d is not in 0..%d", ErrConfig, c.MaxAnswers, limitPending)
	case c.MaxPending < 0 || c.MaxPending > limitPending:
		return fmt.Errorf("%w: MaxPending %d is not in 0..%d", ErrConfig, c.MaxPending, limitPending)
	}
	return nil
}
