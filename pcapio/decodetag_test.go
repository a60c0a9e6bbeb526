package pcapio

import (
	"slices"
	"testing"
)

const tagged = LayerEthernet | LayerTag

// macsec is a security tag with the 16 bytes of an integrity check value at the frame's end.
func macsec(control, short int, sci, body []byte) []byte {
	return cat([]byte{byte(control), byte(short)}, u32(1), sci, body, make([]byte, 16))
}

// Ethernet frames with tags and shims that are no VLAN of 802.1Q; they are part of linkFrames.
var tagFrames = []linkFrame{
	{"802.1ah", LinkEthernet, eth(0x88e7, cat(u32(100), eth(0x0800, udp4))), tagged},
	{"802.1ah in a backbone VLAN, with customer tags", LinkEthernet, eth(0x88a8, vlanTag(5, 0x88e7, cat(u32(100), eth(0x88a8, vlanTag(6, 0x8100, vlanTag(7, 0x86dd, udp6)))))), tagged | LayerVLAN},
	{"802.1ah with 802.3", LinkEthernet, eth(0x88e7, cat(u32(100), length(snap(0x0800, udp4)))), tagged | LayerLLC},
	{"TPID 0x8200", LinkEthernet, eth(0x8200, vlanTag(5, 0x8100, vlanTag(6, 0x0800, udp4))), LayerEthernet | LayerVLAN},
	{"TPID 0x88e8", LinkEthernet, eth(0x88e8, vlanTag(5, 0x86dd, udp6)), LayerEthernet | LayerVLAN},
	{"TPID 0x9200", LinkEthernet, eth(0x9200, vlanTag(5, 0x0800, udp4)), LayerEthernet | LayerVLAN},
	{"TPID 0x9300", LinkEthernet, eth(0x9300, vlanTag(5, 0x9100, vlanTag(6, 0x0800, udp4))), LayerEthernet | LayerVLAN},
	{"TPID 0x98a8", LinkEthernet, eth(0x98a8, vlanTag(5, 0x0800, udp4)), LayerEthernet | LayerVLAN},
	{"HSR", LinkEthernet, eth(0x892f, cat(u16(0x1036, 7, 0x0800), udp4)), tagged},
	{"HSR in VLAN", LinkEthernet, eth(0x8100, vlanTag(5, 0x892f, cat(u16(0x1036, 7, 0x86dd), udp6))), tagged | LayerVLAN},
	{"PRP trailer", LinkEthernet, eth(0x0800, cat(udp4, u16(7, 0xa036, 0x88fb))), LayerEthernet},
	{"PRP trailer of 802.3", LinkEthernet, cat(length(snap(0x0800, udp4)), u16(7, 0xa036, 0x88fb)), LayerEthernet | LayerLLC},
	{"802.1CB", LinkEthernet, eth(0xf1c1, cat(u16(0, 7, 0x8100), vlanTag(5, 0x0800, udp4))), tagged | LayerVLAN},
	{"VN-Tag", LinkEthernet, eth(0x8926, cat(u32(0x80010002), u16(0x8100), vlanTag(5, 0x0800, udp4))), tagged | LayerVLAN},
	{"E-Tag", LinkEthernet, eth(0x893f, cat(u16(0, 0x1001, 0, 0x86dd), udp6)), tagged},
	{"FabricPath", LinkEthernet, eth(0x8903, cat(u16(0x0060), eth(0x8100, vlanTag(5, 0x0800, udp4)))), tagged | LayerVLAN},
	{"TRILL", LinkEthernet, eth(0x22f3, cat(u16(0x003f, 1, 2), eth(0x0800, udp4))), tagged},
	{"TRILL with options", LinkEthernet, eth(0x22f3, cat(u16(0x00bf, 1, 2), u32(1, 2), eth(0x893b, vlanTag(5, 0x893b, vlanTag(6, 0x0800, udp4))))), tagged},
	{"MACsec", LinkEthernet, eth(0x88e5, macsec(0, 0, nil, cat(u16(0x0800), udp4))), tagged},
	{"MACsec with SCI, in VLAN", LinkEthernet, eth(0x8100, vlanTag(5, 0x88e5, macsec(0x23, 0, make([]byte, 8), cat(u16(0x86dd), udp6)))), tagged | LayerVLAN},
	{"MACsec, short", LinkEthernet, eth(0x88e5, macsec(0x40, 2+len(udp4), nil, cat(u16(0x0800), udp4))), tagged},
	{"MACsec with VLAN inside", LinkEthernet, eth(0x88e5, macsec(0, 0, nil, cat(u16(0x8100), vlanTag(5, 0x0800, udp4)))), tagged | LayerVLAN},
	{"Arista, 64 bits", LinkEthernet, eth(0xd28b, cat(u16(1, 0x0010), u32(1, 2), u16(0x0800), udp4)), tagged},
	{"Arista, 64 bits UTC, in VLAN", LinkEthernet, eth(0x8100, vlanTag(5, 0xd28b, cat(u16(1, 0x0111), u32(1, 2), u16(0x8847), u32(0x000111ff), udp6))), tagged | LayerVLAN | LayerMPLS},
	{"Arista, 48 bits", LinkEthernet, eth(0xd28b, cat(u16(1, 0x0120, 1), u32(2), u16(0x8100), vlanTag(5, 0x0800, udp4))), tagged | LayerVLAN},
	{"Cisco MetaData", LinkEthernet, eth(0x8909, cat(u16(0x0101, 1, 7, 0x0800), udp4)), tagged},
	{"Cisco MetaData in VLAN", LinkEthernet, eth(0x8100, vlanTag(5, 0x8909, cat(u16(0x0101, 1, 7, 0x86dd), udp6))), tagged | LayerVLAN},
	{"NSH", LinkEthernet, eth(0x894f, nshData(1, 1, make([]byte, 16), udp4)), tagged},
	{"NSH with IPv6, in VLAN", LinkEthernet, eth(0x8100, vlanTag(5, 0x894f, nshData(2, 2, nil, udp6))), tagged | LayerVLAN},
	{"NSH with Ethernet", LinkEthernet, eth(0x894f, nshData(2, 3, u32(1, 2), eth(0x0800, udp4))), tagged},
	{"NSH with MPLS", LinkEthernet, eth(0x894f, nshData(1, 5, make([]byte, 16), cat(u32(0x000111ff), udp4))), tagged | LayerMPLS},
	{"bridged", LinkEthernet, eth(0x6558, eth(0x0800, udp4)), LayerEthernet},
	{"802.2 with EtherType", LinkEthernet, eth(0x8870, snap(0x0800, udp4)), LayerEthernet | LayerLLC},
	{"bridged over ATM", LinkATM, cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0}, eth(0x0800, udp4)), LayerEthernet | LayerLLC},
	{"bridged over ATM, with check sequence", LinkATM, cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 1, 0, 0}, eth(0x86dd, udp6), u32(1)), LayerEthernet | LayerLLC},
	{"bridged over frame relay", LinkFRelay, cat([]byte{0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7}, eth(0x0800, udp4)), LayerEthernet},
	{"IPv6 announced as IPv4", LinkEthernet, eth(0x0800, udp6), LayerEthernet},
	{"IPv4 announced as IPv6", LinkEthernet, eth(0x8100, vlanTag(5, 0x86dd, udp4)), LayerEthernet | LayerVLAN},
	{"several", LinkEthernet, eth(0x8926, cat(u32(1), u16(0x893f), u16(0, 0x1001, 0, 0x892f), u16(0x1036, 7, 0x9200), vlanTag(5, 0x88e5, macsec(0, 0, nil, cat(u16(0x0800), udp4))))), tagged | LayerVLAN},
}

