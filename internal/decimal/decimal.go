// Package decimal writes numbers of tables. Rows are mostly digits, so these functions put them in place two at a time, with short numbers
// first; those of strconv take a loop and a copy more.
package decimal

import "math/bits"

// pairs has the two digits of n at 2n.
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

// AppendUint appends v in decimal, up to four digits without a loop: most numbers are short.
func AppendUint(b []byte, v uint64) []byte {
	switch {
	case v < 10:
		return append(b, byte('0'+v))
	case v < 100:
		return append(b, pairs[2*v], pairs[2*v+1])
	case v < 1000:
		p := 2 * (v % 100)
		return append(b, byte('0'+v/100), pairs[p], pairs[p+1])
	case v < 10000:
		p, q := 2*(v/100), 2*(v%100)
		return append(b, pairs[p], pairs[p+1], pairs[q], pairs[q+1])
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

// AppendSeconds appends ns as seconds with nine decimals.
func AppendSeconds(b []byte, ns int64) []byte {
	if ns == 0 {
		return append(b, "0.000000000"...)
	}
	u := uint64(ns)
	if ns < 0 {
		b = append(b, '-')
		u = -u
	}
	sec, frac := u/1e9, uint32(u%1e9)
	b = AppendUint(b, sec)
	// None of these pairs waits for another: a loop over digits takes three times as long.
	high, low := frac/1e5, frac%1e5
	p, q, r, s := 2*(high/100), 2*(high%100), 2*(low/1000), 2*(low/10%100)
	return append(b, '.', pairs[p], pairs[p+1], pairs[q], pairs[q+1], pairs[r], pairs[r+1], pairs[s], pairs[s+1], byte('0'+low%10))
}
