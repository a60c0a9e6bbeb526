package conformance

import (
	"os"
	"strings"
	"testing"
)

// TestFullStandardOutput writes to a full disk: the status is 1, and the error is told once,
// although a writer that failed says so again when it is completed.
func TestFullStandardOutput(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	list := t.TempDir() + "/list.t2"
	if err := os.WriteFile(list, []byte(mustRun(t, program(t, "flows"), web)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, file string }{
		{"flows -format t2", web},
		{"flows -format t2 -interval 100ms", web},
		{"flows -format t2 -semantics classic", web},
		{"flows -format csv", web},
		{"flows -format jsonl -interval 100ms", web},
		{"flows -format netmate", web},
		{"flows -format netmate -semantics classic", web},
		{"tcpconns -format brief", web},
		{"tcpconns -format long", web},
		{"tcpconns -format csv -rtt", web},
		{"tcpconns -format jsonl", web},
		{"tcpconns -format tstat", web},
		{"tcpconns -semantics classic -format csv", web},
		{"tcpconns -semantics classic -format tstat", web},
		{"icmpecho -format csv", testdata + "/ping-loss.pcap"},
		{"icmpecho -format json", testdata + "/ping-loss.pcap"},
		{"icmpecho -format summary", testdata + "/ping-loss.pcap"},
		{"icmpecho -semantics classic", testdata + "/ping-loss.pcap"},
		{"intervals -r " + web, "0.01"},
		{"intervals -F -r " + web, "0.01"},
		{"intervals -a -r " + web, "0.01"},
		{"intervals -b 1000 -r " + web, "0.01"},
		{"intervals -semantics classic -r " + web, "0.001"},
		{"slice -w -", web},
		{"slice -R", web},
		{"pairs -pcap", web},
		{"pairs -pcap -method topk", web},
		{"pairs -generate", "100000"},
		{"topflows", list},
		{"volume", list},
		{"ifstat -json", ""},
		{"flows -h", ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			words := strings.Fields(c.args)
			args := append([]string{"-c", `exec "$0" "$@" >/dev/full`, program(t, words[0])}, words[1:]...)
			if c.file != "" {
				args = append(args, c.file)
			}
			out := run(t, "sh", args...)
			if n := strings.Count(out.stderr, "no space left"); out.status != 1 || n != 1 {
				t.Errorf("status %d, told %d times:\n%s", out.status, n, out.stderr)
			}
		})
	}
}
