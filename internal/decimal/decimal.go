// Package decimal writes numbers of tables. Rows are mostly digits, so these
// functions put them in place two at a time, with short numbers first; those of
// strconv take a loop and a copy more.
package decimal

import (
	"encoding/binary"
	"net/netip"
	"strconv"
)

// pairs has the two digits of n at 2n.
const pairs = "00010203040506070809" + "10111213141516171819" + "20212223242526272829" + "30313233343536373839" + "40414243444546474849" +
	"50515253545556575859" + "60616263646566676869" + "70717273747576777879" + "80818283848586878889" + "90919293949596979899"

// short has the text of a number below 1000 in its first three bytes, and its length in the last.
var short = func() (all [1000]uint32) {
	var text [3]byte
	for i := range all {
		n := len(strconv.AppendUint(text[:0], uint64(i), 10))
		for j, c := range text[:n] {
			all[i] |= uint32(c) << (8 * j)
		}
		all[i] |= uint32(n) << 24
	}
	return all
}()

// AppendUint appends v in decimal, without a loop: first what is before the last four or eight
// digits, then these. Of a short number three bytes are put in place, whatever its length is, which
// follows no pattern that a processor could foresee.
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

// AppendAddr appends an address of IP version 4, in the last four bytes of a, or 6.
func AppendAddr(b []byte, version uint8, a *[16]byte) []byte {
	if version != 4 {
		return netip.AddrFrom16(*a).AppendTo(b)
	}
	// All of an octet's text and a dot are put in place at once, and the next one over what was too
	// much: the lengths of octets follow no pattern that a processor could foresee.
	n := len(b)
	b = append(b, "                "...) // 4 * 4
	for _, v := range a[12:] {
		t := short[v]
		length := t >> 24
		binary.LittleEndian.PutUint32(b[n:], t&0xffffff|'.'<<(8*length&31))
		n += int(length) + 1
	}
	return b[:n-1]
}

// AppendIP appends a; nothing if it is the zero Addr.
func AppendIP(b []byte, a netip.Addr) []byte {
	switch {
	case a.Is4():
		var full [16]byte
		four := a.As4()
		copy(full[12:], four[:])
		return AppendAddr(b, 4, &full)
	case !a.IsValid():
		return b
	}
	return a.AppendTo(b)
}

// AppendInt appends v in decimal.
func AppendInt(b []byte, v int64) []byte {
	if v < 0 {
		return AppendUint(append(b, '-'), -uint64(v))
	}
	return AppendUint(b, uint64(v))
}

// AppendThousandths appends v / 1000 with three decimals.
func AppendThousandths(b []byte, v uint64) []byte {
	if v == 0 {
		return append(b, "0.000"...)
	}
	rest := uint32(v % 1000)
	p := 2 * (rest % 100)
	return append(AppendUint(b, v/1000), '.', byte('0'+rest/100), pairs[p], pairs[p+1])
}

// AppendFixed appends v / 10^decimals with so many decimals, of which there are at most 19.
func AppendFixed(b []byte, v int64, decimals int) []byte {
	switch decimals {
	case 0:
		return AppendInt(b, v)
	case 3:
		if v >= 0 {
			return AppendThousandths(b, uint64(v))
		}
	case 9:
		return AppendSeconds(b, v)
	}
	u := uint64(v)
	if v < 0 {
		b = append(b, '-')
		u = -u
	}
	scale := powers[decimals]
	b = append(AppendUint(b, u/scale), '.')
	for rest := u % scale; decimals > 0; decimals-- {
		scale /= 10
		b = append(b, byte('0'+rest/scale))
		rest %= scale
	}
	return b
}

// powers are those of ten.
var powers = func() (all [20]uint64) {
	all[0] = 1
	for i := 1; i < len(all); i++ {
		all[i] = 10 * all[i-1]
	}
	return all
}()
