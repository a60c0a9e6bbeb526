package pcapio

import (
	"encoding/binary"
	"slices"

	"github.com/reeftools/reef/internal/iana"
)

// udpTunnel enters the tunnel that the ports name, if it is wanted; its payload is from off to end.
func (d *Decoder) udpTunnel(p *Packet, off, end int) Status {
	t := d.udpTunnelKind(p.SrcPort, p.DstPort)
	if t == TunnelNone || !d.mayEnter(p, t) {
		return StatusOK
	}
	in, ok := d.inUDP(p, t, off, end)
	if !ok {
		return StatusOK
	}
	return d.enter(p, t, in.id, in.typ, in.off, in.end)
}

// udpTunnelKind names the tunnel that the ports stand for.
func (d *Decoder) udpTunnelKind(src, dst uint16) Tunnel {
	switch dst {
	case iana.PortVXLAN, iana.PortVXLANOld, iana.PortVXLANGPE:
		return TunnelVXLAN
	case iana.PortGENEVE:
		return TunnelGENEVE
	case iana.PortLISP:
		return TunnelLISP
	case iana.PortMPLS:
		return TunnelMPLS
	case iana.PortGUE:
		return TunnelGUE
	case iana.PortTZSP:
		return TunnelTZSP
	}
	for _, port := range [2]uint16{dst, src} {
		switch port {
		case iana.PortGTPU:
			return TunnelGTPU
		case iana.PortTeredo:
			return TunnelTeredo
		case iana.PortL2TP:
			return TunnelL2TP
		case iana.PortCAPWAP:
			return TunnelCAPWAP
		case iana.PortAYIYA:
			return TunnelAYIYA
		}
	}
	if slices.Contains(d.vxlanPorts, dst) {
		return TunnelVXLAN
	}
	return TunnelNone
}

// inner is what a tunnel carries: a kind or EtherType for [Decoder.enter], where it begins and
// ends, and the tunnel's identifier.
type inner struct {
	id, typ  uint32
	off, end int
}

// inUDP reads the header of tunnel t at off and tells what it carries, not ok if it does not carry
// a packet.
func (d *Decoder) inUDP(p *Packet, t Tunnel, off, end int) (in inner, ok bool) {
	b := p.Data[min(off, len(p.Data)):min(end, len(p.Data))]
	in.end = end
	size := 0
	switch t {
	case TunnelVXLAN:
		size = in.vxlan(b, p.DstPort == iana.PortVXLANGPE)
	case TunnelGENEVE:
		size = in.geneve(b)
	case TunnelLISP:
		size = in.lisp(b)
	case TunnelGTPU:
		if size = gtpu(b); size > 0 {
			in.id, in.typ = binary.BigEndian.Uint32(b[4:]), innerIP
		}
	case TunnelTeredo:
		in.off, in.typ = off+teredo(b), iana.EtherTypeIPv6
		return in, in.off >= off
	case TunnelMPLS:
		_, label, ok := labelStack(b, 0)
		in.id, in.typ, in.off = label, iana.EtherTypeMPLS, off
		return in, ok
	case TunnelGUE:
		if len(b) > 0 && b[0]>>6 == 1 { // variant 1: no header at all
			in.off, in.typ = off, innerIP
			return in, true
		}
		size = in.gue(b)
	case TunnelTZSP:
		size = in.tzsp(b)
	case TunnelAYIYA:
		size = in.ayiya(b)
	case TunnelCAPWAP:
		size = in.capwap(b)
		if size > 0 && b[3]&capwapFragment != 0 {
			d.inFragment = true
		}
	case TunnelL2TP:
		if len(b) >= 8 && b[1]&0x0f == 3 && b[0]&l2tpControl == 0 { // RFC 3931, 4.1.2.1
			in, ok = d.l2tpSession(p.Data, off+4, end)
			return in, ok
		}
		size = in.l2tp2(b, off)
	}
	in.off = off + size
	return in, size > 0 && size < len(b)
}
