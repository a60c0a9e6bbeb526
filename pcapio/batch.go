package pcapio

import (
	"errors"
	"io"
)

// BatchReader reads many records at once, for analyses that do so little with each that the calls
// between them are most of the work.
//
// ReadRecords fills records from the front of recs and returns how many: one at least, or an error
// as of [RecordReader]. It never waits for a second one. The Data of all stays valid until the next
// call.
type BatchReader interface {
	ReadRecords(recs []Record) (int, error)
}

// recordBatch is how many records are read together.
const recordBatch = 64

// ReadRecords reads a record, and those behind it that are in memory already, if recs has room for
// them. It is a [BatchReader], and gives what [Reader.ReadRecord] gives. Of formats other than pcap
// in little-endian byte order it reads one record at a time.
func (r *Reader) ReadRecords(recs []Record) (int, error) {
	if len(recs) == 0 {
		return 0, nil
	}
	if err := r.ReadRecord(&recs[0]); err != nil {
		return 0, err
	}
	if r.format != formatPcap || r.cfg.Resync || !r.pcap.raw() {
		return 1, nil
	}
	return 1 + r.readMore(recs[1:]), nil
}

// readMore reads what is in memory up to the first record that is cut, or odd in any way: that one
// is for readPcap. It keeps its place in variables, since fields of r would be loaded and stored
// for each record.
func (r *Reader) readMore(recs []Record) int {
	f := &r.pcap
	limit, headerLen, unit, perSecond, sign, proto := r.plainLimit(), f.headerLen, f.unit, f.perSecond, f.sign, f.proto
	b := r.buf[r.pos:r.end]
	n, octets := 0, int64(0)
	for n < len(recs) && len(b) >= headerLen && len(b) >= 16 {
		h := rawHeader(b)
		if !h.plain(limit, perSecond) || len(b)-headerLen < int(h.capLen) || h.capLen == 0 && f.isFileHeader(h) {
			break
		}
		end := headerLen + int(h.capLen)
		rec := &recs[n]
		rec.Time = h.time(sign, unit)
		rec.OrigLen = int(h.wireLen)
		rec.Interface, rec.LinkType, rec.FCSLen = proto.Interface, proto.LinkType, proto.FCSLen
		rec.Data = b[headerLen:end:end]
		b = b[end:]
		octets += int64(h.capLen)
		n++
	}
	if n > 0 {
		r.pos = r.end - len(b)
		r.stats.Records += int64(n)
		r.stats.Bytes += octets
		r.record += int64(n)
		r.last = recs[n-1].Time
	}
	return n
}

// copyBatches gives what is read into batch to write, one by one, until the source ends or one of
// them fails. It returns how many were taken and the first error. A batch is best as large as fits
// into the first cache with what is done to it.
func copyBatches[T any](batch []T, read func([]T) (int, error), write func(*T) error) (int64, error) {
	var n int64
	for {
		k, err := read(batch)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
		for i := range batch[:k] {
			if err := write(&batch[i]); err != nil {
				return n, err
			}
			n++
		}
	}
}
