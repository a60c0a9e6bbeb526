package pcapio

import "encoding/binary"

// Frames that a capture card, a router or a modem recorded in an envelope of its own.

// withFCS removes the frame check sequence that a link type always has. If the file declares one,
// it was removed before.
func withFCS(p *Packet, end int) int {
	if p.FCSLen == 0 {
		end -= 4
	}
	return end
}

// netAnalyzer decodes an Ethernet frame with its check sequence, behind skip bytes: a header of
// four bytes and, in transparent mode, the preamble (LINKTYPE_NETANALYZER,
// LINKTYPE_NETANALYZER_TRANSPARENT).
func (d *Decoder) netAnalyzer(p *Packet, off, end, skip int) Status {
	return d.ethernet(p, off+skip, withFCS(p, end))
}

// erf decodes a record of the Extensible Record Format (LINKTYPE_ERF; Endace, ERF types): time
// stamp, type, flags, record length, loss counter, wire length, extension headers of 8 bytes, and a
// payload by type.
func (d *Decoder) erf(p *Packet, off, end int) Status {
	if len(p.Data)-off < 16 {
		return StatusTruncatedLink
	}
	typ := p.Data[off+8]
	off += 16
	for more := typ; more&0x80 != 0; off += 8 {
		if len(p.Data)-off < 8 {
			return StatusTruncatedLink
		}
		more = p.Data[off]
	}
	switch typ & 0x7f {
	case 2, 11, 16, 20: // Ethernet, also with colour or hash: behind an offset and a padding byte
		return d.ethernet(p, off+2, withFCS(p, end))
	case 1, 10, 15, 19: // packet over SONET, also with colour or hash
		return d.pos(p, off, end)
	case 5, 17: // the same on several channels: with a header of 4 bytes
		return d.pos(p, off+4, end)
	case 22:
		return d.ipv4(p, off, end)
	case 23:
		return d.ipv6(p, off, end)
	}
	return StatusNonIP
}

// pos decodes packet over SONET, which may be PPP or Cisco HDLC.
func (d *Decoder) pos(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	switch binary.BigEndian.Uint16(p.Data[off:]) {
	case 0x0f00, 0x8f00:
		return d.chdlc(p, off, end)
	case 0xff03:
		return d.ppp(p, off, end)
	}
	return StatusNonIP
}

// juniper decodes the header of Juniper's routers (tcpdump's print-juniper.c): a magic number,
// flags, extensions. What follows has inner's link-layer header, or none at all.
func (d *Decoder) juniper(p *Packet, inner LinkType, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	const (
		magic     = 0x4d4743
		noL2, ext = 0x02, 0x80
	)
	if binary.BigEndian.Uint32(b)>>8 != magic {
		return StatusBadLink
	}
	size := 4
	if b[3]&ext != 0 {
		if len(b) < 6 {
			return StatusTruncatedLink
		}
		size = 6 + int(binary.BigEndian.Uint16(b[4:]))
	}
	if b[3]&noL2 == 0 {
		if len(b) < size {
			return StatusTruncatedLink
		}
		return d.link(p, inner, off+size, end)
	}
	size += 4 // what they hold is not published
	if len(b) < size {
		return StatusTruncatedLink
	}
	if len(b) > size && b[size]>>4 != 4 && b[size]>>4 != 6 {
		return StatusNonIP
	}
	return d.ip(p, off+size, end)
}

// docsis decodes a MAC frame of cable modems (CM-SP-MULPI, 6.2): frame control, length of the
// extended header, length, extended header, header check sequence. Those that carry packets have an
// Ethernet frame with its check sequence, encrypted if an element says so.
func (d *Decoder) docsis(p *Packet, off, end int) Status {
	if len(p.Data)-off < 6 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	const (
		packet, isolated = 0, 2 // types of frame

		hasExtended = 1
	)
	if typ := b[0] >> 6; typ != packet && typ != isolated {
		return StatusNonIP
	}
	size := 6
	if b[0]&hasExtended != 0 {
		size += int(b[1])
		if len(b) < size {
			return StatusTruncatedLink
		}
		if docsisEncrypted(b[4 : size-2]) {
			return StatusNonIP
		}
	}
	return d.ethernet(p, off+size, withFCS(p, end))
}

// docsisEncrypted tells whether an element of an extended header is one of baseline privacy with
// its enable bit set: types 3, 4 (up and down) and 7 (up, version 2).
func docsisEncrypted(b []byte) bool {
	for len(b) > 0 {
		typ, n := b[0]>>4, int(b[0]&0x0f)
		if len(b) < 1+n {
			return false
		}
		if (typ == 3 || typ == 4 || typ == 7) && n >= 2 && b[2]&0x80 != 0 {
			return true
		}
		b = b[1+n:]
	}
	return false
}
