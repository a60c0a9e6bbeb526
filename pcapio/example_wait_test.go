package pcapio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/reeftools/reef/pcapio"
)

// A capture that comes through a pipe can be left at any time, with what came so far.
func ExampleReaderConfig_idle() {
	pipe, writer := io.Pipe()
	go writer.Write(writePcap(1, 2)) // and then nothing, for ever
	ctx, stop := context.WithCancel(context.Background())
	r, err := pcapio.NewReader(pipe, pcapio.ReaderConfig{
		Context: ctx,
		Idle: func() error { // nothing came for a while
			stop()
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	n, err := pcapio.CopyRecords(pcapio.RecordWriterFunc(func(*pcapio.Record) error { return nil }), r)
	fmt.Println(n, errors.Is(err, context.Canceled))
	// Output: 2 true
}
