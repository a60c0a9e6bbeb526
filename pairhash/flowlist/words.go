package flowlist

import (
	"encoding/binary"
	"math/bits"

	"github.com/reeftools/reef/pairhash"
)

// Lists of Words are long and regular: "hhhhhhhh:hhhhhhhh hhhhhhhh:hhhhhhhh N\n". Reading their 32
// digits a line one by one took most of the time of counting, so this file looks up two hexadecimal
// digits at once, and reads a count as the eight bytes of a 64-bit number, whose lowest byte is the
// first character.

const ones = 0x0101010101010101

// wordsLine is how many bytes must be there for the short way: up to the count, and eight
// characters for it and the end of the line.
const wordsLine = 36 + 8

// parseWordLines reads n lines, of length bytes together, from the beginning of b. It ends before a
// line of another shape. Flows have packets only, whose number is worked out if it is asked for:
// that takes a fifth of the time.
func parseWordLines(b []byte, s []pairhash.PairCount, by Weight) (n, length int) {
	other := by.of(&Flow{}).N
	for n < len(s) && length <= len(b)-wordsLine {
		l, c := (*[wordsLine]byte)(b[length:length+wordsLine]), &s[n]
		count := binary.LittleEndian.Uint64(l[36:])
		width := countBits(count)
		s1, s2 := parseHex((*[4]byte)(l[0:])), parseHex((*[4]byte)(l[4:]))
		s3, s4 := parseHex((*[4]byte)(l[9:])), parseHex((*[4]byte)(l[13:]))
		d1, d2 := parseHex((*[4]byte)(l[18:])), parseHex((*[4]byte)(l[22:]))
		d3, d4 := parseHex((*[4]byte)(l[27:])), parseHex((*[4]byte)(l[31:]))
		if s1|s2|s3|s4|d1|d2|d3|d4 >= noHex || width == 0 || l[8] != ':' || l[17] != ' ' || l[26] != ':' || l[35] != ' ' {
			break
		}
		c.A = pairhash.AddrFromUint64(uint64(s1<<16|s2)<<32 | uint64(s3<<16|s4))
		c.B = pairhash.AddrFromUint64(uint64(d1<<16|d2)<<32 | uint64(d3<<16|d4))
		c.N = other
		if by == Packets {
			c.N = parseCount(count, width)
		}
		length += 36 + int(width/8) + 1
		n++
	}
	return n, length
}

// parseWords reads hhhhhhhh:hhhhhhhh.
func parseWords(f *[17]byte) (v uint64, ok bool) {
	a, b, c, d := parseHex((*[4]byte)(f[0:])), parseHex((*[4]byte)(f[4:])), parseHex((*[4]byte)(f[9:])), parseHex((*[4]byte)(f[13:]))
	return uint64(a<<16|b)<<32 | uint64(c<<16|d), a|b|c|d < noHex && f[8] == ':'
}

// parseHex returns the value of four hexadecimal digits, or noHex or more if any is none.
func parseHex(d *[4]byte) uint32 {
	return hexPairs[binary.LittleEndian.Uint16(d[0:])]<<8 | hexPairs[binary.LittleEndian.Uint16(d[2:])]
}

// noHex is in hexPairs instead of a value; it is more than four digits can be.
const noHex = 1 << 16

// hexPairs has the value of two hexadecimal digits, of which the first is in the low byte of the
// index, and noHex for all other characters. What is used of it for digits of one case takes 2 KiB
// of the processor's cache.
var hexPairs = makeHexPairs()

func makeHexPairs() *[1 << 16]uint32 {
	const digits = "0123456789abcdef0123456789ABCDEF"
	t := new([1 << 16]uint32)
	for i := range t {
		t[i] = noHex
	}
	for i, high := range []byte(digits) {
		for k, low := range []byte(digits) {
			t[int(high)|int(low)<<8] = uint32(i%16<<4 | k%16)
		}
	}
	return t
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

// countBits returns how many bits of x, eight for a digit, are a decimal number of one to seven
// digits with a newline behind it, from the first characters on. It is 0 if there is none.
func countBits(x uint64) uint {
	// Exclusive or makes digits their values. The first byte that is no digit has some of its high
	// bits set then, those before it have not, and carries go to those after it only. The last byte
	// ends a number that is too long, with no newline there.
	v := x ^ '0'*ones
	n := uint(bits.TrailingZeros64((v|(v+6*ones))&(0xf0*ones)|1<<63)) &^ 7
	if byte(x>>(n&56)) != '\n' {
		return 0
	}
	return n
}

// parseCount returns the decimal number that the first n bits of x are.
func parseCount(x uint64, n uint) uint64 {
	// Move the last digit to the top, which fills the rest with zeros in front. Then add up
	// neighbours in steps of two, four and eight digits; the first digit is in the lowest byte.
	v := (x ^ '0'*ones) << (-n & 63)
	v = v * (10<<8 + 1) >> 8 & 0x00ff00ff00ff00ff
	v = v * (100<<16 + 1) >> 16 & 0x0000ffff0000ffff
	return v * (10000<<32 + 1) >> 32
}
