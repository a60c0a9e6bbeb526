package live

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
)

// Defaults and bounds of [Config].
const (
	DefaultSnapLen = 262144                 // the longest packets of capture files
	DefaultBuffer  = 64 << 20               // bytes
	DefaultTimeout = 100 * time.Millisecond // until packets are handed over

	MinBuffer = 1 << 20
	MaxBuffer = 1 << 30
)

// Config says how to capture. The zero value captures whole packets, those for this host only,
// without filter.
type Config struct {
	// SnapLen is how many bytes of each packet are captured at most; 0 means DefaultSnapLen.
	SnapLen int
	// Promiscuous asks interfaces for packets that are for other hosts, too.
	Promiscuous bool
	// Filter chooses packets; nil takes all. It runs in the kernel where it can.
	Filter *filter.Filter
	// Buffer is the size of the ring of each interface, in bytes, rounded up to whole MiB; 0 means
	// DefaultBuffer. It is what bridges the time when the process does not come to reading.
	Buffer int
	// Timeout is how long the kernel waits for more packets before it hands over a block that is
	// not full, to the millisecond; 0 means DefaultTimeout.
	Timeout time.Duration
	// Idle, if not nil, is called by ReadRecord when no packet is waiting, then every Timeout: to
	// flush what was written, to look at a clock. An error ends the capture and is returned by
	// ReadRecord.
	Idle func() error
}

// Validate tells what is wrong with c.
func (c Config) Validate() error {
	switch {
	case c.SnapLen < 0 || c.SnapLen > DefaultSnapLen:
		return fmt.Errorf("live: Config.SnapLen %d is not in 0..%d", c.SnapLen, DefaultSnapLen)
	case c.Buffer != 0 && c.Buffer < MinBuffer || c.Buffer > MaxBuffer:
		return fmt.Errorf("live: Config.Buffer %d is not in %d..%d", c.Buffer, MinBuffer, MaxBuffer)
	case c.Timeout != 0 && c.Timeout < time.Millisecond || c.Timeout > time.Minute:
		return fmt.Errorf("live: Config.Timeout %v is not in 1ms..1m", c.Timeout)
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.SnapLen == 0 {
		c.SnapLen = DefaultSnapLen
	}
	if c.Buffer == 0 {
		c.Buffer = DefaultBuffer
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	return c
}

// Stats counts the packets of one interface.
type Stats struct {
	Received  uint64 // passed the filter in the kernel
	Delivered uint64 // returned by ReadRecord
	// left out by the filter in the process, or seen twice: the loopback interface has each packet
	// going out and coming in
	Filtered uint64
	Dropped  uint64 // lost because the ring was full
	Freezes  uint64 // how often it became full
}

// Interface is a network interface that can be captured from.
type Interface struct {
	Name      string
	Index     int // 0 for "any"
	Flags     net.Flags
	MAC       net.HardwareAddr
	Addresses []net.Addr
	LinkType  pcapio.LinkType // of the records that are captured from it
}

// ErrInterface means that there is no such interface, or that it is down.
var ErrInterface = errors.New("live: bad interface")

// PermissionError says which capability the process lacks. errors.Is(err, os.ErrPermission) is true
// for it.
type PermissionError struct {
	Capability string // as in capabilities(7)
	Err        error  // of the system
}

// Error names the capability and how to get it.
func (e *PermissionError) Error() string {
	return fmt.Sprintf("live: capturing needs the capability %s (run as root, or give it to the program: setcap %s+ep PROGRAM): %v",
		e.Capability, strings.ToLower(e.Capability), e.Err)
}

// Unwrap returns the error of the system.
func (e *PermissionError) Unwrap() error { return e.Err }
