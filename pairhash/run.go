package pairhash

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// A run is a temporary file of sorted counts, 40 bytes each: A, B and the count as five little-endian numbers.
type run struct {
	path  string
	count int64
}

const (
	runRecord = 40
	runBuffer = 1 << 14
	maxRuns   = 64 // open files in a merge
)

// spillFile is what a run needs of an *os.File; tests put in one that runs full.
type spillFile interface {
	io.Writer
	io.Closer
	Name() string
}

func createTemp(dir string) (spillFile, error) { return os.CreateTemp(dir, "pairhash-*.run") }

// writeRun writes all of src to a new file. On error the file is removed.
func writeRun(create func(dir string) (spillFile, error), dir string, src source) (*run, error) {
	f, err := create(dir)
	if err != nil {
		return nil, &SpillError{Op: "create", Path: dir, Err: err}
	}
	r := &run{path: f.Name()}
	w := bufio.NewWriterSize(f, runBuffer)
	err = r.write(w, src)
	if err == nil {
		err = w.Flush()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, &SpillError{Op: "write", Path: r.path, Err: errors.Join(err, os.Remove(r.path))}
	}
	return r, nil
}

func (r *run) write(w io.Writer, src source) error {
	var b [runRecord]byte
	for c, ok := src.next(); ok; c, ok = src.next() {
		for i, v := range [...]uint64{c.A.Hi, c.A.Lo, c.B.Hi, c.B.Lo, c.N} {
			binary.LittleEndian.PutUint64(b[8*i:], v)
		}
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
		r.count++
	}
	return nil
}

// runSource reads a run back. A failure ends the run; the error waits in err.
type runSource struct {
	run  *run
	file *os.File
	in   *bufio.Reader
	left int64
	err  error
}

func (r *run) open() (*runSource, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return nil, &SpillError{Op: "read", Path: r.path, Err: err}
	}
	return &runSource{run: r, file: f, in: bufio.NewReaderSize(f, runBuffer), left: r.count}, nil
}

func (s *runSource) next() (PairCount, bool) {
	if s.left == 0 || s.err != nil {
		return PairCount{}, false
	}
	b, err := s.in.Peek(runRecord)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		s.err = &SpillError{Op: "read", Path: s.run.path, Err: err}
		return PairCount{}, false
	}
	s.left--
	u := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	c := PairCount{Pair{Addr{u(0), u(1)}, Addr{u(2), u(3)}}, u(4)}
	if _, err := s.in.Discard(runRecord); err != nil {
		s.err = &SpillError{Op: "read", Path: s.run.path, Err: err}
	}
	return c, s.err == nil
}

// runs are the runs of one counter in one order.
type runs struct {
	dir    string
	order  Order
	create func(dir string) (spillFile, error)
	list   []*run
}

// add writes src to a new run. Too many runs are merged to one first.
func (r *runs) add(src source) error {
	if len(r.list) == maxRuns {
		if err := r.compact(); err != nil {
			return err
		}
	}
	n, err := writeRun(r.create, r.dir, src)
	if err == nil {
		r.list = append(r.list, n)
	}
	return err
}

func (r *runs) compact() error {
	src, finish, err := r.merge(nil)
	if err != nil {
		return err
	}
	one, err := writeRun(r.create, r.dir, src)
	if err = errors.Join(err, finish()); err != nil {
		if one != nil {
			err = errors.Join(err, os.Remove(one.path))
		}
		return err
	}
	err = r.remove()
	r.list = []*run{one}
	return err
}

// merge opens the runs and joins them with more sources of the same order; ByPair, equal pairs are added up. finish closes the
// files and returns what went wrong on the way: ask it before trusting the end.
func (r *runs) merge(more []source) (src source, finish func() error, err error) {
	var open []*runSource
	finish = func() error {
		var errs []error
		for _, s := range open {
			errs = append(errs, s.err, s.file.Close())
		}
		return errors.Join(errs...)
	}
	for _, one := range r.list {
		s, err := one.open()
		if err != nil {
			return nil, nil, errors.Join(err, finish())
		}
		open, more = append(open, s), append(more, s)
	}
	m := newMerger(more, r.order.compare())
	if r.order == ByPair {
		return newSummed(m), finish, nil
	}
	return m, finish, nil
}

// remove removes the files.
func (r *runs) remove() error {
	var errs []error
	for _, one := range r.list {
		errs = append(errs, os.Remove(one.path))
	}
	r.list = nil
	return errors.Join(errs...)
}
