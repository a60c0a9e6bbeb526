package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// database has 0.0.0.0/1 in the United States and nothing in 128.0.0.0/1.
func database(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "GeoIP.dat")
	data := "\xe1\xff\xff\x00\xff\xff" + "\x00\x00\x00GEO-106FREE 20260704 Build\xff\xff\xff\x01"
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCountry(t *testing.T) {
	db := database(t)
	for _, c := range []struct {
		args   []string
		in     string
		want   string
		status int
		stderr string
	}{
		{[]string{"8.8.8.8", "193.1.1.1", "::ffff:8.8.4.4", "2001:db8::1"}, "", "8.8.8.8 US\n193.1.1.1 None\n::ffff:8.8.4.4 US\n2001:db8::1 None\n", 0, ""},
		{nil, "8.8.8.8\n\n 8.8.4.4", "8.8.8.8 US\n8.8.4.4 US\n", 0, ""},
		{[]string{"8.8.8.8", "localhost", "x", "8.8.4.4"}, "", "8.8.8.8 US\n8.8.4.4 US\n", 1, "country: 2 words are no addresses, the first: ParseAddr(\"localhost\")"},
		{nil, "8.8.8.8 y", "8.8.8.8 US\n", 1, "country: 1 words are no addresses, the first: ParseAddr(\"y\")"},
		{nil, "", "", 0, ""},
		{[]string{"-v", "8.8.8.8"}, "", "8.8.8.8 US\tUnited States\t\tAS0 \t8.0.0.0/7\tglobal\tGeoIP Country Edition 2026-07-04\n", 0, ""},
		{[]string{"-x"}, "", "", 2, "country: flag provided but not defined: -x"},
		{[]string{"-db", db + "none", "8.8.8.8"}, "", "", 1, "country: "},
	} {
		var stdout, stderr bytes.Buffer
		status := run(append([]string{"-db", db}, c.args...), strings.NewReader(c.in), &stdout, &stderr)
		if status != c.status || stdout.String() != c.want || !strings.HasPrefix(stderr.String(), c.stderr) || (c.stderr == "") != (stderr.Len() == 0) {
			t.Errorf("%v: status %d, %q, %q", c.args, status, stdout.String(), stderr.String())
		}
	}
}

func TestHelpAndUsage(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-h"}, nil, &stdout, &stderr); status != 0 || !strings.HasPrefix(stdout.String(), "usage: country [FLAGS] [ADDRESS...]") || stderr.Len() != 0 {
		t.Errorf("status %d, %q, %q", status, stdout.String(), stderr.String())
	}
	stdout.Reset()
	if status := run([]string{"-usage", "-db", database(t), "8.8.8.8"}, nil, &stdout, &stderr); status != 0 || !strings.HasPrefix(stderr.String(), "wall ") {
		t.Errorf("status %d, %q, %q", status, stdout.String(), stderr.String())
	}
}
