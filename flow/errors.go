package flow

import (
	"errors"
	"fmt"
)

// ErrConfig means that a configuration contradicts itself.
var ErrConfig = errors.New("flow: bad configuration")

var errZero = fmt.Errorf("%w: the zero Table is of no use; NewTable and NewRecords make one", ErrConfig)

var errZeroWindows = fmt.Errorf("%w: the zero Windows are of no use; NewWindows makes them", ErrConfig)

// ErrFormat means that input is not flow records as [CSV] and [JSONL] write them.
var ErrFormat = errors.New("flow: bad record")

// RecordError is a record that cannot be used, or the place where reading failed.
type RecordError struct {
	Record int64 // counted from 1
	Offset int64 // where the record ends, in bytes
	Err    error // wraps ErrFormat or io.ErrUnexpectedEOF, or is the error of the underlying reader
}

// Error names the place and the cause.
func (e *RecordError) Error() string {
	return fmt.Sprintf("flow record %d before byte %d: %v", e.Record, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *RecordError) Unwrap() error { return e.Err }
