package tcptrace

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// TestConformance compares all columns, -r and -W included, and the brief output with those of the
// program tcptrace, over the captures in the folder REEF_CAPTURES. A connection counts as equal
// when every column is. docs/differences.md explains the rest.
func TestConformance(t *testing.T) {
	dir := os.Getenv("REEF_CAPTURES")
	if dir == "" {
		t.Skip("REEF_CAPTURES names no folder of captures")
	}
	if _, err := exec.LookPath("tcptrace"); err != nil {
		t.Skip("tcptrace is not installed")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	equal, total, briefEqual, briefs := 0, 0, 0, 0
	for _, file := range files {
		want := rows(run(t, "tcptrace", "-n", "-l", "-r", "-W", "--csv", file))
		if len(want) < 2 {
			continue
		}
		a := read(t, file)
		var b bytes.Buffer
		if err := WriteCSV(&b, a, Columns{RTT: true, Owin: true}, Selection{}); err != nil {
			t.Fatal(err)
		}
		got := rows(b.Bytes())
		if got[0] != want[0] {
			t.Errorf("%s: header differs:\n%s\n%s", file, got[0], want[0])
			continue
		}
		differs := 0
		for i, w := range want[1:] {
			total++
			if i+1 < len(got) && fields(got[i+1]) == fields(w) {
				equal++
			} else if differs++; differs == 1 {
				t.Logf("%s: connection %d: %s", filepath.Base(file), i+1, firstDifference(want[0], w, got[min(i+1, len(got)-1)]))
			}
		}
		if differs > 0 {
			continue
		}
		b.Reset()
		if err := WriteBrief(&b, a, Selection{}); err != nil {
			t.Fatal(err)
		}
		briefs++
		if brief := connLines(run(t, "tcptrace", "-n", file)); brief == connLines(b.Bytes()) {
			briefEqual++
		} else {
			t.Logf("%s: brief output differs", filepath.Base(file))
		}
	}
	t.Logf("%d of %d connections equal, %d of %d brief outputs", equal, total, briefEqual, briefs)
	if equal*100 < total*97 || briefEqual != briefs {
		t.Errorf("fewer than 97 %% of the connections, or not all brief outputs, are equal")
	}
}

func run(t *testing.T, name string, args ...string) []byte {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return nil // tcptrace has crashed on the capture, or refuses it
	}
	return out
}

func read(t *testing.T, file string) *Analyzer {
	r, err := pcapio.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, err := New(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pcapio.Copy(a, pcapio.NewDecoder(r, pcapio.DecodeConfig{})); err != nil {
		t.Logf("%s: %v", filepath.Base(file), err)
	}
	if err := a.Flush(); err != nil {
		t.Fatal(err)
	}
	return a
}

func rows(out []byte) (lines []string) {
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

func fields(row string) string { return strings.ReplaceAll(row, " ", "") }

func firstDifference(header, want, got string) string {
	names, w, g := strings.Split(header, ","), strings.Split(fields(want), ","), strings.Split(fields(got), ",")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			return names[i] + ": " + w[i] + " here " + strings.Join(g[min(i, len(g)):min(i+1, len(g))], "")
		}
	}
	return "longer"
}

// connLines returns the lines of connections of a brief output, with their warnings.
func connLines(out []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "2") && (strings.Contains(line, "> ") || strings.Contains(line, "Warning")) {
			b.WriteString(line)
		}
	}
	return b.String()
}
