package edit

import (
	"math/big"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

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
		r := pcapio.Record{Time: first}
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
