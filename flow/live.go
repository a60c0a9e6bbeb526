package flow

import (
	"cmp"
	"iter"
	"slices"
)

// Live returns an iterator over the live flows in order of start and key. Each turn reuses the same
// record: copy it to keep it. The table must not be used while the iterator runs.
func (t *Table[S]) Live() iter.Seq2[*Record, *S] {
	return t.each(func() []uint32 { return slices.AppendSeq(make([]uint32, 0, t.stats.Live), t.store.live()) })
}

// Touched returns an iterator over the live flows that have had a packet since the iterator of the
// last call ran, in order of start and key; the first time, over all live flows. Its time depends
// only on the number of these flows, so it suits reports at short intervals. The rules of Live for
// record and table apply.
func (t *Table[S]) Touched() iter.Seq2[*Record, *S] {
	return t.each(func() []uint32 {
		if !t.seen.on {
			t.seen.on = true
			return slices.AppendSeq(make([]uint32, 0, t.stats.Live), t.store.live())
		}
		list := t.takeTouched()
		t.seen.list = t.seen.list[:0]
		return list
	})
}

// each returns an iterator over the entries that list returns.
func (t *Table[S]) each(list func() []uint32) iter.Seq2[*Record, *S] {
	return func(yield func(*Record, *S) bool) {
		if t.drain() != nil {
			return // the next call returns the error
		}
		var record Record
		for _, n := range t.inOrder(list()) {
			t.record(n, &record)
			if !yield(&record, &t.store.at(n).state) {
				return
			}
		}
	}
}

// inOrder sorts entries by start and key.
func (t *Table[S]) inOrder(list []uint32) []uint32 {
	type started struct {
		start int64
		n     uint32
	}
	order := make([]started, len(list))
	for i, n := range list {
		order[i] = started{t.store.at(n).start, n}
	}
	slices.SortFunc(order, func(a, b started) int {
		if c := cmp.Compare(a.start, b.start); c != 0 {
			return c
		}
		return t.store.at(a.n).key.compare(&t.store.at(b.n).key)
	})
	for i := range order {
		list[i] = order[i].n
	}
	return list
}

// touched lists the entries that had a packet. An entry that has ended may be on the list, and one
// that was reused may be on it twice; both are left out when the list is taken.
type touched struct {
	on   bool // the list is kept: Touched was called
	list []uint32
}

// touch puts entry n, which is not marked, on the list.
func (t *Table[S]) touch(n uint32, e *entry[S]) {
	const small = 1 << 12
	// bounded by the live flows
	if len(t.seen.list) >= small && uint64(len(t.seen.list)) >= 2*t.stats.Live {
		t.seen.list = t.takeTouched()
		for _, n := range t.seen.list {
			t.store.at(n).marks |= markTouched
		}
	}
	e.marks |= markTouched
	t.seen.list = append(t.seen.list, n)
}

// takeTouched returns the marked live entries of the list, in its memory, and takes their marks
// off.
func (t *Table[S]) takeTouched() []uint32 {
	list := t.seen.list[:0]
	for _, n := range t.seen.list {
		if e := t.store.at(n); e.live() && e.marks&markTouched != 0 {
			e.marks &^= markTouched
			list = append(list, n)
		}
	}
	return list
}
