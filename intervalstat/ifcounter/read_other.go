//go:build !linux

package ifcounter

// Read returns [ErrUnsupported].
func Read() (*Snapshot, error) { return nil, ErrUnsupported }
