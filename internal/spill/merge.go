package spill

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
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

// merger is a heap of sources by the value that each is at.
type merger[T any] struct {
	kind    *Kind[T]
	sources []*source[T]
}

// add puts in a source that has values.
func (m *merger[T]) add(s *source[T]) error {
	ok, err := s.read(&s.now)
	if ok {
		m.sources = append(m.sources, s)
	}
	return err
}

// run gives the values to yield until it has enough.
func (m *merger[T]) run(yield func(*T, error) bool) {
	heap.Init(m)
	var v T
	for len(m.sources) > 0 {
		v = m.sources[0].now
		if err := m.advance(); err != nil {
			yield(nil, err)
			return
		}
		for m.kind.Join != nil && len(m.sources) > 0 && m.kind.Compare(&v, &m.sources[0].now) == 0 {
			m.kind.Join(&v, &m.sources[0].now)
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
	ok, err := m.sources[0].read(&m.sources[0].now)
	if err != nil {
		return err
	}
	if ok {
		heap.Fix(m, 0)
	} else {
		heap.Pop(m)
	}
	return nil
}

func (m *merger[T]) Len() int { return len(m.sources) }
func (m *merger[T]) Less(i, j int) bool {
	return m.kind.Compare(&m.sources[i].now, &m.sources[j].now) < 0
}
func (m *merger[T]) Swap(i, j int) { m.sources[i], m.sources[j] = m.sources[j], m.sources[i] }
func (m *merger[T]) Push(x any)    { m.sources = append(m.sources, x.(*source[T])) }

func (m *merger[T]) Pop() any {
	last := m.sources[len(m.sources)-1]
	m.sources = m.sources[:len(m.sources)-1]
	return last
}
