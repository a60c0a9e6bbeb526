package conformance

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// TestDecoderIsTshark compares the outermost IP header and the transport header of each packet.
func TestDecoderIsTshark(t *testing.T) {
	need(t, "tshark")
	compared := 0
	for _, name := range captures(t) {
		got, err := packets(t, name)
		if err != nil {
			t.Logf("%v", err) // damaged: what came before counts
		}
		want := tshark(t, name)
		if len(got) != len(want) {
			t.Errorf("%s: %d packets, tshark has %d", filepath.Base(name), len(got), len(want))
		}
		wrong := 0
		for i := range min(len(got), len(want)) {
			what, ours, theirs := difference(got[i], &want[i])
			if compared++; what == "" || explained(what, got[i]) {
				continue
			}
			if wrong++; wrong <= 5 {
				t.Errorf("%s: packet %d: %s %s, tshark has %s (%s)", filepath.Base(name), i+1, what, ours, theirs, got[i].Status)
			}
		}
		if wrong > 5 {
			t.Errorf("%s: %d more packets differ", filepath.Base(name), wrong-5)
		}
	}
	if compared == 0 {
		t.Error("nothing compared")
	}
}

// difference returns the first field that differs, or "".
func difference(p *pcapio.Packet, d *dissected) (what, ours, theirs string) {
	u := func(n uint64) string { return strconv.FormatUint(n, 10) }
	type field struct{ what, ours, theirs string }
	fields := []field{{"IP version", u(uint64(p.IPVersion)), u(uint64(d.version))}}
	if p.Status.HasIP() {
		fields = append(fields, field{"source", p.SrcAddr().String(), d.src}, field{"destination", p.DstAddr().String(), d.dst},
			field{"IP length", u(uint64(p.IPLen)), d.ipLen})
		if p.IPVersion == 4 {
			fields = append(fields, field{"protocol", u(uint64(p.Proto)), d.proto})
		}
	}
	if p.Layers&(pcapio.LayerTCP|pcapio.LayerUDP|pcapio.LayerSCTP) != 0 {
		fields = append(fields, field{"source port", u(uint64(p.SrcPort)), d.srcPort}, field{"destination port", u(uint64(p.DstPort)), d.dstPort})
	}
	if p.Layers.Has(pcapio.LayerTCP) {
		fields = append(fields, field{"sequence number", u(uint64(p.TCP.Seq)), d.seq}, field{"acknowledgment", u(uint64(p.TCP.Ack)), d.ack},
			field{"segment length", u(uint64(p.PayloadLen)), d.tcpLen})
	}
	if p.Layers&(pcapio.LayerICMP|pcapio.LayerICMPv6) != 0 {
		fields = append(fields, field{"ICMP type", u(uint64(p.ICMP.Type)), d.srcPort}, field{"ICMP code", u(uint64(p.ICMP.Code)), d.dstPort})
	}
	for _, f := range fields {
		if f.ours != f.theirs {
			return f.what, f.ours, f.theirs
		}
	}
	return "", "", ""
}

// explained tells whether a difference is on purpose.
func explained(what string, p *pcapio.Packet) bool {
	switch what {
	case "IP version":
		// An IP header that contradicts itself has no fields in reef; tshark shows what it can. Nor
		// has what is behind MPLS labels and fits nothing; tshark goes by its first bits. Where the
		// EtherType and the version in the header differ, reef goes by the version.
		return p.Status == pcapio.StatusBadIP || p.Status == pcapio.StatusNonIP && p.Layers.Has(pcapio.LayerMPLS) ||
			p.EtherType == iana.EtherTypeIPv4 && p.IPVersion == 6
	case "protocol":
		// reef has the protocol behind it, as it does for IPv6 extensions
		return p.Layers.Has(pcapio.LayerAH)
	case "segment length":
		// Reef believes the IP header's length. tshark cuts it to the length of the frame without
		// its check sequence, or of PPPoE.
		return p.IPOff+p.IPLen+int(p.FCSLen) > p.OrigLen || p.Layers.Has(pcapio.LayerPPPoE)
	}
	return false
}
