package pcapio

import "testing"

// ext builds an IPv6 extension header of 8+8*extra bytes.
func ext(next, extra int, payload []byte) []byte {
	return cat([]byte{byte(next), byte(extra), 1, 4, 0, 0, 0, 0}, make([]byte, 8*extra), payload)
}

func authHeader(next int, payload []byte) []byte {
	return cat([]byte{byte(next), 4, 0, 0}, make([]byte, 20), payload) // 24 bytes
}

// Raw IP packets and what is decoded of their IP and transport headers.
var transportFrames = []struct {
	name     string
	data     []byte
	status   Status
	layers   Layers
	proto    uint8
	ipHdrLen int
	ipLen    int
	payload  int // PayloadLen
	ports    bool
}{
	{"tcp4", ip4(6, tcpSeg(2, nil, []byte("data"))), StatusOK, LayerIPv4 | LayerTCP, 6, 20, 44, 4, true},
	{"tcp6", ip6(6, tcpSeg(2, nil, []byte("data"))), StatusOK, LayerIPv6 | LayerTCP, 6, 40, 64, 4, true},
	{"tcp4 ip options", ip4with(6, 0, make([]byte, 40), tcpSeg(2, nil, nil)), StatusOK, LayerIPv4 | LayerTCP, 6, 60, 80, 0, true},
	{"tcp4 padded", cat(ip4(6, tcpSeg(2, nil, []byte("data"))), make([]byte, 6)), StatusOK, LayerIPv4 | LayerTCP, 6, 20, 44, 4, true},
	{"tcp4 length 0", with(ip4(6, tcpSeg(2, nil, []byte("data"))), 2, 0), StatusOK, LayerIPv4 | LayerTCP, 6, 20, 44, 4, true},
	{"tcp6 length 0", with(ip6(6, tcpSeg(2, nil, []byte("data"))), 4, 0), StatusOK, LayerIPv6 | LayerTCP, 6, 40, 64, 4, true},
	{"udp4 lengths 0", with(with(ip4(17, udpSeg(1, 2, []byte("data"))), 2, 0), 24, 0), StatusOK, LayerIPv4 | LayerUDP, 17, 20, 32, 4, true},
	{"udp6 length 0", with(ip6(17, udpSeg(1, 2, []byte("data"))), 44, 0), StatusOK, LayerIPv6 | LayerUDP, 17, 40, 52, 4, true},
	{"udp4 short length", with(ip4(17, udpSeg(1, 2, []byte("data and options"))), 24, 12), StatusOK, LayerIPv4 | LayerUDP, 17, 20, 44, 4, true},
	{"udp4 first fragment", with(ip4with(17, 0x2000, nil, udpSeg(1, 2, make([]byte, 16))), 24, 1000), StatusOK, LayerIPv4 | LayerUDP, 17, 20, 44, 16, true},
	{"udp-lite", ip4(136, udpSeg(1, 2, []byte("data"))), StatusOK, LayerIPv4 | LayerUDPLite, 136, 20, 32, 4, true},
	{"udp-lite coverage 0", with(ip4(136, udpSeg(1, 2, []byte("data"))), 24, 0), StatusOK, LayerIPv4 | LayerUDPLite, 136, 20, 32, 4, true},
	{"icmp", ip4(1, icmpMsg(8, 0, 7, 9, []byte("data"))), StatusOK, LayerIPv4 | LayerICMP, 1, 20, 32, 4, false},
	{"icmpv6", ip6(58, icmpMsg(128, 0, 7, 9, []byte("data"))), StatusOK, LayerIPv6 | LayerICMPv6, 58, 40, 52, 4, false},
	{"sctp", ip4(132, cat(u16(1, 2), u32(3, 4), []byte("data"))), StatusOK, LayerIPv4 | LayerSCTP, 132, 20, 36, 4, true},
	{"dccp", ip4(33, cat(u16(1, 2), []byte{4, 0, 0, 0, 1, 0, 0, 0}, u32(0), []byte("data"))), StatusOK, LayerIPv4 | LayerDCCP, 33, 20, 40, 4, true},
	{"ospf", ip4(89, []byte("data")), StatusUnknownTransport, LayerIPv4, 89, 20, 24, 4, false},
	{"esp", ip6(50, []byte("data")), StatusUnknownTransport, LayerIPv6 | LayerESP, 50, 40, 44, 4, false},
	{"no next header", ip6(59, nil), StatusUnknownTransport, LayerIPv6, 59, 40, 40, 0, false},
	{"ah4", ip4(51, authHeader(6, tcpSeg(2, nil, []byte("data")))), StatusOK, LayerIPv4 | LayerAH | LayerTCP, 6, 44, 68, 4, true},
	{"ah6", ip6(51, authHeader(17, udpSeg(1, 2, nil))), StatusOK, LayerIPv6 | LayerIPv6Ext | LayerAH | LayerUDP, 17, 64, 72, 0, true},
	{"every extension", ip6(0, ext(60, 0, ext(43, 1, ext(135, 0, ext(139, 0, ext(140, 2, fragmentHeader(60, 0, 5, ext(17, 0, udpSeg(1, 2, []byte("data")))))))))),
		StatusOK, LayerIPv6 | LayerIPv6Ext | LayerUDP, 17, 40 + 8 + 16 + 8 + 8 + 24 + 8 + 8, 40 + 80 + 12, 4, true},
	{"later fragment 4", ip4with(6, 3, nil, []byte("data")), StatusFragment, LayerIPv4, 6, 20, 24, 4, false},
	{"later fragment 6", ip6(44, fragmentHeader(6, 8, 5, []byte("data"))), StatusFragment, LayerIPv6 | LayerIPv6Ext, 6, 48, 52, 4, false},
	{"gre", ip4(47, cat(u16(0, 0x0800), udp4)), StatusUnknownTransport, LayerIPv4, 47, 20, 24 + len(udp4), 4 + len(udp4), false},
	{"ipip", ip4(4, udp4), StatusUnknownTransport, LayerIPv4, 4, 20, 20 + len(udp4), len(udp4), false},
}

