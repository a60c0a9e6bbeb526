package pairhash

import "github.com/reeftools/reef/internal/sat"

// slabLen is the number of entries in a slab: one allocation, never copied when the table grows.
const slabLen = 1 << 14

// batchLen is how many adds wait for memory together.
const batchLen = 64

// Sizes for the account of memory, in bytes.
const (
	narrowSize = 24
	wideSize   = 40
	indexSize  = 4
)

// entry is a pair in a table. Keys are [2]uint64 where both high halves are zero (IPv4, numbers),
// else [4]uint64.
type entry[K key] struct {
	key K
	n   uint64
}

// table counts keys. Entries lie densely in slabs, in the order of their first appearance; an
// open-addressed index with linear probing finds them. Nothing in it but the list of slabs is a
// pointer, so that the garbage collector has nothing to follow.
type table[K key] struct {
	index []uint32 // 0 where empty; a power of two long
	stale bool     // entries were moved by sorting: the index is wrong
	slabs [][]entry[K]
	used  int
	hash  func(K) uint64

	warmed uint64 // prefetch: the value only keeps the loads of find and rehash alive
}

// A value of the index has the number of the entry + 1 in its low bits and the top bits of the hash
// above, so that an entry of another key is seldom looked at: it would have to be fetched from
// memory.
const (
	idBits  = 28
	idMask  = 1<<idBits - 1
	tagMask = 1<<32 - 1<<idBits
)

// maxEntries keeps entry numbers within idBits, and the length of the index within 32 bits.
const maxEntries = idMask

// reserve makes the index right, with room for n more entries.
func (t *table[K]) reserve(n int) {
	if t.stale || 4*(t.used+n) > 3*len(t.index) {
		t.rehash(n)
	}
}

// add counts k, whose hash is h, n times. It returns false, and counts nothing, if k is new and
// grow is false.
func (t *table[K]) add(k K, h uint32, n uint64, grow bool) bool {
	t.reserve(1)
	return t.addAt(k, h, h&uint32(len(t.index)-1), n, grow)
}

// addAt is add after reserve, if k is known not to be between its place in the index and i.
func (t *table[K]) addAt(k K, h, i uint32, n uint64, grow bool) bool {
	mask := uint32(len(t.index) - 1)
	for ; t.index[i] != 0; i = (i + 1) & mask {
		id := t.index[i]
		if (id^h)&tagMask != 0 {
			continue
		}
		if e := t.at(int(id&idMask) - 1); e.key == k {
			e.n = sat.AddUint(e.n, n)
			return true
		}
	}
	if !grow || t.used == maxEntries {
		return false
	}
	if t.used == len(t.slabs)*slabLen {
		t.slabs = append(t.slabs, make([]entry[K], slabLen))
	}
	*t.at(t.used) = entry[K]{k, n}
	t.used++
	t.index[i] = uint32(t.used) | h&tagMask
	return true
}

// find replaces hashes by where addAt may begin to look. A large table is not in the processor's
// cache, and an add waits for memory twice, once for the index and once for the entry. The loads
// here do not depend on each other, so that many are waited for at once.
func (t *table[K]) find(hashes []uint32, places *[batchLen]uint32) {
	var ids [batchLen]uint32
	mask := uint32(len(t.index) - 1)
	for i, h := range hashes {
		ids[i] = t.index[h&mask]
	}
	for i, h := range hashes {
		place, id := h&mask, ids[i]
		for id != 0 && (id^h)&tagMask != 0 {
			place = (place + 1) & mask
			id = t.index[place]
		}
		places[i] = place
		if id != 0 {
			t.warmed ^= t.at(int(id&idMask) - 1).n
		}
	}
}

func (t *table[K]) at(i int) *entry[K] { return &t.slabs[uint(i)/slabLen][uint(i)%slabLen] }

// slab returns the entries from i on that lie together, up to end.
func (t *table[K]) slab(i, end int) []entry[K] {
	start := i % slabLen
	return t.slabs[i/slabLen][start:min(slabLen, start+end-i)]
}

// get returns what was counted for k.
func (t *table[K]) get(k K) uint64 {
	t.reserve(0)
	if len(t.index) == 0 {
		return 0
	}
	mask := uint32(len(t.index) - 1)
	for i := uint32(t.hash(k)) & mask; t.index[i] != 0; i = (i + 1) & mask {
		if e := t.at(int(t.index[i]&idMask) - 1); e.key == k {
			return e.n
		}
	}
	return 0
}

// rehash makes a right index with room for more entries.
func (t *table[K]) rehash(more int) {
	size := max(len(t.index), 64)
	for 4*(t.used+more) > 3*size {
		size *= 2
	}
	if size == len(t.index) {
		clear(t.index)
	} else {
		t.index = make([]uint32, size)
	}
	t.stale = false
	mask := uint32(size - 1)
	var hashes [batchLen]uint32
	for start := 0; start < t.used; start += batchLen {
		group := hashes[:min(batchLen, t.used-start)]
		warmed := uint32(0)
		for k := range group { // many places are waited for at once, as in find
			group[k] = uint32(t.hash(t.at(start + k).key))
			warmed ^= t.index[group[k]&mask]
		}
		t.warmed ^= uint64(warmed)
		for k, h := range group {
			i := h & mask
			for t.index[i] != 0 {
				i = (i + 1) & mask
			}
			t.index[i] = uint32(start+k+1) | h&tagMask
		}
	}
}

// reset forgets all entries and keeps the memory.
func (t *table[K]) reset() {
	t.used, t.stale = 0, false
	clear(t.index)
}
