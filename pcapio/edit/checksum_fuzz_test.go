package edit

import (
	"bytes"
	"testing"

	"github.com/reeftools/reef/internal/lab/frames"
	"github.com/reeftools/reef/pcapio"
)

// FuzzFixChecksums checks that only checksums change, that nothing is left to do after once, and
// that the sums of plain packets are those of RFC 1071.
func FuzzFixChecksums(f *testing.F) {
	f.Add(uint16(pcapio.LinkEthernet), 0, udpFrame)
	segment := make([]byte, 24)
	for _, proto := range []int{pcapio.ProtoICMP, pcapio.ProtoDCCP, pcapio.ProtoGRE, pcapio.ProtoSCTP, pcapio.ProtoUDPLite} {
		f.Add(uint16(pcapio.LinkRaw), 0, ip4(proto, segment))
	}
	f.Add(uint16(pcapio.LinkRaw), 0, ip6(pcapio.ProtoICMPv6, icmpMsg(128, 0, 1, 2, nil)))
	f.Add(uint16(pcapio.LinkRaw), 0, ip6(pcapio.ProtoFragment, fragmentHeader(pcapio.ProtoUDP, 1, 7, udpSeg(1, 2, segment))))
	f.Add(uint16(pcapio.LinkRaw), 0, ip4with(pcapio.ProtoUDP, 0x2000, cat([]byte{131, 7, 4}, frames.Dst4, []byte{0}), udpSeg(1, 2, segment)))
	f.Add(uint16(pcapio.LinkEthernet), 4, eth(0x8100, vlanTag(5, 0x0800, ip4(pcapio.ProtoTCP, tcpSeg(0x10, nil, nil)))))
	f.Add(uint16(pcapio.LinkRaw), 0, ip6(6, tcpSeg(0x10, nil, []byte("odd"))))
	f.Fuzz(func(t *testing.T, link uint16, more int, data []byte) {
		fix := FixChecksums()
		r := pcapio.Record{LinkType: pcapio.LinkType(link), OrigLen: len(data) + max(more, 0), Data: data}
		p := packetOf(r.LinkType, data)
		p.OrigLen = r.OrigLen
		pcapio.NewDecoder(nil, pcapio.DecodeConfig{FragmentCache: -1}).Decode(p)
		if !fix.Transform(&r) || len(r.Data) != len(data) {
			t.Fatalf("%d bytes of %d", len(r.Data), len(data))
		}
		fixed := bytes.Clone(r.Data)
		for i := range fixed {
			header := p.IsIP() && p.IPVersion == 4 && (i == p.IPOff+10 || i == p.IPOff+11)
			transport := p.Status == pcapio.StatusOK && i >= p.TransportOff && i < p.TransportOff+18
			if fixed[i] != data[i] && !header && !transport {
				t.Fatalf("byte %d changed in\n%x", i, data)
			}
		}
		if fix.Transform(&r); !bytes.Equal(r.Data, fixed) {
			t.Fatalf("fixed again\n%x differs from\n%x", r.Data, fixed)
		}
		if !p.IsIP() || p.IPOff+p.IPHdrLen > len(fixed) {
			return
		}
		ip := fixed[p.IPOff:]
		if p.IPVersion == 4 && checksumOf(ip[:int(ip[0]&15)*4]) != 0 {
			t.Fatalf("header sum of %x", ip)
		}
		// A TCP segment behind a header without options or extensions.
		if p.Status != pcapio.StatusOK || !p.Layers.Has(pcapio.LayerTCP) || p.IPOff+p.IPLen > len(fixed) || p.IsFragment() || p.IPHdrLen != 20*int(p.IPVersion/2-1) {
			return
		}
		segment := ip[p.IPHdrLen:p.IPLen]
		addresses := ip[p.IPHdrLen-8 : p.IPHdrLen]
		if p.IPVersion == 6 {
			addresses = ip[p.IPHdrLen-32 : p.IPHdrLen]
		}
		if sum := checksumOf(addresses, u16(len(segment)>>16, len(segment)&0xffff, 0, 6), segment); sum != 0 {
			t.Fatalf("sum of the segment is %#x in\n%x", sum, ip)
		}
	})
}
