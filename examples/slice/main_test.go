package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

const (
	web   = "../../testdata/web.pcap"
	webNG = "../../testdata/web.pcapng"
	webGZ = "../../testdata/web.pcap.gz"
)

// slice runs the program.
func slice(t *testing.T, want int, argv ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := run(argv, &out, &errs); status != want {
		t.Fatalf("slice %q: status %d, %s", argv, status, errs.String())
	}
	return out.String(), errs.String()
}

// read returns the records of files.
func read(t *testing.T, names ...string) (all []pcapio.Record) {
	t.Helper()
	r, err := pcapio.Open(names...)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		var rec pcapio.Record
		if r.ReadRecord(&rec) != nil {
			return all
		}
		all = append(all, rec.Clone())
	}
}

func same(a, b []pcapio.Record) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Time != b[i].Time || a[i].OrigLen != b[i].OrigLen || !bytes.Equal(a[i].Data, b[i].Data) {
			return false
		}
	}
	return true
}

func TestWindow(t *testing.T) {
	all := read(t, web)
	const start, length = 1500e6, 1000e6 // ns after the first packet
	var want []pcapio.Record
	for _, r := range all {
		if at := r.Time - all[0].Time; at >= start && at <= start+length {
			want = append(want, r)
		}
	}
	if len(want) == 0 || len(want) == len(all) {
		t.Fatalf("a bad window for a test: %d of %d packets", len(want), len(all))
	}
	for _, in := range []string{web, webNG, webGZ} {
		for _, ext := range []string{".pcap", ".pcapng", ".pcap.gz", ".pcapng.zst"} {
			out := filepath.Join(t.TempDir(), "out"+ext)
			slice(t, 0, "-w", out, "+1.5", "+1", in)
			if !same(read(t, out), want) {
				t.Errorf("%s to %s: %d packets, want %d", in, ext, len(read(t, out)), len(want))
			}
		}
	}
	stdout, _ := slice(t, 0, "-w", "-", "+1.5", "+1", web)
	name := filepath.Join(t.TempDir(), "stdout")
	if err := os.WriteFile(name, []byte(stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	if !same(read(t, name), want) {
		t.Error("standard output differs")
	}
}

func TestChanges(t *testing.T) {
	all := read(t, web)
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	slice(t, 0, "-newkey", key)
	for _, test := range []struct {
		name  string
		argv  []string
		count int // -1: not known
		check func(was, is pcapio.Record) bool
	}{
		{"snap", []string{"-snap", "60"}, len(all), func(was, is pcapio.Record) bool { return len(is.Data) <= 60 && is.OrigLen == was.OrigLen }},
		{"cut", []string{"-cut", "network"}, -1, func(was, is pcapio.Record) bool { return len(is.Data) < 60 }},
		{"strip", []string{"-strip-link"}, -1, func(was, is pcapio.Record) bool { return is.LinkType == pcapio.LinkRaw }},
		{"every", []string{"-every", "10"}, (len(all) + 9) / 10, nil},
		{"shift", []string{"-shift", "-1h"}, len(all), func(was, is pcapio.Record) bool { return is.Time == was.Time-3600e9 }},
		{"scale", []string{"-scale", "3/2"}, len(all), func(was, is pcapio.Record) bool {
			return is.Time == all[0].Time+(was.Time-all[0].Time)*3/2
		}},
		{"anon", []string{"-anon", key}, len(all), func(was, is pcapio.Record) bool { return !bytes.Equal(was.Data, is.Data) }},
		{"checksums", []string{"-fix-checksums"}, len(all), nil},
		{"dedup", []string{"-dedup", web}, len(all), func(was, is pcapio.Record) bool { return bytes.Equal(was.Data, is.Data) }},
		{"sample", []string{"-sample", "1"}, -1, nil},
		{"filter", []string{"-f", "ip or ip6 or arp"}, len(all), func(was, is pcapio.Record) bool { return bytes.Equal(was.Data, is.Data) }},
		{"scan", []string{"-scan", "-half-open"}, len(all), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(dir, test.name)
			slice(t, 0, append(append([]string{"-w", out}, test.argv...), web)...)
			got := read(t, out)
			if test.count >= 0 && len(got) != test.count || len(got) == 0 {
				t.Errorf("%d packets, want %d", len(got), test.count)
				return
			}
			for i, is := range got {
				if test.check != nil && !test.check(all[i], is) {
					t.Errorf("packet %d: %+v", i, is)
					break
				}
			}
		})
	}
}

func TestRotation(t *testing.T) {
	all := read(t, web)
	for _, test := range []struct {
		name  string
		argv  []string
		whole bool // all packets are there
		files string
		note  string
	}{
		{"size", []string{"-C", "20000"}, true, "o o1 o2", ""},
		{"ring", []string{"-C", "20000", "-W", "2"}, false, "o0 o1", "older files"},
		{"ring of twelve", []string{"-C", "20000", "-W", "12"}, true, "o00 o01", ""},
		{"time", []string{"-G", "1000"}, true, "o", ""},
		{"limit", []string{"-G", "0.01", "-W", "2"}, false, "o o1", "ended after 2 files"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			_, note := slice(t, 0, append(append([]string{"-w", filepath.Join(dir, "o")}, test.argv...), web)...)
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			var packets []pcapio.Record
			for _, e := range entries {
				names = append(names, e.Name())
				if info, err := e.Info(); err != nil || test.argv[0] == "-C" && info.Size() > 20_000 {
					t.Errorf("%v has %d bytes, %v", e, info.Size(), err)
				}
			}
			if got := strings.Join(names, " "); !strings.HasPrefix(got, test.files) {
				t.Errorf("files %s, want %s", got, test.files)
			}
			for i := range names { // numbers are not in the order of names
				if name := filepath.Join(dir, names[i]); test.whole {
					packets = append(packets, read(t, name)...)
				}
			}
			if test.whole && len(packets) != len(all) || !strings.Contains(note, test.note) {
				t.Errorf("%d packets of %d; %q", len(packets), len(all), note)
			}
		})
	}
}

