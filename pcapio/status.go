package pcapio

import "fmt"

// Status is how the decoding of one packet ended. A malformed packet is data, not an error: it has
// a status and is counted.
type Status uint8

// The statuses. From StatusTruncatedTransport on the IP header is whole and the network-layer
// fields are valid.
const (
	StatusUndecoded     Status = iota // no Decoder has seen the packet
	StatusUnknownLink                 // link type without a decoder
	StatusTruncatedLink               // the capture ends inside the link-layer headers
	StatusBadLink                     // link-layer headers contradict themselves
	// a whole frame of something that is not IP: ARP, 802.11 management, ...
	StatusNonIP
	// a frame that is encrypted below IP: MACsec, protected 802.11
	StatusEncrypted
	// the capture ends inside the IP header or an extension header
	StatusTruncatedIP
	// version, header length, total length or extension chain contradict themselves
	StatusBadIP

	StatusTruncatedTransport // the capture ends inside the transport header
	StatusBadTransport       // transport header contradicts itself or the IP length
	// a later fragment: no transport header here (PortsOK tells if ports were inherited)
	StatusFragment
	// whole IP header; nothing behind it was decoded because of DecodeConfig.NetworkOnly
	StatusNetworkOnly
	// whole IP packet of a protocol that is not decoded further (OSPF, ESP, ...)
	StatusUnknownTransport
	StatusOK // decoded down to the transport payload

	numStatus
)

var statusNames = [numStatus]string{"undecoded", "unknown-link", "truncated-link", "bad-link", "non-ip", "encrypted", "truncated-ip", "bad-ip",
	"truncated-transport", "bad-transport", "fragment", "network-only", "unknown-transport", "ok"}

// String returns the name that counters and messages use.
func (s Status) String() string {
	if s < numStatus {
		return statusNames[s]
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// HasIP tells whether the network-layer fields are valid: the IP header was there as a whole, and
// sound. [Packet.IsIP] is true of the other IP packets too.
func (s Status) HasIP() bool { return s >= StatusTruncatedTransport && s < numStatus }

// StatusCounts counts packets by [Status].
type StatusCounts [numStatus]uint64

// Total returns the number of packets.
func (c StatusCounts) Total() uint64 {
	var n uint64
	for _, v := range c {
		n += v
	}
	return n
}
