package flowlist

import "github.com/reeftools/reef/pairhash"

// Lists of IPv4 addresses and of decimal numbers are mostly lines "ADDRESS ADDRESS N\n" or "ADDRESS
// ADDRESS N N\n", with one space or tab between fields. This file reads such a line in one pass,
// without looking for the ends of the line and its fields first.

// plainLine is how many bytes must be there for the short way: the longest fields, what follows
// each, and a carriage return.
const plainLine = 4*(maxDigits+1) + 1

// maxDigits is how long a number is read here. Longer ones, and longer addresses, are left to
// ReadFlow.
const maxDigits = 19

// parsePlainLines reads n lines, of length bytes together, from the beginning of b. It ends before
// a line of another shape.
func parsePlainLines(b []byte, s []Flow, notation Notation) (n, length int) {
	address := cutNumber
	switch notation {
	case IP:
		address = cutIPv4
	case Unknown:
		return 0, 0
	}
	for n < len(s) && length+plainLine <= len(b) {
		rest := b[length : length+plainLine]
		src, i := address(rest)
		if i == 0 || !blank(rest[i]) {
			break
		}
		rest = rest[i+1:]
		dst, k := address(rest)
		if k == 0 || !blank(rest[k]) {
			break
		}
		i, rest = i+1+k+1, rest[k+1:]
		packets, k := cutNumber(rest)
		octets := uint64(0)
		if k != 0 && blank(rest[k]) {
			i, rest = i+k+1, rest[k+1:]
			octets, k = cutNumber(rest)
		}
		if k != 0 && rest[k] == '\r' {
			k++
		}
		if k == 0 || rest[k] != '\n' {
			break
		}
		f := &s[n]
		f.Src, f.Dst = pairhash.Addr{Lo: src}, pairhash.Addr{Lo: dst}
		f.Packets, f.Bytes = packets, octets
		length += i + k + 1
		n++
	}
	return n, length
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// cutNumber reads the decimal number that b begins with. Length is 0 if it is none, or longer than
// maxDigits.
func cutNumber(b []byte) (v uint64, length int) {
	for i, c := range b[:maxDigits+1] {
		d := uint64(c) - '0'
		if d > 9 {
			return v, i
		}
		v = v*10 + d
	}
	return 0, 0
}

// cutIPv4 reads the dotted quad that b begins with, as the low half of an address. Length is 0 if
// it is none.
func cutIPv4(b []byte) (v uint64, length int) {
	v = 0xffff
	for i := range 4 {
		if i > 0 {
			if b[length] != '.' {
				return 0, 0
			}
			length++
		}
		octet := uint64(b[length]) - '0'
		if octet > 9 {
			return 0, 0
		}
		length++
		for range 2 {
			d := uint64(b[length]) - '0'
			if d > 9 {
				break
			}
			if octet == 0 { // a leading zero
				return 0, 0
			}
			octet = octet*10 + d
			length++
		}
		if octet > 255 {
			return 0, 0
		}
		v = v<<8 | octet
	}
	return v, length
}