// A time that is beyond all others in this capture only is no mistake in the command line; and a
// window without packets is told.
func TestWindowOfNothing(t *testing.T) {
	late := filepath.Join(t.TempDir(), "late.pcapng") // half a second before the end of time
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{Format: pcapio.Pcapng})
	if err != nil {
		t.Fatal(err)
	}
	r := pcapio.Record{Time: math.MaxInt64 - 5e8, LinkType: pcapio.LinkRaw, OrigLen: 1, Data: []byte{0x45}}
	if err := errors.Join(w.WriteRecord(&r), w.Close(), os.WriteFile(late, file.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		status int
		argv   []string
		stderr string
	}{
		{"beyond the last time", 1, []string{"+1", late}, "slice: edit: time \"+1\": beyond the year 2262\n"},
		{"dry run", 1, []string{"-d", "+0", "+1", late}, "slice: edit: time \"+1\": beyond the year 2262\n"},
		{"too many years", 2, []string{"+1000y", late}, "slice: edit: time \"+1000y\": not from 1677 to 2262\nTry slice -h.\n"},
		{"before the packets", 0, []string{"1", "2", late}, "slice: none of 1 packet read is from START to END\n"},
		{"from the first packet", 0, []string{"+0", late}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			argv := append([]string{"-w", filepath.Join(t.TempDir(), "out.pcapng")}, test.argv...)
			if _, stderr := slice(t, test.status, argv...); stderr != test.stderr {
				t.Errorf("%q: %q", test.argv, stderr)
			}
		})
	}
}

// Packets that a flag cannot change are counted.
func TestUnfit(t *testing.T) {
	dir := t.TempDir()
	arp := filepath.Join(dir, "arp.pcap")
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{})
	if err != nil {
		t.Fatal(err)
	}
	r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: 60, Data: make([]byte, 60)}
	r.Data[12], r.Data[13] = 8, 6
	if err := errors.Join(w.WriteRecord(&r), w.WriteRecord(&r), w.Close(), os.WriteFile(arp, file.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"-strip-link", "-cut=network", "-shift=1h", "-f=ip"} {
		name, _, _ := strings.Cut(flag, "=")
		_, note := slice(t, 0, "-w", filepath.Join(dir, "out"), flag, arp)
		want := fmt.Sprintf("slice: 2 packets dropped that %s is not for\n", name)
		switch name {
		case "-f": // those are not wanted
			want = "slice: none of 2 packets matches -f\n"
		case "-shift": // they fit
			want = ""
		}
		if note != want {
			t.Errorf("%s: %q, want %q", flag, note, want)
		}
	}
	slice(t, 2, "-w", filepath.Join(dir, "out.pcap.bz2"), arp)
	for _, bad := range []string{"x", "1/", "0", "-1/2", "1/0"} {
		slice(t, 2, "-w", filepath.Join(dir, "out"), "-scale", bad, arp)
	}
}

