package pcapio

import (
	"errors"
	"fmt"
	"io"
)

// Sentinels. Test for them with [errors.Is].
var (
	// ErrFormat means that input is not a capture, or that it is damaged.
	ErrFormat = errors.New("pcapio: bad capture format")
	// ErrUnsupported means that the input is well-formed but of a kind that reef does not read.
	ErrUnsupported = fmt.Errorf("pcapio: %w", errors.ErrUnsupported)
)

// FileError is a damaged or cut capture file. All records before it were delivered.
//
// errors.Is(err, io.ErrUnexpectedEOF) tells a cut file, errors.Is(err, ErrFormat) a damaged one.
type FileError struct {
	File   string // name as given to Open; "-" for standard input, empty for a plain io.Reader
	Offset int64  // where the bad record begins, in bytes of the uncompressed file
	Record int64  // number of the bad record in its file, counted from 1; 0 for the file header
	Err    error  // wraps io.ErrUnexpectedEOF, ErrFormat or ErrUnsupported, or is the error of the underlying reader
}

// Error names the file, the place and the cause.
func (e *FileError) Error() string {
	name := e.File
	if name == "" {
		name = "capture"
	}
	if e.Record == 0 {
		return fmt.Sprintf("%s: file header: %v", name, e.Err)
	}
	return fmt.Sprintf("%s: record %d at byte %d: %v", name, e.Record, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// errCut is the cause for input that ends inside what.
func errCut(what string) error {
	return fmt.Errorf("input ends inside %s: %w", what, io.ErrUnexpectedEOF)
}

// errFormat is the cause for damaged input.
func errFormat(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}
