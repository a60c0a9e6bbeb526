package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pairs runs the program.
func pairs(t *testing.T, in string, args ...string) (status int, out, diagnostics string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(args, strings.NewReader(in), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

const list = "10.0.0.1 10.0.0.2 5 500\n9.0.0.1 10.0.0.1 1 100\n10.0.0.2 10.0.0.1 7 700\n"

func TestMethodsAndWeights(t *testing.T) {
	for _, c := range []struct{ by, want string }{
		{"flows", "10.0.0.1 10.0.0.2 2\n10.0.0.1 9.0.0.1 1\n"},
		{"packets", "10.0.0.1 10.0.0.2 12\n10.0.0.1 9.0.0.1 1\n"},
		{"bytes", "10.0.0.1 10.0.0.2 1200\n10.0.0.1 9.0.0.1 100\n"},
	} {
		for _, method := range []string{"exact", "xor16", "topk"} {
			t.Run(method+" by "+c.by, func(t *testing.T) {
				if status, out, _ := pairs(t, list, "-method", method, "-by", c.by, "-n", "0"); status != 0 || out != c.want {
					t.Errorf("%s by %s: status %d\n%s", method, c.by, status, out)
				}
				if _, out, _ := pairs(t, list, "-method", method, "-by", c.by, "-n", "1"); out != c.want[:strings.Index(c.want, "\n")+1] {
					t.Errorf("%s by %s, one: %s", method, c.by, out)
				}
			})
		}
	}
	if status, out, diagnostics := pairs(t, "1 2 5\n2 1 5 60\n3 1\n", "-by", "bytes"); status != 0 || out != "1 2 60\n1 3 0\n" || diagnostics != "pairs: 2 flows say no bytes\n" {
		t.Errorf("without bytes: status %d, %q, %q", status, out, diagnostics)
	}
	if _, _, diagnostics := pairs(t, list, "-method", "xor16"); !strings.Contains(diagnostics, "about 2 pairs in 65536 slots") {
		t.Errorf("xor16 says %q", diagnostics)
	}
}

func TestUsageAndBadInput(t *testing.T) {
	for _, args := range [][]string{{"-method", "x"}, {"-by", "x"}, {"-f", "udp"}, {"-tunnels", "all"}, {"-resync"}, {"-pcap", "-by", "flows"}, {"-x"}, {"-mem", "1"}, {"-method", "topk", "-mem", "8388608"}, {"-generate", "-5"}, {"-generate", "5", "FILE"}, {"-n", "-1"}} {
		if status, out, diagnostics := pairs(t, "", args...); status != 2 || out != "" || diagnostics == "" {
			t.Errorf("%v: status %d, %q, %q", args, status, out, diagnostics)
		}
	}
	status, out, diagnostics := pairs(t, list+"10.0.0.1 oops 3\n"+list)
	if status != 1 || out != "10.0.0.1 10.0.0.2 2\n10.0.0.1 9.0.0.1 1\n" || !strings.Contains(diagnostics, "line 4") {
		t.Errorf("bad line: status %d, %q, %q", status, out, diagnostics)
	}
	words := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(words, []byte("00000000:00000001 00000000:00000002 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, diagnostics := pairs(t, list, "-", words); status != 1 || strings.Count(out, "\n") != 2 || !strings.Contains(diagnostics, "words") {
		t.Errorf("mixed notations: status %d, %q", status, diagnostics)
	}
	if status, out, _ := pairs(t, "", filepath.Join(t.TempDir(), "none")); status != 1 || out != "" {
		t.Errorf("no file: status %d", status)
	}
	if status, out, diagnostics := pairs(t, ""); status != 0 || out != "" || diagnostics != "pairs: no pairs in the input\n" {
		t.Errorf("empty input: status %d, %q, %q", status, out, diagnostics)
	}
}

func TestHelpAndReport(t *testing.T) {
	if status, out, diagnostics := pairs(t, "", "-h"); status != 0 || !strings.HasPrefix(out, "usage: pairs [FLAGS] [FILE...]") || !strings.Contains(out, "-method") || diagnostics != "" {
		t.Errorf("status %d, %q, %q", status, out, diagnostics)
	}
	if status, _, diagnostics := pairs(t, list, "-usage"); status != 0 || !strings.HasPrefix(diagnostics, "wall ") {
		t.Errorf("status %d, %q", status, diagnostics)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestFullDisk(t *testing.T) {
	var stderr bytes.Buffer
	for _, args := range [][]string{{"-n", "0"}, {"-generate", "100000"}} {
		if status := run(args, strings.NewReader(list), full{}, &stderr); status != 1 || !strings.Contains(stderr.String(), "no space") {
			t.Errorf("%v: status %d, %q", args, status, stderr.String())
		}
	}
}

// A generated list, counted by the program in memory and with spilling, is what awk, sort and uniq
// make of it.
func TestPipeline(t *testing.T) {
	status, text, _ := pairs(t, "", "-generate", "300000", "-seed", "7")
	if status != 0 || strings.Count(text, "\n") != 300000 {
		t.Fatalf("status %d, %d lines", status, strings.Count(text, "\n"))
	}
	for name, list := range map[string]string{
		"words":   text,
		"IP":      list + "2001:db8::1 10.0.0.9 1\n10.0.0.9 2001:db8::1 1\n",
		"decimal": "9 10 1\n10 9 1\n100 20 1\n7 7\n",
	} {
		t.Run(name, func(t *testing.T) { comparePipeline(t, list) })
	}
}

func comparePipeline(t *testing.T, text string) {
	t.Helper()
	_, out, _ := pairs(t, text, "-n", "0")
	if _, spilled, _ := pairs(t, text, "-n", "0", "-mem", "8388608"); spilled != out {
		t.Error("bounded memory gives another result")
	}
	got := strings.Split(strings.TrimSpace(out), "\n")
	if !slices.IsSortedFunc(got, func(x, y string) int { return count(y) - count(x) }) {
		t.Error("not in order of counts")
	}
	for _, tool := range []string{"sh", "awk", "sort", "uniq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s: %v", tool, err)
		}
	}
	cmd := exec.Command("sh", "-c", `awk '$1<$2{print $1,$2;next}{print $2,$1}' | sort | uniq -c | sort -rn | awk '{print $2,$3,$1}'`)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdin = strings.NewReader(text)
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(b)), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d pairs, the pipeline has %d, or they differ", len(got), len(want))
	}
}

func count(line string) (n int) {
	fmt.Sscan(line[strings.LastIndexByte(line, ' ')+1:], &n)
	return n
}

// A capture of three IPv4 packets of 40 bytes and an ARP packet, on Ethernet.
func TestCapture(t *testing.T) {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0)
	packet := func(etherType uint16, src, dst byte) {
		frame := binary.BigEndian.AppendUint16(make([]byte, 12), etherType)
		frame = append(frame, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, src, 10, 0, 0, dst)
		frame = append(frame, make([]byte, 20)...)
		frame[14+20+12] = 0x50
		for _, v := range []int{1, 0, len(frame), len(frame)} {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
		b = append(b, frame...)
	}
	packet(0x0800, 1, 2)
	packet(0x0800, 2, 1)
	packet(0x0806, 1, 2)
	packet(0x0800, 3, 1)
	path := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for by, want := range map[string]string{"": "10.0.0.1 10.0.0.2 2\n10.0.0.1 10.0.0.3 1\n", "bytes": "10.0.0.1 10.0.0.2 80\n10.0.0.1 10.0.0.3 40\n"} {
		t.Run("by "+by, func(t *testing.T) {
			if status, out, diagnostics := pairs(t, "", "-pcap", "-by", by, path); status != 0 || out != want || !strings.Contains(diagnostics, "1 packets were not IP") {
				t.Errorf("by %q: status %d, %q, %q", by, status, out, diagnostics)
			}
		})
	}
	if err := os.WriteFile(path, b[:len(b)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, _ := pairs(t, "", "-pcap", path); status != 1 || out != "10.0.0.1 10.0.0.2 2\n" {
		t.Errorf("cut capture: status %d, %q", status, out)
	}
}

// A compressed list is the same list.
func TestCompressedList(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(list)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, want, _ := pairs(t, list)
	if status, out, diagnostics := pairs(t, packed.String()); status != 0 || out != want || want == "" {
		t.Errorf("status %d, %q, %q", status, out, diagnostics)
	}
	cut := packed.String()[:packed.Len()-6] // in the checksum: all lines are there
	if status, out, diagnostics := pairs(t, cut); status != 1 || out != want || !strings.Contains(diagnostics, "input ends inside gzip data") {
		t.Errorf("cut: status %d, %q, %q", status, out, diagnostics)
	}
}
