package intervalstat

import (
	"slices"
	"sort"
)

// pageRun is the pages from first to last.
type pageRun struct{ first, last int64 }

// pageRuns is a set of pages, as runs in order with gaps between them, so that a long run costs no
// more than a page.
type pageRuns struct {
	list  []pageRun
	pages int64 // in all
}

// add adds the pages of r, or none if there were more than most then.
func (s *pageRuns) add(r pageRun, most int64) bool {
	if uint64(r.last)-uint64(r.first) >= uint64(most) {
		return false
	}
	// Those from i to j touch r and become one with it. As each r that reaches over several leaves
	// one, they are few on average.
	i := sort.Search(len(s.list), func(i int) bool { return s.list[i].last >= r.first-1 })
	if i < len(s.list) && s.list[i].first <= r.first && r.last <= s.list[i].last {
		return true
	}
	pages, j := s.pages, i
	for ; j < len(s.list) && s.list[j].first <= r.last+1; j++ {
		r.first, r.last = min(r.first, s.list[j].first), max(r.last, s.list[j].last)
		pages -= s.list[j].last - s.list[j].first + 1
	}
	if pages += r.last - r.first + 1; pages > most {
		return false
	}
	s.list, s.pages = slices.Replace(s.list, i, j, r), pages
	return true
}

func (s *pageRuns) clone() pageRuns { return pageRuns{slices.Clone(s.list), s.pages} }
