package pcapio

import (
	"slices"
	"testing"
)

func udpTo(port int, payload []byte) []byte { return ip4(17, udpSeg(40000, port, payload)) }

func teredoAuth(payload []byte) []byte {
	return cat([]byte{0, 1, 2, 3}, make([]byte, 2+3+8+1), []byte{0, 0}, make([]byte, 6), payload)
}

// tunnelFrame is a raw IP packet with a tunnel around udp4 or udp6.
type tunnelFrame struct {
	name   string
	data   []byte
	tunnel Tunnel // innermost
	depth  uint8
	id     uint32
	proto  uint8 // of the outermost
}

// tunnelFrames are all of them: each is decoded whole and cut at every byte, and is a seed of
// [FuzzDecode].
var tunnelFrames = slices.Concat(oldTunnelFrames, udpTunnelFrames, l2tpFrames, shimTunnelFrames)

// Tunnels of IP, GRE and of the oldest UDP ports.
var oldTunnelFrames = []tunnelFrame{
	{"gre ipv4", ip4(47, cat(u16(0, 0x0800), udp4)), TunnelGRE, 1, 0, 47},
	{"gre key seq checksum", ip6(47, cat(u16(0xb000, 0x86dd), u32(0, 77, 1), udp6)), TunnelGRE, 1, 77, 47},
	{"gre ethernet", ip4(47, cat(u16(0x2000, 0x6558), u32(77), eth(0x8100, vlanTag(5, 0x0800, udp4)))), TunnelGRE, 1, 77, 47},
	{"gre mpls", ip4(47, cat(u16(0, 0x8847), u32(0x000111ff), udp4)), TunnelGRE, 1, 0, 47},
	{"pptp", ip4(47, cat(u16(0x3081, 0x880b, 99, 7), u32(1, 2), []byte{0xff, 3}, u16(0x21), udp4)), TunnelGRE, 1, 7, 47},
	{"ipip", ip4(4, udp4), TunnelIPIP, 1, 0, 4},
	{"6in4", ip4(41, udp6), Tunnel6in4, 1, 0, 41},
	{"4in6", ip6(4, udp4), Tunnel4in6, 1, 0, 4},
	{"6in6", ip6(41, udp6), Tunnel6in6, 1, 0, 41},
	{"6in6 behind options", ip6(60, ext(41, 0, udp6)), Tunnel6in6, 1, 0, 41},
	{"vxlan", udpTo(4789, cat(u32(0x08000000, 77<<8), eth(0x0800, udp4))), TunnelVXLAN, 1, 77, 17},
	{"vxlan 8472", udpTo(8472, cat(u32(0x08000000, 77<<8), eth(0x86dd, udp6))), TunnelVXLAN, 1, 77, 17},
	{"geneve ethernet", udpTo(6081, cat(u16(0, 0x6558), u32(77<<8), eth(0x0800, udp4))), TunnelGENEVE, 1, 77, 17},
	{"geneve options", udpTo(6081, cat(u16(0x0200, 0x0800), u32(77<<8, 1, 2), udp4)), TunnelGENEVE, 1, 77, 17},
	{"gtp-u", udpTo(2152, cat([]byte{0x30, 255}, u16(len(udp4)), u32(77), udp4)), TunnelGTPU, 1, 77, 17},
	{"gtp-u sequence", udpTo(2152, cat([]byte{0x32, 255}, u16(0), u32(77, 1<<16), udp6)), TunnelGTPU, 1, 77, 17},
	{"gtp-u extensions", udpTo(2152, cat([]byte{0x34, 255}, u16(0), u32(77), []byte{0, 0, 0, 0x85, 1, 0, 9, 0x40, 2, 0, 0, 0, 0, 0, 0, 0}, udp4)), TunnelGTPU, 1, 77, 17},
	{"gtp-u from the port", ip4(17, udpSeg(2152, 9, cat([]byte{0x30, 255}, u16(0), u32(77), udp4))), TunnelGTPU, 1, 77, 17},
	{"teredo", udpTo(3544, udp6), TunnelTeredo, 1, 0, 17},
	{"teredo origin", udpTo(3544, cat([]byte{0, 0, 1, 2, 3, 4, 5, 6}, udp6)), TunnelTeredo, 1, 0, 17},
	{"teredo authentication and origin", udpTo(3544, teredoAuth(udp6)), TunnelTeredo, 1, 0, 17},
	{"erspan 1", ip4(47, cat(u16(0, 0x88be), eth(0x0800, udp4))), TunnelERSPAN, 1, 0, 47},
	{"erspan 2", ip4(47, cat(u16(0x1000, 0x88be), u32(1), u32(0x10050000|77, 0), eth(0x0800, udp4))), TunnelERSPAN, 1, 77, 47},
	{"erspan 3", ip4(47, cat(u16(0x1000, 0x22eb), u32(1), u32(0x20050000|77, 0, 0), eth(0x86dd, udp6))), TunnelERSPAN, 1, 77, 47},
	{"erspan 3 platform", ip4(47, cat(u16(0x1000, 0x22eb), u32(1), u32(0x20050000|77, 0, 1, 5, 6), eth(0x0800, udp4))), TunnelERSPAN, 1, 77, 47},
	{"gre in 6in4 in vxlan", udpTo(4789, cat(u32(0x08000000, 5<<8), eth(0x0800, ip4(41, ip6(47, cat(u16(0x2000, 0x0800), u32(6), udp4)))))), TunnelGRE, 3, 6, 17},
}

