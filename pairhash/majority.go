package pairhash

// Majority is a [Counter] that also names a pair for each slot: the one with the majority of its counts, if there is one.
//
// Each slot has a candidate and its votes. Counts of the candidate add to the votes, counts of others take from them, and who takes
// the last becomes the candidate (Boyer and Moore's majority vote; with weights it is one row of the MV-Sketch of Tang, Huang and
// Lee, INFOCOM 2019). A pair with more than half of its slot's count is always the candidate. It costs 48 bytes a slot in all.
type Majority struct {
	counter    *Counter
	candidates []candidate
}

type candidate struct {
	pair  Pair
	votes uint64
}

// NewMajority makes an empty counter.
func NewMajority(cfg Config) (*Majority, error) {
	c, err := New(cfg)
	if err != nil {
		return nil, err
	}
	return &Majority{c, make([]candidate, len(c.counts))}, nil
}

// Counter returns the array of counts.
func (m *Majority) Counter() *Counter { return m.counter }

// Add counts the pair once.
func (m *Majority) Add(x, y Addr) { m.AddN(x, y, 1) }

// AddN counts the pair n times.
func (m *Majority) AddN(x, y Addr, n uint64) {
	i := m.counter.Slot(x, y)
	m.counter.counts[i] = satAdd(m.counter.counts[i], n)
	p, c := PairOf(x, y), &m.candidates[i]
	switch {
	case c.pair == p:
		c.votes = satAdd(c.votes, n)
	case c.votes >= n:
		c.votes -= n
	default:
		c.pair, c.votes = p, n-c.votes
	}
}

// Candidate is the pair named for a slot, with bounds of its own count: Low <= count <= High <= Slot.
type Candidate struct {
	Pair
	Slot uint64 // count of the slot
	Low  uint64 // the votes
	High uint64 // half of slot and votes: each vote that was lost cost two counts
}

// Candidate returns the candidate of slot i. Any other pair of the slot has a count of at most (Slot-Low)/2.
func (m *Majority) Candidate(i int) Candidate {
	c, n := &m.candidates[i], m.counter.counts[i]
	return Candidate{Pair: c.pair, Slot: n, Low: c.votes, High: c.votes + (n-c.votes)/2}
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
