package tcptrace

import (
	"bytes"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestLinks: which frames tcptrace takes for IP, and how many of them for TCP. What it prints of
// such frames was seen by running it.
func TestLinks(t *testing.T) {
	ip4, ip6 := string(wire{length: -1, n: 5}.packet().Data), string(wire{v6: true, length: -1, n: 5}.packet().Data)
	const macs = "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
	snap := "\xaa\xaa\x03\x00\x00\x00\x08\x00"
	zero := func(n int) string { return string(make([]byte, n)) }
	for _, c := range []struct {
		name         string
		link         pcapio.LinkType
		seen, traced uint64
		frames       []string
	}{
		{"Ethernet", pcapio.LinkEthernet, 2, 2, []string{macs + "\x08\x00" + ip4, macs + "\x86\xdd" + ip6}},
		{"IPv6 announced as IPv4 and the reverse", pcapio.LinkEthernet, 2, 2, []string{macs + "\x08\x00" + ip6, macs + "\x86\xdd" + ip4}},
		{"one tag", pcapio.LinkEthernet, 2, 2, []string{macs + "\x81\x00\x00\x05\x08\x00" + ip4, macs + "\x81\x00\x00\x05\x86\xdd" + ip6}},
		{"two tags and others", pcapio.LinkEthernet, 0, 0, []string{macs + "\x81\x00\x00\x05\x81\x00\x00\x06\x08\x00" + ip4,
			macs + "\x88\xa8\x00\x05\x08\x00" + ip4, macs + "\x91\x00\x00\x05\x08\x00" + ip4, macs + "\x89\x09\x01\x01\x00\x01\x00\x01\x08\x00" + ip4}},
		{"MPLS, SNAP, ARP", pcapio.LinkEthernet, 0, 0, []string{macs + "\x88\x47\x00\x01\x01\x40" + ip4, macs + "\x00\x50" + snap + ip4, macs + "\x08\x06" + ip4}},
		{"PPPoE with IPv4 only, untagged", pcapio.LinkEthernet, 1, 1, []string{macs + "\x88\x64\x11\x00\x00\x01\x00\x00\x00\x21" + ip4,
			macs + "\x88\x64\x11\x00\x00\x01\x00\x00\x00\x57" + ip6, macs + "\x81\x00\x00\x05\x88\x64\x11\x00\x00\x01\x00\x00\x00\x21" + ip4}},
		{"too short for a type", pcapio.LinkEthernet, 0, 0, []string{macs, ""}},
		{"BSD loopback of any family", pcapio.LinkNull, 2, 2, []string{"\x02\x00\x00\x00" + ip4, "\x00\x00\x00\x63" + ip6}},
		{"OpenBSD loopback", pcapio.LinkLoop, 0, 0, []string{"\x00\x00\x00\x02" + ip4}},
		// counted, though it is no IP
		{"raw", pcapio.LinkRaw, 3, 2, []string{ip4, ip6, "\x11\x00\x00"}},
		{"raw IPv4", pcapio.LinkIPv4, 0, 0, []string{ip4}},
		{"cooked", pcapio.LinkSLL, 2, 1, []string{zero(16) + ip4, zero(30)}},
		{"cooked, version 2", pcapio.LinkSLL2, 0, 0, []string{"\x08\x00" + zero(18) + ip4}},
		{"ATM", pcapio.LinkATM, 1, 1, []string{snap + ip4}},
		{"Cisco HDLC", pcapio.LinkCHDLC, 1, 1, []string{"\x0f\x00\x08\x00" + ip4}},
		{"SLIP", 8, 1, 1, []string{zero(16) + ip4}},
		{"802.11", pcapio.LinkWLAN, 2, 1, []string{zero(24) + snap + ip4, "\x80\x00" + zero(60)}},
		// two bytes further than it looks
		{"802.11 with QoS", pcapio.LinkWLAN, 1, 0, []string{"\x88\x00" + zero(24) + snap + ip4}},
		{"radiotap", pcapio.LinkRadiotap, 0, 0, []string{zero(64+24) + ip4}},
		{"Prism", pcapio.LinkPrism, 1, 1, []string{zero(144+24) + snap + ip4}},
		{"802.5 as Ethernet", pcapio.LinkTokenRing, 1, 1, []string{macs + "\x08\x00" + ip4, "\x10\x40" + macs + snap + ip4}},
		{"PPP with IPv4", pcapio.LinkPPP, 3, 3, []string{"\xff\x03\x00\x21" + ip4, "\x00\x21" + ip4, "\x21" + ip4}},
		{"PPP without", pcapio.LinkPPP, 2, 0, []string{"\xff\x03\xc0\x21" + ip4, "\x00\x57" + ip6}},
		{"PPP counts the last IPv4 again", pcapio.LinkPPP, 3, 2, []string{"\xc0\x21" + ip4, "\x00\x21" + ip4, "\xc0\x21\x01\x01"}},
		{"FDDI by the first frame", pcapio.LinkFDDI, 3, 1, []string{"\x50" + macs + "\xaa" + snap[:6] + "\x08\x06" + ip4,
			"\x50" + macs + snap + ip4, "\x50" + macs + "\x00" + snap + ip4}},
		{"PPP in HDLC", pcapio.LinkPPPHDLC, 0, 0, []string{"\xff\x03\x00\x21" + ip4}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := New(Config{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			d := pcapio.NewDecoder(nil, pcapio.DecodeConfig{})
			for _, frame := range c.frames {
				p := &pcapio.Packet{Record: pcapio.Record{Time: 1e18, LinkType: c.link, OrigLen: len(frame), Data: []byte(frame)}}
				d.Decode(p)
				if err := a.WritePacket(p); err != nil {
					t.Fatal(err)
				}
			}
			if s := a.Stats(); s.Seen != c.seen || s.Traced != c.traced || s.Packets != s.Traced+s.Short+s.Skipped.Total() {
				t.Errorf("%+v, want %d seen, %d traced", s, c.seen, c.traced)
			}
		})
	}
}

// TestTunnel: tcptrace looks into no tunnel, but in one that the decoder was told to enter it
// counts what is inside.
func TestTunnel(t *testing.T) {
	inner := wire{length: -1, n: 5}.packet().Data
	outer := append([]byte{0x45, 0, 0, byte(20 + len(inner)), 0, 0, 0, 0, 64, 4, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}, inner...)
	for tunnels, want := range map[pcapio.Tunnel]uint64{pcapio.TunnelNone: 0, pcapio.TunnelAll: 1} {
		t.Run(tunnels.String(), func(t *testing.T) {
			a, err := New(Config{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			p := &pcapio.Packet{Record: pcapio.Record{Time: 1e18, LinkType: pcapio.LinkRaw, OrigLen: len(outer), Data: bytes.Clone(outer)}}
			pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: tunnels}).Decode(p)
			if err := a.WritePacket(p); err != nil {
				t.Fatal(err)
			}
			if got := a.Stats().Traced; got != want {
				t.Errorf("tunnels %v: %d traced, want %d", tunnels, got, want)
			}
		})
	}
}

// TestLargeFrame: of a frame tcptrace takes 65,535 bytes, so that 14 bytes of the largest IP
// datagram in Ethernet are missing.
func TestLargeFrame(t *testing.T) {
	w := wire{length: 65535, n: 65535 - 40}
	frame := append(append(make([]byte, 12), 0x08, 0x00), w.packet().Data...)
	a, err := New(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &pcapio.Packet{Record: pcapio.Record{Time: 1e18, LinkType: pcapio.LinkEthernet, OrigLen: len(frame), Data: frame}}
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
	if err := a.WritePacket(p); err != nil {
		t.Fatal(err)
	}
	for c := range a.Conns() {
		if h := &c.A2B; h.DataBytes != 65495 || h.TruncBytes != 14 || h.TruncPackets != 1 {
			t.Errorf("%d bytes, %d of them truncated in %d packets, want 65495, 14, 1", h.DataBytes, h.TruncBytes, h.TruncPackets)
		}
	}
	if a.Len() != 1 {
		t.Errorf("%d connections", a.Len())
	}
}
