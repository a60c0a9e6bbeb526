package netmate

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/reeftools/reef/internal/decimal"
)

// TestColumns checks that CSV and JSON Lines have the columns of Columns and the same values, and
// that missing ones are empty and null.
func TestColumns(t *testing.T) {
	cols := Columns()
	if len(cols) != 44+12 || cols[5+int(TotalBHLen)].Name != "total_bhlen" {
		t.Fatalf("%d columns", len(cols))
	}
	for _, c := range cols {
		if c.Definition == "" {
			t.Errorf("%s has no definition", c.Name)
		}
	}
	rows, _ := rowsOf(t, Config{}, join(connection(0), []pkt{{proto: 50, us: 5000}, {us: 6000, proto: udp, data: 1, port: 5}}))
	var text, lines bytes.Buffer
	c, err := NewCSV(&text, Modern)
	j := NewJSONL(&lines)
	for i := range rows {
		err = errors.Join(err, c.WriteRow(&rows[i]), j.WriteRow(&rows[i]))
	}
	if err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(&text).ReadAll() // which checks that all lines have as many columns
	if err != nil || len(cells) != 4 {
		t.Fatalf("%d lines, %v", len(cells), err)
	}
	for i, col := range cols {
		if cells[0][i] != col.Name {
			t.Errorf("header %d is %s, want %s", i, cells[0][i], col.Name)
		}
	}
	missing := 0
	for n, line := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		var o map[string]any
		if err := d.Decode(&o); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if len(o) != len(cols) {
			t.Errorf("%d fields", len(o))
		}
		for i, col := range cols {
			got, ok := o[col.Name]
			want := cells[n+1][i]
			if got == nil && ok {
				got = ""
				missing++
			}
			if fmt.Sprint(got) != want {
				t.Errorf("%s: JSON %v, CSV %q", col.Name, got, want)
			}
		}
	}
	if missing == 0 {
		t.Error("no missing value was seen")
	}
}

func TestClassicJSON(t *testing.T) {
	rows, _ := rowsOf(t, Config{Semantics: Classic}, []pkt{{proto: udp, data: 1}})
	var lines bytes.Buffer
	if err := NewJSONL(&lines).WriteRow(&rows[0]); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"min_bpktl":-1,`, `"min_biat":0,`, `"feature_set":"netmate-flowcalc/netai_flowstats"}`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("no %s in %s", want, lines.String())
		}
	}
}

func TestAppendFixed(t *testing.T) {
	for _, c := range []struct {
		ns   int64
		want string
	}{{0, "0.000000000"}, {1, "0.000000001"}, {-1, "-0.000000001"}, {1_700_000_000_123_456_789, "1700000000.123456789"},
		{-1 << 63, "-9223372036.854775808"}} {
		if got := string(decimal.AppendSeconds(nil, c.ns)); got != c.want {
			t.Errorf("%d: %s, want %s", c.ns, got, c.want)
		}
	}
}
