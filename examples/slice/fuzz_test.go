package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio/edit"
)

// FuzzSeconds checks that what -G takes is above 0 and, written as a duration, the same.
func FuzzSeconds(f *testing.F) {
	for _, s := range []string{"60", "1.5", "1m30s", "0", "-1", "9e99", "", ".", "1.2.3", "99999999999", "1d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, again time.Duration
		if err := (seconds{&d}).Set(text); err != nil {
			return
		}
		if err := (seconds{&again}).Set(seconds{&d}.String()); err != nil || d <= 0 || again != d {
			t.Errorf("%q is %v, and that is %v, %v", text, d, again, err)
		}
	})
}

// FuzzRatio checks that what -scale takes is a ratio of two numbers above 0, the same when written
// again.
func FuzzRatio(f *testing.F) {
	for _, s := range []string{"10", "1/2", "1/0", "0", "-1/2", "+1", "1/", "/", "", "1/2/3", "9223372036854775808", "0x10", "1_0", " 1", "1.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		num, den, ok := parseRatio(text)
		if !ok {
			return
		}
		if num <= 0 || den <= 0 {
			t.Errorf("%q is %d/%d", text, num, den)
		}
		n, d, ok := parseRatio(fmt.Sprintf("%d/%d", num, den))
		if _, err := edit.Scale(num, den); n != num || d != den || !ok || err != nil {
			t.Errorf("%q is %d/%d, and that %d/%d, %v, %v", text, num, den, n, d, ok, err)
		}
	})
}
