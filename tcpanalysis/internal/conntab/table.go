package conntab

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/reeftools/reef/internal/index"
	"github.com/reeftools/reef/internal/slab"
)

// Lists is how many lists by age a Table has; a connection is on exactly one.
const Lists = 4

// Entry is a connection in a Table with the state S of its owner.
type Entry[S any] struct {
	Key        Key
	Seen       int64 // when Touch was last called
	linked     int64 // when it was put on its list
	prev, next uint32
	tag        uint32
	List       uint8 // Lists if the slot is free
	State      S
}

// Table finds connections by key and keeps them on lists ordered by the time they were last seen.
//
// It has half of the cache misses of a map, since the tag of an [index.Index] excludes nearly all
// other connections.
type Table[S any] struct {
	seed    [6]uint64 // keys the hash, so that nobody can prepare collisions
	index   index.Index
	entries slab.Slab[Entry[S]]
	heads   [Lists]uint32 // longest unseen
	tails   [Lists]uint32 // latest seen
}

// New returns an empty table.
func New[S any]() *Table[S] {
	t := &Table[S]{index: index.New(768)}
	for i := range t.seed {
		t.seed[i] = index.Seed()
	}
	return t
}

// Len returns the number of connections.
func (t *Table[S]) Len() int { return t.entries.Live() }

// At returns the entry in a slot.
func (t *Table[S]) At(slot uint32) *Entry[S] { return t.entries.At(slot) }

// Oldest returns the least recently touched slot on list, to within Slack; 0 if the list is empty.
func (t *Table[S]) Oldest(list int) uint32 { return t.heads[list] }

// Find returns the slot of k, or 0.
func (t *Table[S]) Find(k *Key) uint32 {
	tag := t.tag(k)
	slot, i := t.index.First(tag)
	for slot != index.None {
		if t.entries.At(slot).Key.equal(k) {
			return slot
		}
		slot, i = t.index.Next(tag, i)
	}
	return 0
}

// Insert adds k, which must not be in the table, to list, seen at now, and returns its slot.
func (t *Table[S]) Insert(k *Key, list int, now int64) uint32 {
	slot := t.entries.New()
	e := t.entries.At(slot)
	e.Key, e.tag, e.List, e.Seen = *k, t.tag(k), uint8(list), now
	t.index.Insert(e.tag, slot)
	t.link(slot, e)
	return slot
}

// Remove takes the connection in slot out of the table.
func (t *Table[S]) Remove(slot uint32) {
	e := t.entries.At(slot)
	t.unlink(e)
	t.index.Remove(e.tag, slot)
	e.List = Lists
	t.entries.Free(slot)
}

// Slots returns the highest slot that was in use so far.
func (t *Table[S]) Slots() uint32 { return t.entries.Max() }

// Used tells whether a connection is in a slot from 1 to Slots.
func (t *Table[S]) Used(slot uint32) bool { return t.entries.At(slot).List != Lists }

// Sorted returns the slots of all connections in the order of their numbers. The entries are read
// in the order of the index: their loads do not depend on each other, unlike along a list or during
// the sort.
func (t *Table[S]) Sorted(number func(*S) uint64) []uint32 {
	type numbered struct {
		number uint64
		slot   uint32
	}
	all := make([]numbered, 0, t.Len())
	for slot := range t.index.All {
		all = append(all, numbered{number(&t.At(slot).State), slot})
	}
	slices.SortFunc(all, func(x, y numbered) int { return cmp.Compare(x.number, y.number) })
	slots := make([]uint32, len(all))
	for i, n := range all {
		slots[i] = n.slot
	}
	return slots
}

// Next returns the slot that is next on the list of e, younger than it; 0 at its end.
func (e *Entry[S]) Next() uint32 { return e.next }

// Slack is by how much the order of a list may differ from the order of Seen, in nanoseconds.
const Slack = 1e9

// Touch notes that the connection in slot was seen, and puts it at the young end of list. Calls
// must come in order of now.
//
// A connection that was put there less than Slack ago stays where it is, since moving it costs two
// cache misses, for its neighbours.
func (t *Table[S]) Touch(slot uint32, list int, now int64) {
	e := t.entries.At(slot)
	e.Seen = now
	if e.List == uint8(list) && (now-e.linked < Slack || e.next == 0) {
		return
	}
	t.unlink(e)
	e.List = uint8(list)
	t.link(slot, e)
}

func (t *Table[S]) link(slot uint32, e *Entry[S]) {
	e.prev, e.next, e.linked = t.tails[e.List], 0, e.Seen
	if e.prev != 0 {
		t.entries.At(e.prev).next = slot
	} else {
		t.heads[e.List] = slot
	}
	t.tails[e.List] = slot
}

func (t *Table[S]) unlink(e *Entry[S]) {
	if e.prev != 0 {
		t.entries.At(e.prev).next = e.next
	} else {
		t.heads[e.List] = e.next
	}
	if e.next != 0 {
		t.entries.At(e.next).prev = e.prev
	} else {
		t.tails[e.List] = e.prev
	}
}

// tag hashes k by multiplying its words, each mixed with a random one, and folding the products. No
// result depends on it.
func (t *Table[S]) tag(k *Key) uint32 {
	s := &t.seed
	h1, l1 := bits.Mul64(k.lo[0]^s[0], k.lo[1]^s[1])
	h2, l2 := bits.Mul64(k.hi[0]^s[2], k.hi[1]^s[3])
	h3, l3 := bits.Mul64(k.rest^s[4]^h1^l1, s[5]^bits.RotateLeft64(h2^l2, 32))
	return uint32(h3 ^ l3)
}
