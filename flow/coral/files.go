package coral

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/reeftools/reef/internal/partfile"
	"github.com/reeftools/reef/internal/strftime"
)

// Files makes one file after the other, named by a template: "%i" counts them from 1, other
// conversions are those of strftime, in UTC. It serves any format; [Split] gives each
// interval of rows a file.
type Files struct {
	Sync bool // wait until each file is on the disk before it gets its name

	template string
	n        int64
	used     map[string]bool
}

// NewFiles returns the maker of files for a template such as "flows-%Y%m%d-%H%M.t2.gz". An unknown
// conversion is an [ErrConfig]. Directories in it must exist.
func NewFiles(template string) (*Files, error) {
	f := &Files{template: template, used: map[string]bool{}}
	name, err := f.name(time.Time{})
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: template: %w", ErrConfig, err)
	case name == "":
		return nil, fmt.Errorf("%w: empty template", ErrConfig)
	}
	return f, nil
}

func (f *Files) name(t time.Time) (string, error) {
	b, err := strftime.Append(nil, f.template, t, func(b []byte, letter byte) ([]byte, bool) {
		if letter != 'i' {
			return b, false
		}
		return strconv.AppendInt(b, f.n, 10), true
	})
	return string(b), err
}

// Create begins the next file; start, ns since 1970, is the time in its name. Until Commit it is in
// the same directory, under its name with random letters and ".part" appended. A name that this
// Files has used before is an [ErrDuplicate]. A file of an earlier run is replaced.
func (f *Files) Create(start int64) (*File, error) {
	f.n++
	name, err := f.name(time.Unix(0, start).UTC())
	if err != nil {
		return nil, err
	}
	if f.used[name] {
		return nil, fmt.Errorf("%w: %s", ErrDuplicate, name)
	}
	f.used[name] = true
	file, err := partfile.Create(name)
	if err != nil {
		return nil, err
	}
	file.Sync = f.Sync
	out := &File{Name: name, file: file, buf: bufio.NewWriter(file)}
	out.w = out.buf
	if strings.HasSuffix(name, ".gz") {
		out.zip = gzip.NewWriter(out.buf)
		out.w = out.zip
	}
	return out, nil
}

// File is a file that is not complete yet. It is compressed if its name ends in ".gz".
type File struct {
	Name string // once complete

	file *partfile.File
	buf  *bufio.Writer
	zip  *gzip.Writer // nil without compression
	w    io.Writer
}

// Write appends to the file.
func (f *File) Write(b []byte) (int, error) { return f.w.Write(b) }

// Commit completes the file and gives it its name. After an error the file is gone.
func (f *File) Commit() error {
	var err error
	if f.zip != nil {
		err = f.zip.Close()
	}
	if err = errors.Join(err, f.buf.Flush()); err == nil {
		err = f.file.Commit()
	}
	if err != nil {
		return errors.Join(err, f.file.Abort())
	}
	return nil
}

// Abort gives the file up and removes it.
func (f *File) Abort() error { return f.file.Abort() }
