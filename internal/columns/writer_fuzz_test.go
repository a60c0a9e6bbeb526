package columns

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"testing"
)

// FuzzWrite writes a row twice and reads it back with the standard library.
func FuzzWrite(f *testing.F) {
	f.Add(int64(-1), "", []byte{1, 2, 3, 4}, true)
	f.Add(int64(1<<62), "a \"b\", c\r\n\x00\xff\u2028", make([]byte, 16), false)
	f.Fuzz(func(t *testing.T, n int64, text string, addr []byte, known bool) {
		r := row{known: known, n: n, text: text}
		r.addr, _ = netip.AddrFromSlice(addr)
		var lines, objects strings.Builder
		c, j := NewCSV(&lines, all), NewJSONL(&objects, all, false)
		if err := errors.Join(c.Write(&r), c.Write(&r), c.Flush(), j.Write(&r), j.Write(&r), j.Flush()); err != nil {
			t.Fatal(err)
		}
		want := []string{"", "", "", "", "", "", "", "", text}
		if known {
			decimals := func(scale int64, digits int) string { return big.NewRat(n, scale).FloatString(digits) }
			want = []string{fmt.Sprint(uint64(n)), fmt.Sprint(n), decimals(1000, 3), fmt.Sprint(n), decimals(1e9, 9), fmt.Sprint(n&1 != 0), "", "end of flow", text}
		}
		if r.addr.IsValid() {
			want[6] = r.addr.String()
		}

		read, err := csv.NewReader(strings.NewReader(lines.String())).ReadAll()
		if err != nil || len(read) != 2 {
			t.Fatalf("%d lines: %v", len(read), err)
		}
		for i, got := range read[1] {
			// The reader of the standard library makes CR LF in a field LF.
			if w := strings.ReplaceAll(want[i], "\r\n", "\n"); got != w {
				t.Errorf("CSV %s: got %q, want %q", all[i].Name, got, w)
			}
		}
		decoder := json.NewDecoder(strings.NewReader(objects.String()))
		decoder.UseNumber()
		for range 2 {
			object := map[string]any{}
			if err := decoder.Decode(&object); err != nil {
				t.Fatal(err)
			}
			for i, w := range want {
				got, ok := object[all[i].Name]
				if ok != (w != "") || ok && fmt.Sprint(got) != toUTF8(w) {
					t.Errorf("JSON %s: got %q, want %q", all[i].Name, got, w)
				}
			}
		}
	})
}

// toUTF8 has U+FFFD for each byte that is not UTF-8.
func toUTF8(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}
