package pcapio

import "errors"

// Matcher tells which records are wanted. It changes nothing.
type Matcher interface {
	Match(r *Record) bool
}

// RawRecords holds the bytes of consecutive pcap records, in order of time. They can be copied many
// at a time.
type RawRecords struct {
	Read        int64 // records that were read
	Kept        int64 // of them those that are here
	First, Last int64 // times of these
	Latest      int64 // time of the last one that was read

	bytes []byte  // as the Writer would write them, valid until the reader's next call
	to    *Writer // the only one that may take them
}

// RawReader is a RecordReader that may have the bytes of several records in memory.
type RawReader interface {
	// ReadRaw reads the records that follow in memory, up to the first that w would not write byte
	// for byte. There may be none. ReadRecord reads the record that ended them.
	ReadRaw(w *Writer) RawRecords
}

// RawWriter is a RecordWriter that takes the bytes of pcap records.
type RawWriter interface {
	// RawTo returns the Writer whose file they go to, nil if each record must be looked at.
	RawTo() *Writer
	// WriteRaw appends records that were read for that Writer.
	WriteRaw(RawRecords) error
}

// ReadRawBetween reads the records that follow in memory and keeps those that match, all if m is
// nil. It stops before a record that w would not write byte for byte, one earlier than from or than
// the record before it, and one later than until. There are none unless the file is pcap of the
// kind that w writes.
func (r *Reader) ReadRawBetween(w *Writer, from, until int64, m Matcher) RawRecords {
	file := w.writesLike(r)
	if file == nil {
		return RawRecords{}
	}
	raw := file.readRun(from, until, w.cfg.SnapLen, m)
	raw.to = w
	return raw
}

// writesLike returns the pcap file that r is reading, if w would write its plain records byte for
// byte.
func (w *Writer) writesLike(r *Reader) *pcapFile {
	f, ok := r.file.(*pcapFile)
	if !ok || w.cfg.Format != Pcap || !w.begun || w.closed != nil || f.plain.limit == 0 ||
		f.plain.headerLen != pcapRecordLen || f.plain.bigEndian || f.unit != w.unit ||
		w.pcap != (pcapHead{f.template.LinkType, f.template.FCSLen}) {
		return nil
	}
	return f
}

// readRun reads the records in memory, and moves together those that match, all if m is nil. It
// stops before a record that is earlier than from or than the record before it, later than until,
// longer than snapLen, incomplete or odd.
func (f *pcapFile) readRun(from, until int64, snapLen int, m Matcher) (run RawRecords) {
	// writesLike has fixed the header length, so it is a constant here. The other fields are copied
	// to variables, as fields of f would be loaded for each record.
	plain := pcapPlain{headerLen: pcapRecordLen, limit: min(f.plain.limit, uint32(snapLen)), perSecond: f.plain.perSecond}
	sign, unit := f.sign, f.unit
	rec := f.template
	b := f.bytes()
	rest, kept := b, 0 // bytes
	latest := from
	var records, keptRecords int64 // variables, since fields of run would be stored for each record
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
	if len(raw.bytes) >= writeBuffer { // with an empty buffer bufio writes it without a copy
		if err := w.w.Flush(); err != nil {
			return err
		}
	}
	return w.put(raw.bytes)
}
