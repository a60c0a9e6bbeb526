package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pairhash/flowlist"
	"github.com/reeftools/reef/pcapio"
)

func TestMessages(t *testing.T) {
	one, two := errors.New("one"), errors.New("two")
	noFile := func(name string) error { return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist} }
	interrupted := &flowlist.LineError{Line: 7, Offset: 99, Text: "88.128", Err: errInterrupted}
	for _, tt := range []struct {
		name string
		err  error
		want []string
	}{
		{"plain", one, []string{"one"}},
		{"joined", errors.Join(one, nil, errors.Join(two, one)), []string{"one", "two", "one"}},
		{"several in one", fmt.Errorf("%w of %w", one, two), []string{"one of two"}},
		{"joined inside", fmt.Errorf("x.t2: %w", errors.Join(one, two)), []string{"x.t2: one", "x.t2: two"}},
		{"newline in a name", noFile("x\nflows: all good"), []string{`open "x\nflows: all good": file does not exist`}},
		{"escape in a name", fmt.Errorf("reading: %w", noFile("\x1b[31mred")), []string{`reading: open "\x1b[31mred": file does not exist`}},
		{"two names", &os.LinkError{Op: "rename", Old: "a\rb", New: "c", Err: one}, []string{`rename "a\rb" c: one`}},
		{"capture", &pcapio.FileError{File: "a\nb", Record: 3, Offset: 40, Err: one}, []string{`"a\nb": record 3 at byte 40: one`}},
		{"text of a capture", errors.New("interface eth0\x07\nfake"), []string{`interface eth0\a\nfake`}},
		{"interrupted", fmt.Errorf("list.txt: %w", interrupted), []string{errInterrupted.Error()}},
		{"two inputs interrupted", errors.Join(errInterrupted, one, errInterrupted), []string{errInterrupted.Error(), "one"}},
		{"interrupted, and an error", errors.Join(fmt.Errorf("list.txt: %w", interrupted), two), []string{errInterrupted.Error(), "two"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var errs strings.Builder
			p := New("count", "", "")
			p.Stderr = &errs
			p.sayError(tt.err)
			got := strings.Split(strings.TrimSuffix(errs.String(), "\n"), "\n")
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], "count: ")
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Help that nobody got is a failure too.
func TestHelpToAFullDisk(t *testing.T) {
	var errs strings.Builder
	if status := New("count", "", "").Run([]string{"-h"}, fullDisk{}, &errs, nil); status != 1 || errs.String() != "count: writing help: no space left on device\n" {
		t.Errorf("status %d, %q", status, errs.String())
	}
}
