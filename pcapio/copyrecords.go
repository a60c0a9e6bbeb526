package pcapio

import (
	"errors"
	"io"
	"math"
)

// CopyRecords gives each record of src to dst until src ends or one of them fails. It returns the
// number of records that dst took and the first error; the end of src is no error. A
// [*RefusedError] of dst gets the file and number of the record, if src is one of this package's
// readers.
//
// From a [Slicer] of an uncompressed pcap file, perhaps through a [TransformReader] with a single
// [Matcher], to a [Writer] or a [Rotator] without limits that writes pcap with the same resolution,
// records that are in order are copied as they stand in the file, many at a time. The file that is
// made is the same. A [BatchReader] is read in batches.
func CopyRecords(dst RecordWriter, src RecordReader) (int64, error) {
	var rec Record
	var n int64
	from, _ := src.(runSource)
	to, _ := dst.(runSink)
	if batches, ok := src.(BatchReader); ok && (from == nil || to == nil) {
		read := int64(0)
		n, err := copyBatches(make([]Record, recordBatch), func(recs []Record) (int, error) {
			k, err := batches.ReadRecords(recs)
			read += int64(k)
			return k, err
		}, dst.WriteRecord)
		return n, located(err, src, read-n-1)
	}
	for {
		if err := src.ReadRecord(&rec); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
		if err := dst.WriteRecord(&rec); err != nil {
			return n, located(err, src, 0)
		}
		n++
		if from == nil || to == nil {
			continue
		}
		// What follows in memory. The record that ends the run, for whatever reason, takes the way
		// above.
		if w := to.runWriter(); w != nil {
			run := from.nextRun(w)
			if len(run.bytes) == 0 {
				continue
			}
			if err := to.writeRun(run); err != nil {
				return n, err
			}
			n += run.kept
		}
	}
}

// pcapRun is records one after the other as they stand in a pcap file and as Writer would write
// them.
type pcapRun struct {
	bytes       []byte
	read        int64 // records
	kept        int64 // of them those in bytes
	first, last int64 // times of these, in order
}

// runSource is a RecordReader that may have more than one record in memory.
type runSource interface {
	nextRun(w *Writer) pcapRun // the records that follow, if any; they are read then
}

// runSink is a RecordWriter that takes runs.
type runSink interface {
	runWriter() *Writer // for records like those of its file, or nil if each must be looked at
	writeRun(pcapRun) error
}

func (s *Slicer) nextRun(w *Writer) pcapRun { return s.matchingRun(w, nil) }

// nextRun is for a Slicer and a Matcher, since others may change records.
func (t *TransformReader) nextRun(w *Writer) pcapRun {
	s, _ := t.src.(*Slicer)
	if s == nil || len(t.transforms) != 1 {
		return pcapRun{}
	}
	m, ok := t.transforms[0].(Matcher)
	if !ok {
		return pcapRun{}
	}
	run := s.matchingRun(w, m)
	t.Read += run.read
	t.Kept += run.kept
	t.Dropped[0] += run.read - run.kept
	return run
}

// matchingRun reads the records of the window that follow in memory, and keeps those that match.
func (s *Slicer) matchingRun(w *Writer, m Matcher) pcapRun {
	if s.file == nil || s.err != nil || !w.writesLike(s.file) || s.window.HalfOpen && s.window.End == math.MinInt64 {
		return pcapRun{}
	}
	until := s.window.End
	if s.window.HalfOpen {
		until--
	}
	run, latest := s.file.readRun(max(s.latest, s.window.Start), until, w.cfg.SnapLen, m)
	if run.read > 0 {
		s.stats.Read += run.read
		s.stats.Kept += run.read
		s.latest, s.last = latest, s.file.offset()
	}
	return run
}

// writesLike tells whether w writes the records of r byte for byte as they are, if nothing is odd
// about them.
func (w *Writer) writesLike(r *Reader) bool {
	f := &r.pcap
	return w.cfg.Format == Pcap && w.begun && w.closed == nil && r.format == formatPcap && !r.cfg.Resync &&
		f.headerLen == pcapRecordLen && f.raw() && f.unit == w.unit &&
		w.pcap == pcapHead{f.proto.LinkType, f.proto.FCSLen}
}

// readRun reads the records in memory up to one that is earlier than the one before or than from,
// later than until, longer than snapLen, incomplete or in any way odd. Those that match, all if m
// is nil, are moved together. It also returns the time of the last one.
func (r *Reader) readRun(from, until int64, snapLen int, m Matcher) (run pcapRun, latest int64) {
	f := &r.pcap
	limit := min(r.plainLimit(), uint32(snapLen))
	rec := f.proto
	unit, perSecond, sign := f.unit, f.perSecond, f.sign // not loaded for each record
	b := r.bytes()
	kept, n := 0, 0 // bytes
	latest = from
	for len(b)-n >= pcapRecordLen {
		h := rawHeader(b[n : n+pcapRecordLen])
		time := h.time(sign, unit)
		if time < latest || time > until || !h.plain(limit, perSecond) || int(h.capLen) > len(b)-n-pcapRecordLen ||
			h.capLen == 0 && f.isFileHeader(h) {
			break
		}
		latest = time
		end := n + pcapRecordLen + int(h.capLen)
		run.read++
		if m != nil {
			rec.Time, rec.OrigLen, rec.Data = time, int(h.wireLen), b[n+pcapRecordLen:end:end]
			if !m.Match(&rec) {
				n = end
				continue
			}
			if kept < n {
				copy(b[kept:], b[n:end])
			}
		}
		if run.kept == 0 {
			run.first = time
		}
		run.last = time
		run.kept++
		kept += end - n
		n = end
	}
	run.bytes = b[:kept]
	r.pos += n
	r.stats.Records += run.read
	r.stats.Bytes += int64(n) - pcapRecordLen*run.read
	r.record += run.read
	if run.read > 0 {
		r.last, r.timed = latest, true
	}
	return run, latest
}

func (w *Writer) runWriter() *Writer { return w }

func (w *Writer) writeRun(run pcapRun) error {
	w.stats.Records += run.kept
	if len(run.bytes) >= writeBuffer { // it goes out at once from an empty buffer, without a copy
		if err := w.w.Flush(); err != nil {
			return err
		}
	}
	return w.put(run.bytes)
}

func (w *Rotator) runWriter() *Writer {
	if w.err != nil || w.file == nil || w.cfg.Size > 0 || w.cfg.Records > 0 || w.cfg.Interval > 0 {
		return nil
	}
	return w.w
}

func (w *Rotator) writeRun(run pcapRun) error {
	w.about.Records += run.kept
	if err := w.w.writeRun(run); err != nil {
		return w.broken(err)
	}
	w.stats.Records += run.kept
	w.about.First, w.about.Last = min(w.about.First, run.first), max(w.about.Last, run.last)
	return nil
}
