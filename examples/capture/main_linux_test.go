package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/reeftools/reef/internal/lab/nettest"
	"github.com/reeftools/reef/pcapio"
)

// TestMain lets the test program be the program itself, for tests that need a process of it.
func TestMain(m *testing.M) {
	if os.Getenv("CAPTURE_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// traffic sends UDP datagrams with counting ports from va to vb until the test ends.
func traffic(t *testing.T) {
	nettest.Namespace(t)
	send := nettest.Sender(t, "va")
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for port := 1; ; port++ {
			select {
			case <-done:
				return
			case <-time.After(time.Millisecond):
				send(nettest.UDP(port&0xffff, 58))
			}
		}
	}()
	t.Cleanup(func() {
		close(done)
		<-stopped
	})
}

// packets returns the number of UDP packets in a file, which must have no gap in their ports.
func packets(t *testing.T, name string) int {
	t.Helper()
	r, err := pcapio.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n, last := 0, uint16(0)
	for p, err := range pcapio.All(pcapio.NewDecoder(r, pcapio.DecodeConfig{})) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Status != pcapio.StatusOK || n > 0 && p.SrcPort != last+1 {
			t.Fatalf("%s: packet %d: %v, port %d after %d", name, n, p.Status, p.SrcPort, last)
		}
		n, last = n+1, p.SrcPort
	}
	return n
}

func TestPackets(t *testing.T) {
	traffic(t)
	for _, name := range []string{"a.pcap", "a.pcapng", "a.pcap.gz", "100%s.pcap"} {
		out := filepath.Join(t.TempDir(), name)
		var stdout, stderr bytes.Buffer
		if status := run([]string{"-i", "vb", "-f", "udp", "-s", "60", "-a", "packets:7", "-w", out}, &stdout, &stderr); status != 0 {
			t.Fatalf("%s: status %d: %s", name, status, &stderr)
		}
		if n := packets(t, out); n != 7 {
			t.Errorf("%s: %d packets", name, n)
		}
		if !strings.Contains(stderr.String(), "vb: 7 packets captured") || !strings.Contains(stderr.String(), "7 packets written to 1 file\n") {
			t.Errorf("%s: %s", name, &stderr)
		}
	}
}

func TestFileSize(t *testing.T) {
	traffic(t)
	out := filepath.Join(t.TempDir(), "a.pcap")
	var stderr bytes.Buffer
	if status := run([]string{"-i", "vb", "-a", "filesize:2", "-w", out}, io.Discard, &stderr); status != 0 {
		t.Fatal(status, &stderr)
	}
	info, err := os.Stat(out)
	if err != nil || info.Size() > 2000 || info.Size() < 2000-116 {
		t.Errorf("%v, %v", info.Size(), err)
	}
}

func TestDuration(t *testing.T) {
	traffic(t)
	out := filepath.Join(t.TempDir(), "a.pcap")
	var stderr bytes.Buffer
	if status := run([]string{"-i", "vb", "-a", "duration:0.2", "-f", "tcp", "-w", out}, io.Discard, &stderr); status != 0 {
		t.Fatal(status, &stderr)
	}
	if n := packets(t, out); n != 0 {
		t.Errorf("%d packets", n)
	}
}

func TestRing(t *testing.T) {
	traffic(t)
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-i", "vb", "-b", "packets:5", "-b", "files:2", "-b", "printname:-", "-a", "files:4", "-w", filepath.Join(dir, "a.pcapng")}, &stdout, &stderr); status != 0 {
		t.Fatal(status, &stderr)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	for i, name := range names {
		if n := packets(t, name); n != 5 || !strings.HasPrefix(filepath.Base(name), fmt.Sprintf("a_0000%d_2", i+3)) {
			t.Errorf("%s: %d packets", name, n)
		}
	}
	printed := strings.Fields(stdout.String())
	if len(printed) != 4 || !slices.Equal(printed[2:], names) {
		t.Errorf("printed %v, there are %v", printed, names)
	}
}

