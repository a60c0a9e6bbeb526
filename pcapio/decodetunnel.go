package pcapio

import "github.com/reeftools/reef/internal/iana"

// mayEnter tells whether tunnel t is wanted and p is not yet as deep as it may get.
func (d *Decoder) mayEnter(p *Packet, t Tunnel) bool {
	return d.tunnels&t != 0 && p.TunnelDepth < d.depthLimit
}

// What a tunnel may carry besides what has an EtherType.
const (
	innerIP   = 1<<16 + iota // of the version that it says
	innerWLAN                // an 802.11 frame
	innerPPP
	innerAVS
	innerPrism
)

// enter decodes what tunnel t carries from off to end: an inner kind or what has the EtherType typ.
// If there is no sound IP packet inside, the tunnel is not entered: the packet is decoded once more
// without it.
func (d *Decoder) enter(p *Packet, t Tunnel, id, typ uint32, off, end int) Status {
	if p.IPFlags&MoreFragments != 0 {
		d.inFragment = true
	}
	if p.TunnelDepth == 0 {
		p.OuterProto, p.OuterSrc, p.OuterDst = p.Proto, p.Src, p.Dst
	}
	p.TunnelDepth++
	p.Tunnel, p.TunnelID = t, id
	p.Layers |= LayerTunnel
	depth := p.TunnelDepth // the tunnels further in raise it

	// What is left of the outer packet and not set by every inner one.
	p.Layers &^= LayerUDP
	p.IPVersion = 0
	p.PortsOK, p.SrcPort, p.DstPort = false, 0, 0
	p.TransportOff, p.PayloadOff, p.PayloadLen = 0, 0, 0

	var s Status
	switch typ {
	case innerIP:
		s = d.ip(p, off, end)
	case innerWLAN:
		s = d.wlan(p, off, end, false)
	case innerPPP:
		s = d.ppp(p, off, end)
	case innerAVS:
		s = d.avs(p, off, end)
	case innerPrism:
		s = d.prism(p, off, end)
	default:
		s = d.etherType(p, uint16(typ), off, end)
	}
	if s != statusRetry && !s.HasIP() {
		d.depthLimit = depth - 1
		return statusRetry
	}
	return s
}

// ipTunnel names the tunnel of IP in IP by the outer version and the protocol number of the inner.
func ipTunnel(version, proto uint8) Tunnel {
	switch {
	case version == 4 && proto == ProtoIPv4:
		return TunnelIPIP
	case version == 4:
		return Tunnel6in4
	case proto == ProtoIPv4:
		return Tunnel4in6
	}
	return Tunnel6in6
}

// protoTunnel enters the tunnel that an IP protocol number names besides IP and GRE, if it is
// wanted.
func (d *Decoder) protoTunnel(p *Packet, proto uint8, off, end int) Status {
	b := p.Data[min(off, len(p.Data)):min(max(end, off), len(p.Data))]
	switch {
	case proto == ProtoEtherIP && d.mayEnter(p, TunnelEtherIP):
		if len(b) >= 2 && b[0] == 0x30 && b[1] == 0 { // version 3 (RFC 3378, 3)
			return d.enter(p, TunnelEtherIP, 0, iana.EtherTypeBridged, off+2, end)
		}
	case proto == ProtoEthernet && d.mayEnter(p, TunnelEtherIP):
		return d.enter(p, TunnelEtherIP, 0, iana.EtherTypeBridged, off, end)
	case proto == ProtoMPLS && d.mayEnter(p, TunnelMPLS):
		return d.mplsTunnel(p, off, end)
	case proto == ProtoL2TP && d.mayEnter(p, TunnelL2TP):
		if in, ok := d.l2tpSession(p.Data, off, end); ok {
			return d.enter(p, TunnelL2TP, in.id, in.typ, in.off, end)
		}
	}
	return other(p, off, end)
}

// mplsTunnel enters a tunnel that begins with a label stack at off.
func (d *Decoder) mplsTunnel(p *Packet, off, end int) Status {
	_, label, _ := labelStack(p.Data, off)
	return d.enter(p, TunnelMPLS, label, iana.EtherTypeMPLS, off, end)
}
