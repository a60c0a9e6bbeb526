package pairhash

import "math/bits"

// key is what a table may count: the numbers of a pair, most significant first.
type key interface {
	[2]uint64 | [4]uint64
}

// A table is sorted in place by American flag sort (McIlroy, Bostic and McIlroy, Engineering Radix
// Sort, 1993): entries are moved straight to the part for their first byte, then each part is
// sorted by the next. Comparing instead took longer than counting.

// smallSort is the number of entries that are sorted faster by insertion.
const smallSort = 24

// sort orders the entries, for ByCount by the complement of their counts, then by key. The next add
// or get makes the index again.
func (t *table[K]) sort(order Order) {
	t.stale = true
	if t.used < 2 {
		return
	}
	var s radix[K]
	s.t = t
	first, differ := *t.at(0), entry[K]{}
	for i := range t.used {
		e := t.at(i)
		differ.n |= e.n ^ first.n
		for w := range len(differ.key) {
			differ.key[w] |= e.key[w] ^ first.key[w]
		}
	}
	if order == ByCount {
		s.addDigits(-1, differ.n)
	}
	for w := range len(differ.key) {
		s.addDigits(w, differ.key[w])
	}
	s.sort(0, t.used, 0)
}

// radix is one sorting of a table by some of its bytes.
type radix[K key] struct {
	t      *table[K]
	digits []digit
}

// digit is a byte of an entry: of word number word of the key, or of the count for -1.
type digit struct {
	word  int
	shift uint
}

// addDigits adds the bytes of a word in which entries differ.
func (s *radix[K]) addDigits(word int, differ uint64) {
	for shift := (bits.Len64(differ) + 7) / 8 * 8; shift > 0; shift -= 8 {
		if differ>>(shift-8)&0xff != 0 {
			s.digits = append(s.digits, digit{word, uint(shift - 8)})
		}
	}
}

// sort orders entries low to high-1, which are equal in all digits before level.
func (s *radix[K]) sort(low, high, level int) {
	if level == len(s.digits) {
		return
	}
	d := s.digits[level]
	if high-low <= smallSort {
		s.insertion(low, high, d.word < 0)
		return
	}
	var next, end [256]int
	for i := low; i < high; {
		part := s.t.slab(i, high)
		for k := range part {
			end[part[k].digit(d)]++
		}
		i += len(part)
	}
	at := low
	for v := range end {
		next[v] = at
		at += end[v]
		end[v] = at
	}
	starts := next
	for v := range end {
		for next[v] < end[v] {
			first := s.t.at(next[v])
			next[v]++
			to := first.digit(d)
			if int(to) == v {
				continue
			}
			e := *first
			for ; int(to) != v; to = e.digit(d) {
				p := s.t.at(next[to])
				next[to]++
				*p, e = e, *p
			}
			*first = e
		}
	}
	for v := range end {
		if end[v]-starts[v] > 1 {
			s.sort(starts[v], end[v], level+1)
		}
	}
}

func (e *entry[K]) digit(d digit) byte {
	if d.word < 0 {
		return byte(^e.n >> d.shift)
	}
	return byte(e.key[d.word] >> d.shift)
}

func (s *radix[K]) insertion(low, high int, byCount bool) {
	for i := low + 1; i < high; i++ {
		e := *s.t.at(i)
		k := i
		for ; k > low; k-- {
			p := s.t.at(k - 1)
			if !before(&e, p, byCount) {
				break
			}
			*s.t.at(k) = *p
		}
		*s.t.at(k) = e
	}
}

// before tells whether x comes before y.
func before[K key](x, y *entry[K], byCount bool) bool {
	if byCount && x.n != y.n {
		return x.n > y.n
	}
	for w := range len(x.key) {
		if x.key[w] != y.key[w] {
			return x.key[w] < y.key[w]
		}
	}
	return false
}
