package coral

import (
	"errors"
	"fmt"

	"github.com/reeftools/reef/internal/quote"
)

// Sentinels. Test for them with [errors.Is].
var (
	// ErrConfig means that a configuration contradicts itself.
	ErrConfig = errors.New("coral: bad configuration")
	// ErrFormat means that a line is not what the t2 format allows.
	ErrFormat = errors.New("coral: bad t2 line")
	// ErrDuplicate means that two intervals would have the same file.
	ErrDuplicate = errors.New("coral: file name used twice")
)

var errZero = fmt.Errorf("%w: the zero Meter is of no use; New makes one", ErrConfig)

// LineError is a line of a t2 file that cannot be used, or the place where reading failed.
type LineError struct {
	File   string // as in [Reader.File]; may be empty
	Line   int64  // counted from 1
	Offset int64  // where the line begins, in bytes of the uncompressed file
	// wraps ErrFormat or io.ErrUnexpectedEOF, or is the error of the underlying reader
	Err error
}

// Error names the file, the place and the cause.
func (e *LineError) Error() string {
	name := quote.Name(e.File)
	if name == "" {
		name = "t2 input"
	}
	return fmt.Sprintf("%s: line %d at byte %d: %v", name, e.Line, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *LineError) Unwrap() error { return e.Err }
