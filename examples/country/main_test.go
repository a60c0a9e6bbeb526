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
		name   string
		args   []string
		in     string
		want   string
		status int
		stderr string
	}{
		{"arguments", []string{"8.8.8.8", "193.1.1.1", "::ffff:8.8.4.4", "2001:db8::1"}, "", "8.8.8.8 US\n193.1.1.1 None\n::ffff:8.8.4.4 US\n2001:db8::1 None\n", 0, ""},
		{"input", nil, "8.8.8.8\n\n 8.8.4.4", "8.8.8.8 US\n8.8.4.4 US\n", 0, ""},
		{"bad arguments", []string{"8.8.8.8", "localhost", "x", "8.8.4.4"}, "", "8.8.8.8 US\n8.8.4.4 US\n", 1, "country: 2 words are no addresses, the first: localhost is neither an IPv4 address"},
		{"bad word", nil, "8.8.8.8 y", "8.8.8.8 US\n", 1, "country: line 1, offset 8: y is neither an IPv4 address as 192.0.2.1 nor an IPv6 address as 2001:db8::1\n"},
		{"bad lines", nil, "8.8.8.8\n\n y\t8.8.4.4\r\nz\x1b[2J", "8.8.8.8 US\n8.8.4.4 US\n", 1, "country: 2 words are no addresses, the first: line 3, offset 10: y is"},
		{"escape sequence", nil, "\x1b[2J", "", 1, `country: line 1, offset 0: "\x1b[2J" is neither`},
		// A word of any length is one bad word, and the next is looked up.
		{"long word", nil, "8.8.8.8\n" + strings.Repeat("1", 1<<20) + "\n8.8.4.4\n", "8.8.8.8 US\n8.8.4.4 US\n", 1, "country: line 2, offset 8: " + strings.Repeat("1", 60) + "... is neither"},
		{"many empty lines", nil, "8.8.8.8" + strings.Repeat("\n", 1<<17) + "8.8.4.4", "8.8.8.8 US\n8.8.4.4 US\n", 0, ""},
		{"other spellings", []string{"64:ff9b::8.8.8.8", "::FFFF:8.8.8.8", "fe80::1%eth0"}, "", "64:ff9b::8.8.8.8 None\n::FFFF:8.8.8.8 US\nfe80::1%eth0 None\n", 0, ""},
		{"nothing", nil, "", "", 0, ""},
		{"verbose", []string{"-v", "8.8.8.8"}, "", "8.8.8.8 US\tUnited States\t\tAS0 \t8.0.0.0/7\tglobal\tGeoIP Country Edition 2026-07-04\n", 0, ""},
		{"unknown flag", []string{"-x"}, "", "", 2, "country: flag provided but not defined: -x"},
		{"no database", []string{"-db", db + "none", "8.8.8.8"}, "", "", 1, "country: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status := run(append([]string{"-db", db}, c.args...), strings.NewReader(c.in), &stdout, &stderr)
			if status != c.status || stdout.String() != c.want || !strings.HasPrefix(stderr.String(), c.stderr) || (c.stderr == "") != (stderr.Len() == 0) {
				t.Errorf("%v: status %d, %q, %q", c.args, status, stdout.String(), stderr.String())
			}
		})
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
