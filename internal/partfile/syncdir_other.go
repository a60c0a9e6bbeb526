//go:build !unix

package partfile

// syncDir does nothing: directories cannot be synced here, and a rename is on the disk with its
// journal.
func syncDir(string) error { return nil }
