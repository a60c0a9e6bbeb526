package tcpanalysis

import (
	"strings"
	"testing"
)

// Times of 0 are shown where they were measured, and left out where not.
func TestLongShowsTimesOfZero(t *testing.T) {
	for _, tt := range []struct {
		name    string
		samples uint64
		want    bool
	}{{"measured", 3, true}, {"not measured", 0, false}} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			w := NewLongWriter(&out, Columns{RTT: true})
			c := &Conn{}
			c.A2B.RTT.Samples = tt.samples
			if err := w.WriteConn(c); err != nil {
				t.Fatal(err)
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			for _, row := range []string{"rtt_min_s", "rtt_max_s", "rtt_p50_s", "rtt_p99_s"} {
				if got := strings.Contains(out.String(), "  "+row+" "); got != tt.want {
					t.Errorf("%s is shown: %v\n%s", row, got, &out)
				}
			}
		})
	}
}
