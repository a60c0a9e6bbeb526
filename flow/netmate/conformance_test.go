package netmate

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestConformance compares classic rows, in any order, with those that NetMate wrote: netmate.csv
// in REEF_REFERENCE/<capture>/ for captures in REEF_CAPTURES. Captures without that file are run
// too: their packets and flows must reconcile.
func TestConformance(t *testing.T) {
	captures, reference := os.Getenv("REEF_CAPTURES"), os.Getenv("REEF_REFERENCE")
	if captures == "" || reference == "" {
		t.Skip("REEF_CAPTURES and REEF_REFERENCE are not set")
	}
	files, err := filepath.Glob(filepath.Join(captures, "*.pcap*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures in %s: %v", captures, err)
	}
	compared := 0
	for _, name := range files {
		got := classicRows(t, name)
		want, err := os.ReadFile(filepath.Join(reference, filepath.Base(name), "netmate.csv"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		wantRows := strings.Fields(string(want))
		compared += len(wantRows)
		slices.Sort(wantRows)
		slices.Sort(got)
		if !slices.Equal(got, wantRows) {
			t.Errorf("%s: %d rows, want %d", filepath.Base(name), len(got), len(wantRows))
		}
	}
	if compared == 0 {
		t.Errorf("no reference rows in %s", reference)
	}
	t.Logf("%d rows of %d captures", compared, len(files))
}

// classicRows returns the rows of a capture. Damaged captures give those of their good packets.
func classicRows(t *testing.T, name string) []string {
	t.Helper()
	var text bytes.Buffer
	out := NewCSV(&text, Classic)
	m, err := New(Config{Semantics: Classic}, out)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pcapio.Open(name)
	if err != nil {
		t.Logf("%s: %v", filepath.Base(name), err)
		return nil
	}
	defer r.Close()
	packets, err := pcapio.Copy(m, pcapio.NewDecoder(r, pcapio.DecodeConfig{}))
	if err != nil {
		t.Logf("%s: %v", filepath.Base(name), err)
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	rows := strings.Fields(text.String())
	reconcile(t, m.Stats(), uint64(packets), uint64(len(rows)))
	return rows
}
