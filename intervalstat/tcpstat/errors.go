package tcpstat

import "errors"

// Sentinels. Test for them with [errors.Is].
var (
	// ErrConfig means that a configuration contradicts itself.
	ErrConfig = errors.New("tcpstat: bad configuration")
	// ErrFormat means that a format cannot be used.
	ErrFormat = errors.New("tcpstat: bad format")
)
