package conformance

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestReaderIsCapinfos compares packets, bytes on the wire, first and last time.
func TestReaderIsCapinfos(t *testing.T) {
	need(t, "capinfos")
	compared := 0
	for _, name := range captures(t) {
		out := run(t, "capinfos", "-T", "-M", "-S", "-c", "-d", "-a", "-e", name)
		lines := strings.Split(strings.TrimSpace(out.stdout), "\n")
		if len(lines) < 2 {
			// damaged before its first packet
			t.Logf("%s: no answer of capinfos", filepath.Base(name))
			continue
		}
		compared++
		want := strings.Split(lines[1], "\t")[1:]
		got, odd := summarize(t, name)
		for i, what := range []string{"packets", "bytes", "first time", "last time"} {
			// capinfos rounds nothing: it prints as many digits as the file has.
			if i >= 2 && (odd || strings.HasPrefix(got[i], want[i])) {
				continue
			}
			if got[i] != want[i] {
				t.Errorf("%s: %s %s, capinfos has %s", filepath.Base(name), what, got[i], want[i])
			}
		}
	}
	if compared == 0 {
		t.Error("nothing compared")
	}
}

// summarize reads a capture as capinfos shows it. Times of a capture are odd if some packets have
// none (simple packet blocks) or a fraction of more than a second, of which capinfos prints seven
// digits.
func summarize(t *testing.T, name string) (got [4]string, odd bool) {
	t.Helper()
	r, err := pcapio.Open(name)
	if err != nil {
		t.Errorf("%s: %v", filepath.Base(name), err)
		return got, true
	}
	defer r.Close()
	var packets, bytes, first, last int64
	var rec pcapio.Record
	for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
		if packets == 0 || rec.Time < first {
			first = rec.Time
		}
		if packets == 0 || rec.Time > last {
			last = rec.Time
		}
		packets++
		bytes += int64(rec.OrigLen)
	}
	if err != io.EOF {
		t.Logf("%v", err) // damaged: what came before counts
	}
	odd = r.Stats().Untimed > 0 || r.Stats().BadFraction > 0
	got = [4]string{fmt.Sprint(packets), fmt.Sprint(bytes), "n/a", "n/a"}
	if packets > 0 {
		got[2], got[3] = epoch(first), epoch(last)
	}
	return got, odd
}

// epoch writes a time as seconds with nine digits of fraction.
func epoch(ns int64) string { return fmt.Sprintf("%d.%09d", ns/1e9, ns%1e9) }
