package main

import (
	"bytes"
	"strings"
	"testing"
)

const t2 = "#src\tdst\n10.0.0.1\t10.0.0.2\t6\t1\t1024\t80\t10\t100000\t1\t3.4\t7.8\n"

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name, args, stdin string
		status            int
		stdout, stderr    string // stderr: what it must contain
	}{
		{"fractional", "", t2, 0, "3 1.363636 13636.363636\n4 2.272727 22727.272727\n5 2.272727 22727.272727\n6 2.272728 22727.272728\n7 1.818182 18181.818182\n", ""},
		{"whole", "-whole", t2, 0, "3 2 20000\n4 2 20000\n5 2 20000\n6 2 20000\n7 2 20000\n", ""},
		{"half seconds", "-bin 500ms -whole", "1.1.1.1\t2.2.2.2\t1\t0\t0\t0\t2\t84\t1\t-0.4\t0.1\n", 0, "-0.5 1 42\n0 1 42\n", ""},
		{"csv", "-bin 10s", "start_ns,end_ns,src,dst,packets,bytes,rev_packets,rev_bytes\n1000000000,2000000000,::1,::2,1,40,2,50\n", 0, "0 3 90\n", ""},
		{"jsonl", "-bin 10s", `{"start_ns":1000000000,"end_ns":2000000000,"src":"::1","dst":"::2","packets":1,"bytes":40}` + "\n", 0, "0 1 40\n", ""},
		{"bad jsonl", "-bin 10s", `{"start_ns":1,"end_ns":2,"src":"::1","dst":"::2","packets":1,"bytes":40}` + "\n{", 1, "0 1 40\n", "-: flow record 2"},
		{"bad row", "-whole", t2 + "x\n", 1, "3 2 20000\n4 2 20000\n5 2 20000\n6 2 20000\n7 2 20000\n", "1 of 2 rows skipped"},
		{"too long", "-bin 1ns", t2, 1, "", "1 of 1 flows left out"},
		{"empty", "", "", 0, "", "volume: no flows in the input\n"},
		{"bad bin", "-bin 0s", "", 2, "", "-bin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status := run(strings.Fields(c.args), strings.NewReader(c.stdin), &stdout, &stderr)
			if status != c.status || stdout.String() != c.stdout {
				t.Errorf("status %d, stdout\n%s\nwant %d\n%s", status, stdout.String(), c.status, c.stdout)
			}
			if got := stderr.String(); !strings.Contains(got, c.stderr) || c.stderr == "" && got != "" {
				t.Errorf("stderr %q", got)
			}
		})
	}
}
