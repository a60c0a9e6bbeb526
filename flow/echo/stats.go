package echo

import "github.com/reeftools/reef/pcapio"

// Stats are the counts of a Matcher: Packets = Requests + Repeats + Replies + Answers + Duplicates
// + Overflow + Unmatched + Other + Cut + NotICMP, and Requests = Exchanges ended + those held.
type Stats struct {
	Packets    uint64 // given to WritePacket
	Requests   uint64 // began an exchange
	Repeats    uint64 // copies of unanswered requests
	Replies    uint64 // first to their request
	Answers    uint64 // first of a further host to a multicast or broadcast request
	Duplicates uint64 // further replies of a host that answered
	Overflow   uint64 // would be among Answers, but Config.MaxAnswers was reached
	Unmatched  uint64 // replies without a request, or late
	Other      uint64 // ICMP messages of other kinds
	// ICMP without its first eight bytes, not captured or not there, and later fragments
	Cut       uint64
	NotICMP   uint64 // everything else
	Exchanges uint64 // given out
	Evicted   uint64 // of Exchanges: ended early since Config.MaxPending was reached
}

// Account returns the packets that came in, those that belong to an exchange, and the others by
// reason; in = used + the sum of left.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	for _, r := range []pcapio.Reason{{Name: "answers beyond MaxAnswers", Packets: s.Overflow}, {Name: "replies without a request", Packets: s.Unmatched},
		{Name: "other ICMP messages", Packets: s.Other}, {Name: "cut or later fragments", Packets: s.Cut}, {Name: "not ICMP", Packets: s.NotICMP}} {
		if r.Packets > 0 {
			left = append(left, r)
		}
	}
	return s.Packets, s.Requests + s.Repeats + s.Replies + s.Answers + s.Duplicates, left
}

// Merge adds the counts of another Matcher.
func (s *Stats) Merge(o *Stats) {
	s.Packets += o.Packets
	s.Requests += o.Requests
	s.Repeats += o.Repeats
	s.Replies += o.Replies
	s.Answers += o.Answers
	s.Duplicates += o.Duplicates
	s.Overflow += o.Overflow
	s.Unmatched += o.Unmatched
	s.Other += o.Other
	s.Cut += o.Cut
	s.NotICMP += o.NotICMP
	s.Exchanges += o.Exchanges
	s.Evicted += o.Evicted
}

// Stats returns the counts so far.
func (m *Matcher) Stats() Stats { return m.stats }

// ClassicStats are the counts of a Classic: Packets = Messages + Waiting + Other.
type ClassicStats struct {
	Packets  uint64 // given to WritePacket
	Messages uint64 // given out
	Matched  uint64 // of Messages: with a response time
	Waiting  uint64 // fragments of datagrams that were not whole yet
	Other    uint64 // everything else

	Forgotten uint64 // requests without a reply that were forgotten for ClassicConfig.MaxPending
	Dropped   uint64 // datagrams that were not whole when fragments of newer ones took their place
}

// Account returns the packets that came in, those that gave a message, and the others by reason; in
// = used + the sum of left.
func (s *ClassicStats) Account() (in, used uint64, left []pcapio.Reason) {
	for _, r := range []pcapio.Reason{{Name: "fragments of a datagram that was not whole", Packets: s.Waiting}, {Name: "not ICMP echo", Packets: s.Other}} {
		if r.Packets > 0 {
			left = append(left, r)
		}
	}
	return s.Packets, s.Messages, left
}

// Merge adds the counts of another Classic.
func (s *ClassicStats) Merge(o *ClassicStats) {
	s.Packets += o.Packets
	s.Messages += o.Messages
	s.Matched += o.Matched
	s.Waiting += o.Waiting
	s.Other += o.Other
	s.Forgotten += o.Forgotten
	s.Dropped += o.Dropped
}

// Stats returns the counts so far.
func (c *Classic) Stats() ClassicStats {
	s := c.stats
	s.Dropped = c.frags.dropped
	return s
}
