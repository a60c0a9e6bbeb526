package conntab

import (
	"encoding/binary"
	"math/rand"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

func key(n uint32) Key {
	p := pcapio.Packet{IPVersion: 4, SrcPort: uint16(n), DstPort: 80}
	binary.BigEndian.PutUint32(p.Src[12:], n)
	var k Key
	k.Set(&p)
	return k
}

func TestKeyBothWays(t *testing.T) {
	p := pcapio.Packet{IPVersion: 4, Src: [16]byte{15: 9}, Dst: [16]byte{15: 3}, SrcPort: 80, DstPort: 1024}
	r := pcapio.Packet{IPVersion: 4, Src: p.Dst, Dst: p.Src, SrcPort: 1024, DstPort: 80}
	var k, l Key
	down, up := k.Set(&p), l.Set(&r)
	if k != l || !down || up {
		t.Errorf("keys %v %v, directions %v %v", k, l, down, up)
	}
	lo, port := k.Lo()
	if lo != r.Src || port != 1024 || k.Version() != 4 {
		t.Errorf("lower endpoint %v %d, version %d", lo, port, k.Version())
	}
	same := pcapio.Packet{IPVersion: 4, SrcPort: 7, DstPort: 7} // from an endpoint to itself
	if k.Set(&same) {
		t.Error("a packet to its own source travels down")
	}
}

// TestAgainstMap drives the table and a map with the same random operations.
func TestAgainstMap(t *testing.T) {
	tab, ref := New[uint32](), map[uint32]uint32{}
	rnd := rand.New(rand.NewSource(1))
	for i := range 200000 {
		n := rnd.Uint32() % 3000
		k := key(n)
		slot := tab.Find(&k)
		if (slot != 0) != (ref[n] != 0) {
			t.Fatalf("step %d: Find(%d) = %d, map has %d", i, n, slot, ref[n])
		}
		switch {
		case slot == 0:
			ref[n] = tab.Insert(&k, int(n%Lists), int64(i))
			tab.At(ref[n]).State = n
		case tab.At(slot).State != n:
			t.Fatalf("step %d: state %d, want %d", i, tab.At(slot).State, n)
		case rnd.Intn(3) == 0:
			tab.Remove(slot)
			delete(ref, n)
		default:
			tab.Touch(slot, rnd.Intn(Lists), int64(i))
		}
	}
	if tab.Len() != len(ref) {
		t.Fatalf("Len = %d, want %d", tab.Len(), len(ref))
	}
	seen := 0
	for list := range Lists {
		last := int64(-1)
		for s := tab.Oldest(list); s != 0; s = tab.Oldest(list) {
			e := tab.At(s)
			if e.Seen < last-Slack {
				t.Fatalf("list %d is not in order of age", list)
			}
			last = e.Seen
			tab.Remove(s)
			seen++
		}
	}
	if seen != len(ref) || tab.Len() != 0 {
		t.Errorf("%d of %d connections were on the lists, %d left", seen, len(ref), tab.Len())
	}
}

func TestSorted(t *testing.T) {
	tab := New[uint64]()
	for n := range uint32(3000) { // the index grows
		k := key(n)
		tab.At(tab.Insert(&k, int(n%Lists), 1)).State = uint64(n) * 1664525 % 3001
	}
	gone := key(7)
	tab.Remove(tab.Find(&gone))
	slots := tab.Sorted(func(n *uint64) uint64 { return *n })
	if len(slots) != 2999 {
		t.Fatalf("%d slots", len(slots))
	}
	for i := 1; i < len(slots); i++ {
		if a, b := tab.At(slots[i-1]).State, tab.At(slots[i]).State; a >= b {
			t.Fatalf("%d before %d", a, b)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	tab := New[int]()
	k := key(5)
	if n := testing.AllocsPerRun(100, func() {
		s := tab.Insert(&k, 0, 1)
		tab.Touch(tab.Find(&k), 1, 2)
		tab.Remove(s)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
