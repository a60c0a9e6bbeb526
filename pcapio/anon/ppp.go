package anon

import "github.com/reeftools/reef/pcapio"

// pppoe anonymises a PPPoE session (RFC 2516). Discovery has names in its tags and is cut.
func (a *Anonymizer) pppoe(off, end int) {
	if end-off < 6 {
		return
	}
	if a.packet.data[off+1] != 0 {
		a.unknown(off+6, ReasonLink)
		return
	}
	if n := a.u16(off + 4); n != 0 {
		end = a.padding(off+6+n, end)
	}
	a.pppProtocol(off+6, end)
}

// ppp anonymises a PPP frame, whose address and control bytes may be left out (RFC 1661; RFC 1662,
// 3.1).
func (a *Anonymizer) ppp(off, end int) {
	if end-off >= 2 && a.packet.data[off] == 0xff && a.packet.data[off+1] == 0x03 {
		off += 2
	}
	a.pppProtocol(off, end)
}

// pppProtocol goes by the protocol field, of one or two bytes. Control protocols have addresses and
// names and are cut.
func (a *Anonymizer) pppProtocol(off, end int) {
	if off >= end || a.packet.data[off]&1 == 0 && end-off < 2 {
		return
	}
	proto := int(a.packet.data[off])
	off++
	if proto&1 == 0 {
		proto = proto<<8 | int(a.packet.data[off])
		off++
	}
	switch proto {
	case 0x0021, 0x0057: // IPv4, IPv6
		a.ip(off, end)
	case 0x0281, 0x0283:
		a.mpls(off, end)
	default:
		a.unknown(off, ReasonLink)
	}
}

// mpls anonymises what is below a label stack (RFC 3032). Nothing says what that is. The decoder
// decides, so that it and the Anonymizer always agree.
func (a *Anonymizer) mpls(off, end int) {
	const mostLabels = 16 // what has more is no label stack
	body := off
	for bottom := false; !bottom; body += 4 {
		if body-off == 4*mostLabels {
			a.unknown(off, ReasonDamaged)
			return
		}
		if end-body < 4 {
			return
		}
		bottom = a.packet.data[body+2]&1 != 0
	}
	if body >= end || !a.deeper(off) {
		return
	}
	const pppMPLS = 0x81
	a.scratch = append(append(a.scratch[:0], 0x02, pppMPLS), a.packet.data[off:end]...)
	found := a.ask(pcapio.LinkPPP, a.scratch, end)
	if found.IsIP() && found.Layers&pcapio.LayerEthernet == 0 {
		if found.IPOff-2+off == body {
			a.ip(body, end)
		} else {
			a.unknown(body, ReasonLink)
		}
		return
	}
	// A frame, with or without a control word (RFC 4385): the one that decodes to the same packet
	// as the label stack did.
	status, layers, at := found.Status, found.Layers, found.IPOff-2+off
	vlans := [2]uint16{found.VLAN, found.InnerVLAN}
	begin, fits := 0, 0
	for _, frame := range [2]int{body, body + 4} {
		if layers&pcapio.LayerEthernet == 0 || end-frame < 14 {
			continue
		}
		p := a.ask(pcapio.LinkEthernet, a.packet.data[frame:end], end)
		if p.Status == status && vlans == [2]uint16{p.VLAN, p.InnerVLAN} && p.Layers|pcapio.LayerMPLS|pcapio.LayerPPP == layers && (!p.IsIP() || p.IPOff+frame == at) {
			begin = frame
			fits++
		}
	}
	if fits != 1 {
		a.unknown(body, ReasonLink)
		return
	}
	a.ethernet(begin, end)
}

// ask has the decoder look at a frame that ends where end is in the record.
func (a *Anonymizer) ask(t pcapio.LinkType, frame []byte, end int) *pcapio.Packet {
	wire := len(frame)
	if end == len(a.packet.data) {
		wire += a.packet.missing
	}
	p := &a.probe
	p.Record = pcapio.Record{LinkType: t, OrigLen: wire, Data: frame}
	a.dec.Decode(p)
	return p
}
