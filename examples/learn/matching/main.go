// Matching writes the packets that match EXPR to OUT: matching EXPR OUT FILE...
package main

import (
	"errors"
	"log"
	"os"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
	"github.com/reeftools/reef/pcapio/filter"
)

func main() {
	if len(os.Args) < 4 {
		log.Fatal("usage: matching EXPR OUT FILE...")
	}
	f, err := filter.Compile(os.Args[1])
	in, inErr := pcapio.Open(os.Args[3:]...)
	out, outErr := edit.NewRotator(edit.RotateConfig{Name: os.Args[2], Writer: pcapio.WriterConfig{Interfaces: in}})
	if err = errors.Join(err, inErr, outErr); err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.CopyRecords(out, filter.NewReader(in, f))
	if err = errors.Join(err, out.Close(), in.Close()); err != nil {
		log.Fatal(err)
	}
}