func TestDecodeTunnels(t *testing.T) {
	for _, f := range tunnelFrames {
		t.Run(f.name, func(t *testing.T) {
			outer := decodeOne(LinkRaw, f.data, 0)
			if outer.Tunnel != 0 || outer.TunnelDepth != 0 || outer.Proto != f.proto || outer.OuterProto != 0 {
				t.Errorf("without tunnels: %v, tunnel %v, protocol %d", outer.Status, outer.Tunnel, outer.Proto)
			}
			d := NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll})
			p := packetOf(LinkRaw, f.data)
			d.Decode(p)
			if p.Status != StatusOK || p.DstPort != 53 || string(p.Payload()) != "question" || !p.Layers.Has(LayerTunnel|LayerUDP) {
				t.Fatalf("%v, port %d, layers %v", p.Status, p.DstPort, p.Layers)
			}
			if p.Tunnel != f.tunnel || p.TunnelDepth != f.depth || p.TunnelID != f.id || p.OuterProto != f.proto {
				t.Errorf("tunnel %v, depth %d, id %d, outer protocol %d", p.Tunnel, p.TunnelDepth, p.TunnelID, p.OuterProto)
			}
			if p.OuterSrc != outer.Src || p.OuterDst != outer.Dst || d.Stats().Tunneled != 1 {
				t.Errorf("outer %v > %v", p.OuterSrc, p.OuterDst)
			}
			if p.VLAN != 0 || p.EtherType != 0 || p.MPLSLabel != 0 || p.Layers&(LayerVLAN|LayerMPLS) != 0 {
				t.Errorf("link-layer fields of an inner frame: %v, VLAN %d, EtherType %#x", p.Layers, p.VLAN, p.EtherType)
			}
			if f.depth > 1 {
				return
			}
			if n := decodeOne(LinkRaw, f.data, f.tunnel); n.TunnelDepth != 1 {
				t.Errorf("only %d wanted: depth %d", f.tunnel, n.TunnelDepth)
			}
			if n := decodeOne(LinkRaw, f.data, TunnelAll&^f.tunnel); !samePacket(n, outer) {
				t.Errorf("%d not wanted: %+v", f.tunnel, n)
			}
			// What is cut before the inner transport header, or damaged in the inner IP header,
			// stays the outer packet or becomes a sound inner one.
			for n := range f.data {
				p := &Packet{Record: Record{LinkType: LinkRaw, OrigLen: len(f.data), Data: f.data[:n]}}
				NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll}).Decode(p)
				plain := &Packet{Record: p.Record}
				NewDecoder(nil, DecodeConfig{}).Decode(plain)
				if p.TunnelDepth == 0 && !samePacket(p, plain) {
					t.Errorf("%d bytes: %+v\nwant %+v", n, p, plain)
				}
				if p.TunnelDepth > 0 && !p.Status.HasIP() {
					t.Errorf("%d bytes: inside is %v", n, p.Status)
				}
			}
		})
	}
}

func TestDecodeTunnelDepth(t *testing.T) {
	data := udp4
	for range 20 {
		data = ip4(4, data)
	}
	for _, f := range []struct {
		name        string
		limit, want int
	}{
		{"default", 0, DefaultTunnelDepth},
		{"one", 1, 1},
		{"three", 3, 3},
		{"most", 16, 16},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := packetOf(LinkRaw, data)
			NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll, MaxTunnelDepth: f.limit}).Decode(p)
			if int(p.TunnelDepth) != f.want || p.Status != StatusUnknownTransport || p.Proto != 4 || p.IPOff != 20*f.want {
				t.Errorf("depth %d, %v at %d", p.TunnelDepth, p.Status, p.IPOff)
			}
		})
	}
}

