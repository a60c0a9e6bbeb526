package tstat

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestLogDir: the three files have their names after Flush, and not before; a second Flush and a
// late Abort change nothing.
func TestLogDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	logs, err := NewLogDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := newSim(t, Config{}, nil)
	s.a.connSink, s.a.flowSink = logs, logs
	s.send(t, transfer()...)
	complete := filepath.Join(dir, "log_tcp_complete")
	if _, err := os.Stat(complete); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before Flush: %v", err)
	}
	s.flush(t)
	for range 2 {
		if err := errors.Join(logs.Flush(), logs.Abort()); err != nil {
			t.Error(err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestLogDirAbort: nothing is left of logs that are given up, or of those that cannot be made.
func TestLogDirAbort(t *testing.T) {
	dir := t.TempDir()
	logs, err := NewLogDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := logs.Abort(); err != nil {
		t.Error(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "log_udp_complete"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := NewLogDir(dir); err == nil {
		t.Error("a folder of a log's name was accepted")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestStats: what came in is what was used and what was not, by reason; sums of counts add up too.
func TestStats(t *testing.T) {
	s := newSim(t, Config{}, nil)
	s.send(t, transfer()...)
	s.send(t, pkt{At: 9e6 * us, Flags: ack, Port: 77}, pkt{At: 9e6 * us, UDP: true, Port: 78})
	s.flush(t)
	st := s.a.Stats()
	sum := st
	sum.Merge(&st)
	for _, st := range []Stats{st, sum} {
		in, out, left := st.Account()
		for _, r := range left {
			out += r.Packets
		}
		if in != out || in == 0 || len(left) != 1 || left[0].Packets != st.NoSYN {
			t.Errorf("%+v: %d in, %d used or left for %v", st, in, out, left)
		}
	}
	if sum.TCP != 2*st.TCP || sum.UDP != 2 || sum.Conns != 2 || sum.Flows != 2 {
		t.Errorf("merged %+v, each %+v", sum, st)
	}
}
