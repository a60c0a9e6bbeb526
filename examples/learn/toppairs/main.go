// Toppairs prints the ten pairs of hosts with the most packets: toppairs FILE...
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pcapio"
)

func main() {
	capture, err := pcapio.Open(os.Args[1:]...)
	if err != nil {
		log.Fatal(err)
	}
	pairs := pairhash.NewExact(pairhash.ExactConfig{})
	add := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error { // those that are not IP count as :: ::
		return pairs.Add(pairhash.AddrFrom16(p.Src), pairhash.AddrFrom16(p.Dst))
	})
	_, err = pcapio.Run(pcapio.NewDecoder(capture, pcapio.DecodeConfig{}), add)
	for _, c := range pairs.Top(10) {
		fmt.Println(c.A.Netip(), c.B.Netip(), c.N)
	}
	if err = errors.Join(err, capture.Close()); err != nil {
		log.Fatal(err)
	}
}
