package flow

import (
	"container/heap"
	"errors"
	"io"
)

// MergeReader reads the records of several readers in order of start and key; see [NewMerge].
type MergeReader struct {
	inputs mergeInputs
	begun  bool
	failed []error
	err    error
}

// mergeInput is a reader and its next record.
type mergeInput struct {
	src  RecordReader
	next Record
	nth  int // which of the readers, so that equal records come in order of these
}

type mergeInputs []*mergeInput

func (m mergeInputs) Len() int      { return len(m) }
func (m mergeInputs) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m mergeInputs) Less(i, j int) bool {
	if c := m[i].next.Compare(&m[j].next); c != 0 {
		return c < 0
	}
	return m[i].nth < m[j].nth
}
func (m *mergeInputs) Push(x any) { *m = append(*m, x.(*mergeInput)) }
func (m *mergeInputs) Pop() any {
	last := len(*m) - 1
	x := (*m)[last]
	*m = (*m)[:last]
	return x
}

// NewMerge returns a reader of the records of all of src in order of start and key (see
// [Record.Compare]). Equal records come in the order of src. Each of src must give its records in
// order, as a [Table] does; otherwise the output is out of order too.
//
// A reader that fails ends there. The records of the others are read to their ends; the errors,
// joined, come last, in place of io.EOF.
func NewMerge(src ...RecordReader) *MergeReader {
	m := &MergeReader{}
	for i, r := range src {
		m.inputs = append(m.inputs, &mergeInput{src: r, nth: i})
	}
	return m
}

// ReadRecord fills r with the next record.
func (m *MergeReader) ReadRecord(r *Record) error {
	if !m.begun {
		m.begun = true
		all := m.inputs
		m.inputs = nil
		for _, in := range all {
			if m.read(in) {
				m.inputs = append(m.inputs, in)
			}
		}
		heap.Init(&m.inputs)
	}
	if len(m.inputs) == 0 {
		if m.err == nil {
			m.err = io.EOF
			if len(m.failed) > 0 {
				m.err = errors.Join(m.failed...)
			}
		}
		return m.err
	}
	first := m.inputs[0]
	*r = first.next
	if m.read(first) {
		heap.Fix(&m.inputs, 0)
	} else {
		heap.Pop(&m.inputs)
	}
	return nil
}

// read reads the next record of in; false at its end.
func (m *MergeReader) read(in *mergeInput) bool {
	err := in.src.ReadRecord(&in.next)
	if err != nil && !errors.Is(err, io.EOF) {
		m.failed = append(m.failed, err)
	}
	return err == nil
}
