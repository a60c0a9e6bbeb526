package ifcounter

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Errors. Test for them with [errors.Is].
var (
	// ErrFormat means that what the system answered makes no sense.
	ErrFormat = errors.New("ifcounter: bad answer")
	// ErrUnsupported is returned by Read on systems other than Linux.
	ErrUnsupported = fmt.Errorf("ifcounter: interface counters need Linux: %w", errors.ErrUnsupported)
)

// Snapshot is the state of all interfaces at one time.
type Snapshot struct {
	Time       time.Time // with monotonic clock, just after the counters were read
	Source     Source
	Interfaces []Interface // in the order of the system, by index with netlink
}

// Source is where a Snapshot came from.
type Source string

// The sources.
const (
	Netlink    Source = "netlink"
	ProcNetDev Source = "/proc/net/dev"
)

// Interface is a network interface. What /proc/net/dev does not tell is zero with that source: all
// but Name and Counters.
type Interface struct {
	Index      int
	Name       string
	Flags      Flags
	MTU        uint32
	Type       uint16           // ARP hardware type: 1 Ethernet, 772 loopback (linux/if_arp.h)
	Address    net.HardwareAddr // of the link layer; for tunnels the local IP address
	Broadcast  net.HardwareAddr
	Qdisc      string    // queueing discipline
	State      OperState // RFC 2863, ifOperStatus
	Dormant    bool      // link mode dormant: waits for more than carrier
	Group      uint32
	TxQueueLen uint32
	Parent     int // index of the interface underneath, as a VLAN has it; 0 for none
	PeerNetNS  int // identifier of the network namespace where Parent is; -1 for its own
	Master     int // index of the bridge or bond it belongs to; 0 for none
	Counters       // since the interface was made
}

// Flags are the flags of an interface (netdevice(7), linux/if.h).
type Flags uint32

// The flags that reef itself looks at.
const (
	FlagUp      Flags = 1 << 0
	FlagRunning Flags = 1 << 6 // has carrier
)

// In the order in which ip(8) prints them.
var flagNames = []struct {
	bit  Flags
	name string
}{
	{1 << 3, "LOOPBACK"}, {1 << 1, "BROADCAST"}, {1 << 4, "POINTOPOINT"}, {1 << 12, "MULTICAST"}, {1 << 7, "NOARP"},
	{1 << 9, "ALLMULTI"}, {1 << 8, "PROMISC"}, {1 << 10, "MASTER"}, {1 << 11, "SLAVE"}, {1 << 2, "DEBUG"}, {1 << 15, "DYNAMIC"},
	{1 << 14, "AUTOMEDIA"}, {1 << 13, "PORTSEL"}, {1 << 5, "NOTRAILERS"}, {1 << 0, "UP"}, {1 << 16, "LOWER_UP"}, {1 << 17, "DORMANT"},
	{1 << 18, "ECHO"},
}

// Names returns the names of the flags as ip(8) prints them: NO-CARRIER for an interface that is up
// and not running.
func (f Flags) Names() []string {
	names := []string{}
	if f&FlagUp != 0 && f&FlagRunning == 0 {
		names = append(names, "NO-CARRIER")
	}
	rest := f &^ FlagRunning
	for _, n := range flagNames {
		if rest&n.bit != 0 {
			names = append(names, n.name)
			rest &^= n.bit
		}
	}
	if rest != 0 {
		names = append(names, fmt.Sprintf("%x", uint32(rest)))
	}
	return names
}

// String returns the names between commas.
func (f Flags) String() string { return strings.Join(f.Names(), ",") }

// OperState is the operational state of an interface (RFC 2863, 3.1.13) by the numbers of
// linux/if.h.
type OperState uint8

var stateNames = []string{"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"}

// String returns the name as ip(8) prints it.
func (s OperState) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("%#x", uint8(s))
}

// Lookup returns the interface of that name, nil if there is none.
func (s *Snapshot) Lookup(name string) *Interface {
	for i := range s.Interfaces {
		if s.Interfaces[i].Name == name {
			return &s.Interfaces[i]
		}
	}
	return nil
}
