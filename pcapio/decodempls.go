package pcapio

import "encoding/binary"

// Special-purpose MPLS labels (IANA; RFC 3032, 6790, 5586, 3429, 7274).
const (
	labelIPv4      = 0 // explicit null: IPv4 follows
	labelIPv6      = 2 // explicit null: IPv6 follows
	labelEntropy   = 7 // the next label is an entropy label
	labelGAL       = 13
	labelOAM       = 14
	labelExtension = 15 // the next label is special too
)

// labelStack reads a label stack (RFC 3032) at off. It returns the offset behind the stack and the
// last label. It ignores labels that say nothing about the payload: entropy labels and extended
// special-purpose labels. ok is false if the capture ends inside the stack.
func labelStack(data []byte, off int) (behind int, label uint32, ok bool) {
	skip := false
	for ; len(data)-off >= 4; off += 4 {
		entry := binary.BigEndian.Uint32(data[off:])
		switch l := entry >> 12; {
		case skip:
			skip = false
		case l == labelEntropy || l == labelExtension:
			skip = true
		default:
			label = l
		}
		if entry&0x100 != 0 { // bottom of stack
			return off + 4, label, true
		}
	}
	return off, label, false
}

// mpls decodes a label stack and what it carries.
func (d *Decoder) mpls(p *Packet, off, end int) Status {
	off, label, ok := labelStack(p.Data, off)
	if p.TunnelDepth == 0 {
		p.Layers |= LayerMPLS
		p.MPLSLabel = label
	}
	if !ok || len(p.Data) == off {
		return StatusTruncatedLink
	}
	switch label {
	case labelIPv4:
		return d.ipv4(p, off, end)
	case labelIPv6:
		return d.ipv6(p, off, end)
	case labelGAL, labelOAM:
		return StatusNonIP
	}
	return d.pseudowire(p, off, end)
}

// pseudowire decodes what is behind a label stack. The stack does not say what that is. It is IP,
// or an Ethernet frame with or without the control word of a pseudowire (RFC 4385, RFC 4448), and a
// frame may begin with any bits. So all are tried, and the best fit is taken.
func (d *Decoder) pseudowire(p *Packet, off, end int) Status {
	ip := ipFit(p.Data, off, end)
	if ip == fitSound {
		return d.ip(p, off, end)
	}
	frame, word := d.frameFit(p.Data, off, end), fitNot
	if p.Data[off]>>4 == 0 { // of a control word
		word = d.frameFit(p.Data, off+4, end)
	}
	switch best := max(ip, frame, word); {
	case best == fitNot:
		return StatusNonIP
	// before word: that fits as well where a frame begins with 0 and has a tag of four bytes
	case best == frame && frame >= fitMaybe:
		return d.ethernet(p, off, end)
	case best == word && word >= fitMaybe:
		return d.ethernet(p, off+4, end)
	case best == ip:
		return d.ip(p, off, end)
	}
	return StatusTruncatedLink
}
