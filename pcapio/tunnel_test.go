package pcapio

import "testing"

func TestTunnelNames(t *testing.T) {
	for _, tt := range []struct {
		name string
		list string
		want Tunnel
		back string
	}{
		{"none", "", TunnelNone, ""},
		{"one", "gre", TunnelGRE, "gre"},
		{"order of the constants", "vxlan,6in4", TunnelVXLAN | Tunnel6in4, "6in4,vxlan"},
		{"all", "all", TunnelAll, "gre,ipip,6in4,4in6,6in6,vxlan,geneve,gtpu,teredo,erspan,l2tp,mpls,lisp,etherip,capwap,ayiya,gue,tzsp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseTunnel(tt.list)
			if err != nil || got != tt.want || got.String() != tt.back {
				t.Errorf("%q: %v %v", tt.list, got, err)
			}
		})
	}
	if _, err := ParseTunnel("gre,l2f"); err == nil {
		t.Error("l2f was taken")
	}
}
