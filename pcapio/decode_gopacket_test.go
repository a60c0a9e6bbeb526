package pcapio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/reeftools/reef/internal/iana"
)

// view is what two decoders must agree on.
type view struct {
	IP               uint8
	Src, Dst         netip.Addr
	IPLen            int
	Proto            uint8
	TTL, TOS         uint8
	VLAN             uint16
	Transport        gopacket.LayerType
	SrcPort, DstPort uint16
	PayloadLen       int // TCP only
	Seq, Ack         uint32
	Flags            TCPFlags
	Window, Urgent   uint16
	// without MPTCP, Fast Open and OptMalformed, which gopacket does not tell
	Options      TCPOptions
	MSS          uint16
	TSval, TSecr uint32
	SACK         uint8
	ICMP         ICMP
}

const comparedOptions = OptMSS | OptWScale | OptSACKPermitted | OptSACK | OptTimestamps

// viewOf is the view of our decoder.
func viewOf(p *Packet) view {
	v := view{VLAN: p.VLAN}
	if !p.IsIP() {
		return v
	}
	v.IP, v.Src, v.Dst, v.IPLen, v.Proto, v.TTL, v.TOS = p.IPVersion, p.SrcAddr(), p.DstAddr(), p.IPLen, p.Proto, p.TTL, p.TOS
	switch {
	case p.Layers.Has(LayerTCP):
		v.Transport = layers.LayerTypeTCP
		v.Seq, v.Ack, v.Flags, v.Window, v.Urgent = p.TCP.Seq, p.TCP.Ack, p.TCP.Flags, p.TCP.Window, p.TCP.Urgent
		v.Options, v.MSS, v.TSval, v.TSecr, v.SACK = p.TCP.Options&comparedOptions, p.TCP.MSS, p.TCP.TSval, p.TCP.TSecr, p.TCP.SACKCount
		v.PayloadLen = len(p.Payload())
	case p.Layers.Has(LayerUDP):
		v.Transport = layers.LayerTypeUDP
	case p.Layers.Has(LayerSCTP):
		v.Transport = layers.LayerTypeSCTP
	case p.Layers.Has(LayerUDPLite):
		v.Transport = layers.LayerTypeUDPLite
	case p.Layers.Has(LayerICMP):
		v.Transport, v.ICMP = layers.LayerTypeICMPv4, p.ICMP
	case p.Layers.Has(LayerICMPv6):
		v.Transport, v.ICMP = layers.LayerTypeICMPv6, ICMP{Type: p.ICMP.Type, Code: p.ICMP.Code}
	}
	if v.Transport != 0 && p.PortsOK {
		v.SrcPort, v.DstPort = p.SrcPort, p.DstPort
	}
	return v
}

// gopacketView is the view of gopacket's layers up to the first transport header.
func gopacketView(pkt gopacket.Packet) view {
	var v view
	vlan := false
	for _, l := range pkt.Layers() {
		if len(l.LayerContents()) == 0 && !layers.LayerClassIPTransport.Contains(l.LayerType()) && !layers.LayerClassIPNetwork.Contains(l.LayerType()) {
			continue // only says what kind of 802.11 frame it is
		}
		if len(l.LayerContents()) == 0 {
			return v // gopacket lists some headers that it could not decode, with fields of zero
		}
		switch l := l.(type) {
		case *layers.Dot1Q:
			if !vlan {
				v.VLAN, vlan = l.VLANIdentifier, true
			}
		case *layers.IPv4:
			if v.IP != 0 {
				return v
			}
			v.IP, v.Src, v.Dst = 4, netip.AddrFrom4([4]byte(l.SrcIP.To4())), netip.AddrFrom4([4]byte(l.DstIP.To4()))
			v.IPLen, v.Proto, v.TTL, v.TOS = int(l.Length), uint8(l.Protocol), l.TTL, l.TOS
		case *layers.IPv6:
			if v.IP != 0 {
				return v
			}
			v.IP, v.Src, v.Dst = 6, netip.AddrFrom16([16]byte(l.SrcIP)), netip.AddrFrom16([16]byte(l.DstIP))
			v.IPLen, v.Proto, v.TTL, v.TOS = 40+int(l.Length), uint8(l.NextHeader), l.HopLimit, l.TrafficClass
			if l.HopByHop != nil {
				v.Proto = uint8(l.HopByHop.NextHeader)
			}
		case *layers.IPv6Routing:
			v.Proto = uint8(l.NextHeader)
		case *layers.IPv6Destination:
			v.Proto = uint8(l.NextHeader)
		case *layers.IPv6Fragment:
			v.Proto = uint8(l.NextHeader)
		case *layers.IPSecAH:
			v.Proto = uint8(l.NextHeader)
		case *layers.TCP:
			v.Transport = layers.LayerTypeTCP
			v.SrcPort, v.DstPort, v.Seq, v.Ack, v.Window, v.Urgent = uint16(l.SrcPort), uint16(l.DstPort), l.Seq, l.Ack, l.Window, l.Urgent
			for i, set := range []bool{l.FIN, l.SYN, l.RST, l.PSH, l.ACK, l.URG, l.ECE, l.CWR, l.NS} {
				if set {
					v.Flags |= 1 << i
				}
			}
			v.PayloadLen = len(l.Payload)
			v.options(l.Options)
			return v
		case *layers.UDP:
			v.Transport, v.SrcPort, v.DstPort = layers.LayerTypeUDP, uint16(l.SrcPort), uint16(l.DstPort)
			return v
		case *layers.UDPLite:
			v.Transport, v.SrcPort, v.DstPort = layers.LayerTypeUDPLite, uint16(l.SrcPort), uint16(l.DstPort)
			return v
		case *layers.SCTP:
			v.Transport, v.SrcPort, v.DstPort = layers.LayerTypeSCTP, uint16(l.SrcPort), uint16(l.DstPort)
			return v
		case *layers.ICMPv4:
			v.Transport, v.ICMP = layers.LayerTypeICMPv4, ICMP{l.TypeCode.Type(), l.TypeCode.Code(), false, l.Id, l.Seq}
			return v
		case *layers.ICMPv6:
			v.Transport, v.ICMP = layers.LayerTypeICMPv6, ICMP{Type: l.TypeCode.Type(), Code: l.TypeCode.Code()}
			return v
		case *layers.GRE, *layers.EtherIP:
			return v
		}
	}
	return v
}

