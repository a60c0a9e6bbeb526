package main

import (
	"bytes"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	for _, args := range []string{
		"", "-i lo", "-w x.pcap", "-i lo -w x.pcap udp", "-i lo -w x.pcap -f (", "-i lo -w x.pcap -s -1", "-i lo -w x.pcap -B -1", "-i lo -w x.pcap -B 5000",
		"-i lo -w x.pcap -a files:2", "-i lo -w x.pcap -b files:2", "-i lo -w x.pcap -a duration", "-i lo -w x.pcap -a duration:x", "-i lo -w x.pcap -a packets:0",
		"-i lo -w x.pcap -a interval:3", "-i lo -w x.pcap -b duration:1 -b interval:1", "-i lo -w x.pcap -a filesize:1 -b filesize:1", "-i lo -w - -b packets:1",
		"-i lo -w - -a filesize:1", "-i lo -w x.pcap -a packets:99999999999", "-i lo -w x.pcap -a duration:-1", "-i lo -w x.pcap.xz",
	} {
		var stderr bytes.Buffer
		if status := run(strings.Fields(args), io.Discard, &stderr); status != 2 || stderr.Len() == 0 {
			t.Errorf("%s: status %d: %s", args, status, &stderr)
		}
	}
}

func TestList(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no capture on this system")
	}
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-D"}, &stdout, &stderr); status != 0 || !strings.Contains(stdout.String(), ". any [up, running] Linux SLL2\n") || !strings.HasPrefix(stdout.String(), "1. ") {
		t.Errorf("status %d: %s%s", status, &stdout, &stderr)
	}
}

func TestTemplateNames(t *testing.T) {
	for out, want := range map[string]string{
		"a.pcap":          "a_%i_%Y%m%d%H%M%S.pcap",
		"d.x/a.pcapng.gz": "d.x/a_%i_%Y%m%d%H%M%S.pcapng.gz",
		"d.x/a":           "d.x/a_%i_%Y%m%d%H%M%S",
		"a-%i.pcap":       "a-%i.pcap",
	} {
		t.Run(out, func(t *testing.T) {
			if got, _ := template(out); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}
