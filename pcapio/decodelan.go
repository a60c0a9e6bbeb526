package pcapio

import (
	"bytes"
	"encoding/binary"
)

// Local networks other than Ethernet and 802.11.

// fddi decodes an FDDI frame; only LLC frames carry IP (RFC 1188).
func (d *Decoder) fddi(p *Packet, off, end int) Status {
	if len(p.Data)-off < 13 {
		return StatusTruncatedLink
	}
	if p.Data[off]&0xf0 != 0x50 {
		return StatusNonIP
	}
	return d.llc(p, off+13, end)
}

// tokenRing decodes an 802.5 frame, with source routing information if the source address says so.
func (d *Decoder) tokenRing(p *Packet, off, end int) Status {
	if len(p.Data)-off < 14 {
		return StatusTruncatedLink
	}
	b := p.Data[off:]
	if b[1]&0xc0 != 0x40 {
		return StatusNonIP
	}
	off += 14
	if b[8]&0x80 != 0 {
		if len(b) < 16 {
			return StatusTruncatedLink
		}
		n := int(b[14] & 0x1f)
		if n < 2 {
			return StatusBadLink
		}
		off += n
	}
	return d.llc(p, off, end)
}

// fibreChannel decodes IP over Fibre Channel (RFC 2625): a network header with two addresses of 8
// bytes, then LLC.
func (d *Decoder) fibreChannel(p *Packet, off, end int) Status {
	if len(p.Data)-off < 16 {
		return StatusTruncatedLink
	}
	return d.llc(p, off+16, end)
}

// typed decodes frames whose EtherType is the last thing known of a header of size bytes, at typ.
func (d *Decoder) typed(p *Packet, off, end, typ, size int) Status {
	if len(p.Data)-off < size {
		return StatusTruncatedLink
	}
	return d.etherType(p, binary.BigEndian.Uint16(p.Data[off+typ:]), off+size, end)
}

// infiniband decodes IP over InfiniBand (LINKTYPE_IPOIB): the place of a global route header, of 40
// bytes, then EtherType and two reserved bytes (RFC 4391, 6).
func (d *Decoder) infiniband(p *Packet, off, end int) Status { return d.typed(p, off, end, 40, 44) }

// fireWire decodes IP over IEEE 1394 as Apple captures it: two addresses of 8 bytes and an
// EtherType (LINKTYPE_APPLE_IP_OVER_IEEE1394).
func (d *Decoder) fireWire(p *Packet, off, end int) Status { return d.typed(p, off, end, 16, 18) }

var (
	// and 1 or 7: Ethernet with check sequence, and without
	llcBridged = []byte{0xaa, 0xaa, 0x03, 0x00, 0x80, 0xc2, 0x00}
	// and a network layer protocol identifier
	llcNLPID  = []byte{0xfe, 0xfe, 0x03}
	llcRouted = []byte{0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00} // and an EtherType
)

// atm decodes multiprotocol encapsulation over ATM with LLC: routed or bridged packets (RFC 2684,
// 5) and PPP (RFC 2364, 6).
func (d *Decoder) atm(p *Packet, off, end int) Status {
	b := p.Data[min(off, len(p.Data)):]
	const bridged, nlpid = 10, 4
	switch {
	case len(b) >= 8 && bytes.HasPrefix(b, llcBridged) && (b[7] == 1 || b[7] == 7):
		p.Layers |= LayerLLC
		if b[7] == 1 {
			end -= 4
		}
		return d.ethernet(p, off+bridged, end)
	case bytes.HasPrefix(b, llcNLPID):
		if len(b) < nlpid {
			return StatusTruncatedLink
		}
		p.Layers |= LayerLLC
		switch b[3] {
		case 0xcc:
			return d.ipv4(p, off+nlpid, end)
		case 0x8e:
			return d.ipv6(p, off+nlpid, end)
		case 0xcf:
			return d.pppProtocol(p, off+nlpid, end)
		}
		return StatusNonIP
	}
	return d.llc(p, off, end)
}

// clip decodes Linux's classical IP over ATM, where the LLC header may be left out
// (LINKTYPE_ATM_CLIP).
func (d *Decoder) clip(p *Packet, off, end int) Status {
	b := p.Data[min(off, len(p.Data)):]
	if known := min(len(b), len(llcRouted)); bytes.Equal(b[:known], llcRouted[:known]) {
		return d.llc(p, off, end)
	}
	return d.ip(p, off, end)
}

// sunATM decodes a frame of SunATM devices: flags with the kind of traffic in the low four bits,
// then path and channel (LINKTYPE_SUNATM).
func (d *Decoder) sunATM(p *Packet, off, end int) Status {
	if len(p.Data)-off < 4 {
		return StatusTruncatedLink
	}
	const (
		lane, llc = 1, 2

		control = 0xff00 // in the place of the LAN emulation client's identifier
	)
	switch p.Data[off] & 0x0f {
	case llc:
		return d.atm(p, off+4, end)
	case lane:
		if len(p.Data)-off < 6 {
			return StatusTruncatedLink
		}
		if binary.BigEndian.Uint16(p.Data[off+4:]) == control {
			return StatusNonIP
		}
		return d.ethernet(p, off+6, end)
	}
	return StatusNonIP
}
