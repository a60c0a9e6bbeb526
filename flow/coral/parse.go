package coral

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/netip"

	"github.com/reeftools/reef/flow"
)

// Why a row is malformed.
var (
	errColumns = fmt.Errorf("%w: not 11 columns", ErrFormat)
	errAddress = fmt.Errorf("%w: bad address", ErrFormat)
	errMixed   = fmt.Errorf("%w: addresses of two families", ErrFormat)
	errNumber  = fmt.Errorf("%w: bad number", ErrFormat)
	errTime    = fmt.Errorf("%w: bad time", ErrFormat)
	errLong    = fmt.Errorf("%w: line too long", ErrFormat)
	errCut     = fmt.Errorf("%w: input ends inside the line: %w", ErrFormat, io.ErrUnexpectedEOF)
)

// parseRow reads the eleven columns of line into r.
func parseRow(line []byte, r *Row) error {
	var col [11][]byte
	n := 0
	for f, rest := nextField(line); f != nil; f, rest = nextField(rest) {
		if n == len(col) {
			return errColumns
		}
		col[n] = f
		n++
	}
	if n != len(col) {
		return errColumns
	}
	*r = Row{}
	k := &r.Key
	if err := parseAddrs(col[0], col[1], k); err != nil {
		return err
	}
	proto, ok1 := parseUint(col[2], math.MaxUint8)
	ports, ok2 := parseUint(col[3], 1)
	sport, ok3 := parseUint(col[4], math.MaxUint16)
	dport, ok4 := parseUint(col[5], math.MaxUint16)
	var ok5, ok6, ok7 bool
	r.Packets, ok5 = parseUint(col[6], math.MaxUint64)
	r.Bytes, ok6 = parseUint(col[7], math.MaxUint64)
	r.Flows, ok7 = parseUint(col[8], math.MaxUint64)
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) {
		return errNumber
	}
	k.Proto, k.PortsOK, k.SrcPort, k.DstPort = uint8(proto), ports == 1, uint16(sport), uint16(dport)
	var okF, okL bool
	r.First, okF = parseSeconds(col[9])
	r.Latest, okL = parseSeconds(col[10])
	if !okF || !okL {
		return errTime
	}
	return nil
}

// nextField cuts the next field off line; fields are separated by tabs and blanks. The field is nil
// at the end.
func nextField(line []byte) (field, rest []byte) {
	i := 0
	for i < len(line) && isBlank(line[i]) {
		i++
	}
	j := i
	for j < len(line) && !isBlank(line[j]) {
		j++
	}
	if i == j {
		return nil, nil
	}
	return line[i:j], line[j:]
}

func isBlank(c byte) bool { return c == '\t' || c == ' ' || c == '\r' }

// parseAddrs sets the addresses and the version of k.
func parseAddrs(src, dst []byte, k *flow.Key) error {
	s4, okS := parseIPv4(src)
	d4, okD := parseIPv4(dst)
	if okS && okD {
		k.Version, k.Src, k.Dst = 4, mapped(s4), mapped(d4)
		return nil
	}
	s, errS := netip.ParseAddr(string(src))
	d, errD := netip.ParseAddr(string(dst))
	switch {
	case errS != nil || errD != nil || s.Zone() != "" || d.Zone() != "":
		return errAddress
	// one is written as ::ffff:1.2.3.4
	case s.Unmap().Is4() && d.Unmap().Is4() && s.Is4() != d.Is4():
		k.Version, k.Src, k.Dst = 4, s.As16(), d.As16()
		return nil
	case !s.Is6() || !d.Is6():
		return errMixed
	}
	k.Version, k.Src, k.Dst = 6, s.As16(), d.As16()
	return nil
}

func mapped(a [4]byte) [16]byte {
	return [16]byte{10: 0xff, 11: 0xff, 12: a[0], 13: a[1], 14: a[2], 15: a[3]}
}

// parseIPv4 reads dotted decimal as netip.ParseAddr does, which would need a string.
func parseIPv4(b []byte) (a [4]byte, ok bool) {
	for i := range a {
		part := b
		if dot := bytes.IndexByte(b, '.'); i < 3 {
			if dot < 0 {
				return a, false
			}
			part, b = b[:dot], b[dot+1:]
		}
		v, ok := parseUint(part, 255)
		if !ok || len(part) > 1 && part[0] == '0' {
			return a, false
		}
		a[i] = byte(v)
	}
	return a, true
}

// parseUint reads a decimal number of at most limit.
func parseUint(b []byte, limit uint64) (v uint64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		d := uint64(c - '0')
		if v > (math.MaxUint64-d)/10 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, len(b) > 0 && v <= limit
}

// parseSeconds reads decimal seconds as nanoseconds; decimals after the ninth are cut off.
func parseSeconds(b []byte) (ns int64, ok bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	whole, frac, point := bytes.Cut(b, []byte{'.'})
	sec, ok := parseUint(whole, math.MaxInt64/1_000_000_000)
	if !ok || point && len(frac) == 0 {
		return 0, false
	}
	abs := sec * 1e9
	unit := uint64(1e8)
	for _, c := range frac {
		if c < '0' || c > '9' {
			return 0, false
		}
		abs += uint64(c-'0') * unit
		unit /= 10
	}
	switch {
	case neg && abs <= 1<<63:
		return -int64(abs), true // 1<<63 is its own negative, the smallest number there is
	case !neg && abs <= math.MaxInt64:
		return int64(abs), true
	}
	return 0, false
}
