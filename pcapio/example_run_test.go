package pcapio_test

import (
	"fmt"
	"log"

	"github.com/reeftools/reef/pcapio"
)

// lengths is an analysis: the sum of the lengths of IP packets, told at the end.
type lengths struct{ sum int }

func (l *lengths) WritePacket(p *pcapio.Packet) error {
	l.sum += p.IPLen
	return nil
}

func (l *lengths) Flush() error {
	_, err := fmt.Println(l.sum, "bytes of IP")
	return err
}

// One call reads a capture to its end, and then ends all analyses.
func ExampleRun() {
	fragments := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error {
		if p.FragOffset > 0 {
			fmt.Println(p.Timestamp())
		}
		return nil
	})
	n, err := pcapio.Run(packets(), &lengths{}, fragments)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, "packets")
	// Output:
	// 88 bytes of IP
	// 2 packets
}
