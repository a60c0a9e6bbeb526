package pairhash

import (
	"errors"
	"fmt"
)

// Errors of this package, to be found with [errors.Is].
var (
	// ErrConfig means that a configuration is impossible.
	ErrConfig = errors.New("pairhash: bad configuration")
	// ErrMismatch means that two counters cannot be merged because they were configured
	// differently.
	ErrMismatch = errors.New("pairhash: counters have different configurations")
	// ErrEncoding means that bytes are not what MarshalBinary of the same type wrote.
	ErrEncoding = errors.New("pairhash: bad encoding")
	// ErrFull means that something new was refused because the limit on memory is reached; what is
	// known is still counted.
	ErrFull = errors.New("pairhash: limit reached")
)

// SpillError is a failure to write or to read back a spilled run: a full disk, say. Err is the
// cause.
type SpillError struct {
	Op   string // "create", "write" or "read"
	Path string
	Err  error
}

// Error names what failed, the file and the cause.
func (e *SpillError) Error() string {
	return fmt.Sprintf("pairhash: %s spilled pairs, %s: %v", e.Op, e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *SpillError) Unwrap() error { return e.Err }
