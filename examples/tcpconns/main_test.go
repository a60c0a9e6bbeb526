package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testdata/loss.pcap is hand-made: a transfer of 400 bytes in which the second of four segments is
// sent again after three duplicate ACKs, and a SYN between the same endpoints after it.
const capture = "testdata/loss.pcap"

func runProgram(t *testing.T, status int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(args, &out, &errs); got != status {
		t.Fatalf("%v: exit status %d, want %d: %s", args, got, status, errs.String())
	}
	if (errs.Len() > 0) != (status != 0) {
		t.Errorf("%v: exit status %d and message %q", args, status, errs.String())
	}
	return out.String()
}

func TestBrief(t *testing.T) {
	want := "  1: 10.0.0.1:1000 - 10.0.0.2:80    9>    7<  (complete)\n  2: 10.0.0.1:1000 - 10.0.0.2:80    1>    0<  (unanswered)\n"
	if got := runProgram(t, 0, capture); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := runProgram(t, 0, "-o", "2", capture); got != want[strings.Index(want, "  2:"):] {
		t.Errorf("-o 2: %s", got)
	}
}

func TestClassic(t *testing.T) {
	got := runProgram(t, 0, "-semantics", "classic", "-format", "csv", "-rtt", capture)
	golden, err := os.ReadFile("../../tcpanalysis/tcptrace/testdata/table.csv")
	if err != nil {
		t.Fatal(err)
	}
	// The golden file has the columns of -W as well.
	if g, w := strings.Count(rowOf(t, got), ","), strings.Count(rowOf(t, string(golden)), ",")-8; g != w {
		t.Errorf("%d columns, want %d", g, w)
	}
	long := runProgram(t, 0, "-semantics", "classic", "-format", "long", capture)
	if !strings.Contains(long, "complete conn: yes") || !strings.Contains(long, "rexmt data bytes:        100 ") {
		t.Errorf("long output:\n%s", long)
	}
}

func rowOf(t *testing.T, out string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "1,") {
			return line
		}
	}
	t.Fatalf("no connection 1 in %s", out)
	return ""
}

func TestJSON(t *testing.T) {
	first, _, _ := strings.Cut(runProgram(t, 0, "-format", "jsonl", "-rtt", capture), "\n")
	var c struct {
		Completeness string
		A2B          struct {
			Unique  int     `json:"unique_bytes"`
			Fast    int     `json:"retrans_fast_packets"`
			RTT     float64 `json:"rtt_handshake_s"`
			DupACKs int     `json:"dup_acks"`
		}
	}
	if err := json.Unmarshal([]byte(first), &c); err != nil {
		t.Fatal(err)
	}
	if c.Completeness != "complete" || c.A2B.Unique != 400 || c.A2B.Fast != 1 || c.A2B.RTT != 0.01 || c.A2B.DupACKs != 3 {
		t.Errorf("%+v", c)
	}
}