func TestDecodeTransports(t *testing.T) {
	for _, f := range transportFrames {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(LinkRaw, f.data, 0)
			if p.Status != f.status || p.Layers != f.layers || p.Proto != f.proto || p.PortsOK != f.ports {
				t.Errorf("%v, layers %v, protocol %d, ports %v", p.Status, p.Layers, p.Proto, p.PortsOK)
			}
			if p.IPHdrLen != f.ipHdrLen || p.IPLen != f.ipLen || p.PayloadLen != f.payload {
				t.Errorf("IP header %d, IP %d, payload %d; want %d, %d, %d", p.IPHdrLen, p.IPLen, p.PayloadLen, f.ipHdrLen, f.ipLen, f.payload)
			}
			// The four lengths fit together: header, transport header and payload are the datagram,
			// but for UDP options.
			if end := p.PayloadOff + p.PayloadLen; end > p.IPOff+p.IPLen {
				t.Errorf("payload ends at %d, the datagram at %d", end, p.IPOff+p.IPLen)
			}
			if f.payload == 4 && string(p.Payload()) != "data" {
				t.Errorf("payload %q", p.Payload())
			}
		})
	}
	p := decodeOne(LinkRaw, ip6(58, icmpMsg(129, 3, 7, 9, nil)), 0)
	if want := (ICMP{Type: 129, Code: 3, ID: 7, Seq: 9}); p.ICMP != want {
		t.Errorf("ICMP %+v", p.ICMP)
	}
}

