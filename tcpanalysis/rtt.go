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
	Conn    uint64 // number of the connection
	FromA   bool   // A sent the data, as far as was known then: see Conn.Direction
	Time    int64  // when the acknowledgment was seen, ns since 1970
	RTT     time.Duration
	Seq     uint32 // the byte that was acknowledged
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

// Times accumulates round-trip times.
type Times struct {
	Samples   uint64
	ByMethod  [NumMethods]uint32
	Min, Max  time.Duration
	Sum       time.Duration
	squares   moments.Squares // ns²
	SRTT      time.Duration   // smoothed RTT (RFC 6298, 2)
	RTTVAR    time.Duration   // its variation
	hist      sparse          // samples, with Config.Percentiles
	Handshake time.Duration   // of the SYN, 0 if not measured
	// ACKs without a sample, since what they cover was sent more than once (Karn's rule)
	Ambiguous uint64
	// ACKs without a sample, since something sent later than their segment had to arrive first
	PostLoss  uint64
	Unseen    uint64 // ACKs without a sample, since part of what they cover was not captured
	Backwards uint64 // ACKs without a sample, since the capture's clock stepped back
}

// add counts a sample.
func (r *Times) add(rtt time.Duration, m Method) {
	if r.Samples == 0 {
		r.Min = rtt
		r.SRTT, r.RTTVAR = rtt, rtt/2 // RFC 6298, 2.2
	} else {
		r.Min = min(r.Min, rtt)
		// RFC 6298, 2.3: RTTVAR first, with alpha 1/8 and beta 1/4.
		diff := r.SRTT - rtt
		if diff < 0 {
			diff = -diff
		}
		r.RTTVAR += (diff - r.RTTVAR) / 4
		r.SRTT += (rtt - r.SRTT) / 8
	}
	r.Max = max(r.Max, rtt)
	r.Samples++
	r.ByMethod[m]++
	r.Sum += rtt
	r.squares.Add(uint64(rtt))
	if m == Handshake && r.Handshake == 0 {
		r.Handshake = rtt
	}
}

// Mean returns the mean, rounded down to nanoseconds; 0 without samples.
func (r *Times) Mean() time.Duration { return r.Sum / time.Duration(max(r.Samples, 1)) }

func (r *Times) moments() *moments.Moments {
	return &moments.Moments{N: r.Samples, Sum: uint64(r.Sum), Squares: r.squares}
}

// StdDev returns the standard deviation of the samples as a population, rounded down to
// nanoseconds.
func (r *Times) StdDev() time.Duration { return time.Duration(r.moments().StdDev(1)) }

// SampleStdDev returns the standard deviation that the samples let expect of all round-trip times,
// rounded down to nanoseconds; 0 for fewer than two. It is the root of (n Σx² - (Σx)²) / (n (n-1)),
// all in integers.
func (r *Times) SampleStdDev() time.Duration { return time.Duration(r.moments().SampleStdDev(1)) }

// RTO returns the retransmission timeout that RFC 6298 derives from these samples: SRTT + 4 RTTVAR,
// at least 1 s; 1 s without samples. The observation point sees the whole path only where it is
// next to the sender.
func (r *Times) RTO() time.Duration {
	return max(time.Second, r.SRTT+4*r.RTTVAR)
}
