//go:build !linux

package cli

import "os"

// IsTerminal tells whether f is a terminal, or another device of characters than the null device.
func IsTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || f.Name() == os.DevNull {
		return false
	}
	null, err := os.Stat(os.DevNull) // standard input of a service, under another name
	return err != nil || !os.SameFile(info, null)
}
