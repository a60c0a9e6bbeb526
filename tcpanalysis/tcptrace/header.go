package tcptrace

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/tracelink"
)

// header finds the TCP header that tcptrace sees in a packet. tcptrace accepts header and datagram
// lengths that contradict each other, and reads options of any length, even behind the end of the
// list. So header reads the bytes itself and does not rely on the decoder.
type header struct {
	source tracelink.Source
	out    pcapio.Packet // the packet with that header, where the decoder sees another
	cut    bool          // not all options of the packet are there
}

// verdict is what tcptrace does with a packet.
type verdict uint8

const (
	notSeen verdict = iota // it passes over the frame
	notIP                  // it counts a packet of no IP version that it knows
	notTCP                 // IP with something else, or a later fragment
	short                  // TCP, but too little of it
	traced
)

const (
	ip6Header = 40
	tcpHeader = 20
)

// of returns p or a packet like it as tcptrace reads it, if it is TCP, and what tcptrace does with
// it.
//
// A packet inside a tunnel is read where the decoder found it, since the user chose to enter
// tunnels. A packet without bytes is taken as decoded.
func (h *header) of(p *pcapio.Packet) (*pcapio.Packet, verdict) {
	data, off, ok := p.Data, p.IPOff, true
	switch {
	case tracelink.Unseen(p):
		if p.Layers&pcapio.LayerTCP != 0 {
			return p, traced
		}
		return p, notTCP
	case p.TunnelDepth > 0:
		data = data[:min(len(data), tracelink.MaxFrame)]
	default:
		data, off, ok = h.source.Find(&p.Record)
	}
	h.cut = false
	if !ok {
		return p, notSeen
	}
	if off >= len(data) {
		return p, notIP
	}
	number := binary.BigEndian.Uint16
	b := data[off:]
	q := &h.out
	switch b[0] >> 4 {
	case 4:
		const minimum = 20
		if len(b) < minimum {
			return p, short
		}
		length, hdr := int(number(b[2:])), int(b[0]&15)*4
		if b[9] != pcapio.ProtoTCP || number(b[6:])&0x1fff != 0 {
			return p, notTCP
		}
		if off == p.IPOff && hdr == p.IPHdrLen && length == p.IPLen && h.same(p, off+hdr) {
			return p, traced
		}
		// A byte of the header may be missing. A length of 0 stands for segmentation offload, where
		// the decoder takes the frame's.
		if len(b) < hdr+tcpHeader || length < hdr+tcpHeader-1 {
			return p, short
		}
		*q = pcapio.Packet{Record: p.Record, IPVersion: 4, IPID: uint32(number(b[4:])), IPOff: off, IPHdrLen: hdr, IPLen: length}
		q.Src, q.Dst = mapped(b[12:]), mapped(b[16:])
		q.Data = data
		h.transport(q, off+hdr, b[hdr:min(len(b), max(length, hdr+tcpHeader))])
		return q, traced
	case 6:
		if len(b) < ip6Header {
			return p, short
		}
		length, hdr := ip6Header+int(number(b[4:])), ip6Header
		if b[6] != pcapio.ProtoTCP {
			var v verdict
			if hdr, v = extensions(b); v != traced {
				return p, v
			}
		} else if off == p.IPOff && hdr == p.IPHdrLen && length == p.IPLen && h.same(p, off+hdr) {
			return p, traced
		}
		if len(b) < hdr+tcpHeader {
			return p, short
		}
		*q = pcapio.Packet{Record: p.Record, IPVersion: 6, IPOff: off, IPHdrLen: hdr, IPLen: length}
		q.Src, q.Dst = [16]byte(b[8:]), [16]byte(b[24:])
		q.Data = data
		h.transport(q, off+hdr, b[hdr:])
		return q, traced
	}
	return p, notIP
}

// same tells whether the decoder found at off what tcptrace would find there.
func (h *header) same(p *pcapio.Packet, off int) bool {
	return p.Layers&pcapio.LayerTCP != 0 && p.TransportOff == off && len(p.Data) >= off+tcpHeader && len(p.Data) <= tracelink.MaxFrame &&
		(p.TCP.HdrLen == tcpHeader || p.TCP.Options == pcapio.OptTimestamps)
}

func mapped(ip4 []byte) (a [16]byte) {
	a[10], a[11] = 0xff, 0xff
	copy(a[12:], ip4[:4])
	return a
}

// extensions follows the extension headers of the IPv6 packet b and returns where TCP begins. As in
// tcptrace, a fragment header counts as 16 bytes, a later fragment counts as a first one unless its
// offset is 1024 or more, and an unknown protocol counts as an extension header.
func extensions(b []byte) (int, verdict) {
	next, at := b[6], ip6Header
	for at < len(b) {
		switch next {
		case pcapio.ProtoTCP:
			return at, traced
		case pcapio.ProtoUDP, pcapio.ProtoICMPv6, pcapio.ProtoNone:
			return 0, notTCP
		}
		if at+8 > len(b) {
			return 0, notTCP
		}
		size := 8 * (int(b[at+1]) + 1)
		if next == pcapio.ProtoFragment {
			if size = 16; b[at+2]&0xfc != 0 {
				return 0, notTCP
			}
		}
		next = b[at]
		at += size
	}
	return 0, notTCP
}

// transport reads the TCP header at off, of which b is what tcptrace looks at.
func (h *header) transport(q *pcapio.Packet, off int, b []byte) {
	number := binary.BigEndian.Uint16
	size := int(b[12]>>4) * 4
	q.Layers, q.Proto, q.TransportOff, q.PortsOK = pcapio.LayerTCP, pcapio.ProtoTCP, off, true
	q.SrcPort, q.DstPort = number(b), number(b[2:])
	q.TCP = pcapio.TCP{
		Seq: binary.BigEndian.Uint32(b[4:]), Ack: binary.BigEndian.Uint32(b[8:]),
		Flags: pcapio.TCPFlags(number(b[12:]) & 0x1ff), Window: number(b[14:]), Urgent: number(b[18:]), HdrLen: uint8(size),
	}
	h.cut = readOptions(&q.TCP, b, size)
}

// readOptions reads the options in b, which begins with the header and goes on behind it. Known
// kinds are taken with any length, their values from where they should be. It tells whether an
// option is longer than b, which ends the list.
func readOptions(t *pcapio.TCP, b []byte, size int) (cut bool) {
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
		if i+1 >= len(b) || i+length > len(b) {
			return true
		}
		if length == 0 {
			return false
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
	return false
}
