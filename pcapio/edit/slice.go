package edit

import (
	"io"
	"math"

	"github.com/reeftools/reef/pcapio"
)

// DefaultSliceSlack is the [Slicer.Slack] of a new Slicer.
const DefaultSliceSlack = 1 << 20

// SliceStats counts what a [Slicer] did. Read = Kept + Before + After.
type SliceStats struct {
	Read   uint64 // records that were read
	Kept   uint64 // of them those in the window
	Before uint64 // earlier ones
	After  uint64 // later ones

	OutOfOrder uint64 // records that were read after one with a later time
	Unread     uint64 // bytes of the file that were neither needed nor read
}

// Account returns how many records were read, how many of them were kept, and why the others were
// not.
func (s *SliceStats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Read, s.Kept, []pcapio.Reason{{Name: "before the window", Packets: s.Before}, {Name: "after the window", Packets: s.After}}
}

// Merge adds the counts of o.
func (s *SliceStats) Merge(o *SliceStats) {
	s.Read += o.Read
	s.Kept += o.Kept
	s.Before += o.Before
	s.After += o.After
	s.OutOfOrder += o.OutOfOrder
	s.Unread += o.Unread
}

// Slicer reads the records of a capture whose times lie in a [Window]. It is a
// [pcapio.RecordReader].
//
// In a large uncompressed pcap file it finds the window by bisection and reads only that, with
// [Slicer.Slack] bytes on both sides: records that are out of order by more than that are missed.
// Everything else is read from begin to end, and so are files that are not longer than the slack;
// then no record of the window is missed, whatever the order.
type Slicer struct {
	// Slack is how many bytes before and after the window are read to find records that are out of
	// order. Negative reads every file whole. Set it before the first record is read.
	Slack int64

	src     pcapio.RecordReader
	batches pcapio.RecordBatchReader // src, for ReadRecords
	file    *pcapio.Reader           // src, if it is one file that can be sought in; else nil
	window  Window
	first   pcapio.Record // the first record
	any     bool          // there is a first record
	begun   bool          // it was delivered
	last    int64         // where in the file the last record of the window ended, or reading began
	latest  int64         // time
	stats   SliceStats
	err     error
}

// NewSlicer returns a Slicer of src that has read its first record, so that [Slicer.First] is known
// and a window can be chosen by it. It keeps all records until [Slicer.SetWindow] is called. Errors
// come with the records.
//
// To find a window in a large file without reading all of it, src must be a [pcapio.Reader] that
// [pcapio.Open] opened with a single name, that was not read from before.
func NewSlicer(src pcapio.RecordReader) *Slicer {
	s := &Slicer{Slack: DefaultSliceSlack, src: src, batches: pcapio.Batches(src), window: AllTime}
	if r, ok := src.(*pcapio.Reader); ok && r.Seekable() {
		s.file = r
	}
	var rec pcapio.Record
	if s.err = src.ReadRecord(&rec); s.err == nil {
		s.first, s.any, s.latest = rec.Clone(), true, rec.Time
	}
	return s
}

// First returns the time of the first record; ok is false if there is none.
func (s *Slicer) First() (time int64, ok bool) { return s.first.Time, s.any }

// SetWindow chooses the records to keep. Call it before the first one is read.
func (s *Slicer) SetWindow(w Window) { s.window = w }

// Interfaces returns the interfaces of the source, if it knows them.
func (s *Slicer) Interfaces() []pcapio.Interface {
	if src, ok := s.src.(pcapio.InterfaceSource); ok {
		return src.Interfaces()
	}
	return nil
}

// Stats returns what was counted so far.
func (s *Slicer) Stats() SliceStats { return s.stats }

// ReadRecord reads the next record of the window.
func (s *Slicer) ReadRecord(r *pcapio.Record) error {
	for {
		if !s.begun {
			if err := s.begin(r); err != nil {
				return err
			}
		} else if err := s.next(r); err != nil {
			return err
		}
		if s.take(r.Time) {
			return nil
		}
	}
}

