package coral

import (
	"math"
	"strconv"
	"testing"
)

// Where the number of digits changes, and at the ends.
func TestAppendUint(t *testing.T) {
	check := func(v uint64) {
		if got, want := string(appendUint([]byte("x"), v)), "x"+strconv.FormatUint(v, 10); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	check(math.MaxUint64)
	for _, p := range powers {
		for d := range uint64(3) {
			check(p - 1 + d)
			check(p * 3 / 2)
		}
	}
	for bit := range 64 {
		check(1 << bit)
		check(1<<bit - 1)
	}
}
