package coral

import (
	"math"
	"net/netip"
	"strconv"
	"testing"
)

// Where the number of digits changes, and at the ends.
func TestAppendUint(t *testing.T) {
	check := func(v uint64) {
		if got, want := string(appendUint([]byte("x"), v)), "x"+strconv.FormatUint(v, 10); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	check(math.MaxUint64)
	for _, p := range powers {
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

// Addresses are those of net/netip; IPv4 in IPv6 stays IPv6.
func TestAppendAddr(t *testing.T) {
	for octet := range 256 {
		a := netip.AddrFrom4([4]byte{byte(octet), 0, byte(octet), 255 - byte(octet)})
		raw := a.As16()
		if got := string(appendAddr([]byte("x"), 4, &raw)); got != "x"+a.String() {
			t.Errorf("%s, want %s", got, a)
		}
		a = netip.AddrFrom16(raw)
		if got := string(appendAddr([]byte("x"), 6, &raw)); got != "x"+a.String() {
			t.Errorf("%s, want %s", got, a)
		}
	}
}