// Tags that lead to nothing.
func TestDecodeTagNotIP(t *testing.T) {
	endless := slices.Repeat(u16(0, 0, 0x892f), 40)
	frames := eth(0x0800, udp4)
	for range 40 {
		frames = eth(0x88e7, cat(u32(100), frames))
	}
	for _, f := range []struct {
		name string
		data []byte
		want Status
	}{
		{"MACsec, encrypted", eth(0x88e5, macsec(0x2c, 0, make([]byte, 8), cat(u16(0x0800), udp4))), StatusEncrypted},
		{"MACsec, changed", eth(0x88e5, macsec(0x04, 0, nil, cat(u16(0x0800), udp4))), StatusEncrypted},
		{"MACsec, version 1", eth(0x88e5, macsec(0x80, 0, nil, cat(u16(0x0800), udp4))), StatusNonIP},
		{"Arista, another subtype", eth(0xd28b, cat(u16(0xcafe, 1, 0, 0, 0, 0, 0x0800), udp4)), StatusNonIP},
		{"Arista, another version", eth(0xd28b, cat(u16(1, 0x0030, 0, 0, 0, 0, 0x0800), udp4)), StatusNonIP},
		{"HSR without end", eth(0x892f, endless), StatusBadLink},
		{"802.1ah without end", frames, StatusBadLink},
		{"HSR with ARP", eth(0x892f, cat(u16(0x1036, 7, 0x0806), make([]byte, 28))), StatusNonIP},
		{"HSR supervision", eth(0x892f, cat(u16(0x1036, 7, 0x88fb), make([]byte, 28))), StatusNonIP},
		{"SNAP of another organisation", length(cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 0x0e}, eth(0x0800, udp4))), StatusNonIP},
		{"IPv4 announced, version 5", eth(0x0800, cat([]byte{0x55}, udp4[1:])), StatusBadIP},
		{"IPv6 announced, version 5", eth(0x86dd, cat([]byte{0x55}, udp4[1:], udp4)), StatusBadIP},
		{"IPv4 announced, IPv6 cut", eth(0x0800, udp6[:39]), StatusTruncatedIP},
		{"IPv6 announced, IPv4 cut", eth(0x86dd, udp4[:19]), StatusTruncatedIP},
	} {
		t.Run(f.name, func(t *testing.T) {
			if p := decodeOne(LinkEthernet, f.data, TunnelAll); p.Status != f.want || p.IsIP() {
				t.Errorf("%v, want %v", p.Status, f.want)
			}
		})
	}
}

func TestDecodeConfigTPIDs(t *testing.T) {
	frame := eth(0x7777, vlanTag(5, 0x0800, udp4))
	p := packetOf(LinkEthernet, frame)
	NewDecoder(nil, DecodeConfig{TPIDs: []uint16{0x6666, 0x7777}}).Decode(p)
	if p.Status != StatusOK || p.VLAN != 5 || !p.Layers.Has(LayerVLAN) {
		t.Errorf("%v, VLAN %d, layers %v", p.Status, p.VLAN, p.Layers)
	}
	if p := decodeOne(LinkEthernet, frame, 0); p.Status != StatusNonIP || p.Layers.Has(LayerVLAN) {
		t.Errorf("not asked for: %v, layers %v", p.Status, p.Layers)
	}
	if err := (&DecodeConfig{TPIDs: []uint16{0x05ff}}).Validate(); err == nil {
		t.Error("a length was taken for a TPID")
	}
}
