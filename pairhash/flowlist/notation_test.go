package flowlist

import (
	"strings"
	"testing"
)

// An error shows what the line should look like: what the first flow decided, or all that may be
// first.
func TestErrorsShowForms(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing known", "x y 1\n", "line 1, offset 0: flowlist: not a flow; want SRC DST [PACKETS [BYTES]], SRC and DST both as 10.0.0.1 or 2001:db8::1, as hhhhhhhh:hhhhhhhh"},
		{"first flow of two notations", "1.2.3.4 00000000:00000001 1\n", "both as 10.0.0.1 or"},
		{"words", "00000000:00000001 00000000:00000002 3\n::1 ::2 3\n", "line 2, offset 38: flowlist: not a flow; want SRC DST [PACKETS [BYTES]], SRC and DST hhhhhhhh:hhhhhhhh in hexadecimal as in the first flow"},
		{"addresses", "::1 ::2\n00000000:00000001 00000000:00000002 3\n", "IPv4 or IPv6 addresses without zone as in the first flow"},
		{"zone", "::1 ::2\nfe80::1%eth0 ::2\n", "without zone"},
		{"numbers", "1 2\n1.2.3.4 5\n", "decimal numbers up to 2^64-1 as in the first flow"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := readAll(strings.NewReader(tt.text)); !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		})
	}
}
