package filter

import (
	"runtime"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Long expressions of every shape: the instructions that are made and copied, counted by the bytes
// allocated for them, must grow with the expression and not with its square. The optimizer's work
// is quadratic, and bounded by maxOptimized tests: these are beyond it, or without.
func TestCompileIsLinear(t *testing.T) {
	work := func(expr string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		// if not, the parser or the generator has worked on it all the same
		if f, err := Compile(expr); err == nil {
			_ = f.Check(pcapio.LinkRadiotap)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, shape := range []struct{ begin, again, end string }{
		{"ip[0]", "+1", "=3"},
		{"ip[0]", "*0", "=3"},
		{"len", " - 1 + 1", " > 5"},
		{"ip[0]", "+ip[1]", "=3"},
		{"tcp[0]", "+tcp[1]", "=3"},
		{"ip[0", "+1", "]=3"},
		{"port 1", " or port 2", ""},
		{"host 10.0.0.1", " or 10.0.0.2", ""},
		{"tcp", " and not ip[3]=7", ""},
		{"vlan", " or vlan 5", ""},
		{"vlan", " and vlan", ""},
		{"mpls", " and mpls", ""},
		{"geneve", " and geneve", ""},
		{"tcp", " or ip6 protochain 6", ""},
		{"(tcp or ip[2]=3)", " and (ip[1]=2 or udp) and (tcp or ip[2]=3)", ""},
	} {
		t.Run(shape.again, func(t *testing.T) {
			n := maxExpr / 16 / len(shape.again)
			one := work(shape.begin + strings.Repeat(shape.again, n) + shape.end)
			four := work(shape.begin + strings.Repeat(shape.again, 4*n) + shape.end)
			if four > 6*one { // memory that doubles as it grows may be counted twice
				t.Errorf("%q %d times: %d bytes, %d times: %d", shape.again, n, one, 4*n, four)
			}
		})
	}
}
