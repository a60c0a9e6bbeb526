package pcapio

import "fmt"

// CopyRecords gives each record of src to dst until src ends or one of them fails. It returns the
// number of records that dst took and the first error; the end of src is no error. CopyRecords adds
// to a [*RefusedError] of dst the file and the number of the record, if src is a reader of this
// package.
//
// If src is a [RawReader] and dst a [RawWriter] of the same kind of pcap file, CopyRecords copies
// the bytes of many records at a time: from a slicer of package edit to a [Writer], for example.
// The output is the same.
//
// A [RecordBatchReader] is read in batches, but for one that knows where its last record came from
// (an [OriginSource]) and may leave out others: it does not know where each record of a batch came
// from.
func CopyRecords(dst RecordWriter, src RecordReader) (int64, error) {
	if dst == nil || src == nil {
		return 0, fmt.Errorf("%w: CopyRecords without a source or destination", ErrConfig)
	}
	var read, moved int64
	var runErr error
	batch, next := make([]Record, recordBatch), Batches(src).ReadRecords
	if !consecutive(src) {
		batch = batch[:1]
	}
	from, _ := src.(RawReader)
	if to, ok := dst.(RawWriter); ok && from != nil {
		// First one record: it begins the file, or it ended the run before. Then the run of records
		// that follow it in memory.
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
func copyRun(to RawWriter, from RawReader) (int64, error) {
	w := to.RawTo()
	if w == nil {
		return 0, nil
	}
	run := from.ReadRaw(w)
	if run.Kept == 0 {
		return 0, nil
	}
	if err := to.WriteRaw(run); err != nil {
		return 0, err
	}
	return run.Kept, nil
}
