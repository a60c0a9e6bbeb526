package pcapio

import "io"

// LimitReader reads the first records of another reader. Make it with [NewLimit].
type LimitReader struct {
	src     RecordReader
	batches RecordBatchReader
	left    int64
}

// NewLimit returns a reader that ends after the first n records of src.
func NewLimit(src RecordReader, n int64) *LimitReader {
	src = orMissing(src, "NewLimit")
	return &LimitReader{src: src, batches: Batches(src), left: n}
}

// ReadRecord reads the next record.
func (l *LimitReader) ReadRecord(r *Record) error {
	if l.left <= 0 {
		return io.EOF
	}
	err := l.src.ReadRecord(r)
	if err == nil {
		l.left--
	}
	return err
}

// ReadRecords reads many; see [RecordBatchReader].
func (l *LimitReader) ReadRecords(recs []Record) (int, error) {
	switch {
	case len(recs) == 0:
		return 0, errNoRoom
	case l.left <= 0:
		return 0, io.EOF
	}
	n, err := l.batches.ReadRecords(recs[:min(int64(len(recs)), l.left)])
	l.left -= int64(n)
	return n, err
}

// Interfaces returns the interfaces of the source, if it knows them.
func (l *LimitReader) Interfaces() []Interface { return interfacesOf(l.src) }

// Origin returns the file and the number of the last record, if the source knows them.
func (l *LimitReader) Origin() (file string, record int64) { return OriginOf(l.src) }
