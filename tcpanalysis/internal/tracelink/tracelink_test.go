package tracelink

import (
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestVisible: what the decoder found counts only where the old tools look.
func TestVisible(t *testing.T) {
	const macs = "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
	udp := "\x45\x00\x00\x1c\x00\x00\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x03\xe8\x00\x35\x00\x08\x00\x00"
	ipip := "\x45\x00\x00\x30\x00\x00\x00\x00\x40\x04\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02" + udp
	for _, c := range []struct {
		name  string
		link  pcapio.LinkType
		frame string
		want  bool
	}{
		{"plain", pcapio.LinkEthernet, macs + "\x08\x00" + udp, true},
		{"one tag", pcapio.LinkEthernet, macs + "\x81\x00\x00\x05\x08\x00" + udp, true},
		{"two tags", pcapio.LinkEthernet, macs + "\x81\x00\x00\x05\x81\x00\x00\x06\x08\x00" + udp, false},
		{"provider's tag", pcapio.LinkEthernet, macs + "\x88\xa8\x00\x05\x08\x00" + udp, false},
		{"MPLS", pcapio.LinkEthernet, macs + "\x88\x47\x00\x01\x01\x40" + udp, false},
		{"IP in IP", pcapio.LinkEthernet, macs + "\x08\x00" + ipip, true},
		{"IP in IP behind two tags", pcapio.LinkEthernet, macs + "\x81\x00\x00\x05\x81\x00\x00\x06\x08\x00" + ipip, false},
		{"loopback", pcapio.LinkNull, "\x02\x00\x00\x00" + udp, true},
		{"OpenBSD loopback", pcapio.LinkLoop, "\x00\x00\x00\x02" + udp, false},
		{"raw", pcapio.LinkRaw, udp, true},
		{"raw IPv4", pcapio.LinkIPv4, udp, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &pcapio.Packet{Record: pcapio.Record{LinkType: c.link, OrigLen: len(c.frame), Data: []byte(c.frame)}}
			pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelIPIP}).Decode(p)
			if p.Status != pcapio.StatusOK {
				t.Fatalf("%s: %v", c.name, p.Status)
			}
			var s Source
			if got := s.Visible(p); got != c.want {
				t.Errorf("%s: visible %v", c.name, got)
			}
			if p.Data = nil; !s.Visible(p) {
				t.Errorf("%s: not visible without bytes", c.name)
			}
		})
	}
}
