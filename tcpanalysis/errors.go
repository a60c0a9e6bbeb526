package tcpanalysis

import "errors"

// ErrConfig means that a configuration contradicts itself, or that a function is missing.
var ErrConfig = errors.New("tcpanalysis: bad configuration")
