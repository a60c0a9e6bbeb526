package pcapio_test

import (
	"bytes"
	"fmt"
	"io"
	"log"

	"github.com/reeftools/reef/pcapio"
)

func ExampleReader_ReadRecords() {
	r, err := pcapio.NewReader(bytes.NewReader(writePcap(1, 2, 3, 4)), pcapio.ReaderConfig{})
	if err != nil {
		log.Fatal(err)
	}
	records := make([]pcapio.Record, 3)
	for {
		n, err := r.ReadRecords(records)
		if err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		octets := 0
		for i := range records[:n] {
			octets += records[i].OrigLen
		}
		fmt.Println(n, "records,", octets, "bytes")
	}
	// Output:
	// 3 records, 120 bytes
	// 1 records, 40 bytes
}
