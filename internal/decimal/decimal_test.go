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

// Addresses are those of net/netip; IPv4 in IPv6 stays IPv6.
func TestAppendAddr(t *testing.T) {
	check := func(version uint8, a netip.Addr) {
		raw := a.As16()
		if got, want := string(AppendAddr([]byte("x"), version, &raw)), "x"+a.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for i := range 256 {
		for _, third := range []byte{byte(i), byte(i * 7)} {
			a := netip.AddrFrom4([4]byte{byte(i), 0, third, byte(255 - i)})
			check(4, a)
			check(6, netip.AddrFrom16(a.As16()))
		}
	}
	for _, a := range []string{"::", "2001:db8::1"} {
		check(6, netip.MustParseAddr(a))
	}
}
