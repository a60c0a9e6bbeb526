package pcapio

import (
	"errors"
	"io"
)

// MergeReader interleaves the records of several readers by time. Make it with [NewMerge].
type MergeReader struct {
	inputs     []mergeInput
	heap       []int // indices of inputs, the one with the next record first
	begun      bool
	taken      bool // the record at the top was delivered
	interfaces []Interface
	errs       []error
	err        error
}

type mergeInput struct {
	src        RecordReader
	batches    RecordBatchReader // src, for ReadRecords
	rec        Record            // the next one
	ahead      []Record          // those behind rec, of the same batch
	batch      []Record          // where batches are read into
	interfaces map[int]int       // numbers of the input to numbers of the merged capture
}

// NewMerge returns a reader of the records of all readers in the order of their times. Each input
// keeps its own order, so an input whose times jump back makes the output jump back; of records
// with the same time, those of the earlier argument come first.
//
// Interfaces of different inputs are different: Record.Interface counts them over all inputs in the
// order in which they appear. An input that fails ends, and the others go on; the errors come at
// the end, joined by [errors.Join]. The readers must be different: the merge holds one record of
// each, or those of one batch.
func NewMerge(readers ...RecordReader) *MergeReader {
	m := &MergeReader{inputs: make([]mergeInput, len(readers))}
	for i, r := range readers {
		r = orMissing(r, "NewMerge")
		m.inputs[i] = mergeInput{src: r, batches: Batches(r), interfaces: map[int]int{}}
	}
	return m
}

// ReadRecord reads the record that comes next in time.
func (m *MergeReader) ReadRecord(rec *Record) error { return m.next(rec, 1) }

// ReadRecords reads many, up to the last that is in memory of an input; see [RecordBatchReader]. It
// reads as many of each input as recs has room for, at most 64, before they are due.
func (m *MergeReader) ReadRecords(recs []Record) (int, error) {
	if len(recs) == 0 {
		return 0, errNoRoom
	}
	if err := m.next(&recs[0], len(recs)); err != nil {
		return 0, err
	}
	n := 1
	// No input is read again in the same call: that would make data invalid.
	for n < len(recs) && len(m.inputs[m.heap[0]].ahead) > 0 {
		if err := m.next(&recs[n], 1); err != nil {
			break // sticky: it comes again
		}
		n++
	}
	return n, nil
}

// next reads the record that comes next in time, and from an input so many at once.
func (m *MergeReader) next(rec *Record, many int) error {
	if m.err != nil {
		return m.err
	}
	if !m.begun {
		m.begun = true
		for i := range m.inputs {
			if m.advance(i, many) {
				m.heap = append(m.heap, i)
			}
		}
		for i := len(m.heap)/2 - 1; i >= 0; i-- {
			m.down(i)
		}
	} else if m.taken {
		// Not before now: reading on invalidates the data of the delivered record.
		if !m.advance(m.heap[0], many) {
			last := len(m.heap) - 1
			m.heap[0] = m.heap[last]
			m.heap = m.heap[:last]
		}
		m.down(0)
	}
	if len(m.heap) == 0 {
		m.err = io.EOF
		if len(m.errs) > 0 {
			m.err = errors.Join(m.errs...)
		}
		return m.err
	}
	in := &m.inputs[m.heap[0]]
	*rec = in.rec
	rec.Interface = m.number(in, in.rec.Interface)
	m.taken = true
	return nil
}

// advance turns to the next record of an input, and reads so many if none is in memory. It returns
// false at its end.
func (m *MergeReader) advance(i, many int) bool {
	in := &m.inputs[i]
	var err error
	switch {
	case len(in.ahead) > 0:
		in.rec, in.ahead = in.ahead[0], in.ahead[1:]
	case many == 1:
		err = in.src.ReadRecord(&in.rec)
	default:
		err = in.fill(min(many, recordBatch))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.errs = append(m.errs, err)
	}
	return err == nil
}

// fill reads many records.
func (in *mergeInput) fill(many int) error {
	if len(in.batch) < many {
		in.batch = make([]Record, many)
	}
	n, err := in.batches.ReadRecords(in.batch[:many])
	if err == nil {
		in.rec, in.ahead = in.batch[0], in.batch[1:n]
	}
	return err
}

// number gives an interface of an input its number in the merged capture.
func (m *MergeReader) number(in *mergeInput, i int) int {
	n, ok := in.interfaces[i]
	if !ok {
		n = len(m.interfaces)
		in.interfaces[i] = n
		described := Interface{LinkType: in.rec.LinkType, FCSLen: in.rec.FCSLen}
		if list := interfacesOf(in.src); i >= 0 && i < len(list) {
			described = list[i]
		}
		m.interfaces = append(m.interfaces, described)
	}
	return n
}

// Inputs returns how many readers there are.
func (m *MergeReader) Inputs() int { return len(m.inputs) }

// Input returns which of the readers the last record came from, counted from 0.
func (m *MergeReader) Input() int {
	if !m.taken || len(m.heap) == 0 {
		return 0
	}
	return m.heap[0]
}

// Interfaces returns the interfaces that records came from so far; [Record.Interface] is an index
// into it. If an input is not a [Reader], only the link type is known.
func (m *MergeReader) Interfaces() []Interface { return m.interfaces }

// down moves the input at heap index i to its place.
func (m *MergeReader) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.before(m.heap[child], m.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

func (m *MergeReader) before(a, b int) bool {
	ta, tb := m.inputs[a].rec.Time, m.inputs[b].rec.Time
	return ta < tb || ta == tb && a < b
}
