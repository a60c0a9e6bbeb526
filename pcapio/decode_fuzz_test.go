package pcapio

import "testing"

// fuzzLinks are all link types that can be decoded, and one that cannot.
var fuzzLinks = []LinkType{LinkNull, LinkEthernet, LinkTokenRing, LinkPPP, LinkFDDI, LinkRaw12, LinkRaw14, LinkPPPHDLC, LinkPPPoE, LinkATM,
	LinkRaw, LinkCHDLC, LinkWLAN, LinkFRelay, LinkLoop, LinkSLL, LinkPrism, LinkRadiotap, LinkAVS, LinkPPI, LinkIPv4, LinkIPv6, LinkSLL2, 147}

func FuzzDecode(f *testing.F) {
	for _, s := range linkFrames {
		f.Add(uint16(s.link), uint32(TunnelAll), uint8(0), 0, s.data)
	}
	for _, s := range transportFrames {
		f.Add(uint16(LinkRaw), uint32(0), uint8(4), 100, s.data)
	}
	for _, s := range tunnelFrames {
		f.Add(uint16(LinkRaw), uint32(TunnelAll), uint8(0), 0, s.data)
	}
	f.Fuzz(func(t *testing.T, link uint16, tunnels uint32, fcs uint8, more int, data []byte) {
		d := NewDecoder(nil, DecodeConfig{Tunnels: Tunnel(tunnels) & TunnelAll, FragmentCache: 4})
		links := append([]LinkType{LinkType(link)}, fuzzLinks...)
		var reused Packet
		for i, l := range links {
			// The same bytes as several packets, so that fragments meet remembered ones.
			r := Record{Time: int64(i), LinkType: l, FCSLen: fcs, OrigLen: len(data) + more%100000, Data: data}
			p := Packet{Record: r}
			d.Decode(&p)
			checkPacket(t, &p)
			reused.Record = r
			NewDecoder(nil, DecodeConfig{Tunnels: Tunnel(tunnels) & TunnelAll, FragmentCache: -1}).Decode(&reused)
			fresh := Packet{Record: r}
			NewDecoder(nil, DecodeConfig{Tunnels: Tunnel(tunnels) & TunnelAll, FragmentCache: -1}).Decode(&fresh)
			if !samePacket(&reused, &fresh) {
				t.Fatalf("%v: a used packet differs: %+v\n%+v", l, reused, fresh)
			}
		}
		s := d.Stats()
		if s.Packets.Total() != uint64(len(links)) || s.FragmentHits+s.FragmentMisses != s.Packets[StatusFragment] {
			t.Fatalf("counters do not add up: %+v", s)
		}
	})
}

// checkPacket checks what must hold for every packet.
func checkPacket(t *testing.T, p *Packet) {
	t.Helper()
	if p.Status == StatusUndecoded || p.Status >= numStatus {
		t.Fatalf("status %v", p.Status)
	}
	if p.Status.HasIP() && p.IPVersion != 4 && p.IPVersion != 6 {
		t.Fatalf("%v with IP version %d", p.Status, p.IPVersion)
	}
	if p.IPLen < 0 || p.PayloadLen < 0 || p.IPHdrLen < 0 || p.IPOff < 0 || p.PayloadOff < 0 || p.TransportOff < 0 {
		t.Fatalf("%v: negative length: %+v", p.Status, p)
	}
	if p.Status.HasIP() && (p.IPOff+p.IPHdrLen > len(p.Data) && p.Status != StatusFragment || p.IPHdrLen > p.IPLen || p.PayloadLen > p.IPLen-p.IPHdrLen) {
		t.Fatalf("%v: lengths contradict each other: %+v", p.Status, p)
	}
	if p.PayloadLen > 0 && p.PayloadOff+p.PayloadLen > p.IPOff+p.IPLen {
		t.Fatalf("%v: payload beyond the datagram: %+v", p.Status, p)
	}
	if p.TransportOff >= len(p.Data) && p.TransportOff > 0 {
		t.Fatalf("%v: transport header at %d of %d", p.Status, p.TransportOff, len(p.Data))
	}
	const transports = LayerTCP | LayerUDP | LayerUDPLite | LayerSCTP | LayerDCCP | LayerICMP | LayerICMPv6
	if found := p.Layers & transports; (found != 0) != (p.Status == StatusOK) || found&(found-1) != 0 {
		t.Fatalf("%v with layers %v", p.Status, p.Layers)
	}
	if p.Status == StatusOK && !p.PortsOK && p.Layers&(LayerICMP|LayerICMPv6) == 0 {
		t.Fatalf("layers %v without ports", p.Layers)
	}
	if int(p.TCP.SACKCount) > len(p.TCP.SACK) || !p.Layers.Has(LayerTCP) && p.TCP != (TCP{}) {
		t.Fatalf("TCP %+v in %v", p.TCP, p.Layers)
	}
	if (p.TunnelDepth > 0) != (p.Tunnel != 0) || p.TunnelDepth > 0 && !p.Status.HasIP() {
		t.Fatalf("%v at depth %d in tunnel %d", p.Status, p.TunnelDepth, p.Tunnel)
	}
	if len(p.Payload()) > max(p.PayloadLen, 0) {
		t.Fatalf("payload of %d bytes, not %d", len(p.Payload()), p.PayloadLen)
	}
}
