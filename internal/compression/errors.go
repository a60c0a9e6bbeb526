package compression

import (
	"errors"
	"fmt"
	"io"
)

// ErrDamaged means that compressed data is damaged. It comes as an [*Error].
var ErrDamaged = errors.New("compressed data is damaged")

// Error is damaged data: it can be told by errors.Is(err, ErrDamaged) too.
type Error struct {
	Format Format
	Err    error // of the decompressor
}

// Error names the format and the cause.
func (e *Error) Error() string { return fmt.Sprintf("%s data: %v", string(e.Format), e.Err) }

// Is tells that the error is ErrDamaged.
func (e *Error) Is(target error) bool { return target == ErrDamaged }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// UnsupportedError is a format that is known and not read. It is errors.ErrUnsupported.
type UnsupportedError struct{ Format Format }

// Error names the format.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("compressed by %s, which is not read", string(e.Format))
}

// Is tells that the error is errors.ErrUnsupported.
func (e *UnsupportedError) Is(target error) bool { return target == errors.ErrUnsupported }

// cause says what was wrong when a decompressor failed: the file could not be read, it is cut, or
// its content is damaged.
func cause(f Format, source *Source, err error) error {
	var damaged *Error
	switch {
	case source.Err != nil:
		return source.Err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("input ends inside %s data: %w", string(f), io.ErrUnexpectedEOF)
	case errors.As(err, &damaged), errors.Is(err, errors.ErrUnsupported), errors.Is(err, io.ErrNoProgress):
		return err // of a file compressed twice, or of no format
	}
	return &Error{f, err}
}
