package pcapio

import "errors"

// Matcher tells which records are wanted. It changes nothing.
type Matcher interface {
	Match(r *Record) bool
}

// RawRecords is records one after the other as they stand in a pcap file, in memory: they can be
// copied many at a time. They are in order of time.
type RawRecords struct {
	Read        int64 // records that were read
	Kept        int64 // of them those that are here
	First, Last int64 // times of these
	Latest      int64 // time of the last one that was read

	bytes []byte  // as to would write them, valid until the reader's next call
	to    *Writer // the only one that may take them
}

// RawReader is a RecordReader that may have more than one record in memory, as they stand in a
// file.
type RawReader interface {
	// ReadRaw reads the records that follow in memory as long as w would write them just as they
	// stand. There may be none. The record that ends them, for whatever reason, is left to
	// ReadRecord.
	ReadRaw(w *Writer) RawRecords
}

// RawWriter is a RecordWriter that takes records as they stand in a file.
type RawWriter interface {
	// RawTo returns the Writer whose file they go to, nil if each record must be looked at.
	RawTo() *Writer
	// WriteRaw appends records that were read for that Writer.
	WriteRaw(RawRecords) error
}

// ReadRawBetween reads the records that follow in memory up to one that w would not write just as
// it stands, that is earlier than from or than the one before, or later than until. Of them it
// keeps those that match, all if m is nil. There are none unless the file is pcap of the kind that
// w writes.
func (r *Reader) ReadRawBetween(w *Writer, from, until int64, m Matcher) RawRecords {
	file := w.writesLike(r)
	if file == nil {
		return RawRecords{}
	}
	raw := file.readRun(from, until, w.cfg.SnapLen, m)
	raw.to = w
	return raw
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
// is nil, are moved together.
func (f *pcapFile) readRun(from, until int64, snapLen int, m Matcher) (run RawRecords) {
	// What writesLike knows is a constant here; the rest is not loaded for each record.
	plain := pcapPlain{headerLen: pcapRecordLen, limit: min(f.plain.limit, uint32(snapLen)), perSecond: f.plain.perSecond}
	sign, unit := f.sign, f.unit
	rec := f.template
	b := f.bytes()
	rest, kept := b, 0 // bytes
	latest := from
	var records, keptRecords int64 // not in run, which is in memory
	for len(rest) >= pcapRecordLen {
		h := plain.header(rest)
		end, time := plain.end(h, len(rest)), h.time(sign, unit)
		if end == 0 || time < latest || time > until {
			break
		}
		latest = time
		records++
		if m == nil {
			if records == 1 {
				run.First = time
			}
			rest = rest[end:]
			continue
		}
		record := rest[:end:end]
		rest = rest[end:]
		rec.Time, rec.OrigLen, rec.Data = time, int(h.wireLen), record[pcapRecordLen:]
		if !m.Match(&rec) {
			continue
		}
		if kept < len(b)-len(rest)-end {
			copy(b[kept:], record)
		}
		if keptRecords == 0 {
			run.First = time
		}
		run.Last = time
		keptRecords++
		kept += end
	}
	if m == nil && records > 0 {
		kept, keptRecords, run.Last = len(b)-len(rest), records, latest
	}
	run.Read, run.Kept, run.bytes = records, keptRecords, b[:kept]
	n := len(b) - len(rest)
	f.pos += n
	if run.Read > 0 {
		f.took(int(run.Read), n-pcapRecordLen*int(run.Read), latest)
	}
	run.Latest = latest
	return run
}

// RawTo returns w.
func (w *Writer) RawTo() *Writer { return w }

// WriteRaw appends records that were read for w.
func (w *Writer) WriteRaw(raw RawRecords) error {
	if raw.to != w {
		return errors.New("pcapio: WriteRaw of records that were read for another Writer")
	}
	if w.closed != nil {
		return w.closed
	}
	w.stats.Records += uint64(raw.Kept)
	if len(raw.bytes) >= writeBuffer { // it goes out at once from an empty buffer, without a copy
		if err := w.w.Flush(); err != nil {
			return err
		}
	}
	return w.put(raw.bytes)
}
