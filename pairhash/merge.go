package pairhash

import (
	"github.com/reeftools/reef/internal/heap"
	"github.com/reeftools/reef/internal/sat"
)

// source gives counts in order; ok is false after the last one.
type source interface {
	next() (c PairCount, ok bool)
}

// tableSource reads a sorted table.
type tableSource[K key] struct {
	table *table[K]
	at    int
	count func(*K, uint64) PairCount
}

func (s *tableSource[K]) next() (PairCount, bool) {
	if s.at == s.table.used {
		return PairCount{}, false
	}
	e := s.table.at(s.at)
	s.at++
	return s.count(&e.key, e.n), true
}

// merged reads sorted sources as one.
func merged(sources []source, order Order) source {
	if len(sources) == 1 {
		return sources[0]
	}
	return newMerger(sources, order.compare())
}

// merger reads several sorted sources as one. It holds the head of each source in a heap.
type merger struct{ heads heap.Heap[mergeHead] }

type mergeHead struct {
	PairCount
	from source
}

func newMerger(sources []source, compare func(x, y *PairCount) int) *merger {
	m := &merger{heap.New(func(a, b *mergeHead) bool { return compare(&a.PairCount, &b.PairCount) < 0 })}
	for _, s := range sources {
		if c, ok := s.next(); ok {
			m.heads.Push(mergeHead{c, s})
		}
	}
	return m
}

func (m *merger) next() (PairCount, bool) {
	if m.heads.Len() == 0 {
		return PairCount{}, false
	}
	first := &m.heads.Items[0]
	c := first.PairCount
	if n, ok := first.from.next(); ok {
		first.PairCount = n
		m.heads.Fix()
	} else {
		m.heads.Pop()
	}
	return c, true
}

// summed joins equal pairs of sources that are merged ByPair into one count each.
type summed struct {
	from source
	head PairCount
	more bool
}

func newSummed(m source) *summed {
	s := &summed{from: m}
	s.head, s.more = m.next()
	return s
}

func (s *summed) next() (PairCount, bool) {
	if !s.more {
		return PairCount{}, false
	}
	c := s.head
	for {
		if s.head, s.more = s.from.next(); !s.more || s.head.Pair != c.Pair {
			return c, true
		}
		c.N = sat.AddUint(c.N, s.head.N)
	}
}

// top keeps the first n counts by compareCount: a heap with the last of them on top.
type top struct {
	n    int
	kept heap.Heap[PairCount]
}

func newTop(n int) *top {
	return &top{max(n, 0), heap.New(func(a, b *PairCount) bool { return compareCount(a, b) > 0 })}
}

func (t *top) offer(c *PairCount) {
	switch {
	case t.kept.Len() < t.n:
		t.kept.Push(*c)
	case t.n > 0 && compareCount(c, &t.kept.Items[0]) < 0:
		t.kept.Items[0] = *c
		t.kept.Fix()
	}
}

// sorted empties t and returns what it kept, highest count first.
func (t *top) sorted() []PairCount {
	s := make([]PairCount, t.kept.Len())
	for i := len(s) - 1; i >= 0; i-- {
		s[i] = t.kept.Pop()
	}
	return s
}
