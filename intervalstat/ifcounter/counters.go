package ifcounter

import "fmt"

// Field is one of an interface's counters, in the order of struct rtnl_link_stats64
// (linux/if_link.h, which says what each means).
type Field uint8

// The counters.
const (
	RxPackets Field = iota
	TxPackets
	RxBytes // link-layer headers included, preamble, gap and mostly the frame check sequence not
	TxBytes
	RxErrors
	TxErrors
	RxDropped // received and dropped by the host, for lack of resources or of a protocol
	TxDropped
	RxMulticast
	TxCollisions
	RxLengthErrors
	RxOverErrors
	RxCRCErrors
	RxFrameErrors
	RxFIFOErrors
	RxMissedErrors // dropped by the device, for lack of buffers
	TxAbortedErrors
	TxCarrierErrors
	TxFIFOErrors
	TxHeartbeatErrors
	TxWindowErrors
	RxCompressed
	TxCompressed
	RxNoHandler        // dropped for lack of a handler on an inactive device (since Linux 4.6)
	RxOtherHostDropped // for another host's address (since Linux 5.19)
	NumFields
)

var fieldNames = [NumFields]string{"rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped",
	"multicast", "collisions", "rx_length_errors", "rx_over_errors", "rx_crc_errors", "rx_frame_errors", "rx_fifo_errors", "rx_missed_errors",
	"tx_aborted_errors", "tx_carrier_errors", "tx_fifo_errors", "tx_heartbeat_errors", "tx_window_errors", "rx_compressed", "tx_compressed",
	"rx_nohandler", "rx_otherhost_dropped"}

// String returns the kernel's name, as "rx_bytes".
func (f Field) String() string {
	if f < NumFields {
		return fieldNames[f]
	}
	return fmt.Sprintf("field(%d)", uint8(f))
}

// Rx tells whether f counts what was received.
func (f Field) Rx() bool { return f == RxMulticast || f < NumFields && fieldNames[f][0] == 'r' }

// Counters are the values of one interface. Those that the system does not tell are 0 and not in
// Known.
type Counters struct {
	Value [NumFields]uint64
	Known uint32 // bit 1<<f for each Field f that the system told
}

// Has tells whether the system told f.
func (c *Counters) Has(f Field) bool { return c.Known&(1<<f) != 0 }

func (c *Counters) set(f Field, v uint64) {
	c.Value[f] = v
	c.Known |= 1 << f
}
