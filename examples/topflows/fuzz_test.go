package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// FuzzWords checks that -agg and -by take the words that their help lists, and refuse others as bad
// usage.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"tuple pkts", "pair bytes", "name flows", "src,dst pkts", " ", "SRC pkts", "port\x00 pkts", "country pkts"} {
		agg, by, _ := strings.Cut(s, " ")
		f.Add(agg, by)
	}
	aggs, fields := []string{"tuple", "src", "dst", "pair", "proto", "port"}, []string{"pkts", "bytes", "flows"}
	f.Fuzz(func(t *testing.T, agg, by string) {
		if agg == "country" {
			return // it needs a database
		}
		var stdout, stderr bytes.Buffer
		status := run([]string{"-agg=" + agg, "-by=" + by}, strings.NewReader(rows), &stdout, &stderr)
		switch {
		case !slices.Contains(aggs, agg) || !slices.Contains(fields, by):
			if status != 2 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "want one of ") {
				t.Errorf("%q, %q: status %d, %s%s", agg, by, status, &stdout, &stderr)
			}
		case status != 0 || strings.Count(stdout.String(), "\n") < 2 || stderr.Len() > 0:
			t.Errorf("%q, %q: status %d, %s%s", agg, by, status, &stdout, &stderr)
		}
	})
}
