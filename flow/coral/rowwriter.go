package coral

// RowWriter takes rows: in each interval those of the expired flows and after them those of the
// active ones. WriteRow must neither keep nor change r.
type RowWriter interface {
	WriteRow(r *Row) error
}

// RowWriterFunc makes a [RowWriter] of a function.
type RowWriterFunc func(r *Row) error

// WriteRow calls f.
func (f RowWriterFunc) WriteRow(r *Row) error { return f(r) }

// IntervalWriter is a [RowWriter] that is told of intervals, as [Writer] is: BeginInterval is
// called before the rows, with Number and Start known, EndInterval after them, with all fields
// known. What iv points to must be neither kept nor changed.
type IntervalWriter interface {
	RowWriter
	BeginInterval(iv *Interval) error
	EndInterval(iv *Interval) error
}

// output is a RowWriter that may be an IntervalWriter.
type output struct {
	RowWriter
	intervals IntervalWriter // nil if it is none
}

func outputTo(w RowWriter) output {
	intervals, _ := w.(IntervalWriter)
	return output{w, intervals}
}

func (o *output) begin(iv *Interval) error {
	if o.intervals == nil {
		return nil
	}
	return o.intervals.BeginInterval(iv)
}

func (o *output) end(iv *Interval) error {
	if o.intervals == nil {
		return nil
	}
	return o.intervals.EndInterval(iv)
}
