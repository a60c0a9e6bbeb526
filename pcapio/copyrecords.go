package pcapio

import (
	"fmt"
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
// made is the same. A [RecordBatchReader] is read in batches.
func CopyRecords(dst RecordWriter, src RecordReader) (int64, error) {
	if dst == nil || src == nil {
		return 0, fmt.Errorf("%w: CopyRecords without a source or destination", ErrConfig)
	}
	var read, moved int64
	var runErr error
	batch, next := make([]Record, recordBatch), Batches(src).ReadRecords
	from, _ := src.(runSource)
	if to, ok := dst.(runSink); ok && from != nil {
		// A record at a time, that begins the file or ended the run before, and a run of those that
		// follow in memory.
		batch = batch[:1]
		next = func(recs []Record) (int, error) {
			var n int64
			n, runErr = copyRun(to, from)
			if moved += n; runErr != nil {
				return 0, runErr
			}
			return readOne(recs, src.ReadRecord)
		}
	}
	n, err := copyBatches(batch, func(recs []Record) (int, error) {
		k, err := next(recs)
		read += int64(k)
		return k, err
	}, dst.WriteRecord)
	if err == nil {
		err = runErr // perhaps io.EOF, which is no end here
	}
	return n + moved, located(err, src, read-n-1)
}

// copyRun copies a run of records, if there is one.
func copyRun(to runSink, from runSource) (int64, error) {
	w := to.runWriter()
	if w == nil {
		return 0, nil
	}
	run := from.nextRun(w)
	if len(run.bytes) == 0 {
		return 0, nil
	}
	if err := to.writeRun(run); err != nil {
		return 0, err
	}
	return run.kept, nil
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
	if s.file == nil || s.err != nil || s.window.HalfOpen && s.window.End == math.MinInt64 {
		return pcapRun{}
	}
	file := w.writesLike(s.file)
	if file == nil {
		return pcapRun{}
	}
	until := s.window.End
	if s.window.HalfOpen {
		until--
	}
	run, latest := file.readRun(max(s.latest, s.window.Start), until, w.cfg.SnapLen, m)
	if run.read > 0 {
		s.stats.Read += run.read
		s.stats.Kept += run.read
		s.latest, s.last = latest, file.offset()
	}
	return run
}

// writesLike returns the pcap file that r is reading if w writes its records byte for byte as they
// are, unless something is odd about them.
func (w *Writer) writesLike(r *Reader) *pcapFile {
	f, ok := r.file.(*pcapFile)
	if !ok || w.cfg.Format != Pcap || !w.begun || w.closed != nil || f.plain.limit == 0 ||
		f.plain.headerLen != pcapRecordLen || f.plain.bigEndian || f.unit != w.unit ||
		w.pcap != (pcapHead{f.template.LinkType, f.template.FCSLen}) {
		return nil
	}
	return f
}

// readRun reads the records in memory up to one that is earlier than the one before or than from,
// later than until, longer than snapLen, incomplete or in any way odd. Those that match, all if m
// is nil, are moved together. It also returns the time of the last one.
func (f *pcapFile) readRun(from, until int64, snapLen int, m Matcher) (run pcapRun, latest int64) {
	// What writesLike knows is a constant here; the rest is not loaded for each record.
	plain := pcapPlain{headerLen: pcapRecordLen, limit: min(f.plain.limit, uint32(snapLen)), perSecond: f.plain.perSecond}
	sign, unit := f.sign, f.unit
	rec := f.template
	b := f.bytes()
	rest, kept := b, 0 // bytes
	latest = from
	for len(rest) >= pcapRecordLen {
		h := plain.header(rest)
		end, time := plain.end(h, len(rest)), h.time(sign, unit)
		if end == 0 || time < latest || time > until {
			break
		}
		record := rest[:end:end]
		rest = rest[end:]
		latest = time
		run.read++
		if m != nil {
			rec.Time, rec.OrigLen, rec.Data = time, int(h.wireLen), record[pcapRecordLen:]
			if !m.Match(&rec) {
				continue
			}
			if kept < len(b)-len(rest)-end {
				copy(b[kept:], record)
			}
		}
		if run.kept == 0 {
			run.first = time
		}
		run.last = time
		run.kept++
		kept += end
	}
	run.bytes = b[:kept]
	n := len(b) - len(rest)
	f.pos += n
	if run.read > 0 {
		f.took(int(run.read), n-pcapRecordLen*int(run.read), latest)
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
