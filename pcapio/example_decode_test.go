package pcapio_test

import (
	"fmt"
	"io"

	"github.com/reeftools/reef/pcapio"
)

// exampleFrame is an Ethernet frame with a TCP SYN from 192.0.2.1 to 198.51.100.2.
var exampleFrame = []byte{
	0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0x00,
	0x45, 0, 0, 44, 0, 1, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2,
	0xc0, 0x00, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x60, 0x02, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 0x05, 0xb4,
}

// A Decoder makes packets of the records of any RecordReader; a real program has a Reader from Open
// here.
func ExampleNewDecoder() {
	n := 0
	records := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if n++; n > 2 {
			return io.EOF
		}
		*r = pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(exampleFrame), Data: exampleFrame}
		return nil
	})
	decoder := pcapio.NewDecoder(records, pcapio.DecodeConfig{})
	for p, err := range pcapio.All(decoder) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.SrcAddr(), p.SrcPort, ">", p.DstAddr(), p.DstPort, p.Layers, "MSS", p.TCP.MSS)
	}
	fmt.Println(decoder.Stats().Packets[pcapio.StatusOK], "packets")
	// Output:
	// 192.0.2.1 49152 > 198.51.100.2 80 ethernet,ipv4,tcp MSS 1460
	// 192.0.2.1 49152 > 198.51.100.2 80 ethernet,ipv4,tcp MSS 1460
	// 2 packets
}

// Decode is for a program that gets its frames from elsewhere. What is wrong with a packet is its
// status.
func ExampleDecoder_Decode() {
	decoder := pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll})
	var p pcapio.Packet
	for _, captured := range []int{58, 40, 20} {
		p.Record = pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(exampleFrame), Data: exampleFrame[:captured]}
		decoder.Decode(&p)
		fmt.Println(captured, "bytes:", p.Status, p.PortsOK)
	}
	// Output:
	// 58 bytes: ok true
	// 40 bytes: truncated-transport true
	// 20 bytes: truncated-ip false
}

// Validate is for configurations that come from a user.
func ExampleDecodeConfig_Validate() {
	cfg := pcapio.DecodeConfig{Tunnels: pcapio.TunnelVXLAN, MaxTunnelDepth: 99}
	fmt.Println(cfg.Validate())
	// Output: pcapio: bad configuration: DecodeConfig.MaxTunnelDepth 99 is not in 0..16
}

// A packet that went through a tunnel has the addresses of both ends: inside as Src and Dst,
// outside as OuterSrc and OuterDst.
func ExampleDecodeConfig() {
	inner := exampleFrame[14:]
	frame := append([]byte{0x45, 0, 0, byte(20 + len(inner)), 0, 1, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}, inner...)
	p := pcapio.Packet{Record: pcapio.Record{LinkType: pcapio.LinkRaw, OrigLen: len(frame), Data: frame}}
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelIPIP}).Decode(&p)
	fmt.Println(p.SrcAddr(), p.DstPort, p.OuterSrc[12:], p.TunnelDepth, p.IPLen)
	// Output: 192.0.2.1 80 [10 0 0 1] 1 44
}
