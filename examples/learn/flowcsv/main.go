// Flowcsv writes the flows of captures as CSV: flowcsv FILE...
package main

import (
	"errors"
	"log"
	"os"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

func main() {
	capture, err := pcapio.Open(os.Args[1:]...)
	if err != nil {
		log.Fatal(err)
	}
	flows, err := flow.NewRecords(flow.Config{}, flow.NewCSV(os.Stdout))
	if err != nil {
		log.Fatal(err)
	}
	// Run ends the flows that are left and flushes the CSV, also behind damage.
	_, err = pcapio.Run(pcapio.NewDecoder(capture, pcapio.DecodeConfig{}), flows)
	if err = errors.Join(err, capture.Close()); err != nil {
		log.Fatal(err)
	}
}
