package pcapio

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/internal/checksum"
)

// ip4sum is an IPv4 packet with its header checksum.
func ip4sum(packet []byte) []byte {
	packet = slices.Clone(packet)
	binary.BigEndian.PutUint16(packet[10:], ^checksum.Fold(checksum.Add(0, packet[:20])))
	return packet
}

// frameTo is an Ethernet frame to a given destination.
func frameTo(dst []byte, typ int, payload []byte) []byte {
	return cat(dst, []byte{2, 0, 0, 0, 0, 1}, u16(typ), payload)
}

const bottom = 0x000111ff // label 17, bottom of stack

// What is behind a label stack; nothing but the bytes tells which of several things it is.
func TestDecodePseudowire(t *testing.T) {
	sound := ip4sum(udp4)
	// As IPv4 each of these destinations has a length that fits the 50 bytes of the frame: 0x32.
	mac4, mac4five := []byte{0x40, 0, 0, 0x32, 0, 0}, []byte{0x45, 0, 0, 0x32, 0, 0}
	mac6 := []byte{0x60, 0, 0, 0, 0, 10} // as IPv6 payload length 10, which makes 50
	word := u32(0)
	arp := cat(u16(1, 0x0800), []byte{6, 4}, make([]byte, 22))
	vlans := func(dst []byte) []byte { return frameTo(dst, 0x88a8, vlanTag(5, 0x8100, vlanTag(6, 0x86dd, udp6))) }
	tagged := func(dst []byte) []byte { return frameTo(dst, 0x8100, vlanTag(5, 0x0800, sound)) }
	for _, f := range []struct {
		name string
		data []byte
		want Status
	}{
		{"IPv4", sound, StatusOK},
		{"IPv4, padded", cat(ip4sum(ip4(17, udpSeg(1024, 53, nil))), make([]byte, 14)), StatusOK},
		{"IPv4, with frame check sequence", cat(sound, u32(0x12345678)), StatusOK},
		{"IPv4, wrong checksum, length fits", udp4, StatusOK},
		{"IPv4, wrong checksum, length does not fit", cat(udp4, make([]byte, 60)), StatusNonIP},
		{"IPv4, longer than the frame, as where its length was lost", sound[:len(sound)-4], StatusOK},
		{"IPv6", udp6, StatusOK},
		{"IPv6, length fits, documentation addresses", ip6(17, udpSeg(1024, 53, make([]byte, 80))), StatusOK},
		{"IPv6, offloaded", with(ip6(6, tcpSeg(2, nil, nil)), 4, 0), StatusOK},
		{"control word", cat(word, eth(0x0800, sound)), StatusOK},
		{"control word with length and sequence number", cat(u32(0x002a0007), eth(0x86dd, udp6)), StatusOK},
		{"control word, VLAN", cat(word, vlans(mac4)), StatusOK},
		{"no control word, MAC with 0", frameTo([]byte{0, 0x1b, 2, 3, 4, 5}, 0x0800, sound), StatusOK},
		{"no control word, MAC with 2", eth(0x86dd, udp6), StatusOK},
		{"no control word, MAC with 0, VLAN", tagged([]byte{0, 0x1b, 2, 3, 4, 5}), StatusOK},
		{"no control word, MAC with 4", frameTo(mac4, 0x0800, sound), StatusOK},
		{"no control word, MAC with 45", frameTo(mac4five, 0x0800, sound), StatusOK},
		{"no control word, MAC with 45, wrong inner checksum", frameTo(mac4five, 0x0800, udp4), StatusOK},
		{"no control word, MAC with 6", frameTo(mac6, 0x0800, sound), StatusOK},
		{"no control word, MAC with 6, VLANs", vlans(mac6), StatusOK},
		{"no control word, SNAP", frameTo(mac4, 8+len(sound), snap(0x0800, sound)), StatusOK},
		{"no control word, PPPoE", frameTo(mac6, 0x8864, pppoeSession(cat(u16(0x21), sound))), StatusOK},
		{"no control word, MPLS", frameTo(mac4five, 0x8847, cat(u32(bottom), sound)), StatusOK},
		{"MAC with 4, ARP", frameTo(mac4five, 0x0806, arp), StatusNonIP},
		{"MAC with 6, ARP", frameTo(mac6, 0x0806, arp), StatusNonIP},
		{"MAC with 4, LLDP", frameTo([]byte{0x45, 0, 0, 70, 0, 0}, 0x88cc, make([]byte, 60)), StatusNonIP},
		{"MAC with 4, unknown type", frameTo([]byte{0x45, 0, 0, 70, 0, 0}, 0x9999, make([]byte, 60)), StatusNonIP},
		{"MAC with 6, unknown type", frameTo([]byte{0x68, 0xf2, 1, 2, 3, 4}, 0x9999, make([]byte, 60)), StatusNonIP},
		{"MAC with 6, spanning tree", frameTo([]byte{0x60, 0xf2, 1, 2, 3, 4}, 38, cat([]byte{0x42, 0x42, 3}, make([]byte, 43))), StatusNonIP},
		{"associated channel", cat([]byte{0x10, 0, 0, 7}, make([]byte, 40)), StatusNonIP},
		{"too short for anything", []byte{0x45, 0}, StatusNonIP},
	} {
		t.Run(f.name, func(t *testing.T) {
			stack := u32(0x00010000, bottom)
			p := decodeOne(LinkEthernet, eth(0x8847, cat(stack, f.data)), 0)
			if p.Status != f.want || p.MPLSLabel != 17 || p.IsIP() != f.want.HasIP() {
				t.Fatalf("%v, label %d, IP version %d", p.Status, p.MPLSLabel, p.IPVersion)
			}
			if hasTag := strings.Contains(f.name, "VLAN"); (p.VLAN == 5) != hasTag || p.Layers&LayerVLAN != 0 != hasTag {
				t.Errorf("VLAN %d, %v", p.VLAN, p.Layers)
			}
			if f.want == StatusOK && (p.SrcPort != 1024 || p.DstPort != 53 && p.DstPort != 80) {
				t.Errorf("ports %d and %d", p.SrcPort, p.DstPort)
			}
			// Cut anywhere there are no other addresses in it than those of the whole frame.
			for n := range p.Data {
				c := &Packet{Record: Record{LinkType: LinkEthernet, OrigLen: len(p.Data), Data: p.Data[:n]}}
				NewDecoder(nil, DecodeConfig{}).Decode(c)
				if c.IsIP() && (c.Src != p.Src || c.Dst != p.Dst || c.IPOff != p.IPOff) {
					t.Errorf("cut at %d of %d: %v > %v at %d", n, len(p.Data), c.SrcAddr(), c.DstAddr(), c.IPOff)
				}
			}
		})
	}
}

