package pcapio

import "io"

// Limit returns a RecordReader that ends after the first n records of src.
func Limit(src RecordReader, n int64) RecordReader {
	return RecordReaderFunc(func(r *Record) error {
		if n <= 0 {
			return io.EOF
		}
		if err := src.ReadRecord(r); err != nil {
			return err
		}
		n--
		return nil
	})
}
