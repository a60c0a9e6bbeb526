//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test program be the program itself, for tests that need a process of it.
func TestMain(m *testing.M) {
	if os.Getenv("SLICE_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// An interrupt ends the input, also where no packet matches: the output is complete, and it is said
// where it ends.
func TestInterrupt(t *testing.T) {
	capture, err := os.ReadFile(web)
	if err != nil {
		t.Fatal(err)
	}
	for _, expr := range []string{"", "host 192.0.2.99"} {
		dir := t.TempDir()
		out := filepath.Join(dir, "out.pcap")
		var stderr bytes.Buffer
		cmd := exec.Command(os.Args[0], "-w", out, "-f", expr, "-")
		cmd.Env = append(os.Environ(), "SLICE_TEST_MAIN=1")
		cmd.Stderr = &stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		data := capture
		told := false
		for sent := 0; err == nil; sent += len(data) { // an input without end
			if !told && sent > 1<<20 { // more than a pipe holds: the program reads
				if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				told = true
			}
			_, err = in.Write(data)
			data = capture[24:]
		}
		select {
		case err = <-ended:
		case <-time.After(30 * time.Second):
			t.Fatal("it does not end")
		}
		entries, dirErr := os.ReadDir(dir)
		if dirErr != nil || len(entries) != 1 || entries[0].Name() != "out.pcap" {
			t.Errorf("%q: files %v, %v", expr, entries, dirErr)
		}
		if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "interrupted") {
			t.Errorf("%q: %v, %s", expr, err, &stderr)
		}
		if n := len(read(t, out)); (n > 0) != (expr == "") {
			t.Errorf("%q: %d packets", expr, n)
		}
	}
}

// Standard output may be any device but a terminal.
func TestStandardOutputDevice(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	cmd := exec.Command(os.Args[0], "-w", "-", web)
	cmd.Env = append(os.Environ(), "SLICE_TEST_MAIN=1")
	cmd.Stdout = null
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("%v, %s", err, &stderr)
	}
}