// take counts a record that was read and tells whether it is one of the window. It stops when
// enough was read behind the window.
func (s *Slicer) take(at int64) bool {
	s.stats.Read++
	if at < s.latest {
		s.stats.OutOfOrder++
	} else {
		s.latest = at
	}
	if s.window.after(at) {
		s.stats.After++
		if s.file != nil && s.Slack >= 0 && s.file.InputOffset()-s.last > s.Slack {
			s.stop()
		}
		return false
	}
	if s.file != nil {
		s.last = s.file.InputOffset()
	}
	if !s.window.Contains(at) {
		s.stats.Before++
		return false
	}
	s.stats.Kept++
	return true
}

// ReadRecords reads many; see [pcapio.RecordBatchReader]. It reads one where the place of each in
// the file counts: in a file that can be left behind the window.
func (s *Slicer) ReadRecords(recs []pcapio.Record) (int, error) {
	if len(recs) == 0 {
		return s.batches.ReadRecords(recs) // an error, and not a final one
	}
	if !s.begun || s.file != nil && s.Slack >= 0 && (s.window.HalfOpen || s.window.End < math.MaxInt64) {
		if err := s.ReadRecord(&recs[0]); err != nil {
			return 0, err
		}
		return 1, nil
	}
	for s.err == nil {
		var n, kept int
		n, s.err = s.batches.ReadRecords(recs)
		for i := range recs[:n] {
			if !s.take(recs[i].Time) {
				continue
			}
			if kept < i {
				recs[kept] = recs[i]
			}
			kept++
		}
		if kept > 0 {
			return kept, nil
		}
	}
	return 0, s.err
}

// begin delivers the first record, that was read before.
func (s *Slicer) begin(r *pcapio.Record) error {
	s.begun = true
	if !s.any {
		return s.err
	}
	*r = s.first
	if s.file != nil && s.err == nil {
		s.err = s.seek()
	}
	return nil
}

// next reads the next record of the source.
func (s *Slicer) next(r *pcapio.Record) error {
	if s.err != nil {
		return s.err
	}
	if s.file != nil { // not through an interface: the hot path
		s.err = s.file.ReadRecord(r)
	} else {
		s.err = s.src.ReadRecord(r)
	}
	return s.err
}

// stop ends reading before the end of the file.
func (s *Slicer) stop() {
	s.stats.Unread += uint64(max(s.file.Size()-s.file.InputOffset(), 0))
	s.err = io.EOF
	if err := s.file.Close(); err != nil {
		s.err = err
	}
}

// seek moves the file to a record before the window, if there is much to pass over.
func (s *Slicer) seek() error {
	from := s.file.InputOffset()
	s.last = from
	if s.Slack < 0 || s.window.Start <= s.first.Time || s.file.Size()-from <= 2*s.Slack {
		return nil
	}
	passed, err := s.file.SeekTime(s.window.Start, s.Slack)
	s.last = from + passed
	s.stats.Unread += uint64(passed)
	return err
}

// Origin returns the file and the number of the last record, if the source knows them.
func (s *Slicer) Origin() (file string, record int64) { return pcapio.OriginOf(s.src) }

// ReadRaw reads the records of the window that follow in memory, for [pcapio.CopyRecords].
func (s *Slicer) ReadRaw(w *pcapio.Writer) pcapio.RawRecords { return s.readRaw(w, nil) }

// readRaw reads the records of the window that follow in memory, and keeps those that match.
func (s *Slicer) readRaw(w *pcapio.Writer, m pcapio.Matcher) pcapio.RawRecords {
	if s.file == nil || s.err != nil || s.window.HalfOpen && s.window.End == math.MinInt64 {
		return pcapio.RawRecords{}
	}
	until := s.window.End
	if s.window.HalfOpen {
		until--
	}
	raw := s.file.ReadRawBetween(w, max(s.latest, s.window.Start), until, m)
	if raw.Read > 0 {
		s.stats.Read += uint64(raw.Read)
		s.stats.Kept += uint64(raw.Read)
		s.latest, s.last = raw.Latest, s.file.InputOffset()
	}
	return raw
}
