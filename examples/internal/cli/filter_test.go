package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// -f is the same in all programs that decode captures. Of web.pcap's 626 packets 83 are UDP.
func TestFilter(t *testing.T) {
	for _, tt := range []struct {
		name, expr      string
		status, packets int
		stderr          string
	}{
		{"all", "", 0, 626, ""},
		{"some", "udp", 0, 83, ""},
		{"none", "tcp port 1", 0, 0, "count: none of 626 packets matches -f\n"},
		{"bad", "udp and )", 2, 0, "count: -f: filter expression: column 9: unexpected \")\"\ncount: udp and )\ncount:         ^\nTry count -h.\n"},
		{"not for this link type", "wlan type data", 1, 0, "count: filter expression on Ethernet: type, subtype and dir are for 802.11 only\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := New("count", "[FILE...]", "Count counts.")
			p.CaptureFlags()
			n := 0
			status := p.Run([]string{"-f", tt.expr, "../../../testdata/web.pcap"}, &out, &errs, func() error {
				dec, err := p.OpenDecoder()
				if err != nil {
					return err
				}
				for _, err := range pcapio.All(dec) {
					if err != nil {
						return err
					}
					n++
				}
				return nil
			})
			if status != tt.status || n != tt.packets || !strings.HasPrefix(errs.String(), tt.stderr) || tt.stderr == "" && errs.Len() > 0 {
				t.Errorf("status %d, %d packets, %q", status, n, &errs)
			}
		})
	}
}
