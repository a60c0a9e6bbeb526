package flowlist

import (
	"encoding/binary"
	"math/bits"

	"github.com/reeftools/reef/pairhash"
)

// Lists of Words are long and regular: "hhhhhhhh:hhhhhhhh hhhhhhhh:hhhhhhhh N\n". Reading their 32 digits a line one by one took
// most of the time of counting, so this file reads eight characters at once, as the bytes of a 64-bit number whose lowest byte is
// the first character. No sum below carries from one byte to the next.

const ones = 0x0101010101010101

// wordsLine is how many bytes must be there for the short way: up to the count, and eight characters for it and the end of the line.
const wordsLine = 36 + 8

// wordLines reads lines of Words from what is in the buffer, until s is full or a line is not of the shape above. That line, good
// or bad, is left to ReadFlow.
func (r *Reader) wordLines(s []Flow) (n int) {
	b := r.buf[r.at:r.end]
	for n < len(s) && len(b) >= wordsLine {
		l := (*[wordsLine]byte)(b)
		packets, digits := parseCount(binary.LittleEndian.Uint64(l[36:44]))
		src, bad1 := parseWords((*[17]byte)(l[0:17]))
		dst, bad2 := parseWords((*[17]byte)(l[18:35]))
		if bad1|bad2|uint64(l[17]^' ')|uint64(l[35]^' ') != 0 || digits == 0 {
			break
		}
		f := &s[n]
		f.Src, f.Dst, f.Packets, f.Bytes = pairhash.AddrFromUint64(src), pairhash.AddrFromUint64(dst), packets, 0
		b = b[36+digits+1:]
		n++
	}
	used := r.end - r.at - len(b)
	r.at += used
	r.offset += int64(used)
	r.lines += int64(n)
	return n
}

// parseWords reads hhhhhhhh:hhhhhhhh; bad is not zero if it is something else.
func parseWords(f *[17]byte) (v, bad uint64) {
	high, bad1 := hexValues(binary.LittleEndian.Uint64(f[0:8]))
	low, bad2 := hexValues(binary.LittleEndian.Uint64(f[9:17]))
	return uint64(packHex(high))<<32 | uint64(packHex(low)), bad1 | bad2 | uint64(f[8]^':')
}

// hexValues turns eight hexadecimal digits into their values, in the same bytes; bad is not zero if any is no digit.
func hexValues(x uint64) (values, bad uint64) {
	letter := x >> 6 & ones // 1 in each byte from 0x40 on
	values = x&(0x0f*ones) + letter*9
	// The high half of a byte is 3, or 4 or 6 for letters, and letters have the values from 10 to 15.
	bad = x&(0xf0*ones)&^(letter<<5) ^ (0x30*ones + letter<<4)
	bad |= ((values + 6*ones) ^ letter<<4 | values) & (0x10 * ones)
	return values, bad
}

// packHex puts eight values of four bits together, the first on top.
func packHex(values uint64) uint32 {
	v := bits.ReverseBytes64(values)
	v = (v | v>>4) & 0x00ff00ff00ff00ff
	v = (v | v>>8) & 0x0000ffff0000ffff
	return uint32(v | v>>16)
}

// formatHex returns the eight hexadecimal digits of v.
func formatHex(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	letter := (x + 6*ones) >> 4 & ones // 1 for 10 and above
	return bits.ReverseBytes64(x + '0'*ones + letter*('a'-'0'-10))
}

// parseCount reads a decimal number of one to seven digits that ends with a newline. Digits is 0 if it is something else.
func parseCount(x uint64) (v uint64, digits int) {
	// The lowest byte that equals a newline gets its top bit set; those above it do not matter.
	same := x ^ '\n'*ones
	end := (same - ones) &^ same & (0x80 * ones)
	if end == 0 {
		return 0, 0
	}
	digits = bits.TrailingZeros64(end) / 8
	// Move the last digit to the top and fill the rest with zeros in front.
	v = x<<(64-8*uint(digits)) | '0'*ones>>(8*uint(digits))
	if (v&(0xf0*ones)^0x30*ones)|((v&(0x0f*ones)+6*ones)&(0x10*ones)) != 0 {
		return 0, 0
	}
	// Add up neighbours in steps of two, four and eight digits; the first digit is in the lowest byte.
	v = (v & (0x0f * ones)) * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	v = v * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return v * (10000<<32 + 1) >> 32, digits
}
