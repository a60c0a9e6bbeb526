package decimal

import (
	"math"
	"net/netip"
	"strconv"
	"testing"
)

// Where the number of digits changes, and at the ends.
func TestAppendUint(t *testing.T) {
	check := func(v uint64) {
		if got, want := string(AppendUint([]byte("x"), v)), "x"+strconv.FormatUint(v, 10); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	check(math.MaxUint64)
	check(1e19 - 1)
	check(1e19)
	for p := uint64(1); p <= 1e19/10; p *= 10 {
		for d := range uint64(3) {
			check(p - 1 + d)
			check(p * 3 / 2)
		}
	}
	for bit := range 64 {
		check(1 << bit)
		check(1<<bit - 1)
	}
}

func TestAppendSeconds(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0.000000000", 1: "0.000000001", -1: "-0.000000001", 1_500_000_000: "1.500000000", -1_500_000_000: "-1.500000000",
		math.MaxInt64: "9223372036.854775807", math.MinInt64: "-9223372036.854775808",
	} {
		if got := string(AppendSeconds(nil, ns)); got != want {
			t.Errorf("%d: got %s, want %s", ns, got, want)
		}
	}
}

func TestAppendIPv4(t *testing.T) {
	for i := range 256 {
		a := [4]byte{byte(i), 0, byte(i * 7), byte(255 - i)}
		if got, want := string(AppendIPv4([]byte("x"), a)), "x"+netip.AddrFrom4(a).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
