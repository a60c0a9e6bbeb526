package pcapio

import (
	"errors"
	"io"
)

// RecordBatchReader reads many records at once. It is for analyses that do so little with a record
// that calling the reader is most of the work.
//
// ReadRecords fills recs from the front with the records that are in memory and returns their
// number. That is at least one, or there is an error as of [RecordReader]. It never waits for a
// second one. An empty recs is an error. The Data of all stays valid until the next call.
type RecordBatchReader interface {
	ReadRecords(recs []Record) (int, error)
}

// PacketBatchReader reads many packets at once, as [RecordBatchReader] reads records.
type PacketBatchReader interface {
	ReadPackets(ps []Packet) (int, error)
}

// errNoRoom is the error of a batch reader that is given an empty batch. With no records and a nil
// error its caller would loop for ever.
var errNoRoom = errors.New("pcapio: a batch is asked for with no room for one record")

const (
	// recordBatch is how many records are copied together.
	recordBatch = 64
	// packetBatch is how many packets are copied together. So few stay in the L1 cache beside the
	// data of the analysis.
	packetBatch = 16
)

// Batches returns src if it is a [RecordBatchReader], as the readers of this package, the slicer
// and the transforms of package edit, the reader of package filter and a live capture are, else one
// that reads from src one record at a time. A [RecordReaderFunc], such as gopacket's packets are,
// has no more to give out at once, and a DedupReader must know which input each came from.
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

// copyBatches reads into batch and gives each element to write, until the source ends or one of
// them fails. It returns how many elements write took, and the first error.
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
