// Package cascade ends what an analysis or a writer writes to.
package cascade

import (
	"errors"
	"strings"
)

// Flush calls Flush of below if it has one, and returns its error joined to err, the one of what
// stands above; once if the two are the same.
func Flush(err error, below any) error {
	f, ok := below.(interface{ Flush() error })
	if !ok {
		return err
	}
	return Join(err, f.Flush())
}

// Join returns the two errors as one, of which either may be nil and either may be joined of
// several. What one of them says already is not said again: a writer that failed says so once more
// when it is completed.
func Join(err, more error) error {
	switch {
	case more == nil || errors.Is(err, more):
		return err
	case err == nil || errors.Is(more, err):
		return more
	}
	if list, ok := more.(interface{ Unwrap() []error }); ok {
		var texts []string
		for _, e := range list.Unwrap() {
			texts = append(texts, e.Error())
		}
		if strings.Join(texts, "\n") == more.Error() { // and so not of fmt.Errorf
			for _, e := range list.Unwrap() {
				err = Join(err, e)
			}
			return err
		}
	}
	return errors.Join(err, more)
}
