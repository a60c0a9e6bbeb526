package conformance

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

func words(v ...uint16) []byte {
	var b []byte
	for _, w := range v {
		b = binary.BigEndian.AppendUint16(b, w)
	}
	return b
}

// ipv4 is a packet between hosts of the network 10.NET/16, with header checksum.
func ipv4(net, proto byte, payload []byte) []byte {
	b := slices.Concat(words(0x4500, uint16(20+len(payload)), 7, 0, 64<<8|uint16(proto), 0), []byte{10, net, 0, 1, 10, net, 0, 2})
	var sum uint32
	for i := 0; i < 20; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	binary.BigEndian.PutUint16(b[10:], ^uint16(sum+sum>>16))
	return append(b, payload...)
}

func udp(net byte, src, dst uint16, payload []byte) []byte {
	return ipv4(net, 17, slices.Concat(words(src, dst, uint16(8+len(payload)), 0), payload))
}

func ethernet(typ uint16, payload []byte) []byte {
	return slices.Concat([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, words(typ), payload)
}

// TestTagsAndTunnelsAreTsharks compares the innermost addresses and ports of hand-made frames with
// those that tshark finds. All that it is told is what L2TPv3 carries, which only control messages
// say.
func TestTagsAndTunnelsAreTsharks(t *testing.T) {
	need(t, "tshark")
	inner := udp(2, 1111, 2222, []byte("question"))
	frame := ethernet(0x0800, inner)
	mpls := slices.Concat(words(1, 0x11ff), inner) // label 17
	// As Cisco's access points send it, and tshark expects it: frame control the other way round.
	wlan := slices.Concat([]byte{1, 8}, make([]byte, 22), words(0xaaaa, 0x0300, 0, 0x0800), inner)
	nsh := func(next uint16, b []byte) []byte { return slices.Concat(words(0x0fc2, 0x0200|next, 0, 0x09ff), b) }
	gre := func(b ...[]byte) []byte { return ethernet(0x0800, ipv4(1, 47, slices.Concat(b...))) }
	ip := func(proto byte, b ...[]byte) []byte { return ethernet(0x0800, ipv4(1, proto, slices.Concat(b...))) }
	port := func(dst uint16, b ...[]byte) []byte { return ethernet(0x0800, udp(1, 40000, dst, slices.Concat(b...))) }
	tag := func(typ uint16, b ...[]byte) []byte { return ethernet(typ, slices.Concat(b...)) }

	frames := []struct {
		name string
		data []byte
	}{
		{"QinQ", tag(0x88a8, words(5, 0x8100, 6, 0x0800), inner)},
		{"TPID 0x9100", tag(0x9100, words(5, 0x8100, 6, 0x0800), inner)},
		{"802.1ah", tag(0x88e7, words(0, 100), frame)},
		{"HSR", tag(0x892f, words(0x1036, 7, 0x0800), inner)},
		{"VN-Tag", tag(0x8926, words(0x8001, 2, 0x8100, 5, 0x0800), inner)},
		{"Cisco MetaData", tag(0x8909, words(0x0101, 1, 7, 0x0800), inner)},
		{"FabricPath", slices.Concat([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, words(0x8903, 0x0060), frame)},
		{"TRILL", tag(0x22f3, words(0x003f, 1, 2), frame)},
		{"NSH", tag(0x894f, nsh(1, inner))},
		{"NSH, Ethernet", tag(0x894f, nsh(3, frame))},
		{"MPLS", tag(0x8847, mpls)},
		{"IP in IP", ip(4, inner)},
		{"GRE", gre(words(0x2000, 0x0800, 0, 77), inner)},
		{"GRE, Ethernet", gre(words(0, 0x6558), frame)},
		{"GRE, MPLS", gre(words(0, 0x8847), mpls)},
		{"GRE, NSH", gre(words(0, 0x894f), nsh(1, inner))},
		{"PPTP", gre(words(0x3001, 0x880b, uint16(4+len(inner)), 7, 0, 1, 0xff03, 0x0021), inner)},
		{"WCCP", gre(words(0, 0x883e, 0, 0), inner)},
		{"ERSPAN II", gre(words(0x1000, 0x88be, 0, 1, 0x1000, 7, 0, 0), frame)},
		{"EtherIP", ip(97, words(0x3000), frame)},
		{"MPLS in IP", ip(137, mpls)},
		{"MPLS in UDP", port(6635, mpls)},
		{"VXLAN", port(4789, words(0x0800, 0, 0, 77<<8), frame)},
		{"VXLAN-GPE, IPv4", port(4790, words(0x0c00, 1, 0, 77<<8), inner)},
		{"VXLAN-GPE, Ethernet", port(4790, words(0x0c00, 3, 0, 77<<8), frame)},
		{"VXLAN-GPE, NSH", port(4790, words(0x0c00, 4, 0, 77<<8), nsh(1, inner))},
		{"GENEVE", port(6081, words(0, 0x6558, 0, 77<<8), frame)},
		{"GTP-U", port(2152, words(0x30ff, uint16(len(inner)), 0, 77), inner)},
		{"GENEVE, options", port(6081, words(0x0100, 0x0800, 0, 77<<8, 0, 0), inner)},
		{"LISP", port(4341, words(0x0800, 0, 0, 77<<8), inner)},
		{"L2TPv2", port(1701, words(0x4002, uint16(12+len(inner)), 5, 6, 0xff03, 0x0021), inner)},
		{"L2TPv3", ip(115, words(0, 77), frame)},
		{"L2TPv2, sequence numbers and offset", port(1701, words(0x0a02, 5, 6, 1, 2, 2, 0, 0xff03, 0x0021), inner)},
		{"CAPWAP, 802.3", port(5247, words(0x0010, 0x0200, 0, 0), frame)},
		{"CAPWAP, 802.11", port(5247, words(0x0010, 0x0300, 0, 0), wlan)},
		{"AYIYA", port(5072, words(0x2101, 0x1104, 0, 1, 0, 0), inner)},
		{"TZSP, 802.11", port(37008, []byte{1, 0, 0, 18, 10, 1, 40, 1, 8, 1}, wlan[2:])},
		{"TZSP", port(37008, []byte{1, 0, 0, 1, 10, 1, 40, 1}, frame)},
	}

	name := filepath.Join(t.TempDir(), "tunnels.pcap")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w, err := pcapio.NewWriter(file, pcapio.WriterConfig{LinkType: pcapio.LinkEthernet})
	if err != nil {
		t.Fatal(err)
	}
	d := pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll})
	var ours []string
	for _, f := range frames {
		p := &pcapio.Packet{Record: pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(f.data), Data: f.data}}
		if err := w.WriteRecord(&p.Record); err != nil {
			t.Fatal(err)
		}
		d.Decode(p)
		ours = append(ours, fmt.Sprintf("%v\t%v\t%d\t%d", p.SrcAddr(), p.DstAddr(), p.SrcPort, p.DstPort))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out := run(t, "tshark", "-n", "-r", name, "-o", "l2tp.cookie_size:None", "-o", "l2tp.l2_specific:None", "-d", "l2tp.pw_type==0,eth",
		"-T", "fields", "-E", "separator=/t", "-E", "occurrence=l", "-e", "ip.src", "-e", "ip.dst",
		"-e", "udp.srcport", "-e", "udp.dstport").stdout
	theirs := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(theirs) != len(frames) {
		t.Fatalf("%d lines for %d frames:\n%s", len(theirs), len(frames), out)
	}
	for i, f := range frames {
		t.Run(f.name, func(t *testing.T) {
			if ours[i] != theirs[i] {
				t.Errorf("%q, tshark has %q", ours[i], theirs[i])
			}
		})
	}
}
