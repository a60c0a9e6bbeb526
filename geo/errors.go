package geo

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Errors of this package, to be found with [errors.Is].
var (
	// ErrFormat means that a file is no database of a known format, or is damaged.
	ErrFormat = errors.New("geo: bad database")
	// ErrEdition means that a legacy database is of an edition other than country.
	ErrEdition = errors.New("geo: unsupported legacy edition")
	// ErrNoDatabase means that no database was named, and that Find found none if it was asked. The
	// error says where Find looks.
	ErrNoDatabase = errors.New("geo: no database is named")
	// ErrConfig means that a configuration is impossible.
	ErrConfig = errors.New("geo: bad configuration")
)

// errClosed is what a closed DB answers.
var errClosed = fmt.Errorf("geo: the database is closed: %w", fs.ErrClosed)

// noDatabase says where databases are looked for.
func noDatabase() error {
	return fmt.Errorf("%w, by the variable %s either, and none is installed in %s", ErrNoDatabase, EnvDatabase, strings.Join(databaseDirs(), ", "))
}

// Error is a failure to open or to read a database.
type Error struct {
	Path   string
	Offset int64 // in the file where it is damaged, or -1 where that is not known
	Err    error
}

// Error names the file, the place if it is known, and the cause.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("geo: %s: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("geo: %s, offset %d: %v", e.Path, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
