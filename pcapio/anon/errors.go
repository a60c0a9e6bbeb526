package anon

import "errors"

// Sentinels. Test for them with [errors.Is].
var (
	// ErrKey means that a key has the wrong length, or is not hexadecimal.
	ErrKey = errors.New("anon: bad key")
	// ErrKeyExposed means that others than the owner may read or write a key file.
	ErrKeyExposed = errors.New("anon: key file is accessible by others")
)
