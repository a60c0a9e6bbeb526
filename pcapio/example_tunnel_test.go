package pcapio_test

import (
	"fmt"

	"github.com/reeftools/reef/pcapio"
)

func ExampleParseTunnel() {
	tunnels, err := pcapio.ParseTunnel("gre,vxlan")
	fmt.Println(tunnels, err, tunnels == pcapio.TunnelGRE|pcapio.TunnelVXLAN)
	// Output: gre,vxlan <nil> true
}
