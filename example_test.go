package reef_test

import (
	"fmt"
	"log"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// A custom analysis beside a ready-made one, in one pass.
func Example() {
	capture, err := pcapio.Open("testdata/web.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer capture.Close()

	ttls := map[uint8]int{}
	mine := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error {
		if p.IsIP() {
			ttls[p.TTL]++
		}
		return nil
	})
	flows := 0
	table, err := flow.NewTable(flow.Config{}, nil, func(*flow.Record, *struct{}) error { flows++; return nil })
	if err != nil {
		log.Fatal(err)
	}
	packets, err := pcapio.Copy(pcapio.MultiWriter(table, mine), pcapio.NewDecoder(capture, pcapio.DecodeConfig{}))
	if err != nil {
		log.Fatal(err)
	}
	if err := table.Flush(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(packets, "packets", flows, "flows", "TTLs", ttls)
	// Output: 626 packets 31 flows TTLs map[64:624 255:2]
}