// options reads gopacket's list with the rules of our decoder.
func (v *view) options(list []layers.TCPOption) {
	var t TCP
	for _, o := range list {
		if o.OptionType == layers.TCPOptionKindEndList {
			break
		}
		t.option(uint8(o.OptionType), o.OptionData)
	}
	v.Options, v.MSS, v.TSval, v.TSecr, v.SACK = t.Options&comparedOptions, t.MSS, t.TSval, t.TSecr, t.SACKCount
}

// differences are the known ones between our decoder and gopacket 1.1.19: the first class that fits
// explains a packet.
var differences = []struct {
	reason string
	fits   func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool
}{
	{"gopacket knows 8 bits of link types, and not this one", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		return p.LinkType > 255 || pkt == nil
	}},
	{"gopacket does not decode the transport header of a first fragment, nor what follows an IPv6 fragment header", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		header := pkt.Layer(layers.LayerTypeIPv6Fragment) != nil
		return p.Status >= StatusTruncatedTransport && p.FragOffset == 0 && (header || p.IsFragment()) && theirs.Transport == 0 && sameIP(ours, theirs)
	}},
	{"gopacket refuses the packet at a header that is cut or bad; ours keeps what was sound before it", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		return pkt.ErrorLayer() != nil && theirs.Transport == 0 && (theirs.IP == 0 && p.LinkType != LinkEthernet || sameIP(ours, theirs))
	}},
	{"gopacket does not check version and header length of IP", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		return p.Status == StatusBadIP && ours.IP == 0 && theirs.IP != 0
	}},
	{"gopacket gives a transport header that contradicts the IP length; ours only gives its ports", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		return p.Status == StatusBadTransport && p.PortsOK && theirs.SrcPort == p.SrcPort && theirs.DstPort == p.DstPort && sameIP(ours, theirs)
	}},
	{"gopacket gives no TCP options or other ones when one of them is bad or cut; ours gives those before it", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		if p.TCP.Options&OptMalformed == 0 {
			return false
		}
		ours.Options, ours.MSS, ours.TSval, ours.TSecr, ours.SACK = theirs.Options, theirs.MSS, theirs.TSval, theirs.TSecr, theirs.SACK
		return ours == theirs
	}},
	{"gopacket cuts an IP packet that is longer than the PPPoE header says; ours believes IP", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		session, ok := pkt.Layer(layers.LayerTypePPPoE).(*layers.PPPoE)
		tcp := ours.PayloadLen
		ours.PayloadLen = theirs.PayloadLen
		return ok && int(session.Length) < 2+p.IPLen && ours == theirs && tcp > theirs.PayloadLen
	}},
	{"gopacket's ICMPv6 header has 4 bytes, ours 8, as every message has", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		return p.Status < StatusOK && p.Proto == ProtoICMPv6 && theirs.Transport == layers.LayerTypeICMPv6 && sameIP(ours, theirs)
	}},
	{"gopacket goes through IPv6 extension headers in IPv4", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		return p.IPVersion == 4 && p.Proto != ProtoAH && isExtension(p.Proto)
	}},
	{"gopacket knows no tags but 0x8100 and 0x88a8, no service headers, and nothing inside of 802.1ah and its like", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		var d Decoder
		known := func(typ layers.EthernetType) bool {
			return d.isTPID(uint16(typ)) && typ != iana.EtherTypeVLAN && typ != iana.EtherTypeQinQ || typ == iana.EtherTypeJumboLLC
		}
		eth, isEth := pkt.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
		tag, isTag := pkt.Layer(layers.LayerTypeDot1Q).(*layers.Dot1Q)
		return theirs.IP == 0 && (p.Layers.Has(LayerTag) || isEth && known(eth.EthernetType) || isTag && known(tag.Type))
	}},
	{"gopacket does not look at the version where the EtherType announced the other one", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		return ours.IP != 0 && (p.EtherType == iana.EtherTypeIPv4) != (ours.IP == 4)
	}},
	{"gopacket does not decode IP in 802.2 without SNAP, nor pseudo-wires", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		return theirs.IP == 0 && pkt.ErrorLayer() != nil && ours.IP != 0 && (p.Layers.Has(LayerLLC) && p.EtherType == 0 || p.Layers.Has(LayerMPLS))
	}},
	{"gopacket fails on, or stops at, an authentication header", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		return p.Layers.Has(LayerAH) && theirs.Proto == ProtoAH && theirs.Src == ours.Src && theirs.Dst == ours.Dst
	}},
	{"gopacket takes what is behind MPLS labels for IP by its first bits, also where it fits nothing", func(p *Packet, _ gopacket.Packet, _, theirs view) bool {
		return p.Status == StatusNonIP && p.Layers.Has(LayerMPLS) && theirs.IP != 0
	}},
	{"gopacket takes ERSPAN as an EtherType outside GRE", func(p *Packet, _ gopacket.Packet, ours, theirs view) bool {
		return p.Status == StatusNonIP && p.EtherType == iana.EtherTypeERSPAN2
	}},
	{"gopacket does not decode an 802.2 frame behind a VLAN tag", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		tag, ok := pkt.Layer(layers.LayerTypeDot1Q).(*layers.Dot1Q)
		return ok && tag.Type < iana.EtherTypeMin && p.Layers.Has(LayerVLAN|LayerLLC)
	}},
	{"gopacket refuses IPv6 extension headers that it does not know, and payload length 0 without a jumbo option", func(p *Packet, pkt gopacket.Packet, ours, theirs view) bool {
		return p.IPVersion == 6 && p.Status.HasIP() && pkt.ErrorLayer() != nil && theirs.Transport == 0 && theirs.Src == ours.Src && theirs.Dst == ours.Dst
	}},
}

