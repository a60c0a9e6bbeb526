package pairhash

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// A run is a temporary file of sorted counts, 40 bytes each: A, B and the count as five
// little-endian numbers. It is nameless as soon as it exists, where the system allows that of an
// open file, so that a process that is killed leaves nothing behind.
type run struct {
	file  spillFile
	named bool
	count int64
}

const (
	runRecord = 40
	runBuffer = 1 << 14
	maxRuns   = 64 // open files of a counter, and as many again while it sorts by count
)

// spillFile is what a run needs of an *os.File; tests put in one that runs full.
type spillFile interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Name() string
}

func createTemp(dir string) (spillFile, error) { return os.CreateTemp(dir, "pairhash-*.run") }

// writeRun writes all of src to a new file. On error the file is removed.
func writeRun(create func(dir string) (spillFile, error), dir string, src source) (*run, error) {
	f, err := create(dir)
	if err != nil {
		return nil, &SpillError{Op: "create", Path: cmp.Or(dir, os.TempDir()), Err: err}
	}
	r := &run{file: f, named: os.Remove(f.Name()) != nil}
	w := bufio.NewWriterSize(f, runBuffer)
	err = r.write(w, src)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return nil, &SpillError{Op: "write", Path: f.Name(), Err: errors.Join(err, r.remove())}
	}
	return r, nil
}

// remove ends the file.
func (r *run) remove() error {
	err := r.file.Close()
	if r.named {
		err = errors.Join(err, os.Remove(r.file.Name()))
	}
	return err
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
	in   *bufio.Reader
	path string
	left int64
	err  error
}

func (r *run) open() *runSource {
	in := bufio.NewReaderSize(io.NewSectionReader(r.file, 0, r.count*runRecord), runBuffer)
	return &runSource{in: in, path: r.file.Name(), left: r.count}
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
		s.err = &SpillError{Op: "read", Path: s.path, Err: err}
		return PairCount{}, false
	}
	s.left--
	u := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	c := PairCount{Pair{Addr{u(0), u(1)}, Addr{u(2), u(3)}}, u(4)}
	if _, err := s.in.Discard(runRecord); err != nil {
		s.err = &SpillError{Op: "read", Path: s.path, Err: err}
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
	src, failed := r.merge(nil)
	one, err := writeRun(r.create, r.dir, src)
	if err = errors.Join(err, failed()); err != nil {
		if one != nil {
			err = errors.Join(err, one.remove())
		}
		return err
	}
	err = r.remove()
	r.list = []*run{one}
	return err
}

// merge joins the runs and more sources of the same order; ByPair, equal pairs are added up. failed
// returns what went wrong on the way: ask it before trusting the end.
func (r *runs) merge(more []source) (src source, failed func() error) {
	open := make([]*runSource, len(r.list))
	for i, one := range r.list {
		open[i] = one.open()
		more = append(more, open[i])
	}
	failed = func() error {
		var errs []error
		for _, s := range open {
			errs = append(errs, s.err)
		}
		return errors.Join(errs...)
	}
	m := newMerger(more, r.order.compare())
	if r.order == ByPair {
		return newSummed(m), failed
	}
	return m, failed
}

// remove removes the files.
func (r *runs) remove() error {
	var errs []error
	for _, one := range r.list {
		errs = append(errs, one.remove())
	}
	r.list = nil
	return errors.Join(errs...)
}
