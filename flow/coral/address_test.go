package coral

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
)

// Addresses are told by what is written. An IPv4 address may be written as IPv6 (RFC 4291,
// 2.5.5.2); where both are, the packets were IPv6, as in what [Writer] writes.
func TestReaderAddresses(t *testing.T) {
	for _, tt := range []struct {
		name, src, dst string
		version        uint8
		wantSrc        string
		bad            bool
	}{
		{"IPv4", "10.0.0.1", "10.0.0.2", 4, "10.0.0.1", false},
		{"IPv6", "2001:db8::1", "::2", 6, "2001:db8::1", false},
		{"mixed notation", "64:ff9b::10.0.0.1", "::1", 6, "64:ff9b::a00:1", false},
		{"mixed notation, eight groups", "0:0:0:0:0:0:1.2.3.4", "::1", 6, "::102:304", false},
		{"upper case", "2001:DB8::ABCD", "::1", 6, "2001:db8::abcd", false},
		{"IPv4 in IPv6 and IPv4", "::FFFF:10.0.0.1", "10.0.0.2", 4, "10.0.0.1", false},
		{"IPv4 and IPv4 in IPv6", "10.0.0.1", "::ffff:a00:2", 4, "10.0.0.1", false},
		{"both IPv4 in IPv6", "::ffff:10.0.0.1", "::ffff:10.0.0.2", 6, "::ffff:10.0.0.1", false},
		{"IPv4 in IPv6 and IPv6", "::ffff:10.0.0.1", "2001:db8::1", 6, "::ffff:10.0.0.1", false},
		{"two families", "10.0.0.1", "2001:db8::1", 0, "", true},
		{"IPv4-compatible is IPv6", "::10.0.0.1", "10.0.0.2", 0, "", true},
		{"zone", "fe80::1%eth0", "fe80::2", 0, "", true},
		{"leading zero", "010.0.0.1", "10.0.0.2", 0, "", true},
		{"brackets", "[::1]", "::1", 0, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewReader(strings.NewReader(tt.src + "\t" + tt.dst + "\t17\t1\t1\t2\t1\t29\t1\t0.000000000\t0.000000000\n"))
			var row Row
			err := r.ReadRow(&row)
			if tt.bad {
				if err != io.EOF || r.Stats().Skipped != 1 || !errors.Is(r.Stats().FirstBad, ErrFormat) {
					t.Errorf("%v, %+v", err, r.Stats())
				}
				return
			}
			src := netip.AddrFrom16(row.Key.Src)
			if tt.version == 4 {
				src = src.Unmap()
			}
			if err != nil || row.Key.Version != tt.version || src != netip.MustParseAddr(tt.wantSrc) {
				t.Errorf("version %d, %v: %v", row.Key.Version, src, err)
			}
		})
	}
}