// noTunnel is a raw IP packet that stays as it is, or with a depth above 0 loses some of its
// tunnels.
type noTunnel struct {
	name  string
	data  []byte
	want  Status
	depth uint8
}

// What only looks like a tunnel, or holds no IP, stays as it is.
func TestDecodeNoTunnel(t *testing.T) {
	vxlan := func(inner []byte) []byte { return udpTo(4789, cat(u32(0x08000000, 77<<8), inner)) }
	for _, f := range slices.Concat(notUDPTunnels, notL2TP, notShimTunnels, []noTunnel{
		{"vxlan with arp", vxlan(eth(0x0806, make([]byte, 28))), StatusOK, 0},
		{"vxlan without flag", udpTo(4789, cat(u32(0, 77<<8), eth(0x0800, udp4))), StatusOK, 0},
		{"vxlan with longer ip", vxlan(eth(0x0800, with(udp4, 2, len(udp4)+1))), StatusOK, 0},
		{"vxlan with bad ip", vxlan(eth(0x0800, cat([]byte{0x41}, udp4[1:]))), StatusOK, 0},
		{"vxlan with bad udp", vxlan(eth(0x0800, with(udp4, 24, 7))), StatusBadTransport, 1},
		{"vxlan with ospf", vxlan(eth(0x0800, ip4(89, nil))), StatusUnknownTransport, 1},
		{"sound outside, bad inside", vxlan(eth(0x0800, ip4(4, cat([]byte{0x41}, udp4[1:])))), StatusUnknownTransport, 1},
		{"inner ends beyond outer", with(ip4(4, udp4), 2, 20+len(udp4)-1), StatusUnknownTransport, 0},
		{"inner of the first outer fragment", ip4with(4, 0x2000, nil, cat(with(udp4, 2, 1000)[:20], with(udp4, 24, 980)[20:])), StatusOK, 1},
		{"later outer fragment", ip4with(4, 5, nil, udp4), StatusFragment, 0},
		{"gre with routing", ip4(47, cat(u16(0x4000, 0x0800), udp4)), StatusUnknownTransport, 0},
		{"gre version 2", ip4(47, cat(u16(2, 0x0800), udp4)), StatusUnknownTransport, 0},
		{"pptp without ppp", ip4(47, cat(u16(0x3001, 0x0800), u32(0, 0), udp4)), StatusUnknownTransport, 0},
		{"gre with arp", ip4(47, cat(u16(0, 0x0806), make([]byte, 28))), StatusUnknownTransport, 0},
		{"geneve version 1", udpTo(6081, cat(u16(0x4000, 0x0800), u32(77<<8), udp4)), StatusOK, 0},
		{"geneve options beyond end", udpTo(6081, cat(u16(0x3f00, 0x0800), u32(77<<8), udp4)), StatusOK, 0},
		{"gtp-u echo", udpTo(2152, cat([]byte{0x32, 1}, u16(4), u32(0, 0))), StatusOK, 0},
		{"gtp prime", udpTo(2152, cat([]byte{0x20, 255}, u16(0), u32(77), udp4)), StatusOK, 0},
		{"gtp-u extension of length 0", udpTo(2152, cat([]byte{0x34, 255}, u16(0), u32(77), []byte{0, 0, 0, 0x85, 0, 0, 0, 0}, udp4)), StatusOK, 0},
		{"gtp-u extension beyond end", udpTo(2152, cat([]byte{0x34, 255}, u16(0), u32(77), []byte{0, 0, 0, 0x85, 200, 0, 0, 0}, udp4)), StatusOK, 0},
		{"teredo with ipv4", udpTo(3544, udp4), StatusOK, 0},
		{"empty", udpTo(2152, nil), StatusOK, 0},
	}) {
		d := NewDecoder(nil, DecodeConfig{Tunnels: TunnelAll})
		p := packetOf(LinkRaw, f.data)
		d.Decode(p)
		if p.Status != f.want || p.TunnelDepth != f.depth || d.Stats().Packets.Total() != 1 {
			t.Errorf("%s: %v at depth %d, want %v at %d", f.name, p.Status, p.TunnelDepth, f.want, f.depth)
		}
		if f.depth == 0 {
			if plain := decodeOne(LinkRaw, f.data, 0); !samePacket(p, plain) {
				t.Errorf("%s: %+v\nwant %+v", f.name, p, plain)
			}
		}
	}
}
