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

func ExampleIsTPID() {
	fmt.Println(pcapio.IsTPID(0x88a8), pcapio.IsTPID(0x9100), pcapio.IsTPID(0x0800))
	// Output: true true false
}
