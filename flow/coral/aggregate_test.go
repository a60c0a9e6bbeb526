package coral

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const table = `10.0.0.1	10.0.0.2	6	1	50000	443	10	1000	1	10.5	20.5
10.0.0.2	10.0.0.1	6	1	443	50000	20	30000	1	10.6	20.4
10.0.0.1	10.0.0.2	6	1	50000	443	5	500	2	100	110
10.0.0.3	10.0.0.2	17	1	53	53	20	2000	1	5	6
10.0.0.3	10.0.0.2	17	0	0	0	1	1500	1	5	5
10.0.0.3	10.0.0.2	1	1	8	0	2	168	1	7	8
2001:db8::1	2001:db8::2	58	1	128	0	1	104	1	9	9
`

func aggregate(t *testing.T, by By, name func(*Row) (string, bool), in string) *Aggregate {
	t.Helper()
	a, err := NewAggregate(by, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(a, NewReader(strings.NewReader(in))); err != nil {
		t.Fatal(err)
	}
	return a
}

// top is what Top gives, as lines.
func top(a *Aggregate, n int, by Field) string {
	var b []byte
	for _, e := range a.Top(n, by) {
		b = append(a.AppendEntry(b, &e), '\n')
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(b), "000000000", "0"), "00000000", "")
}

func firstOctets(r *Row) (string, bool) {
	return r.Key.SrcAddr().String()[:4], r.Key.Version == 4
}

func TestTop(t *testing.T) {
	for _, c := range []struct {
		by    By
		n     int
		field Field
		want  string
	}{
		{ByTuple, 2, Bytes, "10.0.0.2	10.0.0.1	6	1	443	50000	20	30000	1	10.6	20.4\n10.0.0.3	10.0.0.2	17	1	53	53	20	2000	1	5.0	6.0\n"},
		{ByTuple, 1, Flows, "10.0.0.1	10.0.0.2	6	1	50000	443	15	1500	3	10.5	110.0\n"},
		{BySrc, 0, Packets, "10.0.0.3	23	3668	3	5.0	8.0\n10.0.0.2	20	30000	1	10.6	20.4\n10.0.0.1	15	1500	3	10.5	110.0\n2001:db8::1	1	104	1	9.0	9.0\n"},
		{ByDst, 2, Packets, "10.0.0.2	38	5168	6	5.0	110.0\n10.0.0.1	20	30000	1	10.6	20.4\n"},
		{ByPair, 1, Bytes, "10.0.0.1	10.0.0.2	35	31500	4	10.5	110.0\n"},
		{ByMatrix, 1, Bytes, "10.0.0.2	10.0.0.1	20	30000	1	10.6	20.4\n"},
		{ByProto, 9, Flows, "6	35	31500	4	10.5	110.0\n17	21	3500	2	5.0	6.0\n1	2	168	1	7.0	8.0\n58	1	104	1	9.0	9.0\n"},
		{ByPort, 9, Packets, "6	443	35	31500	4	10.5	110.0\n17	53	20	2000	1	5.0	6.0\n"},
		{ByName, 9, Packets, "10.0	58	35168	7	5.0	110.0\n"},
	} {
		t.Run(fmt.Sprintf("%d by %v, %v", c.n, c.by, c.field), func(t *testing.T) {
			var name func(*Row) (string, bool)
			if c.by == ByName {
				name = firstOctets
			}
			a := aggregate(t, c.by, name, table)
			if got := top(a, c.n, c.field); got != c.want {
				t.Errorf("%v by %v: got\n%s\nwant\n%s", c.by, c.field, got, c.want)
			}
			total, left := a.Total(), a.Left()
			total.Add(&left)
			if want := (Counter{Packets: 59, Bytes: 35272, Flows: 8, First: 5 * sec, Latest: 110 * sec}); total != want {
				t.Errorf("%v: total and left are %+v, want %+v", c.by, total, want)
			}
		})
	}
}

// TestTopRandom checks the heap against sorting everything.
func TestTopRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	a, err := NewAggregate(BySrc, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		r := Row{Counter: Counter{Packets: rng.Uint64N(20), Flows: 1}}
		r.Key.Version, r.Key.Src[15], r.Key.Src[14] = 4, byte(rng.IntN(256)), byte(rng.IntN(3))
		if err := a.WriteRow(&r); err != nil {
			t.Fatal(err)
		}
	}
	all := a.Top(0, Packets)
	if len(all) != a.Len() || !slices.IsSortedFunc(all, (&topHeap{by: Packets}).byValue) {
		t.Fatalf("%d of %d entries, or out of order", len(all), a.Len())
	}
	for n := 1; n <= len(all)+1; n += 13 {
		if got := a.Top(n, Packets); !slices.Equal(got, all[:min(n, len(all))]) {
			t.Errorf("top %d is not the begin of all", n)
		}
	}
	if empty, err := NewAggregate(BySrc, nil); err != nil || len(empty.Top(5, Bytes)) != 0 {
		t.Errorf("top of nothing: %v", err)
	}
}

func (h *topHeap) byValue(a, b Entry) int { return h.compare(&a, &b) }

func TestMerge(t *testing.T) {
	for by := range ByName {
		whole := aggregate(t, by, nil, table)
		lines := strings.SplitAfter(table, "\n")
		a := aggregate(t, by, nil, strings.Join(lines[4:], ""))
		if err := a.Merge(aggregate(t, by, nil, strings.Join(lines[:4], ""))); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Top(0, Bytes), whole.Top(0, Bytes)) || a.Total() != whole.Total() || a.Left() != whole.Left() {
			t.Errorf("%v: merged\n%s\nwhole\n%s", by, top(a, 0, Bytes), top(whole, 0, Bytes))
		}
	}
	if err := aggregate(t, BySrc, nil, "").Merge(aggregate(t, ByDst, nil, "")); !errors.Is(err, ErrConfig) {
		t.Errorf("different aggregations: %v", err)
	}
}

func TestCounterAdd(t *testing.T) {
	huge := Counter{Packets: math.MaxUint64, Bytes: math.MaxUint64 - 1, First: 5, Latest: 5}
	sum := huge
	sum.Add(&Counter{Packets: 1, Bytes: 1, First: -7, Latest: 3})
	if sum != (Counter{Packets: math.MaxUint64, Bytes: math.MaxUint64, First: -7, Latest: 5}) {
		t.Errorf("got %+v", sum)
	}
	sum = huge
	sum.Add(&Counter{})
	if sum != huge {
		t.Errorf("adding nothing: %+v", sum)
	}
}

func TestParse(t *testing.T) {
	for by := range numBy {
		if got, err := ParseBy(by.String()); err != nil || got != by {
			t.Errorf("%v: %v, %v", by, got, err)
		}
	}
	for f := range numFields {
		if got, err := ParseField(f.String()); err != nil || got != f {
			t.Errorf("%v: %v, %v", f, got, err)
		}
	}
	_, err1 := ParseBy("x")
	_, err2 := ParseField("x")
	_, err3 := NewAggregate(ByName, nil)
	_, err4 := NewAggregate(BySrc, firstOctets)
	for i, err := range []error{err1, err2, err3, err4} {
		if !errors.Is(err, ErrConfig) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestAggregateAllocs(t *testing.T) {
	for by := range ByName {
		a := aggregate(t, by, nil, table)
		r := Row{Counter: Counter{Packets: 1}}
		if err := a.WriteRow(&r); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() {
			if err := a.WriteRow(&r); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v: %v allocations per row", by, n)
		}
	}
}
