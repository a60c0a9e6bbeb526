package live

import (
	"fmt"
	"net"
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
	// DefaultBuffer. It holds the packets that arrive while the process does something else.
	Buffer int
	// Timeout is how long the kernel waits for more packets before it hands over a block that is
	// not full, to the millisecond; 0 means DefaultTimeout.
	Timeout time.Duration
	// Idle, if not nil, is called by ReadRecord when no packet is waiting, and then every Timeout:
	// to flush output or to look at a clock. An error ends the capture, and ReadRecord returns it.
	Idle func() error
}

// Validate tells what is wrong with c; the error is an [ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.SnapLen < 0 || c.SnapLen > DefaultSnapLen:
		return fmt.Errorf("%w: SnapLen %d is not 0 to %d", ErrConfig, c.SnapLen, DefaultSnapLen)
	case c.Buffer != 0 && c.Buffer < MinBuffer || c.Buffer > MaxBuffer:
		return fmt.Errorf("%w: Buffer %d is not 0, nor %d to %d", ErrConfig, c.Buffer, MinBuffer, MaxBuffer)
	case c.Timeout != 0 && c.Timeout < time.Millisecond || c.Timeout > time.Minute:
		return fmt.Errorf("%w: Timeout %v is not 0, nor 1ms to 1m", ErrConfig, c.Timeout)
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
	// rejected by the filter in the process, or seen twice: the loopback interface shows each
	// packet going out and coming in
	Filtered uint64
	Dropped  uint64 // lost because the ring was full
	Freezes  uint64 // how often it became full
}

// Merge adds the counts of o.
func (s *Stats) Merge(o *Stats) {
	s.Received += o.Received
	s.Delivered += o.Delivered
	s.Filtered += o.Filtered
	s.Dropped += o.Dropped
	s.Freezes += o.Freezes
}

// Account returns how many packets came in, how many of them were delivered, and the others by
// reason.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Received, s.Delivered, []pcapio.Reason{
		{Name: "left out by the filter, or seen twice", Packets: s.Filtered},
		{Name: "lost because the ring was full", Packets: s.Dropped},
		{Name: "waiting in the ring", Packets: s.Received - s.Delivered - s.Filtered - s.Dropped},
	}
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
