package pcapio_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/reeftools/reef/pcapio"
)

func ExampleWriter_pcapng() {
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{Format: pcapio.Pcapng, Compression: pcapio.Gzip, Comment: "made by hand"})
	if err != nil {
		log.Fatal(err)
	}
	r := pcapio.Record{Time: 1_700_000_000e9, OrigLen: 60, LinkType: pcapio.LinkRaw, Data: []byte("abc")}
	err = errors.Join(
		w.WriteComment(&r, "the one that was late"),
		w.WriteStats(0, pcapio.InterfaceStats{Time: 1_700_000_001e9, Received: 1, Dropped: 0, Accepted: -1, OSDropped: -1, Delivered: -1}),
		w.Close())
	fmt.Println(w.Stats().Records, "record,", w.Stats().Bytes, "bytes before compression,", err)
	// Output: 1 record, 200 bytes before compression, <nil>
}

func ExampleFormatOf() {
	fmt.Println(pcapio.FormatOf("monday.pcap"))
	fmt.Println(pcapio.FormatOf("monday.pcapng.zst"))
	// Output:
	// pcap none
	// pcapng zstd
}

func ExampleNewCompressor() {
	var b bytes.Buffer
	w, err := pcapio.NewCompressor(&b, pcapio.Gzip)
	if err != nil {
		log.Fatal(err)
	}
	_, err = w.Write(make([]byte, 1000))
	err = errors.Join(err, w.Close())
	fmt.Println(b.Len() < 100, err)
	// Output: true <nil>
}

func ExampleReaderConfig_Span() {
	first, last, err := pcapio.ReaderConfig{}.Span("../testdata/web.pcap")
	fmt.Println(time.Duration(last-first).Round(time.Second) > 0, err)
	// Output: true <nil>
}

// What is made goes by the file's name, unless it was said before.
func ExampleWriterConfig_ByName() {
	cfg, err := pcapio.WriterConfig{SnapLen: 96}.ByName("monday.pcapng.zst")
	fmt.Println(cfg.Format, cfg.Compression, err)
	_, err = pcapio.WriterConfig{Format: pcapio.Pcap}.ByName("monday.pcapng")
	fmt.Println(err)
	// Output:
	// pcapng zstd <nil>
	// pcapio: bad configuration: the file is called "monday.pcapng", and Format is pcap
}
