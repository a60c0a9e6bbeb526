// Package partfile writes files that have their name only once they are complete. Devices and named pipes, such as /dev/null, are
// written in place: a file must not take their name.
package partfile

import (
	"errors"
	"io/fs"
	"os"
)

// Suffix is what the name of an incomplete file ends in.
const Suffix = ".part"

// File grows beside its final place until Commit. A file of its final name stays untouched until then.
type File struct {
	Name    string // once complete
	file    *os.File
	inPlace bool // Name is no regular file
}

// Create begins a file. What an earlier run left incomplete is replaced.
func Create(name string) (*File, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		return &File{name, f, true}, nil
	}
	f, err := os.Create(name + Suffix)
	if err != nil {
		return nil, err
	}
	return &File{name, f, false}, nil
}

// Part is the name of the file while it is incomplete.
func (f *File) Part() string {
	if f.inPlace {
		return f.Name
	}
	return f.Name + Suffix
}

// Write appends to the file.
func (f *File) Write(b []byte) (int, error) { return f.file.Write(b) }

// Commit completes the file and gives it its name. After an error it is still there as Part.
func (f *File) Commit() error {
	if err := f.file.Close(); err != nil || f.inPlace {
		return err
	}
	return os.Rename(f.Part(), f.Name)
}

// Close leaves the file as Part.
func (f *File) Close() error { return f.file.Close() }

// Abort removes the file. It may follow a Commit that failed.
func (f *File) Abort() error {
	err := f.file.Close()
	if errors.Is(err, fs.ErrClosed) {
		err = nil
	}
	if f.inPlace {
		return err
	}
	if removeErr := os.Remove(f.Part()); !errors.Is(removeErr, fs.ErrNotExist) {
		err = errors.Join(err, removeErr)
	}
	return err
}
