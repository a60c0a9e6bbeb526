package pcapio

import (
	"bytes"
	"testing"
)

// FuzzFixChecksums checks that only checksums change, that nothing is left to do after once, and
// that the sums of plain packets are those of RFC 1071.
func FuzzFixChecksums(f *testing.F) {
	f.Add(uint16(LinkEthernet), 0, udpFrame)
	for _, s := range transportFrames {
		f.Add(uint16(LinkRaw), 0, s.data)
	}
	for _, s := range linkFrames {
		f.Add(uint16(s.link), 4, s.data)
	}
	f.Add(uint16(LinkRaw), 0, ip6(6, tcpSeg(0x10, nil, []byte("odd"))))
	f.Fuzz(func(t *testing.T, link uint16, more int, data []byte) {
		fix := FixChecksums()
		r := Record{LinkType: LinkType(link), OrigLen: len(data) + max(more, 0), Data: data}
		p := packetOf(r.LinkType, data)
		p.OrigLen = r.OrigLen
		NewDecoder(nil, DecodeConfig{FragmentCache: -1}).Decode(p)
		if !fix.Transform(&r) || len(r.Data) != len(data) {
			t.Fatalf("%d bytes of %d", len(r.Data), len(data))
		}
		fixed := bytes.Clone(r.Data)
		for i := range fixed {
			header := p.IsIP() && p.IPVersion == 4 && (i == p.IPOff+10 || i == p.IPOff+11)
			transport := p.Status == StatusOK && i >= p.TransportOff && i < p.TransportOff+18
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
		if p.Status != StatusOK || !p.Layers.Has(LayerTCP) || p.IPOff+p.IPLen > len(fixed) || p.IsFragment() || p.IPHdrLen != 20*int(p.IPVersion/2-1) {
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
