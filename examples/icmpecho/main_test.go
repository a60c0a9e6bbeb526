package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runWith(t *testing.T, argv ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(argv, &out, &errs)
	return out.String(), errs.String(), status
}

const (
	cases = "../../flow/echo/testdata/cases.pcap"
	ping  = "../../testdata/ping-loss.pcap"
)

func TestClassic(t *testing.T) {
	want, err := os.ReadFile("../../flow/echo/testdata/cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	out, errs, status := runWith(t, "-semantics", "classic", cases)
	if status != 0 || errs != "" || out != strings.ReplaceAll(string(want), "\r", "") {
		t.Errorf("status %d, %q\n%s", status, errs, out)
	}
}

func TestFormats(t *testing.T) {
	csv, _, status := runWith(t, ping)
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	if status != 0 || len(lines) != 31 || !strings.HasPrefix(lines[0], "kind,src,dst,id,seq,") {
		t.Errorf("status %d, %d lines: %s", status, len(lines), lines[0])
	}
	json, _, status := runWith(t, "-format", "json", ping)
	if status != 0 || strings.Count(json, "\n") != 30 || strings.Count(json, `"kind":"echo6"`) != strings.Count(csv, "\necho6,") {
		t.Errorf("status %d, %s", status, json)
	}
	sum, _, status := runWith(t, "-format", "summary", ping)
	rows := strings.Split(sum, "\n")
	if status != 0 || len(rows) != 6 || !strings.HasPrefix(rows[1], "echo ") || !strings.HasPrefix(rows[2], "echo6 ") || !strings.HasPrefix(rows[3], "total ") ||
		rows[4] != "unmatched replies: 0" ||
		strings.Join(strings.Fields(rows[1]), " ") != "echo 10.20.0.1 10.20.0.2 15 10 5 33.3 10 5 0 0 0 0 0 5 1 40.599 41.853 40.665 46.013 46.013 46.013 1.918" ||
		strings.Join(strings.Fields(rows[3]), " ") != "total 30 25 5 16.7 25 5 0 0 0 0 0 5 1 40.599 41.643 40.665 45.253 46.013 46.013 1.594" {
		t.Errorf("status %d\n%s", status, sum)
	}
}

func TestRepeat(t *testing.T) {
	if _, errs, status := runWith(t, "-repeat", "0", ping); status != 2 || !strings.Contains(errs, "-repeat") {
		t.Errorf("status %d, %q", status, errs)
	}
	const hundred = "echo 10.20.0.1 10.20.0.2 15 "
	sum, _, _ := runWith(t, "-repeat", "100s", "-format", "summary", ping)
	// each has its own sequence number
	if !strings.Contains(strings.Join(strings.Fields(sum), " "), hundred) {
		t.Error(sum)
	}
}

func TestTimeout(t *testing.T) {
	out, _, _ := runWith(t, "-timeout", "1ms", ping)
	if strings.Contains(out, "answered") {
		t.Error("answered within a millisecond of 40")
	}
}

func TestCutCapture(t *testing.T) {
	whole, err := os.ReadFile(ping)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.pcap")
	if err := os.WriteFile(cut, whole[:len(whole)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{{cut}, {"-format", "summary", cut}, {"-semantics", "classic", cut}} {
		out, errs, status := runWith(t, argv...)
		if status != 1 || !strings.Contains(errs, "record 59") || strings.Count(out, "\n") < 5 {
			t.Errorf("%v: status %d, %q, %q", argv, status, errs, out)
		}
	}
}

func TestBadUsage(t *testing.T) {
	for _, tt := range []struct {
		argv   []string
		status int
		want   string
	}{
		{[]string{"-format", "xml", ping}, 2, "want one of csv, json, summary"},
		{[]string{"-semantics", "old", ping}, 2, "want one of modern, classic"},
		{[]string{"-semantics", "classic", "-format", "json", ping}, 2, "tshark's fields are csv"},
		{[]string{"-timeout", "-1s", ping}, 2, "want more than 0"},
		{[]string{"-timeout", "0", ping}, 2, "want more than 0"},
		{[]string{"no-such-file.pcap"}, 1, "no-such-file.pcap"},
	} {
		t.Run(strings.Join(tt.argv, " "), func(t *testing.T) {
			if out, errs, status := runWith(t, tt.argv...); status != tt.status || !strings.Contains(errs, tt.want) || out != "" {
				t.Errorf("%v: status %d, %q, %q", tt.argv, status, errs, out)
			}
		})
	}
}
