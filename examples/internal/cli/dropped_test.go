package cli

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/live"
)

type fakeCapture struct {
	dropped []uint64
	err     error
}

func (f fakeCapture) Interfaces() []pcapio.Interface {
	return []pcapio.Interface{{Name: "eth0"}, {Name: "e\n1"}}[:len(f.dropped)]
}

func (f fakeCapture) Stats() ([]live.Stats, error) {
	var list []live.Stats
	for _, n := range f.dropped {
		list = append(list, live.Stats{Dropped: n})
	}
	return list, f.err
}

// What the kernel dropped of a live capture is told by interface, and fails the run with -strict.
func TestDropped(t *testing.T) {
	for _, tt := range []struct {
		name   string
		source fakeCapture
		status int // with -strict
		want   string
	}{
		{"nothing", fakeCapture{dropped: []uint64{0, 0}}, 0, ""},
		{"one", fakeCapture{dropped: []uint64{1}}, 1, "x: eth0: 1 packet was dropped by the kernel: they came faster than they were read\n"},
		{"of the second", fakeCapture{dropped: []uint64{0, 7}}, 1, "x: \"e\\n1\": 7 packets were dropped by the kernel: they came faster than they were read\n"},
		{"not known", fakeCapture{err: errors.New("no counters")}, 1, "x: what the kernel dropped is not known: no counters\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, strict := range []bool{false, true} {
				p := New("x", "", "")
				var errs bytes.Buffer
				args, want := []string{}, 0
				if strict {
					args, want = []string{"-strict"}, tt.status
				}
				status := p.Run(args, io.Discard, &errs, func() error { p.Dropped(tt.source); return nil })
				if status != want || errs.String() != tt.want {
					t.Errorf("strict %v: status %d, %q", strict, status, errs.String())
				}
			}
		})
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0 files", 1: "1 file", 2: "2 files", -1: "-1 files"} {
		t.Run(want, func(t *testing.T) {
			if got := Count(n, "file", "files"); got != want {
				t.Errorf("%d: %q", n, got)
			}
		})
	}
}
