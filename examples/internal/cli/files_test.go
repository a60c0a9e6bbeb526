package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// A capture where a list is wanted is told as such, compressed or not; short files and damaged ones
// are the program's.
func TestEachFileOfCaptures(t *testing.T) {
	const testdata = "../../../testdata/"
	for _, tt := range []struct {
		name, file, stdin string
		read              string
		stderr            string
	}{
		{"pcap", testdata + "web.pcap", "", "", "x: " + testdata + "web.pcap is a capture: use another\n"},
		{"compressed", testdata + "web.pcap.gz", "", "", "x: " + testdata + "web.pcap.gz is a capture: use another\n"},
		{"pcapng", testdata + "web.pcapng", "", "", "x: " + testdata + "web.pcapng is a capture: use another\n"},
		{"snoop", "-", "snoop\x00\x00\x00\x00\x00\x00\x02", "", "x: - is a capture: use another\n"},
		{"empty", "-", "", "", ""},
		{"short", "-", "\xa1\xb2\xc3", "\xa1\xb2\xc3", ""},
		{"list", "-", "10.0.0.1 10.0.0.2 5\n", "10.0.0.1 10.0.0.2 5\n", ""},
		{"damaged", "-", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03xx", "", "x: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := New("x", "", "")
			p.Stdin, p.OfCapture = strings.NewReader(tt.stdin), "use another"
			var read, errs bytes.Buffer
			status := p.Run([]string{tt.file}, io.Discard, &errs, func() error {
				return p.EachFile(func(_ string, r io.Reader) error {
					_, err := io.Copy(&read, r)
					return err
				})
			})
			if read.String() != tt.read || !strings.HasPrefix(errs.String(), tt.stderr) || (status == 0) != (tt.stderr == "") {
				t.Errorf("status %d, read %q, %q", status, &read, &errs)
			}
		})
	}
}
