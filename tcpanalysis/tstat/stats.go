package tstat

import "github.com/reeftools/reef/pcapio"

// Stats are the counts of an Analyzer. Always Packets = TCP + UDP + Duplicates + NoSYN + NoRoom +
// OneWay + the sum of Skipped.
type Stats struct {
	Packets    uint64 // given to WritePacket
	TCP, UDP   uint64 // counted on connections and flows
	Duplicates uint64 // made by the capture
	NoSYN      uint64 // TCP of no known connection
	// of a new connection or flow over the limit; in classic semantics only
	NoRoom uint64
	// data of a client whose server was not seen; each ended a connection
	OneWay uint64
	// neither TCP nor UDP, or in classic semantics where Tstat looks for no IP, by decoding status
	Skipped pcapio.StatusCounts
	Conns   uint64 // TCP connections that began
	Flows   uint64 // UDP flows that began
	// of both, those that ended to make room for a new one; never in classic semantics
	Evicted   uint64
	Forgotten uint64 // records of segments given up for Config.MaxRecords
	// of both, those between two external endpoints, which no sink gets
	External uint64
}

// Account returns how many packets came in, how many were counted on connections and flows, and why
// the others were not.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	for _, r := range []pcapio.Reason{
		{Name: "duplicates made by the capture", Packets: s.Duplicates},
		{Name: "TCP of no known connection", Packets: s.NoSYN},
		{Name: "connections and flows over the limit", Packets: s.NoRoom},
		{Name: "data of a client without server", Packets: s.OneWay},
	} {
		if r.Packets > 0 {
			left = append(left, r)
		}
	}
	return s.Packets, s.TCP + s.UDP, append(left, s.Skipped.Reasons()...)
}

// Merge adds the counts of o.
func (s *Stats) Merge(o *Stats) {
	s.Packets += o.Packets
	s.TCP += o.TCP
	s.UDP += o.UDP
	s.Duplicates += o.Duplicates
	s.NoSYN += o.NoSYN
	s.NoRoom += o.NoRoom
	s.OneWay += o.OneWay
	s.Skipped.Merge(&o.Skipped)
	s.Conns += o.Conns
	s.Flows += o.Flows
	s.Evicted += o.Evicted
	s.Forgotten += o.Forgotten
	s.External += o.External
}
