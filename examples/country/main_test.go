package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/geo"
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
		args []string
		in   string
		want string
		ok   bool
	}{
		{[]string{"8.8.8.8", "193.1.1.1", "::ffff:8.8.4.4", "2001:db8::1"}, "", "8.8.8.8 US\n193.1.1.1 None\n::ffff:8.8.4.4 US\n2001:db8::1 None\n", true},
		{nil, "8.8.8.8\n\n 8.8.4.4", "8.8.8.8 US\n8.8.4.4 US\n", true},
		{[]string{"8.8.8.8", "localhost", "8.8.4.4"}, "", "8.8.8.8 US\n8.8.4.4 US\n", false},
		{nil, "", "", true},
	} {
		var out bytes.Buffer
		err := run(&out, []string{db}, addresses(c.args, strings.NewReader(c.in)), false)
		if out.String() != c.want || (err == nil) != c.ok {
			t.Errorf("%v: %q, %v", c.args, out.String(), err)
		}
	}
	var out bytes.Buffer
	if err := run(&out, []string{db}, addresses([]string{"8.8.8.8"}, nil), true); err != nil || !strings.Contains(out.String(), "8.0.0.0/7\tglobal\tGeoIP Country Edition 2026-07-04") {
		t.Errorf("verbose: %q, %v", out.String(), err)
	}
	if err := run(&out, nil, addresses([]string{"8.8.8.8"}, nil), false); !errors.Is(err, geo.ErrNoDatabase) {
		t.Errorf("no database: %v", err)
	}
}
