// Ttlcount counts the IP packets of captures by time to live: ttlcount FILE...
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/reeftools/reef/pcapio"
)

func main() {
	capture, err := pcapio.Open(os.Args[1:]...)
	if err != nil {
		log.Fatal(err)
	}
	packets := map[uint8]int{}
	count := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error {
		if p.IsIP() {
			packets[p.TTL]++
		}
		return nil
	})
	_, err = pcapio.Run(pcapio.NewDecoder(capture, pcapio.DecodeConfig{}), count)
	fmt.Println(packets) // of a damaged capture, those before the damage
	if err = errors.Join(err, capture.Close()); err != nil {
		log.Fatal(err)
	}
}