func TestTemplate(t *testing.T) {
	traffic(t)
	dir := t.TempDir()
	var stderr bytes.Buffer
	if status := run([]string{"-i", "vb", "-b", "duration:0.05", "-a", "files:3", "-w", filepath.Join(dir, "part-%i.pcap")}, io.Discard, &stderr); status != 0 {
		t.Fatal(status, &stderr)
	}
	for i := range 3 {
		if n := packets(t, filepath.Join(dir, fmt.Sprintf("part-%d.pcap", i+1))); n == 0 {
			t.Errorf("file %d is empty", i+1)
		}
	}
}

func TestPipe(t *testing.T) {
	traffic(t)
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-i", "vb", "-a", "packets:3", "-w", "-"}, &stdout, &stderr); status != 0 {
		t.Fatal(status, &stderr)
	}
	if want := 24 + 3*(16+100); stdout.Len() != want {
		t.Errorf("%d bytes, want %d", stdout.Len(), want)
	}
}

func TestDifferentLinkTypes(t *testing.T) {
	nettest.Namespace(t)
	dir := t.TempDir()
	var stderr bytes.Buffer
	if status := run([]string{"-i", "vb", "-i", "any", "-a", "duration:0.01", "-w", filepath.Join(dir, "a.pcap")}, io.Discard, &stderr); status != 2 || !strings.Contains(stderr.String(), "pcapng") {
		t.Errorf("status %d: %s", status, &stderr)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v", left)
	}
	if status := run([]string{"-i", "vb", "-i", "any", "-a", "duration:0.01", "-w", filepath.Join(dir, "a.pcapng")}, io.Discard, &stderr); status != 0 {
		t.Errorf("status %d: %s", status, &stderr)
	}
	if status := run([]string{"-i", "nonesuch", "-w", filepath.Join(dir, "b.pcap")}, io.Discard, &stderr); status != 1 {
		t.Errorf("unknown interface: status %d", status)
	}
}

// A signal ends the capture cleanly: the file is complete and has its name.
func TestSignals(t *testing.T) {
	traffic(t)
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		out := filepath.Join(t.TempDir(), "a.pcapng")
		var stderr bytes.Buffer
		cmd := exec.Command(os.Args[0], "-i", "vb", "-w", out)
		cmd.Env = append(os.Environ(), "CAPTURE_TEST_MAIN=1")
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
			if parts, err := filepath.Glob(out + ".*.part"); err == nil && len(parts) > 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Error("nothing was captured")
				break
			}
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v: %s", signal, err, &stderr)
		}
		if n := packets(t, out); n == 0 || !strings.Contains(stderr.String(), fmt.Sprintf("vb: %d packets captured, %d received, 0 dropped", n, n)) {
			t.Errorf("%v: %d packets: %s", signal, n, &stderr)
		}
	}
}

// What is written can be read by the usual tools.
func TestOtherToolsReadIt(t *testing.T) {
	traffic(t)
	for _, name := range []string{"a.pcap", "a.pcapng"} {
		out := filepath.Join(t.TempDir(), name)
		var stderr bytes.Buffer
		if status := run([]string{"-i", "vb", "-a", "packets:5", "-w", out}, io.Discard, &stderr); status != 0 {
			t.Fatal(status, &stderr)
		}
		for _, args := range [][]string{{"tcpdump", "-n", "-r", out}, {"tshark", "-n", "-r", out}} {
			tool, err := exec.LookPath(args[0])
			if err != nil {
				t.Logf("%s is not installed", args[0])
				continue
			}
			text, err := exec.Command(tool, args[1:]...).Output()
			if n := bytes.Count(text, []byte("192.0.2.1")); err != nil || n != 5 {
				t.Errorf("%s reads %d packets of %s: %v", args[0], n, name, err)
			}
		}
	}
}

// An output that fails is reported once, with no word of success.
func TestOutputFails(t *testing.T) {
	traffic(t)
	for _, out := range []string{filepath.Join(t.TempDir(), "none", "a.pcap"), "/dev/full"} {
		var stderr bytes.Buffer
		if status := run([]string{"-i", "vb", "-a", "duration:0.5", "-w", out}, io.Discard, &stderr); status != 1 || strings.Count(stderr.String(), "capture: ") != 1 {
			t.Errorf("%s: status %d: %s", out, status, &stderr)
		}
		if strings.Contains(stderr.String(), "removed") || !strings.Contains(stderr.String(), "written to 0 files") {
			t.Errorf("%s: %s", out, &stderr)
		}
	}
}
