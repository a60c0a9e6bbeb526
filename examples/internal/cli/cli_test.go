package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

func TestRunStatuses(t *testing.T) {
	for _, tt := range []struct {
		name           string
		argv           []string
		err            error
		want           int
		stdout, stderr string
	}{
		{"good", nil, nil, 0, "done\n", ""},
		{"input", nil, errors.New("x.pcap: cut"), 1, "done\n", "count: x.pcap: cut\n"},
		{"two errors", nil, errors.Join(errors.New("one"), errors.New("two")), 1, "done\n", "count: one\ncount: two\n"},
		{"usage", nil, Usagef("no %s", "file"), 2, "done\n", "count: no file\nTry count -h.\n"},
		{"flag behind a file", []string{"x.pcap", "-usage=true"}, nil, 2, "",
			"count: -usage=true: flags come before the other arguments; a file of that name is ./-usage=true\nTry count -h.\n"},
		{"no flag", []string{"x.pcap", "-", "-5", "--", "-x"}, nil, 0, "done\n", ""},
		{"bad flag", []string{"-nonsense"}, nil, 2, "", "count: flag provided but not defined: -nonsense\nTry count -h.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := New("count", "[FILE...]", "Count counts.")
			status := p.Run(tt.argv, &out, &errs, func() error {
				fmt.Fprintln(p.Stdout, "done")
				return tt.err
			})
			if status != tt.want || out.String() != tt.stdout || errs.String() != tt.stderr {
				t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), errs.String())
			}
		})
	}
}

func TestHelpAndUsage(t *testing.T) {
	var out, errs bytes.Buffer
	p := New("count", "[FILE...]", "Count counts.")
	if status := p.Run([]string{"-h"}, &out, &errs, nil); status != 0 || !strings.HasPrefix(out.String(), "usage: count [FLAGS] [FILE...]\n\nCount counts.\n") ||
		!strings.Contains(out.String(), "-progress") {
		t.Errorf("status %d, help %q", status, out.String())
	}
	p = New("count", "", "")
	if p.Run([]string{"-usage"}, &out, &errs, func() error { return nil }); !strings.HasPrefix(errs.String(), "wall 0.") {
		t.Errorf("report %q", errs.String())
	}
}

// What is odd about a file is told in one line for each kind, whether the program decodes or not.
// The file: a section, an interface with if_tsresol of 4 bytes, and statistics of interface 3 of 1.
func TestNotes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "odd.pcapng")
	odd := "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00" +
		"\x01\x00\x00\x00\x1c\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x09\x00\x04\x00\x09\x00\x00\x00\x1c\x00\x00\x00" +
		"\x05\x00\x00\x00\x18\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00"
	if err := os.WriteFile(file, []byte(odd), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	p := New("count", "[FILE...]", "Count counts.")
	p.CaptureFlags()
	status := p.Run([]string{file}, &out, &errs, func() error {
		readers, err := p.OpenEach([]string{file})
		if err != nil {
			return err
		}
		_, err = pcapio.CopyRecords(pcapio.RecordWriterFunc(func(*pcapio.Record) error { return nil }), readers[0])
		return err
	})
	want := "count: 1 pcapng options of an impossible length were passed over: the times of 1 interfaces may be wrong\n" +
		"count: 1 pcapng statistics of interfaces that are not described were passed over\n" +
		"count: no packets in the input\n"
	if status != 0 || errs.String() != want {
		t.Errorf("status %d, %q", status, errs.String())
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestFullDiskIsAnError(t *testing.T) {
	var errs bytes.Buffer
	p := New("count", "", "")
	status := p.Run(nil, fullDisk{}, &errs, func() error { fmt.Fprintln(p.Stdout, "row"); return nil })
	if status != 1 || errs.String() != "count: writing results: no space left on device\n" {
		t.Errorf("status %d, %q", status, errs.String())
	}
}

func TestChoice(t *testing.T) {
	if err := Choice("by", "pkts", "pkts,bytes"); err != nil {
		t.Error(err)
	}
	if err := Choice("by", "size", "pkts,bytes"); err == nil || err.Error() != "-by size: want one of pkts, bytes" {
		t.Error(err)
	}
}

func TestBar(t *testing.T) {
	var w bytes.Buffer
	b := newBar(&w, 10e9)
	b.draw(25e8, 5*time.Second)
	if want := "\r[##########..............................]  25 %  2.5 GB of 10 GB  00:15 left"; w.String() != want {
		t.Errorf("%q", w.String())
	}
	w.Reset()
	b.clear()
	if want := "\r" + strings.Repeat(" ", 77) + "\r"; w.String() != want {
		t.Errorf("%q", w.String())
	}
}

// The null device is the standard input of services, and no terminal under any name.
func TestDevNullIsNoTerminal(t *testing.T) {
	link := filepath.Join(t.TempDir(), "stdin")
	names := []string{os.DevNull, link}
	if err := os.Symlink(os.DevNull, link); err != nil {
		names = names[:1]
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if IsTerminal(f) {
			t.Errorf("%s is taken for a terminal", name)
		}
	}
}
