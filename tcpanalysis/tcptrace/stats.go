package tcptrace

import "github.com/reeftools/reef/pcapio"

// Stats are the counts of an Analyzer: Packets = Traced + NoRoom + Short + the sum of Skipped.
type Stats struct {
	Packets   uint64 // given to WritePacket
	Seen      uint64 // in frames that tcptrace takes to hold IP: its "packets seen"
	Traced    uint64 // put on a connection: its "TCP packets traced"
	NoRoom    uint64 // of connections over Config.MaxConns
	Forgotten uint64 // segments, for Config.MaxSegments
	// TCP with too little of it there: part of its "too short to process"
	Short uint64
	// of Traced: some of the options are missing; also part of "too short to process"
	CutOptions uint64
	NotPlotted uint64              // connections over Config.MaxPlotted
	Skipped    pcapio.StatusCounts // the rest, by decoding status
	First      int64               // time of the first IP packet seen, µs
	LastSeen   int64               // time of the latest IP packet seen
	Last       int64               // time of the latest packet of any kind
}

// Account returns how many packets came in, how many were put on connections, and why the others
// were not.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	for _, r := range []pcapio.Reason{{Name: "connections over the bound", Packets: s.NoRoom}, {Name: "too short", Packets: s.Short}} {
		if r.Packets > 0 {
			left = append(left, r)
		}
	}
	return s.Packets, s.Traced, append(left, s.Skipped.Reasons()...)
}

// Merge adds the counts of o. First and the last times become those of both.
func (s *Stats) Merge(o *Stats) {
	if s.First == 0 || o.First != 0 && o.First < s.First { // 0 is not set
		s.First = o.First
	}
	s.LastSeen, s.Last = max(s.LastSeen, o.LastSeen), max(s.Last, o.Last)
	s.Packets += o.Packets
	s.Seen += o.Seen
	s.Traced += o.Traced
	s.NoRoom += o.NoRoom
	s.Forgotten += o.Forgotten
	s.Short += o.Short
	s.CutOptions += o.CutOptions
	s.NotPlotted += o.NotPlotted
	s.Skipped.Merge(&o.Skipped)
}
