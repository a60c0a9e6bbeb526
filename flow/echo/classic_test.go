package echo

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// classicOf returns what Classic makes of a capture.
func classicOf(t testing.TB, file string, cfg ClassicConfig) (string, ClassicStats) {
	t.Helper()
	r, err := pcapio.Open(file)
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	var out []byte
	c, err := NewClassic(cfg, MessageWriterFunc(func(m *Message) error { out = append(m.AppendCSV(out), '\n'); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pcapio.Copy(c, pcapio.NewDecoder(r, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll})); err != nil {
		t.Log(err)
	}
	s := c.Stats()
	if s.Packets != s.Messages+s.Waiting+s.Other || int(s.Messages) != bytes.Count(out, []byte("\n")) {
		t.Errorf("counts do not add up: %+v", s)
	}
	return ClassicHeader + "\n" + string(out), s
}

// cases.py says what is in it and how tshark printed it.
func TestClassicCases(t *testing.T) {
	want, err := os.ReadFile("testdata/cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	got, s := classicOf(t, "testdata/cases.pcap", ClassicConfig{})
	sameLines(t, got, string(want))
	if s.Matched == 0 || s.Waiting == 0 {
		t.Errorf("%+v", s)
	}
}

func sameLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(strings.ReplaceAll(want, "\r", ""), "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			t.Fatalf("line %d missing: %s", i+1, w[i])
		case i >= len(w):
			t.Fatalf("line %d too much: %s", i+1, g[i])
		case g[i] != w[i]:
			t.Fatalf("line %d is\n%s, want\n%s", i+1, g[i], w[i])
		}
	}
}

// TestClassicAgainstTshark compares with tshark on the captures in the folder REEF_CAPTURES.
func TestClassicAgainstTshark(t *testing.T) {
	dir := os.Getenv("REEF_CAPTURES")
	if dir == "" {
		t.Skip("REEF_CAPTURES is not set")
	}
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("no tshark")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*icmp*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range files {
		args := []string{"-n", "-r", file, "-Y", "icmp.type==8 || icmp.type==0", "-T", "fields", "-E", "header=y", "-E", "separator=,", "-E", "occurrence=f"}
		for _, field := range strings.Split(ClassicHeader, ",") {
			args = append(args, "-e", field)
		}
		want, err := exec.Command("tshark", args...).Output()
		if err != nil || bytes.Count(want, []byte("\n")) < 2 {
			continue // tshark does not read it, or there is no echo
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			got, _ := classicOf(t, file, ClassicConfig{})
			sameLines(t, got, string(want))
		})
		compared++
	}
	if compared == 0 {
		t.Skip("no capture with echo messages in REEF_CAPTURES")
	}
}

// The latest MaxPending requests are remembered at least, twice as many at most.
func TestClassicMaxPending(t *testing.T) {
	var matched []uint16
	c, err := NewClassic(ClassicConfig{MaxPending: 10}, MessageWriterFunc(func(m *Message) error {
		if m.Matched {
			matched = append(matched, uint16(m.Seq))
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	write := func(m message) {
		if err := c.WritePacket(m.packet(t)); err != nil {
			t.Fatal(err)
		}
	}
	for seq := range uint16(100) {
		write(ask(int64(seq), seq))
	}
	if n := len(c.requests) + len(c.older); n > 20 {
		t.Errorf("%d requests are remembered", n)
	}
	if n := c.Stats().Forgotten; n != 80 { // all but the two sets of 10
		t.Errorf("%d requests are forgotten", n)
	}
	for seq := range uint16(100) {
		write(answer(1000, seq))
	}
	if len(matched) < 10 || matched[0] < 80 || matched[len(matched)-1] != 99 {
		t.Error(matched)
	}
}

func TestClassicErrorIsSticky(t *testing.T) {
	full := errors.New("disk full")
	c, err := NewClassic(ClassicConfig{}, MessageWriterFunc(func(*Message) error { return full }))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.WritePacket(ask(0, 1).packet(t)); err != full {
			t.Error(err)
		}
	}
}

func TestEpochBefore1970(t *testing.T) {
	m := Message{Time: -1_500_000_000, Type: -1, ID: -1, Seq: -1}
	if s := string(m.AppendCSV(nil)); s != "-1.500000000,,,,,,,," {
		t.Error(s)
	}
}
