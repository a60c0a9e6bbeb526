package main

import (
	"strings"
	"testing"
)

// FuzzConditions checks that what -a and -b take is a known name with a number above 0, and that
// what they refuse changes nothing.
func FuzzConditions(f *testing.F) {
	for _, s := range []string{"duration:1.5", "interval:60", "filesize:1000", "packets:2147483647", "files:3", "printname:x", "files:0", "files:-1", "duration:1h",
		"duration:9e99", "nanoseconds:1", "packets", "packets:", ":", "duration:0.0000000001"} {
		f.Add(s)
	}
	const known = "duration,interval,filesize,packets,files,printname"
	f.Fuzz(func(t *testing.T, text string) {
		c := conditions{known: known}
		if err := c.Set(text); err != nil {
			if c != (conditions{known: known}) || !strings.Contains(err.Error(), "want") && !strings.Contains(err.Error(), "is not a number") {
				t.Errorf("%q: %v, left %+v", text, err, c)
			}
			return
		}
		name, value, _ := strings.Cut(text, ":")
		if !strings.Contains(known, name) || value == "" || !c.set() {
			t.Errorf("%q makes %+v", text, c)
		}
		if c.duration < 0 || c.interval < 0 || c.size < 0 || c.size%1000 != 0 || c.files < 0 {
			t.Errorf("%q makes %+v", text, c)
		}
	})
}
