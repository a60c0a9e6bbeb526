// Package partfile writes files that have their name only once they are
// complete.
//
// A file grows beside its final place under a name of its own, so that two
// programs with the same output do not write into one file, and no link that
// lies there is followed: what gets the final name is one program's whole file.
// Devices and named pipes, such as /dev/null, are written in place: a file must
// not take their name.
package partfile

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// Suffix is what the name of an incomplete file ends in.
const Suffix = ".part"

const (
	attempts = 1000 // how many names are tried for an incomplete file
	maxBase  = 200  // bytes of the final name in it: the longest that file systems take is 255
)

// File grows beside its final place until Commit. A file of its final name stays untouched until
// then.
type File struct {
	Name string // once complete
	// Sync makes Commit wait until the file and its name are on the disk.
	Sync bool

	part string // Name itself where that is no regular file
	file *os.File
}

// Create begins a file.
func Create(name string) (*File, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &File{Name: name, part: name, file: f}, nil
	}
	dir, base := filepath.Split(name)
	base = base[:min(len(base), maxBase)]
	for i := 0; ; i++ {
		part := dir + base + "." + strconv.FormatUint(rand.Uint64()>>24, 36) + Suffix
		// O_EXCL follows no link
		f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		switch {
		case err == nil:
			return &File{Name: name, part: part, file: f}, nil
		case !errors.Is(err, fs.ErrExist) || i == attempts:
			return nil, err
		}
	}
}

// Part is the name of the file while it is incomplete: its final name, letters that no other file
// has, and [Suffix].
func (f *File) Part() string { return f.part }

func (f *File) inPlace() bool { return f.part == f.Name }

// Write appends to the file.
func (f *File) Write(b []byte) (int, error) {
	if f.file == nil {
		var err error
		if f.file, err = os.OpenFile(f.part, os.O_WRONLY|os.O_APPEND, 0); err != nil {
			return 0, err
		}
	}
	return f.file.Write(b)
}

// Suspend closes the file until the next Write, for those who write many files in turn.
func (f *File) Suspend() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}

// Commit completes the file and gives it its name. After an error it is still there as Part.
func (f *File) Commit() error {
	if f.Sync {
		if _, err := f.Write(nil); err != nil { // opens it
			return err
		}
		if err := f.file.Sync(); err != nil && !f.inPlace() { // a pipe has nothing to wait for
			return errors.Join(err, f.Suspend())
		}
	}
	if err := f.Suspend(); err != nil || f.inPlace() {
		return err
	}
	if err := os.Rename(f.part, f.Name); err != nil {
		return err
	}
	if f.Sync {
		return syncDir(filepath.Dir(f.Name))
	}
	return nil
}

// Close leaves the file as Part.
func (f *File) Close() error { return f.Suspend() }

// Abort removes the file. It may follow a Commit that failed.
func (f *File) Abort() error {
	err := f.Suspend()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	if f.inPlace() {
		return err
	}
	if removeErr := os.Remove(f.part); !errors.Is(removeErr, fs.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}
