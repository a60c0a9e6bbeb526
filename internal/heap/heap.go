// Package heap is a binary heap of values of one type: the first by some order
// is found at once, and taken or replaced in logarithmic time. It works as
// container/heap does, without boxing values and without five methods for each
// type.
package heap

// Heap keeps Items so that Items[0] comes before all others. Use [New].
type Heap[T any] struct {
	Items  []T
	before func(a, b *T) bool
}

// New returns an empty heap in the order that before tells.
func New[T any](before func(a, b *T) bool) Heap[T] { return Heap[T]{before: before} }

// Len returns the number of items.
func (h *Heap[T]) Len() int { return len(h.Items) }

// Push adds v.
func (h *Heap[T]) Push(v T) {
	h.Items = append(h.Items, v)
	for i := len(h.Items) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h.before(&h.Items[i], &h.Items[parent]) {
			return
		}
		h.Items[i], h.Items[parent] = h.Items[parent], h.Items[i]
		i = parent
	}
}

// Pop takes the first item out.
func (h *Heap[T]) Pop() T {
	first, last := h.Items[0], len(h.Items)-1
	h.Items[0] = h.Items[last]
	h.Items[last] = *new(T) // lets go of what it points to
	h.Items = h.Items[:last]
	h.Fix()
	return first
}

// Fix restores the order after Items[0] was changed.
func (h *Heap[T]) Fix() {
	items := h.Items
	for i := 0; ; {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(items); child++ {
			if h.before(&items[child], &items[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		items[i], items[first] = items[first], items[i]
		i = first
	}
}
