package coral

import (
	"math/bits"
	"net/netip"
)

// Rows are mostly digits, so these functions put them in place two at a time; strconv's would copy each number once more.

// pairs are the decimal numbers from 00 to 99.
const pairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" + "40414243444546474849" +
	"50515253545556575859" + "60616263646566676869" + "70717273747576777879" + "80818283848586878889" + "90919293949596979899"

// powers are those of ten that a uint64 holds.
var powers = [20]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// digits returns how many decimal digits v has; 0 has one.
func digits(v uint64) int {
	n := bits.Len64(v|1) * 1233 >> 12 // 1233/4096 is nearly log10(2), so that this is right or one too few
	if v >= powers[n] {
		n++
	}
	return max(n, 1)
}

// appendUint appends v in decimal. Most numbers of a row are short: the protocol, the ports of servers, one flow, a few packets.
func appendUint(b []byte, v uint64) []byte {
	if v < 10 {
		return append(b, byte('0'+v))
	}
	if v < 100 {
		return append(b, pairs[2*v], pairs[2*v+1])
	}
	n := digits(v)
	b = append(b, "00000000000000000000"[:n]...)
	put(b[len(b)-n:], v)
	return b
}

// put fills b with the last decimal digits of v.
func put(b []byte, v uint64) {
	i := len(b)
	for ; i >= 2; i -= 2 {
		d := v % 100 * 2
		b[i-1], b[i-2] = pairs[d+1], pairs[d]
		v /= 100
	}
	if i == 1 {
		b[0] = byte('0' + v%10)
	}
}

// appendAddr appends an address of an IP version.
func appendAddr(b []byte, version uint8, a *[16]byte) []byte {
	if version != 4 {
		return netip.AddrFrom16(*a).AppendTo(b)
	}
	for i, octet := range a[12:] {
		if i > 0 {
			b = append(b, '.')
		}
		if v := uint(octet); v < 100 {
			b = appendUint(b, uint64(v))
		} else {
			b = append(b, byte('0'+v/100), pairs[2*(v%100)], pairs[2*(v%100)+1])
		}
	}
	return b
}

// appendSeconds appends ns as decimal seconds with nine decimals.
func appendSeconds(b []byte, ns int64) []byte {
	abs := uint64(ns)
	if ns < 0 {
		b = append(b, '-')
		abs = -abs
	}
	b = append(appendUint(b, abs/1e9), ".000000000"...)
	put(b[len(b)-9:], abs%1e9)
	return b
}