func TestDecodeSpecialLabels(t *testing.T) {
	entry := func(label uint32) []byte { return u32(label<<12 | 0xff) }
	last := func(label uint32) []byte { return u32(label<<12 | 0x1ff) }
	for _, f := range []struct {
		name  string
		data  []byte
		want  Status
		label uint32
	}{
		{"IPv4 explicit null", cat(entry(100), last(0), udp4), StatusOK, 0},
		{"IPv6 explicit null", cat(last(2), udp6), StatusOK, 2},
		{"IPv4 explicit null before a frame", cat(last(0), eth(0x0800, udp4)), StatusBadIP, 0},
		{"router alert", cat(entry(1), last(100), udp4), StatusOK, 100},
		{"entropy label at the bottom", cat(entry(100), entry(7), last(54321), udp4), StatusOK, 100},
		{"entropy label in the middle", cat(entry(100), entry(7), entry(54321), last(200), eth(0x0800, udp4)), StatusOK, 200},
		{"entropy label with the value of a null label", cat(entry(100), entry(7), last(0), udp6), StatusOK, 100},
		{"extended special label", cat(entry(100), entry(15), last(20), udp4), StatusOK, 100},
		{"generic associated channel", cat(entry(100), last(13), u32(0x10000007), make([]byte, 40)), StatusNonIP, 13},
		{"OAM alert", cat(entry(100), last(14), make([]byte, 44)), StatusNonIP, 14},
		{"stack without end", slices.Repeat(entry(100), 30), StatusTruncatedLink, 100},
	} {
		t.Run(f.name, func(t *testing.T) {
			p := decodeOne(LinkEthernet, eth(0x8847, f.data), 0)
			if p.Status != f.want || p.MPLSLabel != f.label {
				t.Errorf("%v, label %d; want %v, %d", p.Status, p.MPLSLabel, f.want, f.label)
			}
		})
	}
}

// Random addresses, types and bodies never make a flow: what is neither IP nor a frame of it is no
// IP.
func TestDecodePseudowireGhosts(t *testing.T) {
	g := generator{state: 7}
	for i := range 20000 {
		frame := frameTo(cat([]byte{byte(0x40 | g.below(2)<<5 | g.below(16))}, g.bytes(5)), 0x8000+g.below(0x600), g.bytes(46+g.below(80)))
		copy(frame[6:], g.bytes(6))
		frame[6] &^= 1
		typ := binary.BigEndian.Uint16(frame[12:])
		p := decodeOne(LinkEthernet, eth(0x8847, cat(u32(bottom), frame)), TunnelAll)
		if p.IsIP() {
			t.Errorf("frame %d, type %#x: %v, %v > %v", i, typ, p.Status, p.SrcAddr(), p.DstAddr())
		}
	}
}
