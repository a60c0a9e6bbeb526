package pairhash

// PairWriter takes pairs and how much is to be counted for each, many at a time. WritePairs must
// neither keep nor change batch. All counters of pairs are PairWriters.
type PairWriter interface {
	WritePairs(batch []PairCount) error
}

// PairWriterFunc makes a [PairWriter] of a function.
type PairWriterFunc func(batch []PairCount) error

// WritePairs calls f.
func (f PairWriterFunc) WritePairs(batch []PairCount) error { return f(batch) }

// WritePairs is [Exact.AddBatch] without the number.
func (e *Exact) WritePairs(batch []PairCount) error {
	_, err := e.AddBatch(batch)
	return err
}

// WritePairs is [External.AddBatch] without the number.
func (x *External) WritePairs(batch []PairCount) error {
	_, err := x.AddBatch(batch)
	return err
}

// WritePairs does the same as AddN for each pair in turn.
func (c *Counter) WritePairs(batch []PairCount) error {
	for i := range batch {
		c.AddN(batch[i].A, batch[i].B, batch[i].N)
	}
	return nil
}

// WritePairs is [Majority.AddBatch].
func (m *Majority) WritePairs(batch []PairCount) error {
	m.AddBatch(batch)
	return nil
}

// WritePairs does the same as AddN for each pair in turn.
func (t *TopK) WritePairs(batch []PairCount) error {
	for i := range batch {
		t.AddN(batch[i].A, batch[i].B, batch[i].N)
	}
	return nil
}
