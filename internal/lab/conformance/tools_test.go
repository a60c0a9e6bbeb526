package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

const (
	root     = "../../.." // of the module
	testdata = root + "/testdata"
	timeout  = 60 * time.Second // for one run of a tool or program
)

// need skips the test unless every tool is in PATH; with REEF_CONFORMANCE=require it fails the
// test.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv("REEF_CONFORMANCE") == "require" {
			t.Fatalf("%s is not installed, and REEF_CONFORMANCE=require", tool)
		}
		t.Skipf("%s is not installed", tool)
	}
}

// output is what a run left.
type output struct {
	stdout, stderr string
	status         int // exit status
}

// command is a run of a tool or program that needs more than its arguments.
type command struct {
	stdin  io.Reader // nil is empty; a pipe, unless it is an *os.File
	stdout *os.File  // nil keeps it in output
	env    []string
}

// run runs a tool or program with a time limit. The time zone is UTC, numbers are written as in C,
// standard input is empty.
func run(t *testing.T, name string, args ...string) output {
	t.Helper()
	return command{}.run(t, name, args...)
}

func (c command) run(t *testing.T, name string, args ...string) output {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(append(os.Environ(), "TZ=UTC", "LC_ALL=C"), c.env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.stdin, &stdout, &stderr
	if c.stdout != nil {
		cmd.Stdout = c.stdout
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%s %s: still running after %v", name, strings.Join(args, " "), timeout)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return output{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// mustRun is run for what has to succeed; it returns standard output.
func mustRun(t *testing.T, name string, args ...string) string {
	t.Helper()
	out := run(t, name, args...)
	if out.status != 0 {
		t.Fatalf("%s %s: exit status %d: %s", filepath.Base(name), strings.Join(args, " "), out.status, out.stderr)
	}
	return out.stdout
}

// binDir is where the programs are built; TestMain makes and removes it.
var binDir string

func TestMain(m *testing.M) {
	var err error
	if binDir, err = os.MkdirTemp("", "reef-conformance-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	if err := os.RemoveAll(binDir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = max(status, 1)
	}
	os.Exit(status)
}

// built are the programs that were built in this run, with the error of their build.
var built struct {
	sync.Mutex
	errs map[string]error
}

// program returns the path of a program of examples, built once in a run of the tests.
func program(t *testing.T, name string) string {
	t.Helper()
	need(t, "go")
	path := filepath.Join(binDir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	built.Lock()
	defer built.Unlock()
	err, done := built.errs[name]
	if !done {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./examples/"+name)
		cmd.Dir = root
		if text, buildErr := cmd.CombinedOutput(); buildErr != nil {
			err = fmt.Errorf("%w\n%s", buildErr, text)
		}
		if built.errs == nil {
			built.errs = map[string]error{}
		}
		built.errs[name] = err
	}
	if err != nil {
		t.Fatalf("examples/%s: %v", name, err)
	}
	return path
}

// captures returns the captures of testdata, and those of the folder that REEF_CAPTURES names.
func captures(t *testing.T) []string {
	t.Helper()
	names := glob(t, testdata)
	if dir := os.Getenv("REEF_CAPTURES"); dir != "" {
		names = append(names, glob(t, dir)...)
	}
	return names
}

// glob returns the captures in dir by name; there must be some.
func glob(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.pcap*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no captures in %s: %v", dir, err)
	}
	slices.Sort(names)
	return names
}

// packets decodes a capture and returns its good prefix, with the error that ended it unless that
// is the file's end.
func packets(t *testing.T, name string) ([]*pcapio.Packet, error) {
	t.Helper()
	r, err := pcapio.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var all []*pcapio.Packet
	for p, err := range pcapio.All(pcapio.NewDecoder(r, pcapio.DecodeConfig{})) {
		if err != nil {
			return all, err
		}
		all = append(all, p.Clone())
	}
	return all, nil
}
