package pcapio

import "testing"

func TestTunnelNames(t *testing.T) {
	for _, tt := range []struct {
		list string
		want Tunnel
		back string
	}{
		{"", TunnelNone, ""},
		{"gre", TunnelGRE, "gre"},
		{"vxlan,6in4", TunnelVXLAN | Tunnel6in4, "6in4,vxlan"},
		{"all", TunnelAll, "gre,ipip,6in4,4in6,6in6,vxlan,geneve,gtpu,teredo,erspan,l2tp,mpls,lisp,etherip,capwap,ayiya,gue,tzsp"},
	} {
		got, err := ParseTunnel(tt.list)
		if err != nil || got != tt.want || got.String() != tt.back {
			t.Errorf("%q: %v %v", tt.list, got, err)
		}
	}
	if _, err := ParseTunnel("gre,l2f"); err == nil {
		t.Error("l2f was taken")
	}
}
