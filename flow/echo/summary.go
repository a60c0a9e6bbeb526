package echo

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
)

// SummaryConfig bounds a [Summary].
type SummaryConfig struct {
	// MaxDestinations is how many destinations are told apart; the exchanges of further ones count
	// in the total only. 0 means 65,536.
	MaxDestinations int
	// MaxBuckets bounds the different response times, to 0.1 %, that the quantiles of all
	// destinations together distinguish. Each takes some 25 bytes. When one more comes, the buckets
	// of its destination are made twice as wide, repeatedly until there is room, up to one bucket
	// for each power of two; see [Distribution.Coarse]. 0 means 4,194,304.
	MaxBuckets int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *SummaryConfig) Validate() error {
	switch {
	case c.MaxDestinations < 0:
		return fmt.Errorf("%w: MaxDestinations %d is negative", ErrConfig, c.MaxDestinations)
	case c.MaxBuckets < 0:
		return fmt.Errorf("%w: MaxBuckets %d is negative", ErrConfig, c.MaxBuckets)
	}
	return nil
}

// Destination sums up the exchanges of one kind between two hosts.
type Destination struct {
	Kind     Kind
	Src, Dst netip.Addr // who asked, who was asked

	Exchanges uint64 // = Answered + Lost
	Answered  uint64 // by anybody
	// of hosts: more than Answered if several hosts answered a multicast or broadcast request
	Answers uint64
	Lost    uint64 // without reply
	// of Lost: Timeout had not passed when the capture ended or MaxPending was reached
	Undecided      uint64
	Repeats        uint64 // copies of unanswered requests
	Duplicates     uint64 // further replies of a host
	Reordered      uint64 // answers after one to a later request
	PayloadChanged uint64 // answers that had other data
	// replies whose TTL is not that of the reply to the request before; not with several hosts
	TTLChanges uint64
	SetBack    uint64 // answers with a negative response time, which is not in RTT

	// runs of lost exchanges without an answered one between them (RFC 3357)
	LossPeriods    uint64
	LongestLoss    uint64 // exchanges lost in the longest of them
	RTT            Distribution
	lossRun        uint64
	lastTTL        uint8
	lastTTLIsKnown bool
}

// LossRatio returns the share of exchanges that were lost, 0 to 1; the undecided are among them.
func (d *Destination) LossRatio() float64 {
	if d.Exchanges == 0 {
		return 0
	}
	return float64(d.Lost) / float64(d.Exchanges)
}

func (d *Destination) add(e *Exchange) {
	d.Exchanges++
	d.Repeats += uint64(e.Requests - 1)
	if e.Answered() {
		d.addAnswered(e)
		return
	}
	d.Lost++
	if e.Undecided() {
		d.Undecided++
	}
	if d.lossRun++; d.lossRun == 1 {
		d.LossPeriods++
	}
	d.LongestLoss = max(d.LongestLoss, d.lossRun)
}

func (d *Destination) addAnswered(e *Exchange) {
	d.Answered++
	d.lossRun = 0
	d.Answers += uint64(e.Answers())
	for a := range e.answers() {
		d.Duplicates += uint64(a.Replies - 1)
		if a.Reordered {
			d.Reordered++
		}
		if a.PayloadChanged {
			d.PayloadChanged++
		}
		if !d.RTT.Add(a.RTT()) {
			d.SetBack++
		}
	}
	if e.Group {
		return
	}
	if d.lastTTLIsKnown && d.lastTTL != e.ReplyTTL {
		d.TTLChanges++
	}
	d.lastTTL, d.lastTTLIsKnown = e.ReplyTTL, true
}

// merge adds the counts of o, but not its response times.
func (d *Destination) merge(o *Destination) {
	d.Exchanges += o.Exchanges
	d.Answered += o.Answered
	d.Answers += o.Answers
	d.Lost += o.Lost
	d.Undecided += o.Undecided
	d.Repeats += o.Repeats
	d.Duplicates += o.Duplicates
	d.Reordered += o.Reordered
	d.PayloadChanged += o.PayloadChanged
	d.TTLChanges += o.TTLChanges
	d.SetBack += o.SetBack
	d.LossPeriods += o.LossPeriods
	d.LongestLoss = max(d.LongestLoss, o.LongestLoss)
}

type pair struct {
	src, dst [16]byte
	kind     Kind
}

// Summary sums up exchanges by destination and in total.
type Summary struct {
	max     int
	byPair  map[pair]*Destination
	rest    Destination  // of those over max; their RTT is in rtt
	rtt     Distribution // of all
	buckets int          // of all destinations
	most    int          // buckets
	coarse  int          // destinations whose buckets were made wider
}

// NewSummary returns an empty summary.
func NewSummary(cfg SummaryConfig) (*Summary, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.MaxDestinations == 0 {
		cfg.MaxDestinations = DefaultMaxDestinations
	}
	if cfg.MaxBuckets == 0 {
		cfg.MaxBuckets = DefaultMaxBuckets
	}
	return &Summary{max: cfg.MaxDestinations, most: cfg.MaxBuckets, byPair: make(map[pair]*Destination)}, nil
}

// WriteExchange takes an exchange, in the order in which a [Matcher] ends them. Its error is nil,
// except with the zero Summary.
func (s *Summary) WriteExchange(e *Exchange) error {
	if s.byPair == nil {
		return errZero
	}
	k := pair{e.Src, e.Dst, e.Kind}
	d := s.byPair[k]
	if d == nil && len(s.byPair) < s.max {
		d = &Destination{Kind: e.Kind, Src: e.SrcAddr(), Dst: e.DstAddr()}
		s.byPair[k] = d
	}
	if e.Answered() {
		for a := range e.answers() {
			s.rtt.Add(a.RTT())
		}
	}
	if d != nil {
		s.add(d, e)
		return nil
	}
	s.rest.add(e)
	// mean nothing across destinations
	s.rest.LossPeriods, s.rest.LongestLoss, s.rest.TTLChanges = 0, 0, 0
	return nil
}

// add adds e to d, within the bound of all buckets.
func (s *Summary) add(d *Destination, e *Exchange) {
	s.buckets -= len(d.RTT.buckets)
	before := d.RTT.coarse
	d.add(e)
	for s.buckets+len(d.RTT.buckets) > s.most && d.RTT.coarsen() {
	}
	s.buckets += len(d.RTT.buckets)
	if before == 0 && d.RTT.coarse > 0 {
		s.coarse++
	}
}

// Coarse returns the number of destinations whose quantiles are less exact since MaxBuckets was
// reached.
func (s *Summary) Coarse() int { return s.coarse }

// Destinations returns the destinations ordered by kind, Dst and Src. They belong to the Summary:
// do not change them.
func (s *Summary) Destinations() []*Destination {
	return slices.SortedFunc(maps.Values(s.byPair), func(a, b *Destination) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), a.Dst.Compare(b.Dst), a.Src.Compare(b.Src))
	})
}

// Rest returns the number of exchanges that only the total counts, since their destination came
// after MaxDestinations others.
func (s *Summary) Rest() uint64 { return s.rest.Exchanges }

// Total returns the sums over all destinations, and the longest of their loss periods. Destinations
// beyond MaxDestinations count too, except their loss periods and TTL changes. Kind and addresses
// of the total mean nothing.
func (s *Summary) Total() Destination {
	var t Destination
	t.merge(&s.rest)
	for _, d := range s.byPair {
		t.merge(d) // sums of integers: the same in any order
	}
	t.RTT.Merge(&s.rtt)
	return t
}
