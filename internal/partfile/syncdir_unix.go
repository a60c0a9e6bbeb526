//go:build unix

package partfile

import (
	"errors"
	"os"
	"syscall"
)

// syncDir waits until the names in a directory are on the disk. Some file systems cannot do that,
// and keep names anyway.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
