package flow

import (
	"cmp"

	"github.com/reeftools/reef/pcapio"
)

// Record is a flow record (RFC 7011, 2), for a biflow with both directions (RFC 5103).
type Record struct {
	Key   Key
	Start int64    // time of the earliest packet, ns since 1970
	End   int64    // time of the latest packet
	Fwd   Counters // packets from Key.Src to Key.Dst
	Rev   Counters // the other direction; zero in unidirectional flows
	// 0, or the number of earlier records that the active timeout cut off the same flow
	Part   uint32
	Reason EndReason       // why the record ended; 0 while the flow is live
	Method DirectionMethod // how the forward direction was found
}

// Counters are the sums over the packets of one direction.
type Counters struct {
	Packets uint64          // packetDeltaCount
	Bytes   uint64          // octetDeltaCount: sum of the IP datagrams' lengths, headers included
	Flags   pcapio.TCPFlags // tcpControlBits: union of all TCP flags
}

// Packets returns the packets of both directions.
func (r *Record) Packets() uint64 { return r.Fwd.Packets + r.Rev.Packets }

// Bytes returns the IP bytes of both directions.
func (r *Record) Bytes() uint64 { return r.Fwd.Bytes + r.Rev.Bytes }

// Compare orders records by start, then key: the order in which a Table ends them.
func (r *Record) Compare(o *Record) int {
	if c := cmp.Compare(r.Start, o.Start); c != 0 {
		return c
	}
	return r.Key.Compare(&o.Key)
}

// EndReason says why a record ended, with the values of IPFIX's flowEndReason (RFC 7012, registry
// element 136).
type EndReason uint8

// End reasons.
const (
	StillActive     EndReason = iota // the flow is live
	IdleTimeout                      // no packet for longer than Config.Idle
	ActiveTimeout                    // the record lasted Config.Active; the flow goes on in another
	EndOfFlow                        // TCP connection closed
	ForcedEnd                        // Flush, while the flow was going on
	LackOfResources                  // Config.MaxFlows was reached
	NumReasons                       // how many there are
)

var reasonNames = [NumReasons]string{"active", "idle timeout", "active timeout", "end of flow", "forced end", "lack of resources"}

// String returns the name in words.
func (r EndReason) String() string {
	if r < NumReasons {
		return reasonNames[r]
	}
	return "unknown"
}

// DirectionMethod says how a biflow's forward direction was found, with the values of
// biflowDirection (RFC 5103, 6.3).
type DirectionMethod uint8

// Methods.
const (
	Arbitrary DirectionMethod = iota // the source sent the first packet that was seen
	// the source began: the first packet was its SYN or query, or a SYN+ACK or reply to it
	Initiator
	// the destination began; a Table makes no such records, but others do
	ReverseInitiator
	// the source is outside of Config.Perimeter, the destination inside
	PerimeterMethod
)

// String returns the name in RFC 5103.
func (m DirectionMethod) String() string {
	return [...]string{"arbitrary", "initiator", "reverseInitiator", "perimeter"}[m&3]
}
