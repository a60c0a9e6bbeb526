package flow

import "fmt"

// RecordReader reads flow records. ReadRecord fills r or returns an error, which is io.EOF at the
// end of good input and is sticky.
type RecordReader interface {
	ReadRecord(r *Record) error
}

// RecordWriter takes flow records. WriteRecord must neither keep nor change r.
type RecordWriter interface {
	WriteRecord(r *Record) error
}

// RecordWriterFunc makes a [RecordWriter] of a function.
type RecordWriterFunc func(r *Record) error

// WriteRecord calls f.
func (f RecordWriterFunc) WriteRecord(r *Record) error { return f(r) }

// NewRecords returns a table without caller's state that gives its records to w. Its Flush also
// flushes w, if w has a Flush, as [CSV] and [JSONL] have. See [NewTable] for the rest.
func NewRecords(cfg Config, w RecordWriter) (*Table[struct{}], error) {
	if w == nil {
		return nil, fmt.Errorf("%w: no writer to take the records", ErrConfig)
	}
	t, err := NewTable(cfg, nil, func(r *Record, _ *struct{}) error { return w.WriteRecord(r) })
	if err == nil {
		t.dst = w
	}
	return t, err
}
