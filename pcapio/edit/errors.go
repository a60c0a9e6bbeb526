package edit

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/reeftools/reef/internal/quote"
)

// Sentinels. Test for them with [errors.Is].
var (
	// ErrConfig means that a configuration is impossible.
	ErrConfig = errors.New("edit: bad configuration")
	// ErrMaxFiles means that all the files that [RotateConfig.MaxFiles] allows are full. They are
	// complete.
	ErrMaxFiles = errors.New("edit: the last file that is allowed is full")
)

// errClosed is that of a Rotator that was closed.
var errClosed = fmt.Errorf("edit: Rotator: %w", fs.ErrClosed)

// UnfinishedError is the failure of a file that is being written, such as a full disk. All files
// before it are complete.
type UnfinishedError struct {
	File     string // where what was written of the file is left; its end may be missing
	Records  int64  // records that were meant for it, some of which may be lost
	Complete int64  // files before it
	Err      error
}

// Error names the file and what may be lost.
func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("%s: of the %d records written to it some may be lost (complete files before it: %d): %v", quote.Name(e.File), e.Records, e.Complete, e.Err)
}

// Unwrap returns the cause.
func (e *UnfinishedError) Unwrap() error { return e.Err }

// TimeError is text that is no time, or a time that does not exist.
type TimeError struct {
	Text string
	Why  string
}

// Error names the text and what is wrong with it.
func (e *TimeError) Error() string { return fmt.Sprintf("edit: time %q: %s", e.Text, e.Why) }