func TestGraphs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	runProgram(t, 0, "-xplot", dir, "-o", "1", capture)
	files, err := filepath.Glob(filepath.Join(dir, "*.xpl"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 11 { // five of each side, though b sends no data, and the time line
		t.Errorf("%d graphs: %v", len(files), files)
	}
	b, err := os.ReadFile(filepath.Join(dir, "a2b_tsg.xpl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"timeval double\n", "\nred\natext 1000000000.031000 201\nR\n", "\natext 1000000000.030300 101\n3\n", "\ngo\n"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("a2b_tsg.xpl lacks %q", want)
		}
	}
}

func TestBadUsage(t *testing.T) {
	for _, args := range [][]string{{"-semantics", "old", capture}, {"-format", "xml", capture}, {"-semantics", "classic", "-format", "jsonl", capture}, {"-o", "x", capture},
		{"-format", "tstat", "-o", "1", capture}, {"-net", "10.0.0.0/8", capture}, {"-format", "tstat", "-net", "10.0.0.0", capture}} {
		runProgram(t, 2, args...)
	}
	runProgram(t, 1, "testdata/missing.pcap")
}

// TestLive checks that the record of a connection comes out when it ends, though the capture goes
// on.
func TestLive(t *testing.T) {
	b, err := os.ReadFile(capture)
	if err != nil {
		t.Fatal(err)
	}
	in, feed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = stdin; in.Close() }()
	result, out := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run([]string{"-format=csv"}, out, io.Discard)
		out.Close()
	}()
	if _, err := feed.Write(b); err != nil { // the second connection ends the first by its SYN
		t.Fatal(err)
	}
	lines := bufio.NewReader(result)
	for _, want := range []string{"conn,host_a", "1,10.0.0.1,1000,"} {
		if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, want) {
			t.Errorf("line %q, error %v, want %q", line, err, want)
		}
	}
	if err := feed.Close(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(lines); err != nil || !strings.HasPrefix(string(rest), "2,10.0.0.1,1000,") {
		t.Errorf("rest %q, error %v", rest, err)
	}
	if status := <-done; status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestCut checks that a damaged capture gives the results of its good part, and exit status 1.
func TestCut(t *testing.T) {
	b, err := os.ReadFile(capture)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.pcap")
	if err := os.WriteFile(cut, b[:len(b)-100], 0o644); err != nil {
		t.Fatal(err)
	}
	if got := runProgram(t, 1, cut); !strings.Contains(got, "10.0.0.1:1000 - 10.0.0.2:80") {
		t.Errorf("output %q", got)
	}
}

func TestTstat(t *testing.T) {
	for _, semantics := range []string{"modern", "classic"} {
		got := runProgram(t, 0, "-semantics", semantics, "-format", "tstat", capture)
		lines := strings.Split(strings.TrimSpace(got), "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "#31#c_ip:1 ") {
			t.Fatalf("%s: %s", semantics, got)
		}
		f := strings.Fields(lines[1])
		// Of 400 bytes 100 were sent again, a fast retransmission (column 80) after four ACKs that
		// ended before them.
		if strings.Join(f[:12], " ") != "10.0.0.1 1000 9 0 8 2 400 5 500 1 100 0" || len(f) != 134 || f[79] != "1" {
			t.Errorf("%s: %s", semantics, lines[1])
		}
	}
}

func TestLogsAndHistograms(t *testing.T) {
	logs, histograms := filepath.Join(t.TempDir(), "logs"), filepath.Join(t.TempDir(), "histograms")
	if got := runProgram(t, 0, "-logs", logs, "-histograms", histograms, "-net", "10.0.0.1/32", capture); strings.Count(got, "\n") != 2 {
		t.Errorf("the table is printed as well: %s", got)
	}
	for name, lines := range map[string]int{"log_tcp_complete": 2, "log_tcp_nocomplete": 2, "log_udp_complete": 1} {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(logs, name))
			if err != nil || strings.Count(string(b), "\n") != lines {
				t.Errorf("%v\n%s", err, b)
			}
		})
	}
	files, err := filepath.Glob(filepath.Join(histograms, "*.out", "LAST", "tcp_cl_b_s_out"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v %v", files, err)
	}
	if b, err := os.ReadFile(files[0]); err != nil || !strings.HasSuffix(string(b), "\n500 1\n") {
		t.Errorf("%v %s", err, b)
	}
	if _, err := os.Stat(filepath.Join(histograms, "cumulative.csv")); err != nil {
		t.Error(err)
	}
}

// What -max-conns left out is told, and -strict makes it status 1. The capture has two connections,
// one after the other.
func TestMaxConnsIsTold(t *testing.T) {
	for _, args := range [][]string{{"-semantics=classic"}, {"-semantics=classic", "-format=tstat"}} {
		var out, errs bytes.Buffer
		status := run(append(append([]string{"-max-conns=1", "-strict"}, args...), capture), &out, &errs)
		told := strings.Contains(errs.String(), "were left out") && strings.Count(errs.String(), "\n") == 1
		if tstat := len(args) > 1; !tstat && (status != 1 || !told) || tstat && (status == 1) != told {
			t.Errorf("%v: status %d, %q", args, status, errs.String())
		}
	}
	runProgram(t, 2, "-max-conns=-1", capture)
	runProgram(t, 2, "-semantics=classic", "-max-conns=-1", capture)
	runProgram(t, 2, "-format=tstat", "-max-conns=-1", capture)
}
