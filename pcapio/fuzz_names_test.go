package pcapio

import (
	"math/big"
	"strings"
	"testing"
)

// FuzzParseTunnel checks that what ParseTunnel takes is what String writes again, and that it takes
// known names only.
func FuzzParseTunnel(f *testing.F) {
	for _, s := range []string{"", "all", "gre,vxlan", "gre,gre", "gre,", ",", "none", TunnelAll.String()} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		got, err := ParseTunnel(list)
		if err != nil {
			return
		}
		if again, err := ParseTunnel(got.String()); err != nil || again != got || got&^TunnelAll != 0 {
			t.Errorf("%q is %v, and that is %v, %v", list, got, again, err)
		}
		for word := range strings.SplitSeq(list, ",") {
			if list != "" && word != "all" && !strings.Contains(","+got.String()+",", ","+word+",") {
				t.Errorf("%q is %v, without %q", list, got, word)
			}
		}
	})
}

// FuzzScale compares times that are made longer with numbers of any size.
func FuzzScale(f *testing.F) {
	f.Add(int64(1e18), int64(1e18+5), int64(1), int64(2))
	f.Add(int64(-1<<63), int64(1<<63-1), int64(1<<63-1), int64(3))
	f.Add(int64(1<<63-1), int64(-1<<63), int64(3), int64(1<<63-1))
	f.Fuzz(func(t *testing.T, first, at, num, den int64) {
		tr, err := Scale(num, den)
		if (err != nil) != (num <= 0 || den <= 0) {
			t.Fatalf("%d/%d: %v", num, den, err)
		}
		if err != nil {
			return
		}
		r := Record{Time: first}
		if !tr.Transform(&r) || r.Time != first {
			t.Fatalf("the first record moves from %d to %d", first, r.Time)
		}
		want := new(big.Int).Sub(big.NewInt(at), big.NewInt(first))
		want.Mul(want, big.NewInt(num))
		want.Div(want, big.NewInt(den)) // rounds down where den is above 0
		want.Add(want, big.NewInt(first))
		r.Time = at
		if ok := tr.Transform(&r); ok != want.IsInt64() || ok && r.Time != want.Int64() {
			t.Errorf("%d after %d by %d/%d: %d, %v; want %v", at, first, num, den, r.Time, ok, want)
		}
	})
}
