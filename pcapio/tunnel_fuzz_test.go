package pcapio

import (
	"strings"
	"testing"
)

// FuzzParseTunnel checks that what ParseTunnel takes is what String writes again, and that it takes
// known names only.
func FuzzParseTunnel(f *testing.F) {
	for _, s := range []string{"", "all", "gre,vxlan", "gre,gre", "gre,", ",", "none", TunnelAll.String()} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		got, err := ParseTunnel(list)
		if err != nil {
			return
		}
		if again, err := ParseTunnel(got.String()); err != nil || again != got || got&^TunnelAll != 0 {
			t.Errorf("%q is %v, and that is %v, %v", list, got, again, err)
		}
		for word := range strings.SplitSeq(list, ",") {
			if list != "" && word != "all" && !strings.Contains(","+got.String()+",", ","+word+",") {
				t.Errorf("%q is %v, without %q", list, got, word)
			}
		}
	})
}
