package conformance

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// captureReader is a program of examples that reads captures, with flags that make it print
// results.
type captureReader struct {
	name string
	args []string
	note string // what it says of web.pcap on standard error
}

// captureReaders is what the tests below run; none of them prints the names of its inputs.
var captureReaders = []captureReader{
	{"flows", []string{"-format", "t2"}, ""},
	{"flows", []string{"-format", "csv"}, ""},
	{"flows", []string{"-format", "netmate"}, ""},
	{"flows", []string{"-format", "jsonl", "-interval", "1s"}, ""},
	{"tcpconns", []string{"-format", "csv"}, ""},
	{"icmpecho", []string{"-format", "csv"}, "icmpecho: none of 2 ICMP messages is an echo or timestamp message\n"},
}

func (c captureReader) String() string { return c.name + " " + strings.Join(c.args, " ") }

// run runs the program with its flags and further arguments.
func (c captureReader) run(t *testing.T, args ...string) output {
	t.Helper()
	return c.runAs(t, command{}, args...)
}

func (c captureReader) runAs(t *testing.T, how command, args ...string) output {
	t.Helper()
	return how.run(t, program(t, c.name), slices.Concat(c.args, args)...)
}

const web = testdata + "/web.pcap"

// TestSamePacketsSameOutput gives a program the same packets as a file, on a pipe, as redirected
// standard input, compressed, as pcapng, and cut in two files.
func TestSamePacketsSameOutput(t *testing.T) {
	capture, err := os.ReadFile(web)
	if err != nil {
		t.Fatal(err)
	}
	head, tail := split(t, capture, 300)
	for _, c := range captureReaders {
		t.Run(c.String(), func(t *testing.T) {
			want := c.run(t, web)
			if want.status != 0 || want.stderr != c.note || want.stdout == "" {
				t.Fatalf("status %d, %d bytes, %s", want.status, len(want.stdout), want.stderr)
			}
			redirected, err := os.Open(web)
			if err != nil {
				t.Fatal(err)
			}
			defer redirected.Close()
			for _, same := range []struct {
				how string
				got output
			}{
				{"again", c.run(t, web)},
				{"pipe", c.runAs(t, command{stdin: bytes.NewReader(capture)}, "-")},
				{"pipe without argument", c.runAs(t, command{stdin: bytes.NewReader(capture)})},
				{"redirected", c.runAs(t, command{stdin: redirected})},
				{"gzip", c.run(t, web+".gz")},
				{"pcapng", c.run(t, testdata+"/web.pcapng")},
				{"two files", c.run(t, head, tail)},
				{"one processor", c.runAs(t, command{env: []string{"GOMAXPROCS=1"}}, web)},
			} {
				t.Run(same.how, func(t *testing.T) {
					if same.got != want {
						t.Errorf("status %d, %d bytes of output, want %d: %s", same.got.status, len(same.got.stdout), len(want.stdout), same.got.stderr)
					}
				})
			}
		})
	}
}

// split writes a classic pcap as two: the first n records, and the rest.
func split(t *testing.T, capture []byte, n int) (head, tail string) {
	t.Helper()
	at := recordOffset(t, capture, n)
	head, tail = filepath.Join(t.TempDir(), "head.pcap"), filepath.Join(t.TempDir(), "tail.pcap")
	write(t, head, capture[:at])
	write(t, tail, append(bytes.Clone(capture[:24]), capture[at:]...))
	return head, tail
}

// recordOffset returns where record n (from 0) of a little-endian classic pcap begins.
func recordOffset(t *testing.T, capture []byte, n int) int {
	t.Helper()
	at := 24
	for range n {
		if at+16 > len(capture) {
			t.Fatalf("fewer than %d records", n)
		}
		at += 16 + int(capture[at+8]) + int(capture[at+9])<<8
	}
	return at
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestCutCaptureGivesItsGoodPrefix wants the results of all whole records of a cut file, a message
// with file, record and offset, and exit status 1.
func TestCutCaptureGivesItsGoodPrefix(t *testing.T) {
	capture, err := os.ReadFile(web)
	if err != nil {
		t.Fatal(err)
	}
	at := recordOffset(t, capture, 300)
	whole, cut := filepath.Join(t.TempDir(), "whole.pcap"), filepath.Join(t.TempDir(), "cut.pcap")
	write(t, whole, capture[:at])
	write(t, cut, capture[:at+20])
	for _, c := range captureReaders {
		t.Run(c.String(), func(t *testing.T) {
			want, got := c.run(t, whole), c.run(t, cut)
			if want.status != 0 || got.status != 1 || got.stdout != want.stdout {
				t.Errorf("status %d, then %d with %d bytes of output, want %d", want.status, got.status, len(got.stdout), len(want.stdout))
			}
			for _, part := range []string{c.name + ": ", "cut.pcap", "record 301", "unexpected EOF"} {
				if !strings.Contains(got.stderr, part) {
					t.Errorf("message %q does not say %q", got.stderr, part)
				}
			}
			if err, told := strings.CutPrefix(got.stderr, want.stderr); !told || strings.Count(err, "\n") != 1 {
				t.Errorf("message %q is not one line after %q", got.stderr, want.stderr)
			}
		})
	}
}

// TestBadUse wants exit status 2 for mistakes in the command line and 1 for input that is not there
// or no capture; nothing on standard output but a header line.
func TestBadUse(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	write(t, text, []byte("this is no capture, but a text of more than twenty-four bytes\n"))
	for _, c := range captureReaders {
		t.Run(c.String(), func(t *testing.T) {
			for _, tt := range []struct {
				name    string
				args    []string
				status  int
				message string
			}{
				{"flag", []string{"-no-such-flag", web}, 2, "-no-such-flag"},
				{"value", []string{"-tunnels", "nonsense", web}, 2, "-tunnels"},
				{"missing file", []string{filepath.Join(t.TempDir(), "missing.pcap")}, 1, "missing.pcap"},
				{"text", []string{text}, 1, text},
				{"folder", []string{t.TempDir()}, 1, c.name},
			} {
				t.Run(tt.name, func(t *testing.T) {
					got := c.run(t, tt.args...)
					if got.status != tt.status || !strings.Contains(got.stderr, tt.message) || strings.Count(got.stdout, "\n") > 1 {
						t.Errorf("%v: status %d, stdout %q, stderr %q", tt.args, got.status, got.stdout, got.stderr)
					}
				})
			}
			if got := c.run(t, "-h"); got.status != 0 || got.stderr != "" || !strings.HasPrefix(got.stdout, "usage: "+c.name) {
				t.Errorf("-h: status %d, stdout %q, stderr %q", got.status, got.stdout, got.stderr)
			}
		})
	}
}

// TestFullDisk wants exit status 1 and a message when results cannot be written.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer full.Close()
	for _, c := range captureReaders {
		t.Run(c.String(), func(t *testing.T) {
			got := c.runAs(t, command{stdout: full}, web)
			if got.status != 1 || !strings.Contains(got.stderr, "no space left") {
				t.Errorf("status %d, stderr %q", got.status, got.stderr)
			}
		})
	}
}