func TestDecodeBad(t *testing.T) {
	tcp := tcpSeg(2, nil, nil)
	for _, f := range []struct {
		name  string
		data  []byte
		want  Status
		ports bool
	}{
		{"header length 16", cat([]byte{0x44}, udp4[1:]), StatusBadIP, false},
		{"total length below header", with(udp4, 2, 19), StatusBadIP, false},
		{"total length 0 and frame below header", with(ip4with(6, 0, nil, nil), 2, 0), StatusBadTransport, false},
		{"extension beyond payload", with(ip6(0, ext(17, 0, udpSeg(1, 2, nil))), 4, 4), StatusBadIP, false},
		// nothing left for UDP
		{"extension length beyond payload", ip6(60, cat([]byte{17, 9, 0, 0, 0, 0, 0, 0}, make([]byte, 72))), StatusBadTransport, false},
		{"extension length one too many", ip6(60, cat([]byte{17, 9, 0, 0, 0, 0, 0, 0}, make([]byte, 71))), StatusBadIP, false},
		{"ah too short", ip6(51, cat([]byte{17, 0, 0, 0, 0, 0, 0, 0})), StatusBadTransport, false},
		{"hop-by-hop without jumbo and length 0", with(ip6(0, ext(17, 0, udpSeg(1, 2, nil))), 4, 0), StatusBadIP, false},
		{"tcp offset 16", ip4(6, with(tcp, 12, 0x4002)), StatusBadTransport, true},
		{"tcp offset beyond length", ip4(6, with(tcp, 12, 0x6002)), StatusBadTransport, true},
		{"tcp cut by ip length", with(ip4(6, tcp), 2, 39), StatusBadTransport, true},
		{"tcp cut inside ports", with(ip4(6, tcp), 2, 23), StatusBadTransport, false},
		{"tiny first fragment", ip4with(6, 0x2000, nil, tcp[:8]), StatusBadTransport, true},
		{"udp length 7", ip4(17, with(udpSeg(1, 2, nil), 4, 7)), StatusBadTransport, true},
		{"udp length 0 in ipv4", ip4(17, with(udpSeg(1, 2, nil), 4, 0)), StatusBadTransport, true},
		{"udp length beyond ip", ip4(17, with(udpSeg(1, 2, nil), 4, 9)), StatusBadTransport, true},
		{"udp-lite coverage 7", ip4(136, with(udpSeg(1, 2, nil), 4, 7)), StatusBadTransport, true},
		{"udp-lite coverage beyond ip", ip4(136, with(udpSeg(1, 2, nil), 4, 9)), StatusBadTransport, true},
		{"sctp short", ip4(132, make([]byte, 11)), StatusBadTransport, true},
		{"dccp offset", ip4(33, cat(u16(1, 2), []byte{3, 0, 0, 0, 1, 0, 0, 0}, u32(0, 0))), StatusBadTransport, true},
		{"icmp short", ip4(1, make([]byte, 7)), StatusBadTransport, false},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(LinkRaw, f.data, 0)
			if p.Status != f.want || p.PortsOK != f.ports {
				t.Errorf("%v, ports %v; want %v, %v", p.Status, p.PortsOK, f.want, f.ports)
			}
			if f.want == StatusBadTransport && (p.Layers&^(LayerIPv4|LayerIPv6|LayerIPv6Ext|LayerAH) != 0 || !p.Status.HasIP() || p.PayloadLen != 0) {
				t.Errorf("layers %v, payload %d", p.Layers, p.PayloadLen)
			}
		})
	}
}

// A frame longer than what was captured: the snap length cuts, nothing contradicts itself.
func TestDecodeSnapped(t *testing.T) {
	frame := eth(0x0800, ip4(6, tcpSeg(0x10, tsOption, make([]byte, 1000))))
	for _, f := range []struct {
		name     string
		captured int
		want     Status
		ports    bool
		options  TCPOptions
	}{
		{"cut in Ethernet", 13, StatusTruncatedLink, false, 0},
		{"cut in IP", 33, StatusTruncatedIP, false, 0},
		{"cut behind IP", 34, StatusTruncatedTransport, false, 0},
		{"cut in the ports", 37, StatusTruncatedTransport, false, 0},
		{"cut behind the ports", 38, StatusTruncatedTransport, true, 0},
		{"cut in TCP", 53, StatusTruncatedTransport, true, 0},
		{"cut behind TCP", 54, StatusOK, true, OptMalformed},
		{"cut in the options", 60, StatusOK, true, OptMalformed},
		{"cut behind the options", 66, StatusOK, true, OptTimestamps},
		{"cut in the payload", 68, StatusOK, true, OptTimestamps},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := &Packet{Record: Record{LinkType: LinkEthernet, OrigLen: len(frame), Data: frame[:f.captured]}}
			d := NewDecoder(nil, DecodeConfig{})
			d.Decode(p)
			if p.Status != f.want || p.PortsOK != f.ports || p.TCP.Options != f.options {
				t.Errorf("%v, ports %v, options %b", p.Status, p.PortsOK, p.TCP.Options)
			}
			if p.Status == StatusOK && (p.PayloadLen != 1000 || p.IPLen != 1052 || len(p.Payload()) != max(0, f.captured-66)) {
				t.Errorf("payload %d, IP %d, captured payload %d", p.PayloadLen, p.IPLen, len(p.Payload()))
			}
			if d.Stats().BeyondWire != 0 {
				t.Error("beyond wire")
			}
		})
	}
}

