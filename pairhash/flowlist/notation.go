package flowlist

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"

	"github.com/reeftools/reef/pairhash"
)

// Notation is how a list writes addresses.
type Notation uint8

// Notations.
const (
	Unknown Notation = iota // nothing was read yet
	Words                   // hhhhhhhh:hhhhhhhh, the high and the low 32 bits of a number in hexadecimal
	IP                      // IPv4 or IPv6 addresses
	Decimal                 // numbers up to 2^64-1
)

// String returns "unknown", "words", "ip" or "decimal".
func (n Notation) String() string {
	if n > Decimal {
		n = Unknown
	}
	return [...]string{"unknown", "words", "ip", "decimal"}[n]
}

// Append appends the address in the notation to b. Unknown writes IP addresses.
func (n Notation) Append(b []byte, a pairhash.Addr) []byte {
	switch n {
	case Words:
		b = appendHex(b, uint32(a.Lo>>32))
		return appendHex(append(b, ':'), uint32(a.Lo))
	case Decimal:
		return strconv.AppendUint(b, a.Lo, 10)
	}
	return a.Netip().AppendTo(b)
}

func appendHex(b []byte, v uint32) []byte {
	const digits = "0123456789abcdef"
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, digits[v>>shift&15])
	}
	return b
}

// detect returns the notation of a field that may be an address.
func detect(f []byte) Notation {
	switch {
	case len(f) == 17 && f[8] == ':' && bytes.IndexByte(f[9:], ':') < 0:
		return Words
	case bytes.IndexByte(f, ':') >= 0 || bytes.IndexByte(f, '.') >= 0:
		return IP
	}
	return Decimal
}

// parse reads an address.
func (n Notation) parse(f []byte) (pairhash.Addr, bool) {
	switch n {
	case Words:
		if len(f) != 17 || f[8] != ':' {
			return pairhash.Addr{}, false
		}
		high, ok1 := parseHex(binary.LittleEndian.Uint64(f[0:8]))
		low, ok2 := parseHex(binary.LittleEndian.Uint64(f[9:17]))
		return pairhash.AddrFromUint64(uint64(high)<<32 | uint64(low)), ok1 && ok2
	case IP:
		if v, ok := parseIPv4(f); ok {
			return pairhash.AddrFromUint32(v), true
		}
		a, err := netip.ParseAddr(string(f))
		return pairhash.AddrFrom(a), err == nil && a.Zone() == ""
	}
	v, ok := parseUint(f)
	return pairhash.AddrFromUint64(v), ok
}

// parseHex reads eight hexadecimal digits that were loaded as a little-endian number, all at once: the lists have 32 of them a line, and reading them
// one by one took most of the time. In each byte, letter is 1 for 0x40 and above, so the value is the low half of the byte, plus
// 9 for a letter. Carries never leave a byte because the values stay below 0x20.
func parseHex(x uint64) (uint32, bool) {
	const ones = 0x0101010101010101
	letter := x >> 6 & ones
	low := x & (0x0f * ones)
	// The high half is 3, or 4 or 6 for letters. The low half is at most 9, or 1 to 6 for letters.
	bad := x&(0xf0*ones-letter*0x20) ^ (0x30*ones + letter*0x10)
	bad |= (low + 6*ones + letter*3) & (0x10 * ones)
	bad |= letter << 4 &^ (low + 0x0f*ones)
	v := bits.ReverseBytes64(low + letter*9)
	v = (v | v>>4) & 0x00ff00ff00ff00ff
	v = (v | v>>8) & 0x0000ffff0000ffff
	return uint32(v | v>>16), bad == 0
}

// parseIPv4 reads a dotted quad, without leading zeros.
func parseIPv4(f []byte) (uint32, bool) {
	v, octet, digits, dots := uint32(0), uint32(0), 0, 0
	for _, c := range f {
		switch {
		case c >= '0' && c <= '9':
			if digits > 0 && octet == 0 {
				return 0, false
			}
			if octet = octet*10 + uint32(c-'0'); octet > 255 {
				return 0, false
			}
			digits++
		case c == '.' && digits > 0 && dots < 3:
			v, octet, digits, dots = v<<8|octet, 0, 0, dots+1
		default:
			return 0, false
		}
	}
	return v<<8 | octet, dots == 3 && digits > 0
}

// parseUint reads a decimal number.
func parseUint(f []byte) (uint64, bool) {
	v := uint64(0)
	for _, c := range f {
		d := uint64(c - '0')
		if d > 9 || v > (1<<64-1-d)/10 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, len(f) > 0
}
