package tcptrace

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// header finds the TCP header that tcptrace takes a packet to have. It believes lengths that contradict each other, of the header
// and of the datagram, and reads options of any length, or behind the end of the list.
type header struct {
	out pcapio.Packet // the packet with that header, where the decoder sees another
}

const (
	ip6Header = 40
	tcpHeader = 20
)

// of returns p, a packet like it with another TCP header, or nil where tcptrace finds too little. It is for TCP only.
func (h *header) of(p *pcapio.Packet) *pcapio.Packet {
	decoded := p.Layers&pcapio.LayerTCP != 0
	if len(p.Data) < max(p.IPOff, p.TransportOff)+tcpHeader || p.Data[p.IPOff]>>4 != p.IPVersion {
		if decoded {
			return p // made without its bytes
		}
		return nil
	}
	off := p.TransportOff
	if p.IPVersion == 6 && p.IPHdrLen > ip6Header {
		// A fragment header is taken for 16 bytes, and a later fragment for a first one.
		off = p.IPOff + p.IPHdrLen + 8*fragmentHeaders(p.Data[p.IPOff:], p.IPHdrLen)
	}
	if off == 0 || len(p.Data) < off+tcpHeader {
		return nil
	}
	number := binary.BigEndian.Uint16
	b, ipLen := p.Data[off:], p.IPLen
	if p.IPVersion == 4 {
		// Not counted: 0, for segmentation offload, where the decoder takes the frame's length. A byte of the header may be missing.
		within := ipLen - p.IPHdrLen
		if number(p.Data[p.IPOff+2:]) == 0 || within < tcpHeader-1 {
			return nil
		}
		b = b[:min(len(b), max(within, tcpHeader))]
	} else if number(p.Data[p.IPOff+4:]) == 0 {
		ipLen = ip6Header
	}
	size := int(b[12]>>4) * 4
	if decoded && ipLen == p.IPLen && off == p.TransportOff && (size == tcpHeader || p.TCP.Options == pcapio.OptTimestamps) {
		return p
	}
	h.out = *p
	h.out.IPLen, h.out.TransportOff = ipLen, off
	h.out.Layers |= pcapio.LayerTCP
	h.out.SrcPort, h.out.DstPort = number(b), number(b[2:])
	h.out.TCP = pcapio.TCP{
		Seq: binary.BigEndian.Uint32(b[4:]), Ack: binary.BigEndian.Uint32(b[8:]),
		Flags: pcapio.TCPFlags(number(b[12:]) & 0x1ff), Window: number(b[14:]), Urgent: number(b[18:]), HdrLen: uint8(size),
	}
	readOptions(&h.out.TCP, b, size)
	return &h.out
}

// fragmentHeaders returns how many of the extension headers are of a fragment; b begins with an IPv6 header and its extension headers.
func fragmentHeaders(b []byte, length int) int {
	const fragment, authentication = 44, 51
	n := 0
	for next, at := b[6], ip6Header; at+8 <= min(length, len(b)); {
		size := 8 * (int(b[at+1]) + 1)
		switch next {
		case fragment:
			n, size = n+1, 8
		case authentication:
			size = 4 * (int(b[at+1]) + 2)
		}
		next = b[at]
		at += size
	}
	return n
}

// readOptions reads the options in b, which begins with the header and goes on behind it. Known kinds are taken with any length,
// their values from where they should be.
func readOptions(t *pcapio.TCP, b []byte, size int) {
	at := func(i int) uint32 { // 16 bits; what is missing is 0
		var two [2]byte
		if i < len(b) {
			copy(two[:], b[i:])
		}
		return uint32(binary.BigEndian.Uint16(two[:]))
	}
	for i := tcpHeader; i < min(size, len(b)); {
		kind := b[i]
		if kind <= 1 {
			i++
			continue
		}
		length := int(at(i) & 0xff)
		if length == 0 || i+length > len(b) {
			return
		}
		v := i + 2
		switch kind {
		case 2:
			t.Options |= pcapio.OptMSS
			t.MSS = uint16(at(v))
		case 3:
			t.Options |= pcapio.OptWScale
			t.WScale = uint8(at(v) >> 8)
		case 4:
			t.Options |= pcapio.OptSACKPermitted
		case 5:
			t.Options |= pcapio.OptSACK
			t.SACKCount = 0
			for ; v < i+length && v+8 <= len(b) && int(t.SACKCount) < len(t.SACK); v += 8 {
				t.SACK[t.SACKCount] = pcapio.SACKBlock{Left: at(v)<<16 | at(v+2), Right: at(v+4)<<16 | at(v+6)}
				t.SACKCount++
			}
		case 8:
			t.Options |= pcapio.OptTimestamps
			t.TSval, t.TSecr = at(v)<<16|at(v+2), at(v+4)<<16|at(v+6)
		}
		i += length
	}
}
