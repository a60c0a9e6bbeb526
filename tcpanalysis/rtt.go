package tcpanalysis

import (
	"time"

	"github.com/reeftools/reef/internal/moments"
)

// Method is how a round-trip time was measured.
type Method uint8

// Methods of measurement.
const (
	Handshake Method = iota // SYN or SYN+ACK until the ACK of it
	// a segment until the first ACK that covers its end, or the part of it that ACK covers
	ACK
	SACK // a segment until the first selective acknowledgment of it
	// a retransmitted segment whose ACK says by its TSecr which transmission it answers
	Timestamp
	NumMethods
)

var methodNames = [NumMethods]string{"handshake", "ack", "sack", "timestamp"}

// String returns the name used in tables.
func (m Method) String() string {
	if m < NumMethods {
		return methodNames[m]
	}
	return "?"
}

// Sample is one measured round-trip time, from the observation point to the receiver of the data
// and back.
type Sample struct {
	Conn    uint64        // number of the connection
	FromA   bool          // A sent the data
	Time    int64         // when the acknowledgment was seen, ns since 1970
	RTT     time.Duration // at nanoseconds
	Seq     uint32        // the byte that was acknowledged
	Method  Method
	Partial bool // the ACK ends inside the segment, as where segmentation offload merged several
}

// SampleWriter takes samples in the order of their acknowledgments. WriteSample must neither keep
// nor change s.
type SampleWriter interface {
	WriteSample(s *Sample) error
}

// SampleWriterFunc makes a [SampleWriter] of a function.
type SampleWriterFunc func(s *Sample) error

// WriteSample calls f.
func (f SampleWriterFunc) WriteSample(s *Sample) error { return f(s) }

// RTT is the round-trip times of a side, with their distribution while the connection is being
// written.
type RTT struct {
	Times
	bins *fullHist // of a full histogram
}

// Times accumulates round-trip times in nanoseconds.
type Times struct {
	Samples   uint64
	ByMethod  [NumMethods]uint32
	Min, Max  int64
	Sum       int64
	squares   moments.Squares
	SRTT      int64  // smoothed RTT (RFC 6298, 2)
	RTTVAR    int64  // its variation
	hist      sparse // samples, with Config.Percentiles
	Handshake int64  // of the SYN, 0 if not measured
	// ACKs without a sample, since what they cover was sent more than once (Karn's rule)
	Ambiguous uint64
	// ACKs without a sample, since something sent later than their segment had to arrive first
	PostLoss  uint64
	Unseen    uint64 // ACKs without a sample, since part of what they cover was not captured
	Backwards uint64 // ACKs without a sample, since the capture's clock stepped back
}

// add counts a sample of ns nanoseconds.
func (r *Times) add(ns int64, m Method) {
	if r.Samples == 0 {
		r.Min = ns
		r.SRTT, r.RTTVAR = ns, ns/2 // RFC 6298, 2.2
	} else {
		r.Min = min(r.Min, ns)
		// RFC 6298, 2.3: RTTVAR first, with alpha 1/8 and beta 1/4.
		diff := r.SRTT - ns
		if diff < 0 {
			diff = -diff
		}
		r.RTTVAR += (diff - r.RTTVAR) / 4
		r.SRTT += (ns - r.SRTT) / 8
	}
	r.Max = max(r.Max, ns)
	r.Samples++
	r.ByMethod[m]++
	r.Sum += ns
	r.squares.Add(uint64(ns))
	if m == Handshake && r.Handshake == 0 {
		r.Handshake = ns
	}
}

// Mean returns the mean in nanoseconds, rounded down; 0 without samples.
func (r *Times) Mean() int64 { return r.Sum / max(int64(r.Samples), 1) }

// Stdev returns the standard deviation of the sample in nanoseconds, rounded down; 0 for fewer than
// two.
//
// It is the root of (n Σx² - (Σx)²) / (n (n-1)), all in integers.
func (r *Times) Stdev() int64 {
	m := moments.Moments{N: r.Samples, Sum: uint64(r.Sum), Squares: r.squares}
	return int64(m.SampleStdDev(1))
}

// RTO returns the retransmission timeout that RFC 6298 derives from these samples: SRTT + 4 RTTVAR,
// at least 1 s; 1 s without samples. The observation point sees the whole path only where it is
// next to the sender.
func (r *Times) RTO() time.Duration {
	return max(time.Second, time.Duration(r.SRTT+4*r.RTTVAR))
}
