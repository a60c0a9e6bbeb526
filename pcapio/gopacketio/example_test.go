package gopacketio_test

import (
	"bytes"
	"fmt"
	"io"
	"log"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/gopacketio"
)

// file returns a capture of two IPv4 packets without a payload.
func file() []byte {
	var b bytes.Buffer
	w, err := pcapio.NewWriter(&b, pcapio.WriterConfig{})
	if err != nil {
		log.Fatal(err)
	}
	header := []byte{0x45, 0, 0, 20, 0, 0, 0, 0, 64, 59, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}
	for s := range int64(2) {
		if err := w.WriteRecord(&pcapio.Record{Time: s * 1e9, OrigLen: 20, LinkType: pcapio.LinkIPv4, Data: header}); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// Gopacket's layers look at what reef reads.
func ExampleNewSource() {
	r, err := pcapio.NewReader(bytes.NewReader(file()), pcapio.ReaderConfig{})
	if err != nil {
		log.Fatal(err)
	}
	link, ok := gopacketio.LinkType[layers.LinkType](r.Interfaces()[0].LinkType)
	if !ok {
		log.Fatal("gopacket has no decoder for ", r.Interfaces()[0].LinkType)
	}
	src := gopacket.NewPacketSource(gopacketio.NewSource[gopacket.CaptureInfo](r), link)
	for {
		p, err := src.NextPacket()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Metadata().Timestamp.UTC().Format("15:04:05"), p.NetworkLayer().NetworkFlow())
	}
	// Output:
	// 00:00:00 10.0.0.1->10.0.0.2
	// 00:00:01 10.0.0.1->10.0.0.2
}

// Reef reads what gopacket captures.
func ExampleNewReader() {
	src, err := pcapgo.NewReader(bytes.NewReader(file()))
	if err != nil {
		log.Fatal(err)
	}
	dec := pcapio.NewDecoder(gopacketio.NewReader(src, pcapio.LinkIPv4), pcapio.DecodeConfig{})
	for p, err := range pcapio.All(dec) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p.Timestamp().Format("15:04:05"), p.SrcAddr(), p.DstAddr())
	}
	// Output:
	// 00:00:00 10.0.0.1 10.0.0.2
	// 00:00:01 10.0.0.1 10.0.0.2
}

// What gopacket cannot decode is told.
func ExampleLinkType() {
	for _, t := range []pcapio.LinkType{pcapio.LinkEthernet, pcapio.LinkIPv6, pcapio.LinkSLL2} {
		link, ok := gopacketio.LinkType[layers.LinkType](t)
		fmt.Println(t, link, ok)
	}
	// Output:
	// Ethernet Ethernet true
	// Raw IPv6 Raw true
	// Linux SLL2 Null false
}
