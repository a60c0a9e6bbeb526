package flow

import (
	"strings"
	"testing"
)

// The address columns take every form of RFC 4291, 2.2. One IPv4 address may be written as IPv6;
// where both are, the packets were IPv6.
func TestAddressForms(t *testing.T) {
	for _, tt := range []struct {
		name, src, dst string
		version        uint8 // 0: an error
		want           string
	}{
		{"mixed notation", "64:ff9b::10.0.0.1", "::1", 6, "64:ff9b::a00:1"},
		{"upper case", "2001:DB8::A", "::1", 6, "2001:db8::a"},
		{"IPv4 in IPv6 and IPv4", "::FFFF:10.0.0.1", "10.0.0.2", 4, "10.0.0.1"},
		{"IPv4 and IPv4 in IPv6", "10.0.0.1", "::ffff:10.0.0.2", 4, "10.0.0.1"},
		{"both IPv4 in IPv6", "::ffff:10.0.0.1", "::ffff:10.0.0.2", 6, "::ffff:10.0.0.1"},
		{"two families", "10.0.0.1", "::10.0.0.2", 0, ""},
		{"zone", "fe80::1%1", "fe80::2", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			csv, err := NewCSVReader(strings.NewReader("start_ns,end_ns,src,dst\n1,2," + tt.src + "," + tt.dst + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []RecordReader{csv, NewJSONLReader(strings.NewReader(`{"start_ns":1,"end_ns":2,"src":"` + tt.src + `","dst":"` + tt.dst + `"}`))} {
				var rec Record
				err := r.ReadRecord(&rec)
				if tt.version == 0 {
					if err == nil {
						t.Errorf("%T: version %d", r, rec.Key.Version)
					}
					continue
				}
				if err != nil || rec.Key.Version != tt.version || rec.Key.SrcAddr().String() != tt.want {
					t.Errorf("%T: %d, %v: %v", r, rec.Key.Version, rec.Key.SrcAddr(), err)
				}
			}
		})
	}
}
