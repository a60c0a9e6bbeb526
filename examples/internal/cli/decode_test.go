package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

func TestDecodeConfig(t *testing.T) {
	for _, tt := range []struct {
		args  string
		want  pcapio.DecodeConfig
		wrong string // "": none
	}{
		{"", pcapio.DecodeConfig{}, ""},
		{"-tunnels vxlan,gre -vxlan-port 4788,0x1234", pcapio.DecodeConfig{Tunnels: pcapio.TunnelVXLAN | pcapio.TunnelGRE, VXLANPorts: []uint16{4788, 0x1234}}, ""},
		{"-tpid 0x9400", pcapio.DecodeConfig{TPIDs: []uint16{0x9400}}, ""},
		{"-tunnels nonsense", pcapio.DecodeConfig{}, "-tunnels: "},
		{"-vxlan-port 4788", pcapio.DecodeConfig{}, "needs -tunnels vxlan"},
		{"-tunnels all -vxlan-port 70000", pcapio.DecodeConfig{}, "want ports as in"},
		{"-tpid vlan", pcapio.DecodeConfig{}, "want EtherTypes as in"},
		{"-tpid 100", pcapio.DecodeConfig{}, "which is a length"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			p := New("x", "", "")
			p.CaptureFlags()
			if err := p.Flags.Parse(strings.Fields(tt.args)); err != nil {
				t.Fatal(err)
			}
			got, err := p.DecodeConfig()
			var usage *usageError
			if tt.wrong != "" {
				if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("error %v", err)
				}
				return
			}
			if err != nil || got.Tunnels != tt.want.Tunnels || !slices.Equal(got.VXLANPorts, tt.want.VXLANPorts) || !slices.Equal(got.TPIDs, tt.want.TPIDs) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
