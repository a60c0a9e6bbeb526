package pairhash

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

// entry is a pair in a table. Keys are [2]uint64 where both high halves are zero (IPv4, numbers), else [4]uint64.
type entry[K key] struct {
	key K
	n   uint64
}

// table counts keys. Entries lie densely in slabs, in the order of their first appearance; an open-addressed index with linear
// probing finds them. Nothing in it but the list of slabs is a pointer, so that the garbage collector has nothing to follow.
type table[K key] struct {
	index []uint32 // number of the entry + 1, or 0 where empty; a power of two long
	stale bool     // entries were moved by sorting: the index is wrong
	slabs [][]entry[K]
	used  int
	hash  func(K) uint64

	warmed uint64 // makes the compiler keep the loads of warm
}

// add counts k, whose hash is h, n times. It returns false, and counts nothing, if k is new and grow is false.
func (t *table[K]) add(k K, h uint32, n uint64, grow bool) bool {
	if t.stale || 4*(t.used+1) > 3*len(t.index) {
		t.rehash()
	}
	mask := uint32(len(t.index) - 1)
	i := h & mask
	for ; t.index[i] != 0; i = (i + 1) & mask {
		if e := t.at(int(t.index[i] - 1)); e.key == k {
			e.n = satAdd(e.n, n)
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
	t.index[i] = uint32(t.used)
	return true
}

// warm reads what add will read for these hashes. A large table is not in the processor's cache, and an add waits for memory twice,
// once for the index and once for the entry. The loads here do not depend on each other, so the processor waits for many at once.
func (t *table[K]) warm(hashes []uint32) {
	if len(t.index) == 0 {
		return
	}
	var ids [batchLen]uint32
	mask := uint32(len(t.index) - 1)
	for i, h := range hashes {
		ids[i] = t.index[h&mask]
	}
	for _, id := range ids[:len(hashes)] {
		if id != 0 && int(id) <= t.used {
			t.warmed ^= t.at(int(id - 1)).n
		}
	}
}

// maxEntries keeps entry numbers and the length of the index within 32 bits, on machines where int has no more as well.
const maxEntries = 1 << 29

func (t *table[K]) at(i int) *entry[K] { return &t.slabs[uint(i)/slabLen][uint(i)%slabLen] }

// get returns what was counted for k.
func (t *table[K]) get(k K) uint64 {
	if t.stale || t.used == 0 {
		t.rehash()
	}
	mask := uint32(len(t.index) - 1)
	for i := uint32(t.hash(k)) & mask; t.index[i] != 0; i = (i + 1) & mask {
		if e := t.at(int(t.index[i] - 1)); e.key == k {
			return e.n
		}
	}
	return 0
}

// rehash makes a right index with room for one more entry.
func (t *table[K]) rehash() {
	size := max(len(t.index), 64)
	for 4*(t.used+1) > 3*size {
		size *= 2
	}
	if size == len(t.index) {
		clear(t.index)
	} else {
		t.index = make([]uint32, size)
	}
	t.stale = false
	mask := uint32(size - 1)
	for n := range t.used {
		i := uint32(t.hash(t.at(n).key)) & mask
		for t.index[i] != 0 {
			i = (i + 1) & mask
		}
		t.index[i] = uint32(n + 1)
	}
}

// reset forgets all entries and keeps the memory.
func (t *table[K]) reset() {
	t.used, t.stale = 0, false
	clear(t.index)
}
