package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
)

// transport decodes what an IP packet carries. A header that does not fit between off and end
// contradicts the IP length (StatusBadTransport); one that fits but was not captured whole is
// StatusTruncatedTransport. In both cases the ports are still known if their four bytes are there,
// but no transport layer is in Layers.
func (d *Decoder) transport(p *Packet, proto uint8, off, end int) Status {
	if off < len(p.Data) && off < end {
		p.TransportOff = off
	}
	switch proto {
	case ProtoTCP:
		return d.tcp(p, off, end)
	case ProtoUDP:
		return d.udp(p, off, end)
	case ProtoICMP:
		return icmp(p, LayerICMP, off, end)
	case ProtoICMPv6:
		return icmp(p, LayerICMPv6, off, end)
	case ProtoIPv4, ProtoIPv6:
		if t := ipTunnel(p.IPVersion, proto); d.mayEnter(p, t) {
			if proto == ProtoIPv4 {
				return d.enter(p, t, 0, iana.EtherTypeIPv4, off, end)
			}
			return d.enter(p, t, 0, iana.EtherTypeIPv6, off, end)
		}
	case ProtoGRE:
		if d.mayEnter(p, TunnelGRE) || d.mayEnter(p, TunnelERSPAN) {
			return d.gre(p, off, end)
		}
	case ProtoEtherIP, ProtoL2TP, ProtoMPLS, ProtoEthernet:
		if d.tunnels != 0 {
			return d.protoTunnel(p, proto, off, end)
		}
	case ProtoSCTP:
		return sctp(p, off, end)
	case ProtoDCCP:
		return dccp(p, off, end)
	case ProtoUDPLite:
		return udpLite(p, off, end)
	case ProtoESP:
		p.Layers |= LayerESP
	}
	return other(p, off, end)
}

// other ends the decoding at a protocol that is not decoded further.
func other(p *Packet, off, end int) Status {
	p.PayloadOff = off
	p.PayloadLen = end - off
	return StatusUnknownTransport
}

// ports reads the two ports that begin most transport headers, and tells whether a header of size
// bytes is there as a whole: then the status is StatusOK.
func ports(p *Packet, size, off, end int) Status {
	captured := len(p.Data) - off
	if captured >= 4 && end-off >= 4 {
		p.SrcPort = binary.BigEndian.Uint16(p.Data[off:])
		p.DstPort = binary.BigEndian.Uint16(p.Data[off+2:])
		p.PortsOK = true
	}
	if end-off < size {
		return StatusBadTransport
	}
	if captured < size {
		return StatusTruncatedTransport
	}
	return StatusOK
}

// tcp decodes a TCP header (RFC 9293, 3.1). Its fixed 20 bytes decide the status: options that the
// snap length cut, or that contradict themselves, leave StatusOK and set OptMalformed.
func (d *Decoder) tcp(p *Packet, off, end int) Status {
	if s := ports(p, 20, off, end); s != StatusOK {
		return s
	}
	b := p.Data[off:]
	header := int(b[12]>>4) * 4
	if header < 20 || header > end-off {
		return StatusBadTransport
	}
	p.Layers |= LayerTCP
	t := &p.TCP
	t.Seq = binary.BigEndian.Uint32(b[4:])
	t.Ack = binary.BigEndian.Uint32(b[8:])
	t.Flags = TCPFlags(binary.BigEndian.Uint16(b[12:]) & 0x1ff)
	t.Window = binary.BigEndian.Uint16(b[14:])
	t.Urgent = binary.BigEndian.Uint16(b[18:])
	t.HdrLen = uint8(header)
	p.PayloadOff = off + header
	p.PayloadLen = end - off - header
	if header > 20 && d.options {
		t.options(b[20:min(header, len(b))], header-20)
	}
	return StatusOK
}

// udp decodes a UDP header (RFC 768). Its length may be shorter than the IP payload, not longer,
// unless the packet is the first of several fragments. Length 0 means the whole IP payload in IPv6
// (RFC 2675, 4), and in IPv4 if the IP length is 0 too.
func (d *Decoder) udp(p *Packet, off, end int) Status {
	if s := ports(p, 8, off, end); s != StatusOK {
		return s
	}
	length := int(binary.BigEndian.Uint16(p.Data[off+4:]))
	if length == 0 && (p.IPVersion == 6 || d.inferred) {
		length = end - off
	}
	if length > end-off && p.IPFlags&MoreFragments != 0 {
		length = end - off
	}
	if length < 8 || length > end-off {
		return StatusBadTransport
	}
	p.Layers |= LayerUDP
	p.PayloadOff = off + 8
	p.PayloadLen = length - 8
	if d.tunnels != 0 {
		return d.udpTunnel(p, off+8, off+length)
	}
	return StatusOK
}

// udpLite decodes a UDP-Lite header (RFC 3828), whose third field is the checksum coverage.
func udpLite(p *Packet, off, end int) Status {
	if s := ports(p, 8, off, end); s != StatusOK {
		return s
	}
	coverage := int(binary.BigEndian.Uint16(p.Data[off+4:]))
	if coverage != 0 && coverage < 8 || coverage > end-off && p.IPFlags&MoreFragments == 0 {
		return StatusBadTransport
	}
	p.Layers |= LayerUDPLite
	p.PayloadOff = off + 8
	p.PayloadLen = end - off - 8
	return StatusOK
}

// sctp decodes the common header of SCTP (RFC 9260, 3.1); the payload is its chunks.
func sctp(p *Packet, off, end int) Status {
	if s := ports(p, 12, off, end); s != StatusOK {
		return s
	}
	p.Layers |= LayerSCTP
	p.PayloadOff = off + 12
	p.PayloadLen = end - off - 12
	return StatusOK
}

// dccp decodes the generic header of DCCP (RFC 4340, 5.1), of 12 bytes or, with extended sequence
// numbers, 16.
func dccp(p *Packet, off, end int) Status {
	if s := ports(p, 12, off, end); s != StatusOK {
		return s
	}
	header := int(p.Data[off+4]) * 4
	smallest := 12
	if p.Data[off+8]&1 != 0 { // X
		smallest = 16
	}
	if header < smallest || header > end-off {
		return StatusBadTransport
	}
	p.Layers |= LayerDCCP
	p.PayloadOff = off + header
	p.PayloadLen = end - off - header
	return StatusOK
}

// icmp decodes the first eight bytes of an ICMP (RFC 792) or ICMPv6 message (RFC 4443).
func icmp(p *Packet, layer Layers, off, end int) Status {
	if end-off < 8 {
		return StatusBadTransport
	}
	if len(p.Data)-off < 8 {
		return StatusTruncatedTransport
	}
	b := p.Data[off:]
	p.Layers |= layer
	p.ICMP = ICMP{Type: b[0], Code: b[1], ID: binary.BigEndian.Uint16(b[4:]), Seq: binary.BigEndian.Uint16(b[6:])}
	p.PayloadOff = off + 8
	p.PayloadLen = end - off - 8
	return StatusOK
}
