package pcapio

import "errors"

// located adds to a RefusedError where src read the refused record. After it, src has read that
// many more.
func located(err error, src RecordReader, after int64) error {
	var refused *RefusedError
	if s, ok := src.(OriginSource); ok && errors.As(err, &refused) && refused.File == "" {
		refused.File, refused.Record = s.Origin()
		if refused.Record > 0 {
			refused.Record -= after
		}
	}
	return err
}

// consecutive tells whether the place of the last record of a batch tells that of each: there are
// none between them.
func consecutive(src RecordReader) bool {
	switch s := src.(type) {
	case *Reader:
		return true
	case *LimitReader:
		return consecutive(s.src)
	}
	_, knows := src.(OriginSource)
	return !knows // of any
}

// OriginSource is a RecordReader that knows where its last record was read from: the file, and the
// number of the record there, counted from 1. The number is 0 where it is not known, the name
// empty. After ReadRecords it is how far the source was read, perhaps beyond the last record that
// was given out.
type OriginSource interface {
	Origin() (file string, record int64)
}

// OriginOf returns where src read its last record from, if it knows.
func OriginOf(src RecordReader) (file string, record int64) {
	if s, ok := src.(OriginSource); ok {
		return s.Origin()
	}
	return "", 0
}

// Origin returns the file and the number of the last record.
func (r *Reader) Origin() (file string, record int64) {
	if r.src.sought { // what was passed over was not counted
		return r.src.name, 0
	}
	return r.src.name, r.src.record
}

// Origin returns the file and the number of the last record, if its reader knows them.
func (m *MergeReader) Origin() (file string, record int64) {
	if !m.taken || len(m.heap) == 0 {
		return "", 0
	}
	return OriginOf(m.inputs[m.heap[0]].src)
}
