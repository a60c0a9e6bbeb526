package pairhash

import (
	"container/heap"

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
type merger struct {
	heads   []mergeHead
	compare func(x, y *PairCount) int
}

type mergeHead struct {
	PairCount
	from source
}

func newMerger(sources []source, compare func(x, y *PairCount) int) *merger {
	m := &merger{compare: compare}
	for _, s := range sources {
		if c, ok := s.next(); ok {
			m.heads = append(m.heads, mergeHead{c, s})
		}
	}
	for i := len(m.heads)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m
}

func (m *merger) next() (PairCount, bool) {
	if len(m.heads) == 0 {
		return PairCount{}, false
	}
	c := m.heads[0].PairCount
	if n, ok := m.heads[0].from.next(); ok {
		m.heads[0].PairCount = n
	} else {
		last := len(m.heads) - 1
		m.heads[0] = m.heads[last]
		m.heads = m.heads[:last]
	}
	m.down(0)
	return c, true
}

// down restores the heap below i.
func (m *merger) down(i int) {
	h := m.heads
	for {
		least := i
		for k := 2*i + 1; k <= 2*i+2 && k < len(h); k++ {
			if m.compare(&h[k].PairCount, &h[least].PairCount) < 0 {
				least = k
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
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
	n     int
	items topHeap
}

func newTop(n int) *top { return &top{n: max(n, 0)} }

func (t *top) offer(c *PairCount) {
	switch {
	case len(t.items) < t.n:
		heap.Push(&t.items, *c)
	case t.n > 0 && compareCount(c, &t.items[0]) < 0:
		t.items[0] = *c
		heap.Fix(&t.items, 0)
	}
}

// sorted empties t and returns what it kept, highest count first.
func (t *top) sorted() []PairCount {
	s := make([]PairCount, len(t.items))
	for i := len(s) - 1; i >= 0; i-- {
		s[i] = heap.Pop(&t.items).(PairCount)
	}
	return s
}

type topHeap []PairCount

func (h topHeap) Len() int           { return len(h) }
func (h topHeap) Less(i, j int) bool { return compareCount(&h[i], &h[j]) > 0 }
func (h topHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *topHeap) Push(x any)        { *h = append(*h, x.(PairCount)) }
func (h *topHeap) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}
