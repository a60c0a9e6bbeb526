// Package conntab is the table in which the TCP analyses find the connection of a packet.
package conntab

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// Key names a connection whichever way its packets travel: the lower of the two endpoints comes first.
type Key struct {
	Lo, Hi         [16]byte
	LoPort, HiPort uint16
	Version        uint8
}

// KeyOf returns the key of p and whether p travels from the higher endpoint to the lower.
func KeyOf(p *pcapio.Packet) (k Key, down bool) {
	k.Version = p.IPVersion
	if less(&p.Dst, p.DstPort, &p.Src, p.SrcPort) {
		k.Lo, k.Hi, k.LoPort, k.HiPort = p.Dst, p.Src, p.DstPort, p.SrcPort
		return k, true
	}
	k.Lo, k.Hi, k.LoPort, k.HiPort = p.Src, p.Dst, p.SrcPort, p.DstPort
	return k, false
}

func less(a *[16]byte, ap uint16, b *[16]byte, bp uint16) bool {
	if x, y := binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8]); x != y {
		return x < y
	}
	if x, y := binary.BigEndian.Uint64(a[8:]), binary.BigEndian.Uint64(b[8:]); x != y {
		return x < y
	}
	return ap < bp
}
