package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// capture writes a pcap file with an empty raw IP packet at each of the seconds since 1970.
func capture(t *testing.T, seconds ...uint32) string {
	t.Helper()
	b := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 17: 1, 20: 101, 23: 0}
	for _, s := range seconds {
		b = binary.LittleEndian.AppendUint32(b, s)
		b = append(b, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x45)
	}
	name := filepath.Join(t.TempDir(), "jump.pcap")
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// A jump in time prints a bounded number of empty rows, and tells how many it left out: a longer
// gap has none. Packets at 0 and 1000 s with intervals of 10 s, each (a, b]: the second is in the
// interval from 990 s, and 98 lie between.
func TestJumps(t *testing.T) {
	year := capture(t, 0, 1, 365*86400)
	short := capture(t, 0, 1000)
	two := capture(t, 0, 1000, 3000) // the third is in the interval from 2990 s: 199 between
	for _, c := range []struct {
		name   string
		args   []string
		status int
		rows   int
		stderr string
	}{
		// 31,536,000 s: 6,307,200 intervals, of which the first and the last have packets
		{"a year of 5 s", []string{"-r", year}, 0, 2,
			"intervals: time jumps 31535990 s up to 1970-12-31T23:59:55Z: 6307198 empty intervals were not printed; "},
		{"within the bound", []string{"-r", short, "10"}, 0, 100, ""},
		{"just within", []string{"-max-empty", "98", "-r", short, "10"}, 0, 100, ""},
		{"just over", []string{"-max-empty", "97", "-r", short, "10"}, 0, 2,
			"intervals: time jumps 980 s up to 1970-01-01T00:16:30Z: 98 empty intervals were not printed; "},
		{"two of them", []string{"-max-empty", "10", "-r", two, "10"}, 0, 3,
			"intervals: time jumps 2 times, by up to 1990 s up to 1970-01-01T00:49:50Z: 297 empty intervals were not printed; "},
		{"hidden anyway", []string{"-e", "-r", year}, 0, 2, ""},
		{"strict", []string{"-strict", "-max-empty", "97", "-r", short, "10"}, 1, 2, "intervals: time jumps 980 s"},
		{"classic prints them", []string{"-semantics", "classic", "-r", capture(t, 1, 100_001), "5"}, 0, 20_000, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status := run(c.args, &stdout, &stderr)
			rows := bytes.Count(stdout.Bytes(), []byte("\n"))
			if status != c.status || rows != c.rows || !strings.HasPrefix(stderr.String(), c.stderr) || c.stderr == "" && stderr.Len() > 0 {
				t.Errorf("status %d, %d rows, %q", status, rows, stderr.String())
			}
		})
	}
}

// The load of the row after a gap is the same whether the empty rows are printed or not.
func TestLoadAfterAJump(t *testing.T) {
	file := capture(t, 0, 1, 2, 300)
	last := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		run(append(args, "-r", file, "-o", `%l\n`, "1"), &stdout, &stderr)
		rows := strings.Split(strings.TrimSpace(stdout.String()), "\n")
		return rows[len(rows)-1]
	}
	if all, some := last(), last("-max-empty", "5"); all != some || all == "" {
		t.Errorf("load %s with all rows, %s without", all, some)
	}
}
