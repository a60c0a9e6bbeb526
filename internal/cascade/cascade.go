// Package cascade ends what an analysis or a writer writes to.
package cascade

import "errors"

// Flush calls Flush of below if it has one, and returns its error joined to err, the one of what
// stands above; once if the two are the same.
func Flush(err error, below any) error {
	f, ok := below.(interface{ Flush() error })
	if !ok {
		return err
	}
	lower := f.Flush()
	switch {
	case err == nil || lower != nil && errors.Is(lower, err):
		return lower
	case lower == nil || errors.Is(err, lower):
		return err
	}
	return errors.Join(err, lower)
}
