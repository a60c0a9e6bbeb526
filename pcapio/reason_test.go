package pcapio

import (
	"slices"
	"testing"
)

func TestStatusCounts(t *testing.T) {
	var a, b StatusCounts
	a[StatusOK], b[StatusOK], b[StatusNonIP] = 2, 3, 1
	a.Merge(&b)
	if got := a.Reasons(); !slices.Equal(got, []Reason{{"non-ip", 1}, {"ok", 5}}) || a.Total() != 6 {
		t.Errorf("%v, %d in all", got, a.Total())
	}
}
