package flowlist

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/reeftools/reef/pairhash"
)

// Notation is how a list writes addresses.
type Notation uint8

// Notations.
const (
	Unknown Notation = iota // nothing was read yet
	// hhhhhhhh:hhhhhhhh, the high and the low 32 bits of a number in hexadecimal
	Words
	IP      // IPv4 or IPv6 addresses
	Decimal // numbers up to 2^64-1
)

// String returns "unknown", "words", "ip" or "decimal".
func (n Notation) String() string {
	if n > Decimal {
		n = Unknown
	}
	return [...]string{"unknown", "words", "ip", "decimal"}[n]
}

// form shows what a line looks like in a list whose first flow has this notation.
func (n Notation) form() string {
	const line, rest = "SRC DST [PACKETS [BYTES]], ", " as in the first flow"
	switch n {
	case Words:
		return line + "SRC and DST hhhhhhhh:hhhhhhhh in hexadecimal" + rest
	case IP:
		return line + "SRC and DST IPv4 or IPv6 addresses without zone" + rest
	case Decimal:
		return line + "SRC and DST decimal numbers up to 2^64-1" + rest
	}
	return line + "SRC and DST both as 10.0.0.1 or 2001:db8::1, as hhhhhhhh:hhhhhhhh in hexadecimal, or as decimal numbers up to 2^64-1"
}

// Append appends the address in the notation to b. Unknown writes IP addresses.
func (n Notation) Append(b []byte, a pairhash.Addr) []byte {
	switch n {
	case Words:
		b = binary.LittleEndian.AppendUint64(b, formatHex(uint32(a.Lo>>32)))
		return binary.LittleEndian.AppendUint64(append(b, ':'), formatHex(uint32(a.Lo)))
	case Decimal:
		return strconv.AppendUint(b, a.Lo, 10)
	}
	return a.Netip().AppendTo(b)
}

// detect returns the notation of a field that may be an address. Two words look like no IP address,
// which has seven colons or two in a row where it has any.
func detect(f []byte) Notation {
	switch _, words := Words.parse(f); {
	case words:
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
		v, ok := parseWords((*[17]byte)(f))
		return pairhash.AddrFromUint64(v), ok
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

// parseIPv4 reads a dotted quad, without leading zeros.
func parseIPv4(f []byte) (uint32, bool) {
	var b [16]byte // with something behind the longest address, as cutIPv4 wants it
	if len(f) >= len(b) {
		return 0, false
	}
	copy(b[:], f)
	v, length := cutIPv4(b[:])
	return uint32(v), length > 0 && length == len(f)
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
