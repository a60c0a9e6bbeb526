package columns

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

// row has a value of each kind; known tells whether it is there.
type row struct {
	known bool
	n     int64
	addr  netip.Addr
	text  string
}

// all has a column of each kind.
var all = []Column[row]{
	Uint("uint", "packets", "an unsigned number", func(r *row) (uint64, bool) { return uint64(r.n), r.known }),
	Int("int", "", "a number", func(r *row) (int64, bool) { return r.n, r.known }),
	Fixed("fixed", "us", 3, "thousandths", func(r *row) (int64, bool) { return r.n, r.known }),
	Nanoseconds("ns", "a moment", func(r *row) (int64, bool) { return r.n, r.known }),
	Seconds("s", "a moment", func(r *row) (int64, bool) { return r.n, r.known }),
	Bool("bool", "odd", func(r *row) (bool, bool) { return r.n&1 != 0, r.known }),
	Addr("addr", "an address", func(r *row) netip.Addr { return r.addr }),
	Word("word", "a word", func(b []byte, r *row) []byte {
		if !r.known {
			return b
		}
		return append(b, "end of flow"...)
	}),
	Text("text", "any text", func(b []byte, r *row) []byte { return append(b, r.text...) }),
}

func TestAppend(t *testing.T) {
	full := row{true, -1500, netip.MustParseAddr("192.0.2.1"), `a "b", c`}
	for i, c := range []struct{ want, kind string }{
		{"18446744073709550116", "unsigned"}, {"-1500", "integer"}, {"-1.500", "decimal"}, {"-1500", "time"}, {"-0.000001500", "time"},
		{"false", "boolean"}, {"192.0.2.1", "address"}, {"end of flow", "word"}, {`a "b", c`, "text"},
	} {
		t.Run(all[i].Name, func(t *testing.T) {
			if got := string(all[i].Append([]byte("x"), &full)); got != "x"+c.want {
				t.Errorf("got %s, want x%s", got, c.want)
			}
			if got := string(all[i].Append([]byte("x"), &row{})); got != "x" {
				t.Errorf("null is %q", got)
			}
			if got := all[i].Kind.String(); got != c.kind {
				t.Errorf("kind %s, want %s", got, c.kind)
			}
		})
	}
	if got := Kind(200).String(); got != "kind 200" {
		t.Error(got)
	}
}

// Columns of what is inside a row are as those of the row itself.
func TestMap(t *testing.T) {
	type outer struct {
		_     int
		inner row
	}
	mapped := Map(all, func(o *outer) *row { return &o.inner })
	for _, r := range []row{{}, {true, 7, netip.MustParseAddr("2001:db8::1"), "x"}} {
		for i := range all {
			t.Run(all[i].Name, func(t *testing.T) {
				got, want := string(mapped[i].Append(nil, &outer{inner: r})), string(all[i].Append(nil, &r))
				if got != want || mapped[i].Name != all[i].Name || mapped[i].Kind != all[i].Kind {
					t.Errorf("%s %v: got %s, want %s", mapped[i].Name, mapped[i].Kind, got, want)
				}
			})
		}
	}
}

// Columns made of an array are written as those that are read one by one, alone and in a row.
func TestFrom(t *testing.T) {
	type numbers struct {
		v       [3]int64
		missing uint64
	}
	var array Array[numbers] = func(r *numbers) ([]int64, uint64) { return r.v[:], r.missing }
	value := func(i int) func(r *numbers) (int64, bool) {
		return func(r *numbers) (int64, bool) { return r.v[i], r.missing>>i&1 == 0 }
	}
	unsigned := func(r *numbers) (uint64, bool) { return uint64(r.v[0]), r.missing&1 == 0 }
	single := []Column[numbers]{Uint("u", "", "", unsigned), Int("i", "", "", value(1)), Fixed("f", "", 3, "", value(2)), Fixed("g", "", 1, "", value(2))}
	made := []Column[numbers]{Uint[numbers]("u", "", "", nil).From(&array, 0), Int[numbers]("i", "", "", nil).From(&array, 1),
		Fixed[numbers]("f", "", 3, "", nil).From(&array, 2), Fixed[numbers]("g", "", 1, "", nil).From(&array, 2)}
	for _, r := range []numbers{{}, {[3]int64{9, -9, 1}, 0}, {[3]int64{-1, 10, -1}, 0}, {[3]int64{10, 9, 1234567}, 0}, {[3]int64{1, 2, 3}, 2}, {[3]int64{1, 2, 3}, 7}} {
		var got, want [2]strings.Builder
		for n, list := range [][]Column[numbers]{single, made} {
			c, j := NewCSV(&got[n], list), NewJSONL(&want[n], list, true)
			if err := errors.Join(c.Write(&r), c.Flush(), j.Write(&r), j.Flush()); err != nil {
				t.Fatal(err)
			}
		}
		if got[0].String() != got[1].String() || want[0].String() != want[1].String() {
			t.Errorf("%+v: %s and %s", r, got[0].String(), got[1].String())
		}
	}
}
