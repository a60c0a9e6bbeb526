package flow

import (
	"cmp"
	"slices"
)

// victim is an entry that was among the least recently seen when the list was made.
type victim struct {
	n    uint32
	seen int64
}

// evictOne ends the least recently seen flow.
//
// There is no list in order of last packet, since each packet would have to move its entry. Instead
// one scan over the entries collects the 1/16 that were seen longest ago. They are evicted in
// order, except those that were seen since. So the choice is exact, and many evictions share the
// cost of one scan.
func (t *Table[S]) evictOne() {
	for {
		for len(t.evict) > 0 {
			v := t.evict[0]
			t.evict = t.evict[1:]
			if e := t.store.at(v.n); e.live() && e.end == v.seen {
				t.finish(v.n, LackOfResources)
				return
			}
		}
		t.collectVictims()
	}
}

func (t *Table[S]) collectVictims() {
	want := min(int(t.stats.Live/16)+1, 1<<16)
	list := make([]victim, 0, 2*want)
	bySeen := func(a, b victim) int {
		if c := cmp.Compare(a.seen, b.seen); c != 0 {
			return c
		}
		return cmp.Compare(a.n, b.n)
	}
	worst := int64(0)
	cut := func() {
		slices.SortFunc(list, bySeen)
		if len(list) > want {
			list = list[:want]
		}
		worst = list[len(list)-1].seen
	}
	full := false
	for n := range t.store.live() {
		seen := t.store.at(n).end
		if full && seen > worst {
			continue
		}
		if list = append(list, victim{n, seen}); len(list) == cap(list) {
			cut()
			full = true
		}
	}
	cut()
	t.evict = list
}
