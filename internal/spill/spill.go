// Package spill keeps sorted values of one type in temporary files and merges
// them, for tables that outgrow their memory.
package spill

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
)

const (
	// MaxRuns is how many files a Runs has open; one more makes them one.
	MaxRuns = 64
	buffer  = 1 << 14
)

// Error is a failure to write or to read back a temporary file: a full disk, say.
type Error struct {
	Op   string // "create", "write" or "read"
	Path string
	Err  error
}

// Error names the file and the cause.
func (e *Error) Error() string { return fmt.Sprintf("spill: %s %s: %v", e.Op, e.Path, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Kind is what is to know of the values T.
type Kind[T any] struct {
	Append  func(b []byte, v *T) []byte // encodes v
	Decode  func(b []byte, v *T) error  // sets v to what Append wrote
	Compare func(a, b *T) int           // the order
	Join    func(sum, v *T)             // adds v to an equal sum; nil keeps both
	// makes a file; nil for one in the system's directory for temporary files
	Create func() (file *os.File, err error)
}

// Runs are sorted sequences of values, a file each. A file loses its name at once, where the system
// allows that of an open file, so that a process that is killed leaves nothing behind.
type Runs[T any] struct {
	Kind[T]
	list []*run
}

type run struct {
	file  *os.File
	named bool
	size  int64
}

// Len returns the number of files.
func (r *Runs[T]) Len() int { return len(r.list) }

// Add writes values, which must come in order, to a file.
func (r *Runs[T]) Add(values iter.Seq[*T]) error {
	return r.add(func(yield func(*T, error) bool) {
		for v := range values {
			if !yield(v, nil) {
				return
			}
		}
	})
}

func (r *Runs[T]) add(values iter.Seq2[*T, error]) error {
	if len(r.list) == MaxRuns {
		all := Runs[T]{Kind: r.Kind}
		if err := all.add(r.All(nil)); err != nil {
			return errors.Join(err, all.Close())
		}
		if err := r.Close(); err != nil {
			return errors.Join(err, all.Close())
		}
		r.list = all.list
	}
	create := r.Create
	if create == nil {
		create = func() (*os.File, error) { return os.CreateTemp("", "reef-*.run") }
	}
	f, err := create()
	if err != nil {
		return &Error{Op: "create", Path: os.TempDir(), Err: err}
	}
	one := &run{file: f, named: os.Remove(f.Name()) != nil}
	if one.size, err = r.write(f, values); err != nil {
		return errors.Join(err, one.close())
	}
	r.list = append(r.list, one)
	return nil
}

// write writes each value behind its length.
func (r *Runs[T]) write(f *os.File, values iter.Seq2[*T, error]) (size int64, err error) {
	w := bufio.NewWriterSize(f, buffer)
	var b []byte
	for v, err := range values {
		if err != nil {
			return 0, err
		}
		b = r.Append(append(b[:0], 0, 0, 0, 0), v)
		binary.LittleEndian.PutUint32(b, uint32(len(b)-4))
		if _, err := w.Write(b); err != nil {
			return 0, &Error{Op: "write", Path: f.Name(), Err: err}
		}
		size += int64(len(b))
	}
	if err := w.Flush(); err != nil {
		return 0, &Error{Op: "write", Path: f.Name(), Err: err}
	}
	return size, nil
}

// All returns the values of all files and of more, which must come in order, in order, equal ones
// joined. An error comes last. A value is good until the next one.
func (r *Runs[T]) All(more iter.Seq[*T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		m := newMerger(&r.Kind)
		for _, one := range r.list {
			if err := m.add(&source[T]{read: reader(one, r.Decode)}); err != nil {
				yield(nil, err)
				return
			}
		}
		if more != nil {
			next, stop := iter.Pull(more)
			defer stop()
			if err := m.add(&source[T]{read: func(v *T) (bool, error) {
				p, ok := next()
				if ok {
					*v = *p
				}
				return ok, nil
			}}); err != nil {
				yield(nil, err)
				return
			}
		}
		m.run(yield)
	}
}

// Close removes the files.
func (r *Runs[T]) Close() error {
	var errs []error
	for _, one := range r.list {
		errs = append(errs, one.close())
	}
	r.list = nil
	return errors.Join(errs...)
}

func (o *run) close() error {
	err := o.file.Close()
	if o.named {
		err = cmp.Or(err, os.Remove(o.file.Name()))
	}
	return err
}