// -usage counts what was read, of all files.
func TestUsageReport(t *testing.T) {
	_, note := slice(t, 0, "-usage", "-w", filepath.Join(t.TempDir(), "o"), "-f", "host 192.0.2.99", web, web)
	if want := fmt.Sprintf("\n%d packets\n", 2*len(read(t, web))); !strings.HasSuffix(note, want) {
		t.Errorf("%q, want %q", note, want)
	}
}

func TestReport(t *testing.T) {
	t.Setenv("TZ", "UTC")
	all := read(t, web)
	first, last := decimal(all[0].Time), decimal(all[len(all)-1].Time)
	if out, _ := slice(t, 0, "-R", web); out != web+"\t"+first+"\t"+last+"\n" {
		t.Errorf("%q", out)
	}
	if out, _ := slice(t, 0, "-d", web); out != "start\t"+first+"\nstop\t"+last+"\n" {
		t.Errorf("%q", out)
	}
	units, _ := slice(t, 0, "-t", web)
	start := strings.Split(units, "\t")[1]
	if out, _ := slice(t, 0, "-d", start, "+1", web); !strings.HasPrefix(out, "start\t"+first[:strings.Index(first, ".")]) {
		t.Errorf("%q is not read back: %q", start, out)
	}
	if out, _ := slice(t, 0, "-r", web); strings.Count(out, ":") != 4 {
		t.Errorf("%q", out)
	}
	for ns, want := range map[int64]string{-1: "-0.000000001", -1_500_000_000: "-1.500000", 1e9: "1.000000", math.MinInt64: "-9223372036.854775808"} {
		t.Run(want, func(t *testing.T) {
			if got := decimal(ns); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	out := filepath.Join(t.TempDir(), "o")
	for _, test := range []struct {
		name   string
		status int
		argv   []string
		stderr string
	}{
		{"no output", 2, []string{web}, "no -w OUT"},
		{"hour", 2, []string{"-w", out, "25h", web}, "hour 25"},
		{"filter syntax", 2, []string{"-w", out, "-f", "tcp port", web}, "column"},
		{"filter of nothing", 1, []string{"-w", out, "-f", "ip and arp", web}, "rejects all packets"}, // as by tcpdump
		{"cut", 2, []string{"-w", out, "-cut", "session", web}, "-cut session"},
		{"files without rotation", 2, []string{"-w", out, "-W", "3", web}, "-W needs"},
		{"align without rotation", 2, []string{"-w", out, "-align", web}, "-align needs"},
		{"dedup layer", 2, []string{"-w", out, "-dedup", "-dedup-layer", "tcp", web}, "frame, network, ip"},
		{"layer without dedup", 2, []string{"-w", out, "-dedup-layer", "ip", web}, "-dedup-layer needs"},
		{"rotated pipe", 2, []string{"-w", "-", "-C", "100", web}, "rotated"},
		{"verb of the name", 2, []string{"-w", "%q", "-C", "100", web}, "%q"},
		{"seconds", 2, []string{"-w", out, "-G", "x", web}, "-G"},
		{"tunnels", 2, []string{"-w", out, "-tunnels", "wormhole", web}, "tunnels"},
		{"no input", 1, []string{"-w", out, "no-such-file"}, "no-such-file"},
		{"no key", 1, []string{"-w", out, "-anon", "no-such-key", web}, "no-such-key"},
		{"no folder", 1, []string{"-w", filepath.Join(out, "no", "such", "place"), web}, "place"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, errs := slice(t, test.status, test.argv...); !strings.Contains(errs, test.stderr) {
				t.Errorf("%q: %s", test.argv, errs)
			}
		})
	}
}

// What a format cannot hold is told with file, record and a way out, and nothing is left under the
// name of the output.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	mixed := filepath.Join(dir, "mixed.pcapng")
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{Format: pcapio.Pcapng})
	for i, link := range []pcapio.LinkType{pcapio.LinkEthernet, pcapio.LinkEthernet, pcapio.LinkEthernet, pcapio.LinkRaw} {
		err = errors.Join(err, w.WriteRecord(&pcapio.Record{Time: int64(i+1) * 1e9, LinkType: link, Data: []byte{1}, OrigLen: 1}))
	}
	if err := errors.Join(err, w.Close(), os.WriteFile(mixed, file.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, output string
		argv         []string
		files        string
		says         []string
	}{
		{"link type", "o.pcap", nil, "", []string{mixed + ": record 4", "Raw IP in a file of Ethernet", "o.pcapng\n", "o.pcap was not written"}},
		{"compressed", "o.gz", nil, "", []string{"o.pcapng.gz\n"}},
		{"filtered", "o.pcap", []string{"-f", "greater 0"}, "", []string{mixed + ": record 4"}},
		{"rotated", "%i.pcap", []string{"-G", "2"}, "1.pcap", []string{mixed + ": record 4", "%i.pcapng", "2.pcap was not written", "1 file before it is complete"}},
		{"merged", "o.pcap", []string{"-dedup", "-dedup-layer", "ip"}, "", []string{mixed + ": record 4"}},
		{"too early", "o.pcap", []string{"-shift", "-2s"}, "", []string{mixed + ": record 1", "1970", "o.pcapng"}},
		{"too late", "o.pcap", []string{"-shift", "1300000h"}, "", []string{mixed + ": record 1", "2106"}},
		{"too long", "o.pcap", []string{"-C", "30"}, "", []string{mixed + ": record 1", "longer than 30 bytes"}},
		{"standard output", "-", nil, "", []string{"a file NAME.pcapng", "standard output has the packets before it"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			out := test.output
			if out != "-" {
				out = filepath.Join(dir, out)
			}
			_, errs := slice(t, 1, append(append([]string{"-w", out}, test.argv...), mixed)...)
			for _, text := range test.says {
				if !strings.Contains(errs, text) {
					t.Errorf("lacks %q: %s", text, errs)
				}
			}
			entries, err := os.ReadDir(dir)
			var names []string
			for _, e := range entries {
				names = append(names, e.Name())
			}
			if got := strings.Join(names, " "); err != nil || got != test.files {
				t.Errorf("files %q, want %q, %v", got, test.files, err)
			}
		})
	}
	out := filepath.Join(dir, "o.pcapng")
	slice(t, 0, "-w", out, "-shift", "-2s", mixed)
	if got := read(t, out); len(got) != 4 || got[0].Time != -1e9 || got[3].LinkType != pcapio.LinkRaw {
		t.Errorf("pcapng: %+v", got)
	}
}

// Interfaces of merged inputs get one snap length, without which libpcap does not read the file;
// those of one input keep theirs.
func TestMergedSnapLengths(t *testing.T) {
	dir := t.TempDir()
	input := func(name string, snap int) string {
		var file bytes.Buffer
		w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{SnapLen: snap})
		path := filepath.Join(dir, name)
		err = errors.Join(err, w.WriteRecord(&pcapio.Record{LinkType: pcapio.LinkEthernet, Data: []byte{1}, OrigLen: 1}), w.Close(),
			os.WriteFile(path, file.Bytes(), 0o600))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	small, large := input("small", 96), input("large", 65535)
	for _, test := range []struct {
		name   string
		inputs []string
		want   []uint32
	}{
		{"one", []string{small}, []uint32{96}},
		{"two", []string{small, large}, []uint32{65535, 65535}},
		{"flag", []string{"-snap", "80", small, large}, []uint32{80, 80}},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := filepath.Join(dir, "out.pcapng")
			slice(t, 0, append([]string{"-w", out}, test.inputs...)...)
			r, err := pcapio.Open(out)
			if err != nil {
				t.Fatal(err)
			}
			for err == nil {
				err = r.ReadRecord(&pcapio.Record{})
			}
			var got []uint32
			for _, i := range r.Interfaces() {
				got = append(got, i.SnapLen)
			}
			if err := r.Close(); err != nil || !slices.Equal(got, test.want) {
				t.Errorf("%v: %v, want %v; %v", test.inputs, got, test.want, err)
			}
		})
	}
}

// What -dedup-records forgets is told.
func TestDedupRecords(t *testing.T) {
	_, errs := slice(t, 0, "-w", filepath.Join(t.TempDir(), "o.pcap"), "-dedup", "-dedup-window", "1000h", "-dedup-records", "1", "../../testdata/web.pcap")
	if !strings.Contains(errs, "forgotten early (-dedup-records)") {
		t.Error(errs)
	}
}
