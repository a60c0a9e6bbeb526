package netmate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestColumns checks the lists, and that CSV and JSON Lines have their columns and the same values.
func TestColumns(t *testing.T) {
	packets := join(connection(0), []pkt{{us: 500, proto: udp, data: 7, port: 9}, {proto: 50, us: 5000}, {us: 6000, proto: udp, data: 1, port: 5}})
	for _, sem := range []Semantics{Modern, Classic} {
		t.Run(sem.String(), func(t *testing.T) {
			cols := Columns(sem)
			if len(cols) != 44+12 || cols[5+int(TotalBHLen)].Name != "total_bhlen" {
				t.Fatalf("%d columns", len(cols))
			}
			for _, c := range cols {
				if c.Definition == "" {
					t.Errorf("%s has no definition", c.Name)
				}
			}
			rows, _ := rowsOf(t, Config{Semantics: sem}, packets)
			if len(rows) < 2 {
				t.Fatalf("%d rows", len(rows))
			}
			readBack(t, sem, rows)
		})
	}
}

// readBack writes rows as CSV and JSON Lines with all columns and reads them again.
func readBack(t *testing.T, sem Semantics, rows []Row) {
	t.Helper()
	cols := Columns(sem)
	var text, lines bytes.Buffer
	c, j := NewCSV(&text, sem, cols...), NewJSONL(&lines, sem)
	for i := range rows {
		if err := errors.Join(c.WriteRow(&rows[i]), j.WriteRow(&rows[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(c.Flush(), j.Flush()); err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(&text).ReadAll() // which checks that all lines have as many columns
	if err != nil || len(cells) != len(rows)+1 {
		t.Fatalf("%d lines, %v", len(cells), err)
	}
	decoder := json.NewDecoder(&lines)
	decoder.UseNumber()
	for n := range rows {
		var object map[string]any
		if err := decoder.Decode(&object); err != nil || len(object) != len(cols) {
			t.Fatalf("%d fields, %v", len(object), err)
		}
		for i := range cols {
			name, want := cols[i].Name, string(cols[i].Append(nil, &rows[n]))
			got, ok := object[name]
			if got == nil && ok {
				got = "" // null
			}
			if cells[0][i] != name || cells[n+1][i] != want || fmt.Sprint(got) != want {
				t.Errorf("%s, below %s: CSV %q, JSON %v, want %q", name, cells[0][i], cells[n+1][i], got, want)
			}
		}
	}
	if rest, err := decoder.Token(); err != io.EOF {
		t.Errorf("more objects: %v, %v", rest, err)
	}
}

func TestClassicJSON(t *testing.T) {
	rows, _ := rowsOf(t, Config{Semantics: Classic}, []pkt{{proto: udp, data: 1}})
	var lines bytes.Buffer
	j := NewJSONL(&lines, Classic)
	if err := errors.Join(j.WriteRow(&rows[0]), j.Flush()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"min_bpktl":-1,`, `"min_biat":0,`, `"feature_set":"netmate-flowcalc/netai_flowstats"}`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("no %s in %s", want, lines.String())
		}
	}
}
