package coral

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// TestCaptures checks on real captures that rows add up to what the decoder gave, in every mode,
// and that text reads back the same.
func TestCaptures(t *testing.T) {
	dir := os.Getenv("REEF_CAPTURES")
	if dir == "" {
		t.Skip("REEF_CAPTURES does not name a folder of captures")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.*cap*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no captures in %s: %v", dir, err)
	}
	for _, name := range names {
		for _, cfg := range []Config{{}, {Interval: 10 * time.Second, Align: true}, {Interval: time.Minute, Counters: LifetimeCounters}} {
			r, err := pcapio.Open(name)
			if err != nil {
				t.Logf("%s: %v", name, err)
				break
			}
			var text bytes.Buffer
			w := NewWriter(&text, WriterConfig{})
			m, err := New(cfg, w)
			if err != nil {
				t.Fatal(err)
			}
			dec := pcapio.NewDecoder(r, pcapio.DecodeConfig{})
			n, copyErr := pcapio.Copy(m, dec) // damaged captures are among them
			if err := m.Flush(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			s := m.Stats()
			if s.Flow.Packets != uint64(n) {
				t.Errorf("%s: %d packets in, %d counted (%v)", name, n, s.Flow.Packets, copyErr)
			}
			var sums sumSink
			var total Counter
			sums.row = func(r *Row) { total.Add(&r.Counter) }
			var again bytes.Buffer
			back := NewReader(bytes.NewReader(text.Bytes()))
			back.Strict = true
			if _, err := Copy(both{&sums, NewWriter(&again, WriterConfig{})}, back); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if total.Packets != s.Flow.Counted || sums.iv.Packets != s.Flow.Counted || sums.iv.NonIP != s.Flow.Packets-s.Flow.Counted || total.Bytes != sums.iv.Bytes || sums.rows != s.Rows {
				t.Errorf("%s, %+v: rows %+v, intervals %+v, meter %+v", name, cfg, total, sums.iv, s)
			}
			if n > 0 && !bytes.Equal(text.Bytes(), again.Bytes()) {
				t.Errorf("%s, %+v: text does not read back the same", name, cfg)
			}
		}
	}
}

// both gives everything to two sinks.
type both [2]IntervalWriter

func (b both) BeginInterval(iv *Interval) error {
	return firstError(b[0].BeginInterval(iv), b[1].BeginInterval(iv))
}
func (b both) WriteRow(r *Row) error { return firstError(b[0].WriteRow(r), b[1].WriteRow(r)) }
func (b both) EndInterval(iv *Interval) error {
	return firstError(b[0].EndInterval(iv), b[1].EndInterval(iv))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
