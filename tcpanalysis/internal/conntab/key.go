// Package conntab is the table in which the TCP analyses find the connection of
// a packet.
package conntab

import (
	"encoding/binary"
	"net/netip"

	"github.com/reeftools/reef/pcapio"
)

// Key names a connection in both directions: the lower of the two endpoints comes first. It
// consists of words, since comparing them is several times as fast as comparing byte arrays.
type Key struct {
	lo, hi [2]uint64 // addresses
	rest   uint64    // port of lo, port of hi, IP version
}

// Set makes k the key of p, and tells whether p travels from the higher endpoint to the lower.
func (k *Key) Set(p *pcapio.Packet) (down bool) {
	s0, s1 := binary.BigEndian.Uint64(p.Src[:8]), binary.BigEndian.Uint64(p.Src[8:])
	d0, d1 := binary.BigEndian.Uint64(p.Dst[:8]), binary.BigEndian.Uint64(p.Dst[8:])
	switch {
	case s0 != d0:
		down = d0 < s0
	case s1 != d1:
		down = d1 < s1
	default:
		down = p.DstPort < p.SrcPort
	}
	sPort, dPort := p.SrcPort, p.DstPort
	if down {
		s0, s1, sPort, d0, d1, dPort = d0, d1, dPort, s0, s1, sPort
	}
	// Word by word: loading a whole Key right after these stores would stall until they have left
	// the store buffer.
	k.lo[0], k.lo[1], k.hi[0], k.hi[1] = s0, s1, d0, d1
	k.rest = uint64(sPort)<<32 | uint64(dPort)<<16 | uint64(p.IPVersion)
	return down
}

func (k *Key) equal(o *Key) bool {
	return k.rest == o.rest && k.lo[1] == o.lo[1] && k.hi[1] == o.hi[1] && k.lo[0] == o.lo[0] && k.hi[0] == o.hi[0]
}

// Lo returns the lower endpoint.
func (k *Key) Lo() ([16]byte, uint16) { return bytesOf(k.lo), uint16(k.rest >> 32) }

// Hi returns the higher endpoint.
func (k *Key) Hi() ([16]byte, uint16) { return bytesOf(k.hi), uint16(k.rest >> 16) }

// Version returns the IP version.
func (k *Key) Version() uint8 { return uint8(k.rest) }

func bytesOf(a [2]uint64) (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], a[0])
	binary.BigEndian.PutUint64(b[8:], a[1])
	return b
}

// Addr returns the address in a, an IPv4 one without its prefix ::ffff:0:0/96.
func Addr(version uint8, a *[16]byte) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte(a[12:]))
	}
	return netip.AddrFrom16(*a)
}

// AddrPort returns an endpoint.
func AddrPort(version uint8, a *[16]byte, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(Addr(version, a), port)
}
