// Package decimal writes numbers of tables. Rows are mostly digits, so these functions put them in place two at a time, with short numbers
// first; those of strconv take a loop and a copy more.
package decimal

import "strconv"

// pairs has the two digits of n at 2n.
const pairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" + "40414243444546474849" +
	"50515253545556575859" + "60616263646566676869" + "70717273747576777879" + "80818283848586878889" + "90919293949596979899"

// short has the text of a number below 1000 in its first three bytes, and its length in the last.
var short = func() (all [1000]uint32) {
	for i := range all {
		text := strconv.Itoa(i)
		for j := range text {
			all[i] |= uint32(text[j]) << (8 * j)
		}
		all[i] |= uint32(len(text)) << 24
	}
	return all
}()

// AppendUint appends v in decimal, without a loop: first what is before the last four or eight digits, then these. Of a short number three
// bytes are put in place, whatever its length is, which follows no pattern that a processor could foresee.
func AppendUint(b []byte, v uint64) []byte {
	switch {
	case v < 1000:
		t := short[v]
		b = append(b, byte(t), byte(t>>8), byte(t>>16))
		return b[:len(b)-3+int(t>>24)]
	case v < 1e4:
		return append4(b, uint32(v))
	case v < 1e8:
		return append4(AppendUint(b, v/1e4), uint32(v%1e4))
	}
	b, low := AppendUint(b, v/1e8), uint32(v%1e8)
	return append4(append4(b, low/1e4), low%1e4)
}

// append4 appends the four digits of v.
func append4(b []byte, v uint32) []byte {
	p, q := 2*(v/100), 2*(v%100)
	return append(b, pairs[p], pairs[p+1], pairs[q], pairs[q+1])
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

// octet is the text of a byte with a dot behind it, and its length with the dot.
type octet struct {
	text [4]byte
	len  uint8
}

var octets = func() (all [256]octet) {
	for i := range all {
		b := append(AppendUint(nil, uint64(i)), '.')
		all[i].len = uint8(copy(all[i].text[:], b))
	}
	return all
}()

// AppendIPv4 appends an address in dotted decimal. All of an octet's text is put in place at once, and the next one over what was too
// much: the lengths of octets follow no pattern that a processor could foresee.
func AppendIPv4(b []byte, a [4]byte) []byte {
	n := len(b)
	b = append(b, "                "...) // 4 * 4
	for _, v := range a {
		o := &octets[v]
		copy(b[n:n+4], o.text[:])
		n += int(o.len)
	}
	return b[:n-1]
}
