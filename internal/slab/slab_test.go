package slab

import "testing"

func TestSlab(t *testing.T) {
	var s Slab[int64]
	var ids []uint32
	for i := int64(0); i < 1000; i++ {
		id := s.New()
		if id == 0 {
			t.Fatal("number 0 was given out")
		}
		*s.At(id) = i
		ids = append(ids, id)
	}
	for i, id := range ids {
		if *s.At(id) != int64(i) {
			t.Fatalf("value %d is %d", i, *s.At(id))
		}
	}
	s.Free(ids[7])
	if got := s.Live(); got != 999 {
		t.Errorf("Live = %d, want 999", got)
	}
	id := s.New()
	if id != ids[7] || *s.At(id) != 0 {
		t.Errorf("recycled number %d with value %d, want %d with 0", id, *s.At(id), ids[7])
	}
	if n := testing.AllocsPerRun(100, func() { s.Free(s.New()) }); n != 0 {
		t.Errorf("%v allocations per recycled value", n)
	}
}
