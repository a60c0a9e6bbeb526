package tcptrace

import (
	"os"
	"path/filepath"
	"testing"
)

// crowd gives 10 packets of each of n connections, in turn.
func crowd(t *testing.T, a *Analyzer, n int, look func()) {
	t.Helper()
	for i := range 10 {
		for port := range n {
			p := packet(seg{At: int64(1000*i+port) * us, Flags: ack, Seq: uint32(1 + 10*i), Ack: 1, Len: 10, Window: 1000, ID: uint16(i)}, false)
			p.SrcPort = uint16(2000 + port)
			if err := a.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			look()
		}
	}
	if err := a.Flush(); err != nil {
		t.Fatal(err)
	}
}

// TestXplotMemory: the buffers of the graphs of many connections are bounded together; the files
// are those of a run without the bound.
func TestXplotMemory(t *testing.T) {
	const conns, limit = 50, 4 << 10
	dirs := [2]string{t.TempDir(), t.TempDir()}
	for i, dir := range dirs {
		x := NewXplotDir(dir)
		if i == 1 {
			x.limit = limit
		}
		a, err := New(Config{}, x)
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		crowd(t, a, conns, func() {
			held := 0
			for _, c := range x.order {
				for i := range c.files {
					held += cap(c.files[i].buf)
				}
			}
			if held != x.held {
				t.Fatalf("%d bytes are held, %d counted", held, x.held)
			}
			most = max(most, held)
		})
		if bounded := most <= limit; bounded != (i == 1) {
			t.Errorf("run %d: up to %d bytes were held", i, most)
		}
		if err := a.Flush(); err != nil { // changes nothing
			t.Error(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dirs[0], "*"))
	if err != nil || len(files) != 11*conns {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		want, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dirs[1], filepath.Base(f))); err != nil || string(got) != string(want) {
			t.Errorf("%s differs, %v", filepath.Base(f), err)
		}
	}
}

// TestMaxPlotted: connections over the bound have no graphs, and are counted once each. Those that
// are not selected count for nothing.
func TestMaxPlotted(t *testing.T) {
	sel, err := ParseSelection("2-6")
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[int]bool{}
	a, err := New(Config{Plotted: sel, MaxPlotted: 3}, ElementWriterFunc(func(g Graph, _ *Element) error {
		drawn[g.Conn.Number] = true
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	crowd(t, a, 8, func() {})
	if n := a.Stats().NotPlotted; n != 2 || len(drawn) != 3 || !drawn[2] || !drawn[3] || !drawn[4] {
		t.Errorf("%d left out, drawn %v", n, drawn)
	}
}
