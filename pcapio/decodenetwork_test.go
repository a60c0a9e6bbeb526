package pcapio

import (
	"fmt"
	"testing"
)

// With NetworkOnly a packet is what it is without, but for what lies behind the network layer.
func TestNetworkOnly(t *testing.T) {
	full, network := NewDecoder(nil, DecodeConfig{}), NewDecoder(nil, DecodeConfig{NetworkOnly: true})
	seen := map[Status]int{} // by the status of full
	check := func(name string, r Record) {
		t.Helper()
		// leftovers must go
		want, got := Packet{Record: r}, Packet{Record: r, PortsOK: true, TCP: TCP{Seq: 1}}
		full.Decode(&want)
		network.Decode(&got)
		seen[want.Status]++
		if want.Status.HasIP() {
			if want.Status != StatusFragment {
				want.Status = StatusNetworkOnly
			}
			want.Layers &^= LayerTCP | LayerUDP | LayerUDPLite | LayerSCTP | LayerDCCP | LayerICMP | LayerICMPv6 | LayerESP
			want.PortsOK, want.SrcPort, want.DstPort, want.TCP, want.ICMP = false, 0, 0, TCP{}, ICMP{}
			want.TransportOff, want.PayloadOff, want.PayloadLen = 0, 0, 0
		}
		if !samePacket(&got, &want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	}
	eachFrame(check)
	for s := StatusNonIP; s < numStatus; s++ {
		if seen[s] == 0 && s != StatusNetworkOnly {
			t.Errorf("no packet was %v", s)
		}
	}
	a, b := full.Stats(), network.Stats()
	var withIP uint64
	for s := StatusTruncatedTransport; s < numStatus; s++ {
		if s != StatusFragment {
			withIP += a.Packets[s]
			a.Packets[s] = 0
		}
	}
	a.Packets[StatusNetworkOnly] = withIP
	if a != b {
		t.Errorf("stats %+v, want %+v", b, a)
	}
}

// eachFrame calls check for frames of all kinds, whole, cut and damaged.
func eachFrame(check func(name string, r Record)) {
	for _, f := range linkFrames {
		check(f.name, packetOf(f.link, f.data).Record)
	}
	for _, f := range transportFrames {
		check(f.name, packetOf(LinkRaw, f.data).Record)
	}
	check("encrypted", packetOf(LinkEthernet, eth(0x88e5, cat([]byte{0x2c, 0}, u32(1, 0, 0), make([]byte, 60)))).Record)
	g := generator{state: 3}
	for i := range 20000 {
		frame := g.frame()
		wire := len(frame)
		switch i % 4 {
		case 1: // snapped
			frame = frame[:g.below(wire)+1]
		case 2: // one byte changed
			if wire > 14 {
				frame[14+g.below(wire-14)] = byte(g.below(256))
			}
		}
		check(fmt.Sprintf("generated packet %d", i), Record{LinkType: LinkEthernet, OrigLen: wire, Data: frame})
	}
}

// With SkipTCPOptions a packet is what it is without, but for the options.
func TestSkipTCPOptions(t *testing.T) {
	full, without := NewDecoder(nil, DecodeConfig{}), NewDecoder(nil, DecodeConfig{SkipTCPOptions: true})
	var seen TCPOptions
	eachFrame(func(name string, r Record) {
		t.Helper()
		// leftovers must go
		want, got := Packet{Record: r}, Packet{Record: r, TCP: TCP{Options: OptMSS, MSS: 1, SACKCount: 1}}
		full.Decode(&want)
		without.Decode(&got)
		seen |= want.TCP.Options
		c := want.TCP
		want.TCP = TCP{Seq: c.Seq, Ack: c.Ack, Window: c.Window, Urgent: c.Urgent, Flags: c.Flags, HdrLen: c.HdrLen}
		if !samePacket(&got, &want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	})
	if seen&(OptMSS|OptWScale|OptTimestamps|OptMalformed) != OptMSS|OptWScale|OptTimestamps|OptMalformed {
		t.Errorf("options in no packet: only %b seen", seen)
	}
	if a, b := full.Stats(), without.Stats(); a != b {
		t.Errorf("stats %+v, want %+v", b, a)
	}
}

// The protocol behind the extension headers of a later IPv6 fragment is known from the first.
func TestNetworkOnlyFragmentProtocol(t *testing.T) {
	fragment := func(next, offset int, payload []byte) []byte {
		return ip6(44, cat([]byte{byte(next), 0, byte(offset >> 8), byte(offset), 0, 0, 0, 9}, payload))
	}
	d := NewDecoder(nil, DecodeConfig{NetworkOnly: true})
	first := packetOf(LinkRaw, fragment(60, 1, ext(17, 0, udpSeg(1, 2, make([]byte, 8)))))
	later := packetOf(LinkRaw, fragment(60, 24, make([]byte, 8)))
	d.Decode(first)
	d.Decode(later)
	if first.Status != StatusNetworkOnly || first.Proto != 17 || first.PortsOK {
		t.Errorf("first fragment: %v, protocol %d, ports %v", first.Status, first.Proto, first.PortsOK)
	}
	if later.Status != StatusFragment || later.Proto != 17 || later.PortsOK {
		t.Errorf("later fragment: %v, protocol %d, ports %v", later.Status, later.Proto, later.PortsOK)
	}
}
