// Package learn holds programs to learn from: each is complete, short, and
// uses nothing but the library.
package learn

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Every program prints what it should about captures of testdata, or says what is wrong.
func TestPrograms(t *testing.T) {
	const testdata = "../../testdata/"
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./...").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cut := filepath.Join(bin, "cut.pcap")
	web, err := os.ReadFile(testdata + "web.pcap")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, web[:40000], 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(bin, "out.pcap")
	for _, c := range []struct {
		name, args     string
		status         int
		stdout, stderr string // the beginning of it, what it contains
	}{
		{"ttlcount", testdata + "web.pcap", 0, "map[64:624 255:2]\n", ""},
		{"ttlcount", cut, 1, "map[64:398 255:2]\n", "record 401 at byte 39924"},
		{"ttlcount", "", 1, "", "no file"},
		{"flowcsv", testdata + "ping-loss.pcap", 0, "start_ns,end_ns,src,src_port,dst,dst_port,proto,packets,", ""},
		{"flowcsv", cut, 1, "start_ns,", "record 401 at byte 39924"},
		{"hostrtt", "10.20.0.2 " + testdata + "bulk-loss.pcap", 0, "10.20.0.1:60138 10.20.0.2:7002 177 40.184 43.282757 52.28\n", ""},
		{"hostrtt", "10.20.0.3 " + testdata + "bulk-loss.pcap", 0, "", ""},
		{"hostrtt", "", 1, "", "no file"},
		{"toppairs", testdata + "web.pcap", 0, "10.20.0.1 10.20.0.2 477\n2001:db8:20::1 2001:db8:20::2 143\n", ""},
		{"toppairs", cut, 1, "10.20.0.1 10.20.0.2 301\n", "record 401 at byte 39924"},
		{"matching", "tcp " + out, 1, "", "usage"},
		{"matching", "icmp " + out + " " + testdata + "ping-loss.pcap", 0, "", ""},
		{"ttlcount", out, 0, "map[64:25]\n", ""}, // 15 echo requests, 10 replies
		{"matching", "tcp[ " + out + " " + testdata + "web.pcap", 1, "", "filter"},
	} {
		t.Run(c.name+" "+filepath.Base(c.args), func(t *testing.T) {
			name := filepath.Join(bin, c.name)
			if runtime.GOOS == "windows" {
				name += ".exe"
			}
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(name, strings.Fields(c.args)...)
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			status := 0
			var exit *exec.ExitError
			if err := cmd.Run(); errors.As(err, &exit) {
				status = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if status != c.status || !strings.HasPrefix(stdout.String(), c.stdout) || c.stdout == "" && stdout.Len() > 0 {
				t.Errorf("status %d, want %d:\n%s", status, c.status, &stdout)
			}
			if !strings.Contains(stderr.String(), c.stderr) || c.stderr == "" && stderr.Len() > 0 {
				t.Errorf("stderr %q, want %q", &stderr, c.stderr)
			}
		})
	}
}

// They stay short and on their own feet.
func TestShort(t *testing.T) {
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) != 5 {
		t.Fatalf("%q, %v", programs, err)
	}
	for _, name := range programs {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(src, []byte("\n")) - bytes.Count(src, []byte("\n\n")); lines > 30 || bytes.Contains(src, []byte("examples/")) {
			t.Errorf("%s has %d lines that are not empty, or uses the flags of the other programs", name, lines)
		}
	}
}
