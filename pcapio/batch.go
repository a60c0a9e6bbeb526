package pcapio

import (
	"errors"
	"io"
)

// RecordBatchReader reads many records at once, for analyses that do so little with each that the
// calls between them are most of the work.
//
// ReadRecords fills recs from the front with as many records as are in memory and returns how many:
// one at least, or an error as of [RecordReader]. It never waits for a second one. An empty recs is
// an error. The Data of all stays valid until the next call.
type RecordBatchReader interface {
	ReadRecords(recs []Record) (int, error)
}

// PacketBatchReader is for packets what [RecordBatchReader] is for records.
type PacketBatchReader interface {
	ReadPackets(ps []Packet) (int, error)
}

// errNoRoom is for batch readers that are given nothing to fill: with no records and a nil error
// their callers would turn for ever.
var errNoRoom = errors.New("pcapio: a batch is asked for with no room for one record")

const (
	// recordBatch is how many records are copied together.
	recordBatch = 64
	// packetBatch is how many packets are: few enough to stay in the first cache with what is done
	// to them.
	packetBatch = 16
)

// Batches returns src if it is a [RecordBatchReader], as the readers of this package are, else one
// that reads from src one record at a time.
func Batches(src RecordReader) RecordBatchReader {
	if b, ok := src.(RecordBatchReader); ok {
		return b
	}
	return recordByRecord{src}
}

type recordByRecord struct{ src RecordReader }

func (r recordByRecord) ReadRecords(recs []Record) (int, error) {
	return readOne(recs, r.src.ReadRecord)
}

// readOne is a batch of one.
func readOne[T any](batch []T, read func(*T) error) (int, error) {
	if len(batch) == 0 {
		return 0, errNoRoom
	}
	if err := read(&batch[0]); err != nil {
		return 0, err
	}
	return 1, nil
}

// copyBatches gives what is read into batch to write, one by one, until the source ends or one of
// them fails. It returns how many were taken and the first error.
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
