package tcpanalysis

import "github.com/reeftools/reef/pcapio"

// Stats are the counts of a Tracker: Packets = Used + the sum of Skipped, and Conns = Live + the
// sum of Ended.
type Stats struct {
	Packets uint64 // given to WritePacket
	Used    uint64 // put on a connection
	// not put on one, by decoding status; those with StatusOK are not TCP
	Skipped pcapio.StatusCounts
	Conns   uint64 // begun
	Live    uint64
	MaxLive uint64
	Ended   [NumReasons]uint64
	Samples uint64 // round-trip times

	RangesDropped uint64 // the sum of Half.RangesDropped
	NoHistogram   uint64 // sides that Config.MaxHistograms left without percentiles
}

// Account returns the packets that came, those that were put on a connection, and the others by
// reason: in is used and the sum of left.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Packets, s.Used, s.Skipped.Reasons()
}

// Merge adds the counts of another Tracker; MaxLive is then the sum of both, which need not have
// been reached at once.
func (s *Stats) Merge(o *Stats) {
	s.Packets += o.Packets
	s.Used += o.Used
	s.Skipped.Merge(&o.Skipped)
	s.Conns += o.Conns
	s.Live += o.Live
	s.MaxLive += o.MaxLive
	for i, n := range o.Ended {
		s.Ended[i] += n
	}
	s.Samples += o.Samples
	s.RangesDropped += o.RangesDropped
	s.NoHistogram += o.NoHistogram
}