// sameIP tells whether two views agree on the network layer.
func sameIP(a, b view) bool {
	return a.IP == b.IP && a.Src == b.Src && a.Dst == b.Dst && a.IPLen == b.IPLen && a.Proto == b.Proto && a.TTL == b.TTL && a.TOS == b.TOS && a.VLAN == b.VLAN
}

// comparer compares the two decoders packet by packet and counts the explained differences.
type comparer struct {
	t         *testing.T
	d         *Decoder
	equal     int
	explained []int
	failed    int
}

func newComparer(t *testing.T) *comparer {
	return &comparer{t: t, d: NewDecoder(nil, DecodeConfig{FragmentCache: -1}), explained: make([]int, len(differences))}
}

func (c *comparer) compare(name string, r *Record) {
	p := Packet{Record: *r}
	c.d.Decode(&p)
	ours := viewOf(&p)
	var theirs view
	pkt := gopacketPacket(&p)
	if pkt != nil {
		theirs = gopacketView(pkt)
	}
	if ours == theirs {
		c.equal++
		return
	}
	for i, d := range differences {
		if d.fits(&p, pkt, ours, theirs) {
			c.explained[i]++
			return
		}
	}
	if c.failed++; c.failed <= 40 {
		var chain string
		if pkt != nil {
			for _, l := range pkt.Layers() {
				chain += " " + l.LayerType().String()
			}
			if e := pkt.ErrorLayer(); e != nil {
				chain += ": " + e.Error().Error()
			}
		}
		c.t.Errorf("%s: %v, %v\nours   %+v\ntheirs %+v\nlayers%s\n%x", name, p.LinkType, p.Status, ours, theirs, chain, p.Data[:min(len(p.Data), 96)])
	}
}

// gopacketPacket decodes with gopacket; nil if it has no decoder for the link type.
func gopacketPacket(p *Packet) (pkt gopacket.Packet) {
	link := layers.LinkType(p.LinkType)
	if p.LinkType > 255 || link.String() == "UnknownLinkType" {
		return nil
	}
	return gopacket.NewPacket(bytes.Clone(p.Data), link, gopacket.DecodeOptions{NoCopy: true})
}

