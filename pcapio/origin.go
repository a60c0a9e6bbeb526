package pcapio

import "errors"

// located adds to a RefusedError where src read the record that was refused, after which it read
// that many more.
func located(err error, src RecordReader, after int64) error {
	var refused *RefusedError
	if s, ok := src.(originSource); ok && errors.As(err, &refused) && refused.File == "" {
		refused.File, refused.Record = s.origin()
		if refused.Record > 0 {
			refused.Record -= after
		}
	}
	return err
}

// originSource knows the file that its last record was read from and the number of the record
// there, counted from 1, or 0 where that is not known.
type originSource interface {
	origin() (file string, record int64)
}

func originOf(src RecordReader) (file string, record int64) {
	if s, ok := src.(originSource); ok {
		return s.origin()
	}
	return "", 0
}

func (r *Reader) origin() (string, int64) {
	if r.src.sought { // what was passed over was not counted
		return r.src.name, 0
	}
	return r.src.name, r.src.record
}

func (s *Slicer) origin() (string, int64) { return originOf(s.src) }

func (t *TransformReader) origin() (string, int64) { return originOf(t.src) }

func (d *DedupReader) origin() (string, int64) { return d.src.origin() }

func (m *MergeReader) origin() (string, int64) {
	if !m.taken || len(m.heap) == 0 {
		return "", 0
	}
	return originOf(m.inputs[m.heap[0]].src)
}
