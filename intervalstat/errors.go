package intervalstat

import "errors"

// Sentinels. Test for them with [errors.Is].
var (
	// ErrConfig means that a configuration contradicts itself.
	ErrConfig = errors.New("intervalstat: bad configuration")
	// ErrMismatch means that two values cannot be merged because they measure different things.
	ErrMismatch = errors.New("intervalstat: cannot merge")
	// ErrTooManyBins means that a [Volume] holds as many bins as it may.
	ErrTooManyBins = errors.New("intervalstat: too many bins")
)