func (c *comparer) report() {
	c.t.Logf("%d packets equal", c.equal)
	for i, d := range differences {
		if c.explained[i] > 0 {
			c.t.Logf("%d packets: %s", c.explained[i], d.reason)
		}
	}
	if c.failed > 0 {
		c.t.Errorf("%d packets differ without explanation", c.failed)
	}
}

func TestDecodeAgainstGopacketGenerated(t *testing.T) {
	c := newComparer(t)
	for _, f := range linkFrames {
		c.compare(f.name, &packetOf(f.link, f.data).Record)
	}
	for _, f := range transportFrames {
		typ := iana.EtherTypeIPv4
		if f.data[0]>>4 == 6 {
			typ = iana.EtherTypeIPv6
		}
		c.compare(f.name, &packetOf(LinkEthernet, eth(typ, f.data)).Record)
	}
	g := generator{state: 1}
	for i := range 20000 {
		frame := g.frame()
		wire := len(frame)
		switch i % 4 {
		case 1: // snapped
			frame = frame[:g.below(wire)+1]
		case 2: // one byte changed, in what follows the Ethernet header
			if wire > 14 {
				frame[14+g.below(wire-14)] = byte(g.below(256))
			}
		}
		c.compare(fmt.Sprintf("generated packet %d", i), &Record{LinkType: LinkEthernet, OrigLen: wire, Data: frame})
	}
	c.report()
}

// generator makes the same packets on every machine.
type generator struct{ state uint32 }

// below returns a number from 0 to n-1 (xorshift).
func (g *generator) below(n int) int {
	g.state ^= g.state << 13
	g.state ^= g.state >> 17
	g.state ^= g.state << 5
	return int(g.state % uint32(n))
}

func (g *generator) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.below(256))
	}
	return b
}

// options makes TCP options that fill a multiple of four bytes.
func (g *generator) options() []byte {
	var b []byte
	for range g.below(4) {
		o := [][]byte{{1}, {2, 4, 5, 0xb4}, {3, 3, 7}, {4, 2}, cat([]byte{5, 10}, g.bytes(8)), cat([]byte{8, 10}, g.bytes(8)), tsOption}[g.below(7)]
		if len(b)+len(o) <= 40 {
			b = append(b, o...)
		}
	}
	for len(b)%4 != 0 {
		b = append(b, 1)
	}
	return b
}

// frame makes an Ethernet frame with or without VLAN tags, IPv4 or IPv6 with or without options and
// extension headers, a transport header, and padding.
func (g *generator) frame() []byte {
	proto := []int{6, 6, 6, 17, 17, 1, 132, 136, 89}[g.below(9)]
	v6 := g.below(3) == 0
	payload := g.bytes(g.below(60))
	switch proto {
	case 6:
		payload = tcpSeg(g.below(512), g.options(), payload)
	case 17, 136:
		payload = udpSeg(20000+g.below(1000), 30000+g.below(1000), payload)
	case 1:
		if v6 {
			proto = 58
		}
		payload = icmpMsg([]int{0, 8, 3, 128, 129, 1}[g.below(6)], g.below(3), g.below(65536), g.below(65536), payload)
	case 132:
		payload = cat(g.bytes(12), []byte{11, 0, 0, 4})
	}
	typ := iana.EtherTypeIPv4
	if v6 {
		typ = iana.EtherTypeIPv6
		switch g.below(6) {
		case 0:
			proto, payload = 60, ext(proto, g.below(3), payload)
		case 1:
			proto, payload = 51, authHeader(proto, payload)
		}
		payload = ip6(proto, payload)
	} else {
		var options []byte
		if g.below(6) == 0 {
			options = []byte{148, 4, 0, 0, 1, 1, 1, 0}
		}
		payload = ip4with(proto, []int{0, 0x4000, 0x4000, 0x4000, 0x2000, 5}[g.below(6)], options, payload)
	}
	for range max(0, g.below(5)-2) {
		payload, typ = vlanTag(g.below(4096), typ, payload), iana.EtherTypeVLAN
	}
	frame := eth(typ, payload)
	if len(frame) < 60 {
		frame = cat(frame, make([]byte, 60-len(frame)))
	}
	return frame
}

func TestDecodeAgainstGopacketCaptures(t *testing.T) {
	dir := os.Getenv("REEF_CAPTURES")
	if dir == "" {
		t.Skip("REEF_CAPTURES is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pcap*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no captures in %s: %v", dir, err)
	}
	c := newComparer(t)
	for _, file := range files {
		r, err := Open(file)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(file), err)
			continue
		}
		var rec Record
		n := 0
		for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
			n++
			c.compare(fmt.Sprintf("%s, packet %d", filepath.Base(file), n), &rec)
		}
		var damaged *FileError
		if err != io.EOF && !errors.As(err, &damaged) {
			t.Errorf("%s: %v", file, err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	c.report()
}
