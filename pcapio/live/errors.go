package live

import (
	"errors"
	"fmt"
	"strings"
)

// Sentinels. Test for them with [errors.Is].
var (
	// ErrConfig means that a configuration is impossible.
	ErrConfig = errors.New("live: bad configuration")
	// ErrInterface means that there is no such interface, or that it is down.
	ErrInterface = errors.New("live: bad interface")
)

// PermissionError says which capability the process lacks. errors.Is(err, os.ErrPermission) is true
// for it.
type PermissionError struct {
	Capability string // as in capabilities(7)
	Err        error  // of the system
}

// Error names the capability and how to get it.
func (e *PermissionError) Error() string {
	return fmt.Sprintf("live: capturing needs the capability %s (run as root, or give it to the program: setcap %s+ep PROGRAM): %v",
		e.Capability, strings.ToLower(e.Capability), e.Err)
}

// Unwrap returns the error of the system.
func (e *PermissionError) Unwrap() error { return e.Err }
