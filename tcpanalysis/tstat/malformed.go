package tstat

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// asTstat returns p as Tstat reads it. Tstat accepts every transport header that fits: it also
// reads those that the decoder rejects, because they contradict themselves or the IP length. Other
// packets are returned unchanged.
func (a *Analyzer) asTstat(p *pcapio.Packet) *pcapio.Packet {
	if p.Status != pcapio.StatusBadTransport || p.IsLaterFragment() || !p.PortsOK || p.TransportOff <= 0 {
		return p
	}
	size, layer := 20, pcapio.LayerTCP
	switch p.Proto {
	case pcapio.ProtoTCP:
	case pcapio.ProtoUDP:
		size, layer = 8, pcapio.LayerUDP
	default:
		return p
	}
	// The header must end in what was captured, and at most one byte behind the IP packet, as Tstat
	// counts.
	if p.TransportOff+size > len(p.Data) || p.TransportOff+size > p.IPOff+p.IPLen+1 {
		return p
	}
	q := &a.believed
	*q = *p
	q.Layers |= layer
	b := p.Data[p.TransportOff:]
	if layer == pcapio.LayerTCP {
		size = int(b[12]>>4) * 4
		q.TCP = pcapio.TCP{Seq: binary.BigEndian.Uint32(b[4:]), Ack: binary.BigEndian.Uint32(b[8:]), Window: binary.BigEndian.Uint16(b[14:]),
			Flags: pcapio.TCPFlags(binary.BigEndian.Uint16(b[12:]) & 0x1ff), HdrLen: uint8(size)}
	}
	q.PayloadOff, q.PayloadLen = p.TransportOff+size, p.IPLen-p.IPHdrLen-size
	return q
}
