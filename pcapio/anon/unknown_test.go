package anon

import (
	"fmt"
	"slices"
	"testing"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// What an IP packet, GRE or PPP says that it carries is cut right behind the number that says it,
// unless it is one of those that are understood: each of these has cases in kinds_test.go, or holds
// no address.
func TestUnknownProtocolsAreCut(t *testing.T) {
	payload := eth(iana.EtherTypeIPv4, ip4(pcapio.ProtoUDP, u16(1024, 53, 8, 0)))
	for _, tt := range []struct {
		name  string
		link  pcapio.LinkType
		n     int // numbers
		frame func(number int, payload []byte) []byte
		known func(number int) bool
	}{
		{"IPv4 protocol", pcapio.LinkRaw, 256, ip4, isOneOf(ipProtocols...)},
		{"IPv6 next header", pcapio.LinkRaw, 256, ip6, isOneOf(append(ipProtocols, pcapio.ProtoFragment)...)},
		{"GRE type", pcapio.LinkRaw, 1 << 16, func(n int, b []byte) []byte { return ip4(pcapio.ProtoGRE, cat(u16(0, n), b)) }, greType},
		{"PPP protocol", pcapio.LinkPPP, 1 << 16, func(n int, b []byte) []byte { return cat(u16(n), b) }, pppType},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := New(sampleKey)
			if err != nil {
				t.Fatal(err)
			}
			header := len(tt.frame(0, nil))
			for number := range tt.n {
				frame := tt.frame(number, payload)
				r := pcapio.Record{LinkType: tt.link, OrigLen: len(frame), Data: frame}
				if a.Record(&r); (len(r.Data) > header) != tt.known(number) {
					t.Errorf("%#x: %d bytes are left of a header of %d", number, len(r.Data), header)
				}
			}
		})
	}
}

func isOneOf(numbers ...int) func(int) bool {
	return func(n int) bool { return slices.Contains(numbers, n) }
}

// ipProtocols are those of which something stays of a payload that is not theirs: fields of a
// header, zeros, or what is encrypted.
var ipProtocols = []int{pcapio.ProtoICMP, pcapio.ProtoTCP, pcapio.ProtoUDP, pcapio.ProtoDCCP, pcapio.ProtoGRE, pcapio.ProtoESP, pcapio.ProtoICMPv6,
	pcapio.ProtoNone, pcapio.ProtoL2TP, pcapio.ProtoSCTP, pcapio.ProtoUDPLite, pcapio.ProtoMPLS, pcapio.ProtoEthernet}

// greType tells the types in GRE of which something stays: EtherTypes that are read, and those of
// Aruba's access points, 0x8200 to 0x83f0 and 0x9000 to 0x90f0 in steps of 16.
func greType(n int) bool {
	switch n {
	case iana.EtherTypeARP, iana.EtherTypeRARP, iana.EtherTypeERSPAN2, iana.EtherTypeERSPAN3, iana.EtherTypeTRILL, iana.EtherTypeBridged,
		iana.EtherTypePPP, iana.EtherTypeMPLS, iana.EtherTypeMPLSMulti, iana.EtherTypePPPoE, iana.EtherTypePPPoEDisc, iana.EtherTypeMACsec,
		iana.EtherTypeITag, iana.EtherTypeFabric, iana.EtherTypeCiscoMeta, iana.EtherTypeVNTag, iana.EtherTypeHSR, iana.EtherTypeFineLabel,
		iana.EtherTypeETag, iana.EtherTypeNSH, iana.EtherTypeRTag:
		return true
	}
	return pcapio.IsTPID(uint16(n)) || n&15 == 0 && (n >= 0x8200 && n <= 0x83f0 || n >= 0x9000 && n <= 0x90f0)
}

// pppType tells the PPP protocols of which something stays: MPLS; and a protocol field of one byte
// that says IP, with an IP header that begins in the next; and HDLC's address and control field.
func pppType(n int) bool {
	version, words := n>>4&15, n&15
	compressed := (n>>8 == 0x21 || n>>8 == 0x57) && (version == 4 && words >= 5 || version == 6)
	return n == 0x0281 || n == 0x0283 || compressed || n == 0xff03
}

// The packets of nftables families inet (1) and netdev (5), which have both versions of IP, are
// told by the EtherType of the message: those of ARP (3) and bridges (7) likewise.
func TestNFLOGFamilies(t *testing.T) {
	attribute := func(typ int, b []byte) []byte {
		n := 4 + len(b)
		return cat([]byte{byte(n), 0, byte(typ), 0}, b, make([]byte, -n&3))
	}
	udp := u16(1024, 53, 8, 0)
	for _, family := range []byte{1, 3, 5, 7} {
		for _, c := range []struct {
			name      string
			etherType int
			packet    []byte
			left      int // bytes of the packet
		}{
			{"IPv4", iana.EtherTypeIPv4, ip4(pcapio.ProtoUDP, udp), 28},
			{"IPv6", iana.EtherTypeIPv6, ip6(pcapio.ProtoUDP, udp), 48},
			{"no type", 0, ip4(pcapio.ProtoUDP, udp), 0},
		} {
			t.Run(fmt.Sprintf("family %d, %s", family, c.name), func(t *testing.T) {
				frame := cat([]byte{family, 0, 0, 1}, attribute(1, u16(c.etherType, 0)), attribute(9, c.packet))
				r := pcapio.Record{LinkType: pcapio.LinkNFLOG, OrigLen: len(frame), Data: frame}
				a, err := New(sampleKey)
				if err != nil {
					t.Fatal(err)
				}
				a.Record(&r)
				if got := len(r.Data) - 16; got != c.left { // behind 4 + 8 + 4 bytes of headers
					t.Errorf("%d bytes of the packet are left, want %d", got, c.left)
				}
				if left := leaks(r.Data); len(left) > 0 {
					t.Errorf("%v are left of % x", left, r.Data)
				}
			})
		}
	}
}
