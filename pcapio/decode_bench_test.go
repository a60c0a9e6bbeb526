package pcapio

import (
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// benchFrames are 96-byte Ethernet frames of the kinds that make up most traffic.
var benchFrames = []struct {
	name string
	data []byte
}{
	{"TCP4Timestamps", eth(0x0800, ip4(6, tcpSeg(0x10, tsOption, make([]byte, 30))))},
	{"TCP6Timestamps", eth(0x86dd, ip6(6, tcpSeg(0x10, tsOption, make([]byte, 10))))},
	{"TCP4SYN", eth(0x0800, ip4(6, tcpSeg(0x02, cat([]byte{2, 4, 5, 180, 4, 2}, tsOption[2:], []byte{1, 3, 3, 7}), make([]byte, 22))))},
	{"UDP4", eth(0x0800, ip4(17, udpSeg(1024, 53, make([]byte, 54))))},
	{"VLANTCP4", eth(0x8100, vlanTag(7, 0x0800, ip4(6, tcpSeg(0x10, tsOption, make([]byte, 26)))))},
}

func BenchmarkDecode(b *testing.B) {
	for _, f := range benchFrames {
		b.Run(f.name, func(b *testing.B) {
			p := packetOf(LinkEthernet, f.data)
			d := NewDecoder(nil, DecodeConfig{})
			b.ReportAllocs()
			for b.Loop() {
				d.Decode(p)
			}
			if p.Status != StatusOK {
				b.Fatal(p.Status)
			}
		})
	}
}

// BenchmarkGopacket decodes the same frames with the fastest way that gopacket has.
func BenchmarkGopacket(b *testing.B) {
	for _, f := range benchFrames {
		b.Run(f.name, func(b *testing.B) {
			var eth layers.Ethernet
			var tag layers.Dot1Q
			var ip4 layers.IPv4
			var ip6 layers.IPv6
			var tcp layers.TCP
			var udp layers.UDP
			parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &tag, &ip4, &ip6, &tcp, &udp)
			parser.IgnoreUnsupported = true
			var found []gopacket.LayerType
			b.ReportAllocs()
			for b.Loop() {
				if err := parser.DecodeLayers(f.data, &found); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
