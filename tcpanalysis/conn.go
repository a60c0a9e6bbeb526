package tcpanalysis

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Conn is a TCP connection. Side A opened it, as far as Direction tells; A2B is what A sent. Times
// are ns since 1970.
type Conn struct {
	Number       uint64   // from 1, in order of first packet
	AAddr, BAddr [16]byte // IPv4 as ::ffff:a.b.c.d
	APort, BPort uint16
	Version      uint8 // 4 or 6
	Direction    DirectionMethod
	Reason       EndReason
	Reset        bool  // a RST ended it, as far as can be known: see the package comment
	First, Last  int64 // earliest and latest packet
	A2B, B2A     Half
}

// A returns the endpoint that opened the connection.
func (c *Conn) A() netip.AddrPort { return endpoint(c.Version, &c.AAddr, c.APort) }

// B returns the other endpoint.
func (c *Conn) B() netip.AddrPort { return endpoint(c.Version, &c.BAddr, c.BPort) }

func endpoint(version uint8, a *[16]byte, port uint16) netip.AddrPort {
	if version == 4 {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a[12:])), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom16(*a), port)
}

// Half is what one side sent, and how the other side acknowledged it. Bytes are TCP payload unless
// said otherwise.
//
// Capture duplicates and keep-alives are counted in Packets and Bytes and under their class, and
// nowhere else. Always DataBytes = UniqueBytes + RetransBytes.
type Half struct {
	Traffic
	Anomalies
	RTT RTT // round-trip times of what this side sent: from here to the other side and back
}

// Traffic is what every side of a connection has.
type Traffic struct {
	// The order follows use, 64 bytes a group, so that a usual packet touches few cache lines.

	Packets     uint64        // all segments
	Bytes       uint64        // IP bytes of all segments, headers included
	First, Last int64         // times of the first and latest segment, 0 without any
	IdleMax     time.Duration // longest pause between two segments
	ACKs        uint64        // segments with ACK
	PureACKs    uint64        // with ACK, without payload, SYN, FIN and RST
	FirstACK    int64         // time of the first segment with ACK and without SYN

	Options          pcapio.TCPOptions // seen on a SYN
	AnyOptions       pcapio.TCPOptions // seen on any segment
	WScale           uint8             // shift count offered, at most 14 (RFC 7323, 2.3)
	TTLMin           uint8
	TTLMax           uint8
	hasSYN, hasFIN   bool
	MSS              uint16 // offered
	WindowSum        uint64 // of the advertised windows, scaled, without those of SYNs, in bytes
	WindowCount      uint64 // ACKs in WindowSum
	WindowMin        uint64 // smallest above 0
	WindowMax        uint64
	TruncatedBytes   uint64 // payload not in the capture because of its snap length
	TruncatedPackets uint64
	PushPackets      uint64 // segments with payload and PSH

	DataPackets         uint64 // segments with payload
	DataBytes           uint64 // their payload
	UniqueBytes         uint64 // payload that was seen for the first time
	FirstData, LastData int64  // times of the first and latest segment with payload
	SegmentMin          uint32 // smallest and largest payload
	SegmentMax          uint32
	OutstandingMax      uint64 // most payload sent and not acknowledged
	OutstandingSum      uint64 // over segments with new payload

	OutstandingN   uint64 // these segments
	InitialBytes   uint64 // payload sent before any of it was acknowledged
	InitialPackets uint64
	SYNs           uint32
	FINs           uint32
	RSTs           uint32
	finTS          uint32 // TSval of its FIN, 0 for none
	isn, fin       int64  // 64-bit sequence numbers of SYN and FIN
}

// Anomalies counts what is out of the ordinary; of most connections all of it is 0.
type Anomalies struct {
	Classes      [NumClasses]uint64 // segments out of the ordinary, by class
	RetransBytes uint64             // payload that had been seen before
	// of the retransmitted segments: those whose original was not captured
	RetransUnseen uint64
	// of the retransmitted segments: not needed, by D-SACK, timestamps (of the last 16) or an ACK
	// before them
	RetransSpurious uint64
	// segments with payload that fills a gap, be it reordered or retransmitted
	OutOfOrder    uint64
	DupACKs       uint64 // duplicate ACKs for what this side sent (RFC 5681, 2)
	TripleDupACKs uint64 // times that the third in a row came
	SACKPackets   uint64 // ACKs with SACK blocks
	MaxSACKBlocks uint8  // most blocks in one of them
	DSACKs        uint64 // ACKs whose first block is a D-SACK (RFC 2883)
	ZeroWindows   uint64 // ACKs with window 0
	UrgentPackets uint64 // segments with payload and URG
	ECEs, CWRs    uint64 // without SYN
	// bytes from the side's beginning on, SYN and FIN included, not captured when the other side
	// acknowledged them
	AckedUnseen   uint64
	RangesDropped uint64 // ranges given up for Config.MaxRanges or MaxAllRanges
	BadACKs       uint64 // ACKs for what cannot have been sent
}