func TestDecodeWireLength(t *testing.T) {
	frame := eth(0x0800, ip4(6, tcpSeg(0x10, nil, make([]byte, 100))))
	decode := func(data []byte, r Record) (*Packet, DecodeStats) {
		r.LinkType, r.Data = LinkEthernet, data
		p := &Packet{Record: r}
		d := NewDecoder(nil, DecodeConfig{})
		d.Decode(p)
		return p, d.Stats()
	}
	// The wire length was lost when the packet was cut: the header is believed.
	p, s := decode(frame[:60], Record{OrigLen: 60})
	if p.Status != StatusOK || p.IPLen != 140 || p.PayloadLen != 100 || s.BeyondWire != 1 {
		t.Errorf("lost length: %v, %d, %d, %+v", p.Status, p.IPLen, p.PayloadLen, s)
	}
	// Length 0: the frame decides, without its check sequence.
	zero := with(frame, 16, 0)
	p, s = decode(cat(zero, u32(0)), Record{OrigLen: len(zero) + 4, FCSLen: 4})
	if p.Status != StatusOK || p.IPLen != 140 || s.LengthInferred != 1 || s.BeyondWire != 0 {
		t.Errorf("length 0 with FCS: %v, %d, %+v", p.Status, p.IPLen, s)
	}
	p, _ = decode(zero[:60], Record{OrigLen: 60014})
	if p.Status != StatusOK || p.IPLen != 60000 || p.PayloadLen != 59960 {
		t.Errorf("length 0, snapped: %v, %d, %d", p.Status, p.IPLen, p.PayloadLen)
	}
	// A frame whose declared check sequence is not there keeps its headers.
	p, _ = decode(eth(0x0800, ip4(6, tcpSeg(2, nil, nil))), Record{OrigLen: 54, FCSLen: 4})
	if p.Status != StatusOK || p.IPLen != 40 {
		t.Errorf("absent FCS: %v, %d", p.Status, p.IPLen)
	}
	// More captured than was on the wire, as some damaged files say.
	p, _ = decode(frame, Record{OrigLen: 1})
	if p.Status != StatusOK || p.PayloadLen != 100 {
		t.Errorf("captured beyond wire: %v, %d", p.Status, p.PayloadLen)
	}
}

func TestDecodeJumbogram(t *testing.T) {
	const size = 70000
	build := func(length uint32, option []byte) []byte {
		hop := cat([]byte{6, 0}, option, u32(length))
		return with(ip6(0, cat(hop, tcpSeg(0x10, nil, nil), make([]byte, 100))), 4, 0)
	}
	jumboOption := []byte{0xc2, 4}
	for _, f := range []struct {
		name string
		data []byte
		wire int
		want Status
	}{
		{"good", build(size, jumboOption), 40 + size, StatusOK},
		{"beyond the frame", build(size, jumboOption), 40 + size - 1, StatusBadIP},
		{"beyond 2^31", build(0xffffffff, jumboOption), 40 + size, StatusBadIP},
		{"too small to be one", build(65535, jumboOption), 40 + size, StatusBadIP},
		{"no option", build(size, []byte{1, 4}), 40 + size, StatusBadIP},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := &Packet{Record: Record{LinkType: LinkRaw, OrigLen: f.wire, Data: f.data}}
			NewDecoder(nil, DecodeConfig{}).Decode(p)
			if p.Status != f.want {
				t.Error(p.Status)
			}
			if p.Status == StatusOK && (p.IPLen != 40+size || p.PayloadLen != size-8-20) {
				t.Errorf("IP length %d, payload %d", p.IPLen, p.PayloadLen)
			}
		})
	}
}
