package main

import (
	"testing"
	"time"
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
