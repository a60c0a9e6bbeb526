// Hostrtt prints how fast HOST acknowledged each connection's data: hostrtt HOST FILE...
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
)

func main() {
	conns, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, tcpanalysis.ConnWriterFunc(func(c *tcpanalysis.Conn) error {
		if r := &c.A2B.RTT; c.B().Addr().String() == os.Args[1] && r.Samples > 0 { // in milliseconds:
			fmt.Println(c.A(), c.B(), r.Samples, float64(r.Min)/1e6, float64(r.Mean())/1e6, float64(r.Max)/1e6)
		}
		return nil
	}), nil)
	capture, openErr := pcapio.Open(os.Args[min(2, len(os.Args)):]...)
	if err = errors.Join(err, openErr); err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.Run(pcapio.NewDecoder(capture, pcapio.DecodeConfig{}), conns)
	if err = errors.Join(err, capture.Close()); err != nil {
		log.Fatal(err)
	}
}
