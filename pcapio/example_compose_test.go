package pcapio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/reeftools/reef/pcapio"
)

// packets returns a reader of two packets made of exampleFrame.
func packets() *pcapio.Decoder {
	n := 0
	return pcapio.NewDecoder(pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if n++; n > 2 {
			return io.EOF
		}
		*r = pcapio.Record{Time: int64(n), LinkType: pcapio.LinkEthernet, OrigLen: len(exampleFrame), Data: exampleFrame}
		return nil
	}), pcapio.DecodeConfig{})
}

// A pass over a capture for an analysis that is a function.
func ExampleCopy() {
	sum := 0
	n, err := pcapio.Copy(pcapio.PacketWriterFunc(func(p *pcapio.Packet) error { sum += p.IPLen; return nil }), packets())
	fmt.Println(n, "packets,", sum, "bytes of IP,", err)
	// Output: 2 packets, 88 bytes of IP, <nil>
}

// Any number of analyses share one pass.
func ExampleMultiWriter() {
	var statuses pcapio.StatusCounts
	byStatus := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error { statuses[p.Status]++; return nil })
	var tcp int
	byLayer := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error {
		if p.Layers.Has(pcapio.LayerIPv4 | pcapio.LayerTCP) {
			tcp++
		}
		return nil
	})
	if _, err := pcapio.Copy(pcapio.MultiWriter(byStatus, byLayer), packets()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(statuses.Total(), "packets,", statuses[pcapio.StatusOK], "ok,", tcp, "of TCP")
	// Output: 2 packets, 2 ok, 2 of TCP
}

// A loop over packets that come in batches.
func ExampleDecoder_ReadPackets() {
	dec, batch, n := packets(), make([]pcapio.Packet, 16), 0
	for {
		k, err := dec.ReadPackets(batch)
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		for i := range batch[:k] {
			n += batch[i].IPLen
		}
	}
	fmt.Println(n, "bytes of IP")
	// Output: 88 bytes of IP
}

func ExampleAll() {
	for p, err := range pcapio.All(packets()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Time, p.SrcAddr(), p.Layers)
	}
	// Output:
	// 1 192.0.2.1 ethernet,ipv4,tcp
	// 2 192.0.2.1 ethernet,ipv4,tcp
}

// One Reader and its memory serve for many captures.
func ExampleReader_Reset() {
	var capture pcapio.Reader
	for _, name := range []string{"../testdata/vlan.pcap", "../testdata/two-interfaces.pcapng"} {
		file, err := os.Open(name)
		if err != nil {
			log.Fatal(err)
		}
		if err := capture.Reset(file); err != nil {
			log.Fatal(err)
		}
		packets, err := pcapio.Copy(pcapio.MultiWriter(), pcapio.NewDecoder(&capture, pcapio.DecodeConfig{}))
		fmt.Println(packets, "packets of", len(capture.Interfaces()), "interfaces", err)
		file.Close()
	}
	// Output:
	// 20 packets of 1 interfaces <nil>
	// 102 packets of 2 interfaces <nil>
}

// Records are copied without being decoded, here from any kind of capture into a pcapng file.
func ExampleCopyRecords() {
	capture, err := pcapio.Open("../testdata/web.pcap.gz")
	if err != nil {
		log.Fatal(err)
	}
	defer capture.Close()
	var file bytes.Buffer
	w, err := pcapio.NewWriter(&file, pcapio.WriterConfig{Format: pcapio.Pcapng})
	if err != nil {
		log.Fatal(err)
	}
	n, err := pcapio.CopyRecords(w, capture)
	if err = errors.Join(err, w.Flush()); err != nil {
		log.Fatal(err)
	}
	again, err := pcapio.NewReader(&file, pcapio.ReaderConfig{})
	if err != nil {
		log.Fatal(err)
	}
	var rec pcapio.Record
	fmt.Println(n, "records; the first again:", again.ReadRecord(&rec), rec.Timestamp().Format("15:04:05.000000"), rec.LinkType)
	// Output: 626 records; the first again: <nil> 08:20:44.527521 Ethernet
}
