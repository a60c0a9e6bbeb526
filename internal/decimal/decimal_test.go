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
		t.Run(want, func(t *testing.T) {
			if got := string(AppendSeconds(nil, ns)); got != want {
				t.Errorf("%d: got %s, want %s", ns, got, want)
			}
		})
	}
}

func TestAppendFixed(t *testing.T) {
	for _, c := range []struct {
		v        int64
		decimals int
		want     string
	}{
		{0, 0, "0"}, {-12, 0, "-12"}, {0, 3, "0.000"}, {-1, 3, "-0.001"}, {1234, 3, "1.234"}, {-1234, 1, "-123.4"}, {5, 9, "0.000000005"},
		{math.MinInt64, 3, "-9223372036854775.808"}, {math.MinInt64, 19, "-0.9223372036854775808"}, {math.MaxInt64, 18, "9.223372036854775807"},
	} {
		t.Run(c.want, func(t *testing.T) {
			if got := string(AppendFixed(nil, c.v, c.decimals)); got != c.want {
				t.Errorf("got %s", got)
			}
		})
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
	for _, a := range []netip.Addr{{}, netip.MustParseAddr("192.0.2.255"), netip.MustParseAddr("fe80::1%eth0"), netip.MustParseAddr("::ffff:1.2.3.4")} {
		want := ""
		if a.IsValid() {
			want = a.String()
		}
		if got := string(AppendIP(nil, a)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
