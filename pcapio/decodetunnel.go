package pcapio

import "encoding/binary"

// UDP ports of tunnels (IANA). VXLAN and GENEVE have them as destination; GTP-U and Teredo as either.
const (
	portGTPU     = 2152
	portTeredo   = 3544
	portVXLAN    = 4789
	portVXLANOld = 8472 // of Linux before the assignment
	portGENEVE   = 6081
)

// mayEnter tells whether tunnel t is wanted and p is not yet as deep as it may get.
func (d *Decoder) mayEnter(p *Packet, t Tunnel) bool {
	return d.tunnels&t != 0 && p.TunnelDepth < d.depthLimit
}

// enter decodes what tunnel t carries from off to end: an IP packet if typ is its EtherType or 0, a frame otherwise.
// If there is no sound IP packet inside, the tunnel is not entered: the packet is decoded once more without it.
func (d *Decoder) enter(p *Packet, t Tunnel, id uint32, typ uint16, off, end int) Status {
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
	case 0:
		s = d.ip(p, off, end)
	case etherTypeBridged:
		s = d.ethernet(p, off, end)
	case etherTypePPP:
		s = d.ppp(p, off, end)
	default:
		s = d.etherType(p, typ, off, end)
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
	case version == 4 && proto == protoIPv4:
		return TunnelIPIP
	case version == 4:
		return Tunnel6in4
	case proto == protoIPv4:
		return Tunnel4in6
	}
	return Tunnel6in6
}

// gre decodes a GRE header of version 0 (RFC 2784, 2890) or of PPTP (version 1, RFC 2637, 4.1). ERSPAN is a tunnel of its own.
func (d *Decoder) gre(p *Packet, off, end int) Status {
	const hasChecksum, hasRouting, hasKey, hasSeq, hasAck = 0x8000, 0x4000, 0x2000, 0x1000, 0x0080
	captured := min(len(p.Data), end)
	if captured-off < 4 {
		return other(p, off, end)
	}
	flags := binary.BigEndian.Uint16(p.Data[off:])
	typ := binary.BigEndian.Uint16(p.Data[off+2:])
	version := flags & 7
	inner := off + 4
	if flags&hasChecksum != 0 {
		inner += 4
	}
	var id uint32
	if flags&hasKey != 0 {
		if captured-inner < 4 {
			return other(p, off, end)
		}
		id = binary.BigEndian.Uint32(p.Data[inner:])
		inner += 4
	}
	if flags&hasSeq != 0 {
		inner += 4
	}
	if version == 1 {
		id &= 0xffff // call identifier; the other half is the payload length
		if flags&hasAck != 0 {
			inner += 4
		}
	}
	known := version == 0 && flags&hasRouting == 0 || version == 1 && typ == etherTypePPP
	if !known || inner >= captured {
		return other(p, off, end)
	}
	switch {
	case typ == etherTypeERSPAN2 || typ == etherTypeERSPAN3:
		if d.mayEnter(p, TunnelERSPAN) {
			return d.erspan(p, typ, flags&hasSeq != 0, inner, off, end)
		}
	case d.mayEnter(p, TunnelGRE):
		return d.enter(p, TunnelGRE, id, typ, inner, end)
	}
	return other(p, off, end)
}

// erspan decodes the header of mirrored Ethernet frames (draft-foschiano-erspan-03, 4): none in type I, which is told by GRE having no
// sequence number, 8 bytes in type II, 12 in type III and 8 more if its last bit is set. greOff is where GRE began.
func (d *Decoder) erspan(p *Packet, typ uint16, seq bool, off, greOff, end int) Status {
	b := p.Data[off:min(len(p.Data), end)]
	var id uint32
	size := 0
	switch {
	case typ == etherTypeERSPAN3:
		size = 12
		if len(b) >= 12 && b[11]&1 != 0 {
			size = 20
		}
	case seq:
		size = 8
	}
	if len(b) < size {
		return other(p, greOff, end)
	}
	if size > 0 {
		id = uint32(binary.BigEndian.Uint16(b[2:]) & 0x3ff) // session
	}
	return d.enter(p, TunnelERSPAN, id, etherTypeBridged, off+size, end)
}

// udpTunnel enters the tunnel that the ports name, if it is wanted; its payload is from off to end.
func (d *Decoder) udpTunnel(p *Packet, off, end int) Status {
	b := p.Data[min(off, len(p.Data)):min(end, len(p.Data))]
	switch {
	case p.DstPort == portVXLAN || p.DstPort == portVXLANOld:
		if d.mayEnter(p, TunnelVXLAN) && len(b) >= 8 && b[0]&0x08 != 0 { // VNI is valid
			return d.enter(p, TunnelVXLAN, binary.BigEndian.Uint32(b[4:])>>8, etherTypeBridged, off+8, end)
		}
	case p.DstPort == portGENEVE:
		if d.mayEnter(p, TunnelGENEVE) && len(b) >= 8 && b[0]>>6 == 0 { // version
			size := 8 + int(b[0]&0x3f)*4
			return d.enter(p, TunnelGENEVE, binary.BigEndian.Uint32(b[4:])>>8, binary.BigEndian.Uint16(b[2:]), off+size, end)
		}
	case p.DstPort == portGTPU || p.SrcPort == portGTPU:
		if d.mayEnter(p, TunnelGTPU) {
			if size := gtpu(b); size > 0 {
				return d.enter(p, TunnelGTPU, binary.BigEndian.Uint32(b[4:]), 0, off+size, end)
			}
		}
	case p.DstPort == portTeredo || p.SrcPort == portTeredo:
		if d.mayEnter(p, TunnelTeredo) {
			if size := teredo(b); size >= 0 {
				return d.enter(p, TunnelTeredo, 0, etherTypeIPv6, off+size, end)
			}
		}
	}
	return StatusOK
}

// gtpu returns the size of the GTPv1-U header that b begins with, with its extension headers; 0 if it is not one of a user
// packet (3GPP TS 29.281, 5).
func gtpu(b []byte) int {
	const versionAndType, extension, anyOptional, userPacket = 0xf0, 0x04, 0x07, 255
	if len(b) < 8 || b[0]&versionAndType != 0x30 || b[1] != userPacket {
		return 0
	}
	if b[0]&anyOptional == 0 {
		return 8
	}
	if len(b) < 12 {
		return 0
	}
	size := 12
	if b[0]&extension == 0 {
		return size
	}
	for next := b[11]; next != 0; next = b[size-1] {
		if len(b) <= size || b[size] == 0 {
			return 0
		}
		size += int(b[size]) * 4
		if len(b) < size {
			return 0
		}
	}
	return size
}

// teredo returns the size of the authentication and origin indications before the IPv6 packet in b (RFC 4380, 5.1.1),
// or -1 if they do not fit.
func teredo(b []byte) int {
	size := 0
	if len(b) >= 4 && b[0] == 0 && b[1] == 1 {
		size = 4 + int(b[2]) + int(b[3]) + 8 + 1 // identifier, authentication value, nonce, confirmation
	}
	if len(b) >= size+2 && b[size] == 0 && b[size+1] == 0 {
		size += 8
	}
	if len(b) <= size {
		return -1
	}
	return size
}
