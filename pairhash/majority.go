package pairhash

import "github.com/reeftools/reef/internal/sat"

// Majority is a [Counter] that also names a pair for each slot: the one with the majority of its
// counts, if there is one.
//
// Each slot has a candidate and its votes. Counts of the candidate add to the votes, counts of
// others take from them, and who takes the last becomes the candidate (Boyer and Moore's majority
// vote; with weights it is one row of the MV-Sketch of Tang, Huang and Lee, INFOCOM 2019). To keep
// the cost down only slots that stand out vote: those that hold at least four times the mean of all
// slots. Others keep the pair they have. A [Candidate] takes that into account in its bounds. It
// costs 56 bytes a slot in all.
type Majority struct {
	counter    *Counter
	total      uint64
	candidates []candidate
}

type candidate struct {
	pair  Pair
	votes uint64
	voted uint64 // what was counted while the slot voted
}

// NewMajority makes an empty counter.
func NewMajority(cfg CounterConfig) (*Majority, error) {
	c, err := NewCounter(cfg)
	if err != nil {
		return nil, err
	}
	return &Majority{counter: c, candidates: make([]candidate, len(c.counts))}, nil
}

// Counter returns the array of counts.
func (m *Majority) Counter() *Counter { return m.counter }

// Add counts the pair once.
func (m *Majority) Add(x, y Addr) { m.AddN(x, y, 1) }

// AddN counts the pair n times.
func (m *Majority) AddN(x, y Addr, n uint64) {
	i := m.counter.Slot(x, y)
	old := m.counter.counts[i]
	m.counter.counts[i] = sat.AddUint(old, n)
	m.total = sat.AddUint(m.total, n)
	// Most slots are ordinary, and their candidates are not in the processor's cache: leave them
	// there.
	if old != 0 && old < m.total>>m.counter.width<<2 {
		return
	}
	m.vote(i, PairOf(x, y), n)
}

// AddBatch does the same as AddN for each pair in turn, and faster.
func (m *Majority) AddBatch(batch []PairCount) {
	var slots [batchLen]uint32
	for len(batch) > 0 {
		group := batch[:min(batchLen, len(batch))]
		batch = batch[len(group):]
		m.counter.find(group, &slots)
		m.count(group, &slots)
	}
}

// count counts a group, whose slots are known.
func (m *Majority) count(group []PairCount, slots *[batchLen]uint32) {
	// Who votes is as good as random, and a branch on it would be mispredicted: list the voters
	// first.
	var voters [batchLen]uint8
	k, total, counts, width := 0, m.total, m.counter.counts, m.counter.width&63
	for i := range group {
		n, s := group[i].N, &counts[slots[i&(batchLen-1)]]
		old := *s
		*s = sat.AddUint(old, n)
		total = sat.AddUint(total, n)
		voters[k&(batchLen-1)] = uint8(i)
		if old-1 >= max(total>>width<<2, 1)-1 { // old == 0 wraps around
			k++
		}
	}
	m.total = total
	for _, i := range voters[:k] {
		c := &group[i]
		m.vote(int(slots[i&(batchLen-1)]), PairOf(c.A, c.B), c.N)
	}
}

// vote lets the candidate of slot i have, or lose, n votes.
func (m *Majority) vote(i int, p Pair, n uint64) {
	c := &m.candidates[i]
	c.voted = sat.AddUint(c.voted, n)
	switch {
	case c.pair == p:
		c.votes = sat.AddUint(c.votes, n)
	case c.votes >= n:
		c.votes -= n
	default:
		c.pair, c.votes = p, n-c.votes
	}
}

// Candidate is the pair named for a slot, with bounds of its own count: Low <= count <= High <=
// Slot.
type Candidate struct {
	Pair
	Slot uint64 // count of the slot
	Low  uint64 // the votes
	// votes, half of the votes that were lost on both sides, and what was counted without a vote
	High  uint64
	Other uint64 // no other pair of the slot has a higher count
}

// Candidate returns the candidate of slot i.
func (m *Majority) Candidate(i int) Candidate {
	c, n := &m.candidates[i], m.counter.counts[i]
	other := (c.voted-c.votes)/2 + n - c.voted
	return Candidate{Pair: c.pair, Slot: n, Low: c.votes, High: c.votes + other, Other: other}
}

// Top returns the candidates of the n slots with the highest counts, highest first.
func (m *Majority) Top(n int) []Candidate {
	slots := m.counter.heaviest(n)
	r := make([]Candidate, len(slots))
	for i, s := range slots {
		r[i] = m.Candidate(s)
	}
	return r
}
