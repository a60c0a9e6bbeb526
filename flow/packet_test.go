package flow

import (
	"net/netip"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

const (
	second = int64(1e9)
	base   = 1_700_000_000 * second
)

// feed gives packets to a table and ends it.
func feed[S any](t testing.TB, table *Table[S], packets []*pcapio.Packet) {
	t.Helper()
	for _, p := range packets {
		if err := table.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
}

// tcp makes a decoded TCP packet at base + at; ends are "address:port".
func tcp(at int64, src, dst string, flags pcapio.TCPFlags, ipLen int) *pcapio.Packet {
	p := packet(at, src, dst, 6, pcapio.LayerTCP, ipLen)
	p.TCP.Flags = flags
	return p
}

// segment makes a decoded TCP packet with sequence numbers and n bytes of data.
func segment(at int64, src, dst string, flags pcapio.TCPFlags, seq, acked uint32, n int) *pcapio.Packet {
	p := tcp(at, src, dst, flags, 40+n)
	p.TCP.Seq, p.TCP.Ack, p.PayloadLen = seq, acked, n
	return p
}

// udp makes a decoded UDP packet.
func udp(at int64, src, dst string, ipLen int) *pcapio.Packet {
	return packet(at, src, dst, 17, pcapio.LayerUDP, ipLen)
}

// icmp makes a decoded ICMP packet; v6 by the addresses.
func icmp(at int64, src, dst string, typ, code uint8) *pcapio.Packet {
	p := packet(at, src+":0", dst+":0", 1, pcapio.LayerICMP, 84)
	if p.IPVersion == 6 {
		p.Proto, p.Layers = 58, pcapio.LayerIPv6|pcapio.LayerICMPv6
	}
	p.PortsOK, p.ICMP = false, pcapio.ICMP{Type: typ, Code: code}
	return p
}

// laterICMP is a later fragment.
func laterICMP(at int64, src, dst string, typ uint8) *pcapio.Packet {
	p := icmp(at, src, dst, typ, 0)
	p.Status, p.Layers, p.ICMP.Inherited = pcapio.StatusFragment, pcapio.LayerIPv4, true
	return p
}

func packet(at int64, src, dst string, proto uint8, layer pcapio.Layers, ipLen int) *pcapio.Packet {
	s, d := netip.MustParseAddrPort(src), netip.MustParseAddrPort(dst)
	p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | layer, IPVersion: 4, Proto: proto, IPLen: ipLen,
		Src: s.Addr().As16(), Dst: d.Addr().As16(), SrcPort: s.Port(), DstPort: d.Port(), PortsOK: true}
	p.Time = base + at
	if s.Addr().Is6() {
		p.IPVersion, p.Layers = 6, pcapio.LayerIPv6|layer
	}
	return p
}

const (
	syn    = pcapio.SYN
	synack = pcapio.SYN | pcapio.ACK
	ack    = pcapio.ACK
	finack = pcapio.FIN | pcapio.ACK
	rst    = pcapio.RST
)
