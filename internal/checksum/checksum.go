// Package checksum is the Internet checksum (RFC 1071).
package checksum

import "encoding/binary"

// Add adds b to a sum as words of 16 bits, the last one padded by zero.
func Add(sum uint64, b []byte) uint64 {
	for len(b) >= 2 {
		sum += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		sum += uint64(b[0]) << 8
	}
	return sum
}

// Fold makes a sum in one's complement of 16 bits.
func Fold(sum uint64) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
