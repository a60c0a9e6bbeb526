package netmate

import "github.com/reeftools/reef/flow"

// Row is one finished flow: its record and its 39 features.
type Row struct {
	flow.Record
	// Semantics says how the values were computed.
	Semantics Semantics
	// Values are the features. Modern ones are in thousandths of the unit where their [Columns] have
	// three decimals: times are in nanoseconds, mean and deviation of lengths in thousandths of a
	// byte. Classic ones are in whole units: times in microseconds.
	Values [NumFeatures]int64
	// Reordered counts packets earlier than one before them in the flow.
	Reordered uint64

	missing uint64 // bit f is set if feature f has no value
}

// Value returns feature f in its column's unit; false if it has no value because it has no sample.
// Classic features always have one: NetMate writes -1 or 0 where there is no sample.
func (r *Row) Value(f Feature) (float64, bool) {
	if r.missing>>f&1 != 0 {
		return 0, false
	}
	if r.thousandths(f) {
		return float64(r.Values[f]) / 1000, true
	}
	return float64(r.Values[f]), true
}

// thousandths tells whether Values[f] is in thousandths of the unit.
func (r *Row) thousandths(f Feature) bool {
	return r.Semantics == Modern && features[f].thousandths
}

// set stores a feature that may have no value.
func (r *Row) set(f Feature, v int64, ok bool) {
	if !ok {
		v = 0
		r.missing |= 1 << f
	}
	r.Values[f] = v
}

// RowWriter takes rows one after the other. WriteRow must neither keep nor change r.
type RowWriter interface {
	WriteRow(r *Row) error
}

// RowWriterFunc makes a [RowWriter] of a function.
type RowWriterFunc func(r *Row) error

// WriteRow calls f.
func (f RowWriterFunc) WriteRow(r *Row) error { return f(r) }
