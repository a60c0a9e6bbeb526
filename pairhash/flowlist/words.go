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
	b, at := r.buf[r.at:r.end], 0
	for n < len(s) && at+wordsLine <= len(b) {
		f := &s[n]
		length := parseWordLine((*[wordsLine]byte)(b[at:]), f)
		if length == 0 {
			break
		}
		at += length
		n++
	}
	r.at += at
	r.offset += int64(at)
	r.lines += int64(n)
	return n
}

// parseWordLine reads the line that l begins with, and returns its length with its end, or 0 if it is not of the shape above. It
// is one function, and looks at what is wrong once, because a call for each word took as long as reading the word.
func parseWordLine(l *[wordsLine]byte, f *Flow) (length int) {
	count := binary.LittleEndian.Uint64(l[36:])
	digits := countDigits(count)
	s1, bad1 := hexValues(binary.LittleEndian.Uint64(l[0:]))
	s2, bad2 := hexValues(binary.LittleEndian.Uint64(l[9:]))
	d1, bad3 := hexValues(binary.LittleEndian.Uint64(l[18:]))
	d2, bad4 := hexValues(binary.LittleEndian.Uint64(l[27:]))
	packets, bad5 := parseCount(count, digits)
	marks := uint32(l[8]) | uint32(l[17])<<8 | uint32(l[26])<<16 | uint32(l[35])<<24
	if bad1|bad2|bad3|bad4|bad5|uint64(marks^(':'|' '<<8|':'<<16|' '<<24)) != 0 {
		return 0
	}
	f.Src = pairhash.AddrFromUint64(uint64(packHex(s1))<<32 | uint64(packHex(s2)))
	f.Dst = pairhash.AddrFromUint64(uint64(packHex(d1))<<32 | uint64(packHex(d2)))
	f.Packets, f.Bytes = packets, 0
	return 36 + int(digits) + 1
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

// countDigits returns how many characters are before the first newline in x: 8 if there is none.
func countDigits(x uint64) uint {
	// The lowest byte that equals a newline gets its top bit set; those above it do not matter.
	same := x ^ '\n'*ones
	return uint(bits.TrailingZeros64((same-ones)&^same&(0x80*ones))) / 8
}

// parseCount reads a decimal number from the first characters of x; bad is not zero if they are none, or not one to seven digits.
func parseCount(x uint64, digits uint) (v, bad uint64) {
	// Exclusive or makes digits their values. Move the last one to the top, which fills the rest with zeros in front. Where there
	// are no digits, or eight, nothing moves; then the newline is wrong, or the number of digits is.
	v = (x ^ '0'*ones) << ((64 - 8*digits) & 63)
	bad = v&(0xf0*ones) | (v+6*ones)&(0x10*ones) | uint64(digits&8)
	// Add up neighbours in steps of two, four and eight digits; the first digit is in the lowest byte.
	v = v * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	v = v * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return v * (10000<<32 + 1) >> 32, bad
}
