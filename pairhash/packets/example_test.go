package packets_test

import (
	"fmt"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/packets"
	"github.com/reeftools/reef/pcapio"
)

func ExampleNewWriter() {
	r, err := pcapio.Open("../../testdata/ping-loss.pcap")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	pairs := pairhash.NewExact(pairhash.ExactConfig{})
	w, err := packets.NewWriter(packets.Config{}, pairs)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := pcapio.Run(pcapio.NewDecoder(r, pcapio.DecodeConfig{}), w); err != nil {
		fmt.Println(err)
	}
	for _, c := range pairs.Top(1) {
		fmt.Println(c.A.Netip(), c.B.Netip(), c.N)
	}
	// Output: 2001:db8:20::1 2001:db8:20::2 30
}
