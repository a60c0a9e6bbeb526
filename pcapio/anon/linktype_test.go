package anon

import (
	"bytes"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Whatever the decoder finds IP behind, no address of the frame may be left, be it that the
// link-layer header is understood or that the record is cut.
func TestNoLinkTypeLeaks(t *testing.T) {
	ip := ip4(17, cat(u16(1024, 53, 16, 0), []byte("question")))
	frame := eth(0x0800, ip)
	for _, f := range []struct {
		name string
		link pcapio.LinkType
		data []byte
	}{
		{"nflog with hardware address", pcapio.LinkNFLOG, cat([]byte{2, 0, 0, 0, 16, 0, 8, 0, 0, 6, 0, 0}, macA, []byte{0, 0, byte(4 + len(ip)), 0, 9, 0}, ip)},
		{"pflog with addresses", pcapio.LinkPFLOG, cat([]byte{100, 2}, make([]byte, 62), hostA, make([]byte, 12), hostB, make([]byte, 16), u16(1024, 53), ip)},
		{"pktap", pcapio.LinkPKTAP, cat([]byte{108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, make([]byte, 96), frame)},
		{"pktap as user 2", 149, cat([]byte{108, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}, make([]byte, 96), frame)},
		{"enc", pcapio.LinkENC, cat([]byte{2, 0, 0, 0}, make([]byte, 8), ip)},
		{"ipnet", pcapio.LinkIPNET, cat([]byte{1, 2}, make([]byte, 22), ip)},
		{"slip with the header in it", pcapio.LinkSLIP, cat([]byte{1, 0x45}, ip[8:20], []byte{0, 0}, ip)},
		{"dsa", pcapio.LinkDSA, cat(frame[:12], []byte{0xc0, 8, 0, 1}, frame[12:])},
		{"edsa", pcapio.LinkEDSA, cat(frame[:12], u16(0xdada, 0), []byte{0xc0, 8, 0, 1}, frame[12:])},
		{"broadcom", pcapio.LinkBroadcom, cat(frame[:12], []byte{0x40, 0, 0, 1}, frame[12:])},
		{"broadcom in front", pcapio.LinkBroadcomFront, cat([]byte{0x40, 0, 0, 1}, frame)},
		{"netanalyzer", pcapio.LinkNetAnalyzer, cat(make([]byte, 4), frame, make([]byte, 4))},
		{"netanalyzer transparent", pcapio.LinkNetAnalyzerRaw, cat(make([]byte, 12), frame, make([]byte, 4))},
		{"erf", pcapio.LinkERF, cat(make([]byte, 8), []byte{2, 4}, make([]byte, 8), frame, make([]byte, 4))},
		{"juniper", pcapio.LinkJuniperEther, cat([]byte("MGC\x01"), frame)},
		{"docsis", pcapio.LinkDOCSIS, cat(make([]byte, 6), frame, make([]byte, 4))},
		{"infiniband", pcapio.LinkIPoIB, cat(make([]byte, 20), macA, macB, make([]byte, 8), u16(0x0800, 0), ip)},
		{"fibre channel", pcapio.LinkIPFC, cat(make([]byte, 2), macB, make([]byte, 2), macA, []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, ip)},
		{"ieee 1394", pcapio.LinkFireWire, cat(make([]byte, 2), macB, make([]byte, 2), macA, u16(0x0800), ip)},
		{"atm bridged", pcapio.LinkATM, cat([]byte{0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0}, frame)},
		{"sunatm lane", pcapio.LinkSunATM, cat([]byte{1, 0, 0, 100, 0, 9}, frame)},
		{"mpls", pcapio.LinkMPLS, cat([]byte{0, 1, 0x11, 0xff}, ip)},
		{"ppp with direction", pcapio.LinkPPPDir, cat([]byte{1, 0xff, 3, 0, 0x21}, ip)},
		{"not known", 147, frame},
	} {
		t.Run(f.name, func(t *testing.T) {
			a, err := New(sampleKey)
			if err != nil {
				t.Fatal(err)
			}
			r := pcapio.Record{LinkType: f.link, OrigLen: len(f.data), Data: f.data}
			a.Record(&r)
			for _, address := range [][]byte{macA, macB, hostA, hostB} {
				if at := bytes.Index(r.Data, address); at >= 0 {
					t.Errorf("% x is left at %d of % x", address, at, r.Data)
				}
			}
		})
	}
}
