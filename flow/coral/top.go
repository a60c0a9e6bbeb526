package coral

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/reeftools/reef/internal/heap"
)

// Field is a counter by which entries are sorted.
type Field uint8

// Fields.
const (
	Packets Field = iota
	Bytes
	Flows
	numFields
)

var fieldNames = [numFields]string{"pkts", "bytes", "flows"}

// String returns the name that ParseField takes.
func (f Field) String() string {
	if f < numFields {
		return fieldNames[f]
	}
	return "unknown"
}

// ParseField returns the field of that name: pkts, bytes or flows.
func ParseField(name string) (Field, error) {
	if i := slices.Index(fieldNames[:], name); i >= 0 {
		return Field(i), nil
	}
	return 0, fmt.Errorf("%w: unknown field %q (%s)", ErrConfig, name, strings.Join(fieldNames[:], ", "))
}

// of returns the field's value.
func (f Field) of(c *Counter) uint64 {
	switch f {
	case Bytes:
		return c.Bytes
	case Flows:
		return c.Flows
	}
	return c.Packets
}

// Top returns the n largest sums, the largest first and equal ones in order of their groups; all of
// them if n is not positive. The work is in proportion to the number of groups, the memory to n.
func (a *Aggregate) Top(n int, by Field) []Entry {
	if n <= 0 || n > len(a.entries) {
		n = len(a.entries)
	}
	h := newTopHeap(by, n)
	for i := range a.entries {
		if e := &a.entries[i]; h.wants(e) {
			h.put(e)
		}
	}
	return h.sorted()
}

// topHeap has the entry that comes last on top: the first to go.
type topHeap struct {
	heap.Heap[*Entry]
	by   Field
	most int
}

func newTopHeap(by Field, most int) *topHeap {
	h := &topHeap{by: by, most: most}
	h.Heap = heap.New(func(a, b **Entry) bool { return h.compare(*a, *b) > 0 })
	return h
}

// wants tells whether e is among the first, so far.
func (h *topHeap) wants(e *Entry) bool {
	return h.Len() < h.most || h.most > 0 && h.compare(e, h.Items[0]) < 0
}

// put takes an entry that it wants.
func (h *topHeap) put(e *Entry) {
	if h.Len() < h.most {
		h.Push(e)
		return
	}
	h.Items[0] = e
	h.Fix()
}

// sorted returns copies of the entries, the first one first.
func (h *topHeap) sorted() []Entry {
	slices.SortFunc(h.Items, h.compare)
	top := make([]Entry, len(h.Items))
	for i, e := range h.Items {
		top[i] = *e
	}
	return top
}

// compare orders by counter, downwards, then by group.
func (h *topHeap) compare(a, b *Entry) int {
	if c := cmp.Compare(h.by.of(&b.Counter), h.by.of(&a.Counter)); c != 0 {
		return c
	}
	return a.Group.Compare(&b.Group)
}
