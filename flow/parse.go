package flow

import (
	"fmt"
	"io"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// MaxInputRecord bounds one record of CSV or JSON Lines in bytes, white space before it included. A
// longer one is an [ErrFormat], so that input without line ends or with an open quotation mark does
// not fill the memory.
const MaxInputRecord = 64 << 10

var errTooLong = fmt.Errorf("%w: more than %d bytes", ErrFormat, MaxInputRecord)

// recordLimit passes on the bytes of r up to limit. Beyond limit the current record is too long.
type recordLimit struct {
	r           io.Reader
	read, limit int64 // offsets
}

// next allows another record, which begins at offset.
func (l *recordLimit) next(offset int64) { l.limit = offset + MaxInputRecord }

func (l *recordLimit) Read(b []byte) (int, error) {
	if l.read >= l.limit {
		return 0, errTooLong
	}
	n, err := l.r.Read(b[:min(int64(len(b)), l.limit-l.read)])
	l.read += int64(n)
	return n, err
}

// required are the columns that a record cannot do without.
var required = [...]string{"start_ns", "end_ns", "src", "dst"}

var errMissing = fmt.Errorf("%w: start_ns, end_ns, src or dst is missing", ErrFormat)

// check looks at what only the whole record tells.
func check(r *Record) error {
	if r.Key.Version == versionsDiffer {
		return fmt.Errorf("%w: src and dst are not two addresses of one family", ErrFormat)
	}
	return nil
}

// versionsDiffer marks, while a record is parsed, that its addresses are not of one family.
const versionsDiffer = 0xff

// parsers set the field of a column to a value, which is not empty.
var parsers = map[string]func(r *Record, text string) error{
	"start_ns":      func(r *Record, s string) error { return parseInt(s, &r.Start) },
	"end_ns":        func(r *Record, s string) error { return parseInt(s, &r.End) },
	"src":           func(r *Record, s string) error { return parseAddr(s, &r.Key, &r.Key.Src) },
	"src_port":      func(r *Record, s string) error { r.Key.PortsOK = true; return parseUint(s, &r.Key.SrcPort, 16) },
	"dst":           func(r *Record, s string) error { return parseAddr(s, &r.Key, &r.Key.Dst) },
	"dst_port":      func(r *Record, s string) error { r.Key.PortsOK = true; return parseUint(s, &r.Key.DstPort, 16) },
	"proto":         func(r *Record, s string) error { return parseUint(s, &r.Key.Proto, 8) },
	"packets":       func(r *Record, s string) error { return parseUint(s, &r.Fwd.Packets, 64) },
	"bytes":         func(r *Record, s string) error { return parseUint(s, &r.Fwd.Bytes, 64) },
	"tcp_flags":     func(r *Record, s string) error { return parseFlags(s, &r.Fwd.Flags) },
	"rev_packets":   func(r *Record, s string) error { return parseUint(s, &r.Rev.Packets, 64) },
	"rev_bytes":     func(r *Record, s string) error { return parseUint(s, &r.Rev.Bytes, 64) },
	"rev_tcp_flags": func(r *Record, s string) error { return parseFlags(s, &r.Rev.Flags) },
	"vlan":          func(r *Record, s string) error { return parseUint(s, &r.Key.VLAN, 12) },
	"inner_vlan":    func(r *Record, s string) error { return parseUint(s, &r.Key.InnerVLAN, 12) },
	"tunnel":        parseTunnel,
	"tunnel_id":     func(r *Record, s string) error { return parseUint(s, &r.Key.TunnelID, 32) },
	"part":          func(r *Record, s string) error { return parseUint(s, &r.Part, 32) },
	"direction": func(r *Record, s string) error {
		for r.Method = Arbitrary; r.Method <= PerimeterMethod; r.Method++ {
			if r.Method.String() == s {
				return nil
			}
		}
		return badValue("direction", s)
	},
	"end_reason": func(r *Record, s string) error {
		for r.Reason = StillActive; r.Reason < NumReasons; r.Reason++ {
			if r.Reason.String() == s {
				return nil
			}
		}
		return badValue("end reason", s)
	},
}

func badValue(what, text string) error { return fmt.Errorf("%w: bad %s %q", ErrFormat, what, text) }

func parseInt(s string, v *int64) (err error) {
	if *v, err = strconv.ParseInt(s, 10, 64); err != nil {
		return badValue("time", s)
	}
	return nil
}

func parseUint[T uint8 | uint16 | uint32 | uint64](s string, v *T, size int) error {
	n, err := strconv.ParseUint(s, 10, size)
	if err != nil {
		return badValue("number", s)
	}
	*v = T(n)
	return nil
}

func parseAddr(s string, k *Key, a *[16]byte) error {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return badValue("address", s)
	}
	version := uint8(6)
	if addr.Is4() {
		version = 4
	}
	if other := k.Version; other != 0 && other != version {
		version = versionsDiffer
		// the other is IPv4, or this one: the same family
		if other == 4 && addr.Is4In6() || other == 6 && isMapped(&k.Src, &k.Dst, a) {
			version = 4
		}
	}
	k.Version, *a = version, addr.As16()
	return nil
}

// isMapped tells whether the one of two addresses that is not at a is IPv4-mapped.
func isMapped(src, dst, a *[16]byte) bool {
	if a == src {
		src = dst
	}
	return netip.AddrFrom16(*src).Is4In6()
}

func parseFlags(s string, f *pcapio.TCPFlags) error {
	for _, letter := range s {
		bit := strings.IndexRune("FSRPAUECN", letter)
		if bit < 0 {
			return badValue("TCP flags", s)
		}
		*f |= 1 << bit
	}
	return nil
}

func parseTunnel(r *Record, s string) error {
	t, err := pcapio.ParseTunnel(s)
	if err != nil || bits.OnesCount32(uint32(t)) != 1 {
		return badValue("tunnel", s)
	}
	r.Key.Tunnel = t
	return nil
}
