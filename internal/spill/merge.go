package spill

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/reeftools/reef/internal/heap"
)

// source gives values in order.
type source[T any] struct {
	read func(*T) (bool, error) // sets the next; false at the end
	now  T
}

// reader reads the values of a file one after the other.
func reader[T any](o *run, decode func([]byte, *T) error) func(*T) (bool, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(o.file, 0, o.size), buffer)
	var b []byte
	left := o.size
	return func(v *T) (bool, error) {
		if left == 0 {
			return false, nil
		}
		var head [4]byte
		_, err := io.ReadFull(in, head[:])
		if err == nil {
			n := int(binary.LittleEndian.Uint32(head[:]))
			b = append(b[:0], make([]byte, n)...)
			_, err = io.ReadFull(in, b)
			left -= int64(4 + n)
		}
		if err == nil {
			err = decode(b, v)
		} else if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return false, &Error{Op: "read", Path: o.file.Name(), Err: err}
		}
		return true, nil
	}
}

// merger has a heap of sources by the value that each is at.
type merger[T any] struct {
	kind    *Kind[T]
	sources heap.Heap[*source[T]]
}

func newMerger[T any](kind *Kind[T]) *merger[T] {
	return &merger[T]{kind, heap.New(func(a, b **source[T]) bool { return kind.Compare(&(*a).now, &(*b).now) < 0 })}
}

// add puts in a source that has values.
func (m *merger[T]) add(s *source[T]) error {
	ok, err := s.read(&s.now)
	if ok {
		m.sources.Push(s)
	}
	return err
}

// run gives the values to yield until it has enough.
func (m *merger[T]) run(yield func(*T, error) bool) {
	var v T
	for m.sources.Len() > 0 {
		v = m.sources.Items[0].now
		if err := m.advance(); err != nil {
			yield(nil, err)
			return
		}
		for m.kind.Join != nil && m.sources.Len() > 0 && m.kind.Compare(&v, &m.sources.Items[0].now) == 0 {
			m.kind.Join(&v, &m.sources.Items[0].now)
			if err := m.advance(); err != nil {
				yield(nil, err)
				return
			}
		}
		if !yield(&v, nil) {
			return
		}
	}
}

// advance takes the first source to its next value.
func (m *merger[T]) advance() error {
	first := m.sources.Items[0]
	ok, err := first.read(&first.now)
	switch {
	case err != nil:
		return err
	case ok:
		m.sources.Fix()
	default:
		m.sources.Pop()
	}
	return nil
}
