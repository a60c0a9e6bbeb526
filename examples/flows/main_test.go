package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

const web = "../../testdata/web.pcap"

// flows runs the program.
func flows(t *testing.T, want int, argv ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(argv, &out, &errs); status != want {
		t.Fatalf("flows %q: status %d, %s", argv, status, errs.String())
	}
	return out.String(), errs.String()
}

// An interval that is longer than the capture, however long, changes nothing.
func TestLongIntervals(t *testing.T) {
	for _, format := range []string{"t2", "csv", "jsonl", "netmate"} {
		whole, _ := flows(t, 0, "-format", format, web)
		for _, length := range []string{"200000h", "2562047h"} {
			for _, argv := range [][]string{{"-interval", length}, {"-interval", length, "-align"}} {
				got, _ := flows(t, 0, append(append([]string{"-format", format}, argv...), web)...)
				if format == "t2" { // whose tables by interval say where it began
					got, whole = rows(got), rows(whole)
				}
				if got != whole {
					t.Errorf("%s %s: %d bytes, without interval %d", format, argv, len(got), len(whole))
				}
			}
		}
	}
}

// rows returns the sorted lines of t2 that are not comments.
func rows(t2 string) string {
	lines := strings.Split(t2, "\n")
	lines = slices.DeleteFunc(lines, func(s string) bool { return strings.HasPrefix(s, "#") })
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// An output that cannot be made is one line of error, not one for each part that met it.
func TestOutputErrorsComeOnce(t *testing.T) {
	template := filepath.Join(t.TempDir(), "no", "such", "%i")
	for _, format := range []string{"t2", "csv", "jsonl", "netmate"} {
		if _, stderr := flows(t, 1, "-format", format, "-o", template, web); strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "such") {
			t.Errorf("%s: %q", format, stderr)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// So is standard output that cannot be written.
func TestFullDisk(t *testing.T) {
	for _, format := range []string{"t2", "csv", "jsonl", "netmate"} {
		for _, interval := range []string{"0", "1ms"} {
			var errs bytes.Buffer
			status := run([]string{"-format", format, "-interval", interval, web}, fullDisk{}, &errs)
			if status != 1 || strings.Count(errs.String(), "no space left") != 1 {
				t.Errorf("%s by %s: status %d, %q", format, interval, status, errs.String())
			}
		}
	}
}

// What an output file holds is what standard output would.
func TestOutputFile(t *testing.T) {
	for _, format := range []string{"t2", "csv", "jsonl", "netmate"} {
		want, _ := flows(t, 0, "-format", format, web)
		name := filepath.Join(t.TempDir(), "out")
		if stdout, _ := flows(t, 0, "-format", format, "-o", name, web); stdout != "" {
			t.Errorf("%s: %q on standard output", format, stdout)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v; want %d", format, len(got), err, len(want))
		}
	}
}

// A capture without packets has a file without rows: one of an earlier run must not be taken for
// it.
func TestOutputFileWithoutPackets(t *testing.T) {
	capture, err := os.ReadFile(web)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	empty, name := filepath.Join(dir, "empty.pcap"), filepath.Join(dir, "out")
	if err := os.WriteFile(empty, capture[:24], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{{"-format", "t2"}, {"-semantics", "classic"}, {"-format", "csv"}, {"-format", "jsonl"}, {"-format", "netmate"}} {
		if err := os.WriteFile(name, []byte("stale"), 0o600); err != nil {
			t.Fatal(err)
		}
		want, _ := flows(t, 0, append(argv, empty)...)
		flows(t, 0, append(argv, "-o", name, empty)...)
		if argv[1] != "jsonl" && want == "" {
			t.Errorf("%s: no head", argv)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", argv, got, err, want)
		}
	}
}

// An interval's rows are out when the interval is over, not when a buffer is full.
func TestIntervalsComeAtOnce(t *testing.T) {
	for _, format := range []string{"csv", "jsonl", "netmate"} {
		var out bytes.Buffer
		o := options{format: format, semantics: "modern", counters: "interval", interval: time.Second}
		m, err := o.meter(bufio.NewWriter(&out))
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(3) {
			p := pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerUDP, IPVersion: 4, Proto: 17, PortsOK: true, IPLen: 28}
			p.Time = i * int64(time.Second)
			if err := m.WritePacket(&p); err != nil {
				t.Fatal(err)
			}
		}
		if rows := strings.Count(out.String(), "0.0.0.0") / 2; rows != 2 {
			t.Errorf("%s: %d rows of 2 intervals that are over: %q", format, rows, out.String())
		}
	}
}

// What -usage says adds up, whatever the format, in one output or in several.
func TestUsageReconciles(t *testing.T) {
	for _, argv := range [][]string{{}, {"-interval", "2s"}, {"-semantics", "classic"}, {"-format", "csv"}, {"-format", "csv", "-interval", "2s"},
		{"-format", "jsonl", "-interval", "2s", "-o", filepath.Join(t.TempDir(), "%i")}, {"-format", "netmate"}} {
		_, stderr := flows(t, 0, append(append([]string{"-usage"}, argv...), web)...)
		skipped, ended := -1, -1
		for line := range strings.Lines(stderr) {
			if _, list, ok := strings.Cut(line, "626 packets: in flows "); ok {
				skipped = sum(t, list)
			} else if total, list, ok := strings.Cut(line, " flows: live "); ok {
				ended = sum(t, list) - sum(t, total)
			}
		}
		if skipped != 626 || ended != 0 {
			t.Errorf("%s: packets sum to %d, flows differ by %d\n%s", argv, skipped, ended, stderr)
		}
	}
}

// sum adds the numbers that a list such as "1 (out of order 2), non-ip 3" has outside of
// parentheses.
func sum(t *testing.T, list string) (total int) {
	for part := range strings.SplitSeq(strings.TrimSpace(list), ", ") {
		part, _, _ = strings.Cut(part, " (")
		n, err := strconv.Atoi(part[strings.LastIndexByte(part, ' ')+1:])
		if err != nil {
			t.Error(err)
		}
		total += n
	}
	return total
}

// With -resync a cut or missing file does not keep those behind it from being counted, and is told
// at the end.
func TestResyncGoesOnWithTheNextFile(t *testing.T) {
	capture, err := os.ReadFile(web)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cut, missing := filepath.Join(dir, "cut.pcap"), filepath.Join(dir, "missing.pcap")
	if err := os.WriteFile(cut, capture[:30_011], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr := flows(t, 1, "-usage", cut, web); !strings.Contains(stderr, "\n303 packets: in flows 303 ") {
		t.Errorf("without -resync: %s", stderr)
	}
	_, stderr := flows(t, 1, "-usage", "-resync", cut, missing, web)
	if !strings.Contains(stderr, "\n929 packets: in flows 929 ") || strings.Count(stderr, "cut.pcap: record 304 at byte 29960") != 1 ||
		!strings.Contains(stderr, "missing.pcap: no such file") && !strings.Contains(stderr, "missing.pcap: The system cannot") {
		t.Errorf("with -resync: %s", stderr)
	}
}

// Flows that -max-flows cut are told, in every format, and -strict makes it status 1.
func TestMaxFlowsIsTold(t *testing.T) {
	for _, format := range []string{"t2", "csv", "jsonl", "netmate"} {
		_, errs := flows(t, 0, "-format", format, "-max-flows", "1", web)
		if strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "ended early to follow no more than 1 at a time") {
			t.Errorf("%s: %q", format, errs)
		}
		flows(t, 1, "-strict", "-format", format, "-max-flows", "1", web)
		if _, errs := flows(t, 0, "-strict", "-format", format, web); errs != "" {
			t.Errorf("%s: %q", format, errs)
		}
	}
	flows(t, 2, "-max-flows", "-1", web)
}
