package pcapio

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/reeftools/reef/internal/compression"
)

// Open opens capture files to be read in a row as one capture, with the zero [ReaderConfig]. The
// name "-" is standard input.
//
// Each file's format and compression are told by its content. Open checks that all files exist and
// opens the first one; the others are opened one at a time. An error inside a later file comes
// after the records before it.
//
// A missing file is a [*fs.PathError], a file that is no capture or is damaged a [*FileError].
func Open(names ...string) (*Reader, error) { return ReaderConfig{}.Open(names...) }

// Open is [Open] with a configuration.
func (c ReaderConfig) Open(names ...string) (*Reader, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("pcapio: no file to open")
	}
	r := newReader(c)
	r.files.names = names
	for _, name := range names {
		if err := r.files.look(name); err != nil && !c.ContinueOnError {
			return nil, err
		}
	}
	if err := r.nextFile(); err != nil && err != io.EOF {
		return nil, err
	}
	r.begun = true
	return r, nil
}

// fileList is the files still to be read.
type fileList struct {
	names []string
	size  int64 // of all files together; -1 if unknown
}

// look checks that a file is there and adds its size.
func (l *fileList) look(name string) error {
	if name == "-" {
		l.size = -1
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return &fs.PathError{Op: "open", Path: name, Err: errors.New("is a directory")}
	}
	if !info.Mode().IsRegular() {
		l.size = -1
	}
	if l.size >= 0 {
		l.size += info.Size()
	}
	return nil
}

// input is where the bytes of the current file come from.
type input struct {
	stored  compression.Source // the bytes before decompression
	closer  io.Closer          // nil if the file is not ours to close
	plain   bool               // not compressed
	done    int64              // bytes of the files before
	inflate compression.Opener // memory for decompression, kept from file to file
}

// nextFile opens the next file and reads its header. Its error is the one to return from
// ReadRecord: io.EOF after the last file.
func (r *Reader) nextFile() error {
	for {
		if r.err != nil {
			return r.err
		}
		if len(r.files.names) == 0 {
			r.err = io.EOF
			if len(r.errs) > 0 {
				r.err = errors.Join(r.errs...)
			}
			return r.err
		}
		name := r.files.names[0]
		r.files.names = r.files.names[1:]
		err := r.openFile(name)
		if err == nil {
			return nil
		}
		if err = r.fail(err); err != nil {
			return err
		}
	}
}

func (r *Reader) openFile(name string) error {
	if name == "-" {
		return r.start(name, os.Stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	r.input.closer = f
	if err := r.start(name, f); err != nil {
		if closeErr := r.closeFile(); closeErr != nil {
			err = errors.Join(err, closeErr)
		}
		return err
	}
	return nil
}

// start sniffs a new file and reads its header.
func (r *Reader) start(name string, src io.Reader) error {
	r.src.begin(name)
	r.input.stored = compression.Source{R: r.cfg.stoppable(src), Before: r.progress}
	open, err := r.input.sniff(&r.src.buffer)
	if err == nil {
		r.file, err = open(&r.src)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errCut("the file header")
	}
	if err != nil {
		r.file = nil
		return &FileError{File: name, Offset: r.src.base, Err: err}
	}
	return nil
}

// progress is called before each reading of a file.
func (r *Reader) progress() error {
	if r.cfg.Progress == nil || !r.begun {
		return nil
	}
	return r.cfg.Progress(r.InputOffset(), r.Size())
}

// closeFile closes the current file and adds what was read of it.
func (r *Reader) closeFile() error {
	r.input.done = r.InputOffset()
	r.input.stored, r.input.plain = compression.Source{}, false
	c := r.input.closer
	r.input.closer = nil
	if c == nil {
		return nil
	}
	return c.Close()
}

// Close closes the current file if [Open] opened it. After that, reading gives [fs.ErrClosed].
func (r *Reader) Close() error {
	err := r.closeFile()
	r.file = nil
	if r.err == nil {
		r.err = errClosed("Reader")
	}
	return err
}

// InputOffset returns how many bytes of the input were consumed so far, over all files, as stored.
// A compressed file counts by its compressed bytes, including some that were read ahead. Compare it
// with [Reader.Size] to show progress.
func (r *Reader) InputOffset() int64 {
	if r.input.plain {
		return r.input.done + r.src.offset()
	}
	return r.input.done + r.input.stored.N
}

// Size returns the size of all files together in bytes as stored, or -1 if it is unknown since one
// is not a regular file.
func (r *Reader) Size() int64 { return r.files.size }
