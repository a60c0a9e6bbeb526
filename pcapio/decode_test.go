package pcapio

import (
	"io"
	"net/netip"
	"testing"
)

func TestDecodeTCP(t *testing.T) {
	for _, f := range []struct {
		name     string
		data     []byte
		link     LinkType
		version  uint8
		ipOff    int
		src, dst string
	}{
		{"ethernet ipv4", eth(0x0800, ip4(6, tcpSeg(0x118, tsOption, make([]byte, 10)))), LinkEthernet, 4, 14, "192.0.2.1", "198.51.100.2"},
		{"ethernet ipv6", eth(0x86dd, ip6(6, tcpSeg(0x118, tsOption, make([]byte, 10)))), LinkEthernet, 6, 14, "2001:db8::1", "2001:db8::2"},
		{"raw ipv4", ip4(6, tcpSeg(0x118, tsOption, make([]byte, 10))), LinkRaw, 4, 0, "192.0.2.1", "198.51.100.2"},
		{"raw ipv6", ip6(6, tcpSeg(0x118, tsOption, make([]byte, 10))), LinkIPv6, 6, 0, "2001:db8::1", "2001:db8::2"},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(f.link, f.data, 0)
			header := 20
			if f.version == 6 {
				header = 40
			}
			want := Packet{Record: p.Record, Status: StatusOK, Layers: p.Layers, EtherType: p.EtherType, IPVersion: f.version,
				Proto: 6, TTL: p.TTL, TOS: 0x2e, IPFlags: p.IPFlags, IPID: p.IPID, Src: p.Src, Dst: p.Dst,
				IPOff: f.ipOff, IPHdrLen: header, IPLen: header + 42, PortsOK: true, SrcPort: 1024, DstPort: 80,
				TransportOff: f.ipOff + header, PayloadOff: f.ipOff + header + 32, PayloadLen: 10,
				TCP: TCP{Seq: 0x01020304, Ack: 0x05060708, Flags: AE | ACK | PSH, Window: 0x2000, Urgent: 7, HdrLen: 32,
					Options: OptTimestamps, TSval: 111, TSecr: 222}}
			got, expect := *p, want
			got.Data, expect.Data = nil, nil
			if !samePacket(&got, &expect) {
				t.Errorf("got  %+v\nwant %+v", got, expect)
			}
			if p.SrcAddr() != netip.MustParseAddr(f.src) || p.DstAddr() != netip.MustParseAddr(f.dst) {
				t.Errorf("addresses %v > %v", p.SrcAddr(), p.DstAddr())
			}
			if !p.Layers.Has(LayerTCP) || p.Layers.Has(LayerUDP) {
				t.Errorf("layers %v", p.Layers)
			}
			if len(p.Payload()) != 10 {
				t.Errorf("payload has %d bytes", len(p.Payload()))
			}
		})
	}
}

// samePacket compares the decoded parts.
func samePacket(a, b *Packet) bool {
	x, y := *a, *b
	x.Record, y.Record = Record{}, Record{}
	type plain struct { // Record is not comparable, the rest is
		Status   Status
		Layers   Layers
		link     [3]uint16
		label    uint32
		tunnel   [5]uint32
		outer    [2][16]byte
		ip       [6]uint32
		frag     uint16
		addr     [2][16]byte
		lens     [6]int
		portsOK  bool
		ports    [2]uint16
		tcp      TCP
		icmp     ICMP
		ipFlags  IPFlags
		ipHeader uint32
	}
	of := func(p *Packet) plain {
		return plain{p.Status, p.Layers, [3]uint16{p.EtherType, p.VLAN, p.InnerVLAN}, p.MPLSLabel,
			[5]uint32{uint32(p.Tunnel), uint32(p.TunnelDepth), uint32(p.OuterProto), p.TunnelID}, [2][16]byte{p.OuterSrc, p.OuterDst},
			[6]uint32{uint32(p.IPVersion), uint32(p.Proto), uint32(p.TTL), uint32(p.TOS), p.IPID}, p.FragOffset,
			[2][16]byte{p.Src, p.Dst}, [6]int{p.IPOff, p.IPHdrLen, p.IPLen, p.TransportOff, p.PayloadOff, p.PayloadLen},
			p.PortsOK, [2]uint16{p.SrcPort, p.DstPort}, p.TCP, p.ICMP, p.IPFlags, 0}
	}
	return of(&x) == of(&y)
}

func TestDecoderReadPacket(t *testing.T) {
	frame := eth(0x0800, ip4(17, udpSeg(1, 2, nil)))
	n := 0
	src := RecordReaderFunc(func(r *Record) error {
		if n++; n > 3 {
			return io.EOF
		}
		*r = Record{Time: int64(n), LinkType: LinkEthernet, OrigLen: len(frame), Data: frame}
		return nil
	})
	d := NewDecoder(src, DecodeConfig{})
	copied, err := Copy(PacketWriterFunc(func(p *Packet) error {
		if p.Status != StatusOK || p.Time != int64(n) {
			t.Errorf("packet %d: %v at %d", n, p.Status, p.Time)
		}
		return nil
	}), d)
	if copied != 3 || err != nil {
		t.Fatalf("copied %d, %v", copied, err)
	}
	if s := d.Stats(); s.Packets[StatusOK] != 3 || s.Packets.Total() != 3 {
		t.Errorf("stats %+v", s)
	}
	d.Reset(nil)
	if s := d.Stats(); s.Packets.Total() != 0 {
		t.Errorf("stats after Reset %+v", s)
	}
	if err := d.ReadPacket(new(Packet)); err != io.EOF {
		t.Errorf("nil source: %v", err)
	}
}

func TestDecodeConfigValidate(t *testing.T) {
	for _, c := range []DecodeConfig{{Tunnels: TunnelAll + 1}, {Tunnels: TunnelGRE, NetworkOnly: true}, {MaxTunnelDepth: -1}, {MaxTunnelDepth: 17}, {FragmentCache: MaxFragmentCache + 1}} {
		want := c.Validate()
		if want == nil {
			t.Errorf("%+v is valid", c)
		}
		d := NewDecoder(RecordReaderFunc(func(*Record) error { return nil }), c)
		if err := d.ReadPacket(new(Packet)); err == nil || err.Error() != want.Error() {
			t.Errorf("%+v: ReadPacket: %v", c, err)
		}
		p := packetOf(LinkEthernet, eth(0x0800, ip4(17, udpSeg(1, 2, nil))))
		if d.Decode(p); p.Status != StatusUndecoded || d.Stats().Packets[StatusUndecoded] != 1 {
			t.Errorf("%+v: status %v", c, p.Status)
		}
	}
	if err := (&DecodeConfig{}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestDecodeAllocations(t *testing.T) {
	d := NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll})
	for _, f := range benchFrames {
		p := packetOf(LinkEthernet, f.data)
		if n := testing.AllocsPerRun(100, func() { d.Decode(p) }); n != 0 {
			t.Errorf("%s: %v allocations", f.name, n)
		}
	}
	first := packetOf(LinkRaw, ip4with(17, 0x2000, nil, udpSeg(1, 2, make([]byte, 16))))
	later := packetOf(LinkRaw, ip4with(17, 3, nil, make([]byte, 8)))
	d.Decode(first) // makes the cache
	if n := testing.AllocsPerRun(100, func() { first.Data[5]++; d.Decode(first); d.Decode(later) }); n != 0 {
		t.Errorf("fragments: %v allocations", n)
	}
}
