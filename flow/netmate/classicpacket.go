package netmate

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// classicPacket is what NetMate reads of a frame.
type classicPacket struct {
	src, dst uint64 // address<<16 | port
	proto    uint8
	flags    uint8  // TCP
	ipHdrLen uint16 // bytes
	tcpHdr   uint16 // bytes
	ipLen    uint16 // total length
	udpLen   uint16 // UDP's length field
}

// frame is a captured frame that reads as zero where nothing was captured. NetMate has bytes of
// earlier frames there.
type frame []byte

func (f frame) u8(off int) uint8 {
	if off < len(f) {
		return f[off]
	}
	return 0
}

func (f frame) u16(off int) uint16 {
	if off+2 <= len(f) {
		return binary.BigEndian.Uint16(f[off:])
	}
	return uint16(f.u8(off))<<8 | uint16(f.u8(off+1))
}

func (f frame) u32(off int) uint32 { return uint32(f.u16(off))<<16 | uint32(f.u16(off+2)) }

// decode reads r as NetMate does. It returns StatusOK for the packets that its rule for TCP and UDP
// matches, else what was wrong.
func (p *classicPacket) decode(r *pcapio.Record) pcapio.Status {
	const dltATM = 11     // of RFC 1483 ATM, whose registered link type is 100
	const longest = 65536 // that NetMate's queue takes
	if r.OrigLen > longest {
		return pcapio.StatusBadLink
	}
	f := frame(r.Data)
	var ip int
	var etherType uint16
	switch r.LinkType {
	case pcapio.LinkEthernet:
		ip, etherType = 14, f.u16(12)
		if etherType == iana.EtherTypeVLAN {
			ip, etherType = 18, f.u16(16)
		}
	case pcapio.LinkRaw, pcapio.LinkRaw12:
		if f.u8(0)>>4 == 4 {
			etherType = iana.EtherTypeIPv4
		}
	case pcapio.LinkATM, dltATM:
		ip, etherType = 8, f.u16(6)
	// BSD loopback too: a 64-bit NetMate compares eight bytes with its address family of four
	default:
		return pcapio.StatusUnknownLink
	}
	if ip >= len(f) {
		return pcapio.StatusTruncatedLink
	}
	if etherType != iana.EtherTypeIPv4 {
		return pcapio.StatusNonIP
	}
	p.ipHdrLen = uint16(f.u8(ip)&0x0f) * 4
	trans := ip + int(p.ipHdrLen)
	if trans >= len(f) {
		return pcapio.StatusTruncatedTransport
	}
	p.proto = f.u8(ip + 9)
	switch p.proto {
	case pcapio.ProtoTCP:
		p.flags, p.tcpHdr, p.udpLen = f.u8(trans+13), uint16(f.u8(trans+12)>>4)*4, 0
	case pcapio.ProtoUDP:
		p.flags, p.tcpHdr, p.udpLen = 0, 0, f.u16(trans+4)
	default:
		return pcapio.StatusUnknownTransport
	}
	p.ipLen = f.u16(ip + 2)
	p.src = uint64(f.u32(ip+12))<<16 | uint64(f.u16(trans))
	p.dst = uint64(f.u32(ip+16))<<16 | uint64(f.u16(trans+2))
	return pcapio.StatusOK
}
