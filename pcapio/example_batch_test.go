package pcapio_test

import (
	"bytes"
	"errors"
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

// Any source can be read many records at a time; one that knows no batches gives one.
func ExampleBatches() {
	left := 3
	src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if left == 0 {
			return io.EOF
		}
		left--
		*r = pcapio.Record{LinkType: pcapio.LinkRaw, Time: int64(left)}
		return nil
	})
	batches, records := pcapio.Batches(src), make([]pcapio.Record, 16)
	for {
		n, err := batches.ReadRecords(records)
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		fmt.Println(n, records[0].Time)
	}
	// Output:
	// 1 2
	// 1 1
	// 1 0
}
