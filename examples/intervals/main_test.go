package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	const ping, vlan = "-r ../../testdata/ping-loss.pcap", "-r ../../testdata/vlan.pcap"
	for _, c := range []struct {
		name, args     string
		status         int
		stdout, stderr string // stderr: what it must contain
	}{
		{"classic as tcpstat prints it", "-semantics classic " + ping + ` -o %R,%n,%C,%a\n 2`, 0, "1,19,19,82.32\n3,18,18,95.11\n5,22,22,100.73\n", ""},
		{"modern", ping + ` -o %R,%n,%C,%a,%{partial}\n 2`, 0, "0,19,19,82.32,0\n2,18,18,95.11,0\n4,22,22,100.73,1\n", ""},
		{"classic is blind behind tags", "-semantics classic -1 " + vlan + ` -o %n,%I,%A\n`, 0, "20,0,0\n", ""},
		{"modern sees", "-1 " + vlan + ` -o %n,%I,%A\n`, 0, "20,18,2\n", ""},
		{"filter", "-1 -f icmp6 " + ping + ` -o %n,%V\n`, 0, "34,34\n", ""},
		{"behind tunnels", "-1 -tunnels vxlan -r ../../testdata/vxlan.pcap -o %n,%N,%T,%U\\n", 0, "20,5214,16,4\n", ""},
		{"before tunnels", "-1 -r ../../testdata/vxlan.pcap -o %n,%N,%T,%U\\n", 0, "20,5214,0,20\n", ""},
		{"estimates and percentiles", "-1 -r ../../testdata/web.pcap -o %{hosts},%{flows},%{p50}\\n", 0, "7,31,84\n", ""},
		{"account", "-a -r ../../testdata/web.pcap", 0, // 309,936 bytes in 5.839655 s
			"Bytes/sec\t=     51.8 KB\nBytes/minute\t=      3.0 MB\nBytes/hour\t=    182.2 MB\nBytes/day\t=      4.3 GB\nBytes/month\t=    128.1 GB\n", ""},
		{"bandwidth", "-b 1000000 " + ping, 0, "Time exceeding 1000000.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 10704.08 bps\n", ""},
		{"seconds", "-s 2 " + ping + ` -o %n 10`, 0, "19", ""},
		{"no such file", "-r none.pcap", 1, "", "none.pcap"},
		{"no capture", "-r main.go", 1, "", "not a capture"},
		{"bad filter", "-f tcp&& " + ping, 2, "", "-f: "},
		{"bad interval", ping + " 0", 2, "", "INTERVAL 0"},
		{"two intervals", ping + " 1 2", 2, "", "more than one"},
		{"negative empty intervals", "-max-empty -1 " + ping, 2, "", "-max-empty -1"},
		{"bad semantics", "-semantics old", 2, "", "semantics"},
		{"bad size", "-size huge " + ping, 2, "", "huge"},
		{"bad format", "-o %{nonsense} " + ping, 2, "", "nonsense"},
		{"closed descriptor", "-o %999x " + ping, 1, "", "999"},
		{"bad width for classic", "-semantics classic -size wire " + ping, 2, "", "-size"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			status := run(strings.Fields(c.args), &stdout, &stderr)
			if status != c.status || stdout.String() != c.stdout {
				t.Errorf("status %d, stdout\n%s\nwant %d\n%s", status, stdout.String(), c.status, c.stdout)
			}
			if got := stderr.String(); !strings.Contains(got, c.stderr) || c.stderr == "" && got != "" {
				t.Errorf("stderr %q", got)
			}
		})
	}
}

// A clock that jumps is told, with how many rows it did not give.
func TestJump(t *testing.T) {
	const ping = "../../testdata/ping-loss.pcap"
	rows := func(args string) (int, string) {
		var stdout, stderr bytes.Buffer
		if status := run(strings.Fields(args), &stdout, &stderr); status != 0 {
			t.Fatalf("status %d: %s", status, &stderr)
		}
		return strings.Count(stdout.String(), "\n"), stderr.String()
	}
	all, quiet := rows("-max-empty 1000000 -r " + ping + " 0.001")
	few, told := rows("-max-empty 3 -r " + ping + " 0.001")
	if want := fmt.Sprintf(" %d empty intervals were not printed", all-few); quiet != "" || few >= all || !strings.Contains(told, want) {
		t.Errorf("%d and %d rows, %q and %q", all, few, quiet, told)
	}
}
