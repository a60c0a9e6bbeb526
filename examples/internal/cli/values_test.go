package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90": 90 * time.Second, "0.5": 500 * time.Millisecond, "1m30s": 90 * time.Second, "-1": -time.Second, "0": 0, "250ms": 250 * time.Millisecond,
		"1e9": -1, "": -1, "x": -1, "1d": -1, "99999999999": -1, "1-2": -1, ".": -1,
	} {
		t.Run(text, func(t *testing.T) {
			if got, err := ParseDuration(text); (err != nil) != (want == -1) || err == nil && got != want {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"65536": 65536, "64k": 64_000, "64K": 64_000, "64kB": 64_000, "10M": 10_000_000, "1G": 1e9, "1.5G": 1.5e9, "64Ki": 65536, "1GiB": 1 << 30, "0": 0,
		"9223372036854775807": 1<<63 - 1, "-1": -1,
		"": -2, "k": -2, "1kk": -2, "1Bk": -2, "1x": -2, "9223372036854775808": -2, "9e3": -2, "0x10": -2, "nan": -2, "1e400": -2, "10000000T": -2,
	} {
		t.Run(text, func(t *testing.T) {
			if got, err := ParseSize(text); (err != nil) != (want == -2) || err == nil && got != want {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
}

// FuzzValues checks that what is taken is taken again as it is written.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"90", "0.5", "1m30s", "-1", "64k", "1.5G", "64KiB", "1e9", "", ".", "--1", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDuration(text); err == nil {
			if again, err := ParseDuration(d.String()); err != nil || again != d {
				t.Errorf("%q is %v, and that %v, %v", text, d, again, err)
			}
		}
		if n, err := ParseSize(text); err == nil {
			v := sizeValue(n)
			if again, err := ParseSize(v.String()); err != nil || again != n {
				t.Errorf("%q is %d, and that %d, %v", text, n, again, err)
			}
		}
	})
}

func TestValueFlags(t *testing.T) {
	p := New("x", "", "")
	d, n := p.Duration("idle", time.Minute, "silence"), p.Size("mem", 0, "memory in `BYTES`")
	var out, errs bytes.Buffer
	if status := p.Run([]string{"-h"}, &out, &errs, nil); status != 0 || !strings.Contains(out.String(), "  -idle duration\n    \tsilence; a duration as 90 or 1m30s (default 1m0s)\n") ||
		!strings.Contains(out.String(), "  -mem BYTES\n    \tmemory in BYTES, as 64k, 10M or 1G\n") {
		t.Errorf("status %d\n%s%s", status, &out, &errs)
	}
	if status := p.Run([]string{"-idle", "90", "-mem", "2G"}, &out, &errs, func() error { return nil }); status != 0 || *d != 90*time.Second || *n != 2e9 {
		t.Errorf("status %d, %v, %d, %s", status, *d, *n, &errs)
	}
	if status := p.Run([]string{"-idle", "1d"}, &out, &errs, nil); status != 2 ||
		errs.String() != "x: invalid value \"1d\" for flag -idle: want seconds, as 90, or a duration, as 1m30s\nTry x -h.\n" {
		t.Errorf("status %d, %s", status, &errs)
	}
}
