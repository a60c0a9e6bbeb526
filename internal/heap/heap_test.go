package heap

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestHeap(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		h := New(func(a, b *int) bool { return *a < *b })
		var want []int
		for range n {
			v := rnd.IntN(50) // with equal ones
			h.Push(v)
			want = append(want, v)
		}
		slices.Sort(want)
		for i := range n / 2 { // another in place of the first
			if h.Items[0] != want[0] {
				t.Fatalf("%d items: %d is first, want %d", n, h.Items[0], want[0])
			}
			h.Items[0], want[0] = 25+i, 25+i
			h.Fix()
			slices.Sort(want)
		}
		for i, v := range want {
			if h.Len() != len(want)-i {
				t.Fatalf("%d items left, want %d", h.Len(), len(want)-i)
			}
			if got := h.Pop(); got != v {
				t.Fatalf("%d items: %d after %d others, want %d", n, got, i, v)
			}
		}
	}
}