// RetransPackets returns the number of retransmitted segments.
func (h *Half) RetransPackets() uint64 {
	return h.Classes[Timeout] + h.Classes[Fast] + h.Classes[Unclassified]
}

// StreamLength returns the bytes between SYN and FIN; ok is false if one of them was not seen.
func (h *Half) StreamLength() (n uint64, ok bool) {
	if !h.hasSYN || !h.hasFIN || h.fin <= h.isn {
		return 0, false
	}
	return uint64(h.fin - h.isn - 1), true
}

// MissingBytes returns how much of the stream was not captured; ok as for StreamLength.
func (h *Half) MissingBytes() (n uint64, ok bool) {
	n, ok = h.StreamLength()
	return n - min(n, h.UniqueBytes), ok
}

// Throughput returns the unique payload per second over the duration of the connection, 0 if that
// is 0.
func (c *Conn) Throughput(h *Half) float64 {
	if c.Last <= c.First {
		return 0
	}
	return float64(h.UniqueBytes) / (float64(c.Last-c.First) / 1e9)
}

// Completeness says how much of a connection's life was seen.
type Completeness uint8

// Values of Completeness: the first that holds.
const (
	Reset          Completeness = iota // a RST ended it
	Complete                           // both sides sent SYN and FIN
	Unanswered                         // one side sent SYNs, the other nothing
	Unidirectional                     // one side sent nothing
	MidStream                          // the SYN of a side was not seen
	Open                               // opened and not closed
)

var completenessNames = [...]string{"reset", "complete", "unanswered", "unidirectional", "midstream", "open"}

// String returns the name used in tables.
func (c Completeness) String() string {
	if int(c) < len(completenessNames) {
		return completenessNames[c]
	}
	return fmt.Sprintf("completeness(%d)", uint8(c))
}

// Completeness says how much of c was seen.
func (c *Conn) Completeness() Completeness {
	a, b := &c.A2B, &c.B2A
	switch {
	case c.Reset:
		return Reset
	case a.SYNs > 0 && b.SYNs > 0 && a.FINs > 0 && b.FINs > 0:
		return Complete
	case a.Packets == 0 && uint64(b.SYNs) == b.Packets, b.Packets == 0 && uint64(a.SYNs) == a.Packets:
		return Unanswered
	case a.Packets == 0 || b.Packets == 0:
		return Unidirectional
	case a.SYNs == 0 || b.SYNs == 0:
		return MidStream
	}
	return Open
}

// EndReason says why the record of a connection was closed.
type EndReason uint8

// End reasons.
const (
	Live EndReason = iota // the connection goes on: no reason yet
	// both sides' FINs were acknowledged, and Config.Linger passed, or the capture ended
	Closed
	WasReset        // a RST, and Config.Linger passed, or the capture ended
	IdleTimeout     // Config.Idle passed
	HalfOpenTimeout // Config.HalfOpen passed
	Reused          // a SYN opened another connection between the same endpoints
	LackOfResources // Config.MaxConns was reached
	EndOfCapture    // Flush
	NumReasons
)

var reasonNames = [NumReasons]string{"live", "closed", "reset", "idle", "half-open", "reused", "resources", "end"}

// String returns the name used in tables.
func (r EndReason) String() string {
	if r < NumReasons {
		return reasonNames[r]
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

// DirectionMethod says how side A was found.
type DirectionMethod uint8

// Direction methods.
const (
	FirstPacket DirectionMethod = iota // A sent the first packet that was seen
	SentSYN                            // A sent a SYN
	GotSYNACK                          // the first SYN was a SYN+ACK to A
	// B sent the first packet that was seen, from a port below 1024 to one above (RFC 6335, 6)
	ByPort
)

// String returns the name used in tables.
func (m DirectionMethod) String() string {
	return [...]string{"first-packet", "syn", "syn-ack", "port"}[m&3]
}

// ConnWriter takes connections as they end. WriteConn must neither keep nor change c.
type ConnWriter interface {
	WriteConn(c *Conn) error
}

// ConnWriterFunc makes a [ConnWriter] of a function.
type ConnWriterFunc func(c *Conn) error

// WriteConn calls f.
func (f ConnWriterFunc) WriteConn(c *Conn) error { return f(c) }
