package tcptrace

import (
	"fmt"
	"strconv"
	"strings"
)

// Selection is a set of connection numbers. The zero Selection holds all.
type Selection struct{ ranges [][2]int }

// ParseSelection reads tcptrace's -o notation: numbers and ranges, separated by commas, as in
// 1,3-5. Empty selects all.
func ParseSelection(s string) (Selection, error) {
	var sel Selection
	if s == "" {
		return sel, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		lo, hi, isRange := strings.Cut(part, "-")
		first, err := strconv.Atoi(lo)
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(hi)
		}
		if err != nil || first < 1 || last < first {
			return Selection{}, fmt.Errorf("%w: %q is no connection number or range", ErrConfig, part)
		}
		sel.ranges = append(sel.ranges, [2]int{first, last})
	}
	return sel, nil
}

// Has tells whether number n is selected.
func (s Selection) Has(n int) bool {
	if len(s.ranges) == 0 {
		return true
	}
	for _, r := range s.ranges {
		if n >= r[0] && n <= r[1] {
			return true
		}
	}
	return false
}
