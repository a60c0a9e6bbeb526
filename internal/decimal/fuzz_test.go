package decimal

import (
	"math/big"
	"net/netip"
	"strconv"
	"testing"
)

// FuzzAppend compares all functions with the standard library's.
func FuzzAppend(f *testing.F) {
	for _, v := range []uint64{0, 9, 10, 999, 1000, 9999, 10_000, 99_999_999, 100_000_000, 1 << 63, 1<<64 - 1} {
		f.Add(v, v<<32|v>>32)
	}
	f.Fuzz(func(t *testing.T, v, w uint64) {
		if got, want := string(AppendUint([]byte("x"), v)), "x"+strconv.FormatUint(v, 10); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		want := new(big.Rat).SetFrac(big.NewInt(int64(v)), big.NewInt(1e9)).FloatString(9)
		if got := string(AppendSeconds(nil, int64(v))); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := string(AppendInt([]byte("x"), int64(v))), "x"+strconv.FormatInt(int64(v), 10); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		digits := int(w % 19)
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
		want = new(big.Rat).SetFrac(big.NewInt(int64(v)), scale).FloatString(digits)
		if got := string(AppendFixed(nil, int64(v), digits)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		var a [16]byte
		for i := range 8 {
			a[i], a[8+i] = byte(v>>(8*i)), byte(w>>(8*i))
		}
		if got, want := string(AppendAddr([]byte("x"), 6, &a)), "x"+netip.AddrFrom16(a).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := string(AppendAddr([]byte("x"), 4, &a)), "x"+netip.AddrFrom4([4]byte(a[12:])).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}
