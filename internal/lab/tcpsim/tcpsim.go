// Package tcpsim makes the packets of TCP conversations between two hosts by
// hand, segment by segment, for tests that know the right answer because they
// say what happens.
package tcpsim

import (
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// Start is the time of a segment whose At is 0, 2001-09-09 01:46:40 UTC, in ns since 1970.
const Start = 1e18

// Segment is what one host sends to the other: A, the client, is 10.0.0.1 or fd00::1 at port 1000
// and B is 10.0.0.2 or fd00::2 at port 80.
type Segment struct {
	At         int64  // in ns after Start
	B          bool   // sent by B
	UDP        bool   // a UDP datagram, which uses nothing of TCP
	Port       uint16 // of A; 0 for 1000
	Flags      pcapio.TCPFlags
	Seq, Ack   uint32
	Len        int    // bytes of payload, all 0
	Payload    string // instead of Len
	Window     uint16 // 0 for that of Hosts
	ZeroWindow bool   // a window of 0, whatever Hosts says
	Options    pcapio.TCPOptions
	WScale     uint8
	MSS        uint16
	Timestamps [2]uint32          // TSval and TSecr; zeros for no such option
	SACK       []pcapio.SACKBlock // none for no such option
	ID         uint16             // IPv4 identification; 0 for a new one
	SameID     bool               // the identification and checksum of the packet before
	Checksum   uint16             // of TCP or UDP, need not be right; 0 for a new one
}

// Hosts are the two ends. The zero value speaks IPv4.
type Hosts struct {
	V6     bool
	Window uint16 // of segments that give none
	ID     uint16 // the last identification given to a packet
}

// Packet returns the decoded packet that carries s, with no link header. Its bytes are 0 but for
// the IPv4 total length, the UDP length, the checksum of TCP or UDP, and the payload.
func (h *Hosts) Packet(s Segment) *pcapio.Packet {
	if !s.SameID {
		h.ID++
	}
	if s.ID == 0 {
		s.ID = h.ID
	}
	if s.Checksum == 0 {
		s.Checksum = h.ID
	}
	s.Len = max(s.Len, len(s.Payload))
	p := &pcapio.Packet{Status: pcapio.StatusOK, PortsOK: true, SrcPort: 1000, DstPort: 80, TTL: 64, PayloadLen: s.Len}
	p.Time = Start + s.At
	h.address(p, s)
	header := 20
	if s.UDP {
		header, p.Proto, p.Layers = 8, 17, p.Layers|pcapio.LayerUDP
	} else {
		p.Proto, p.Layers, p.TCP = 6, p.Layers|pcapio.LayerTCP, h.tcp(s)
	}
	p.TransportOff = p.IPHdrLen
	p.PayloadOff = p.TransportOff + header
	p.IPLen = p.PayloadOff + s.Len
	p.OrigLen = p.IPLen
	p.Data = make([]byte, p.IPLen)
	fill(p, s)
	return p
}

// address gives p the IP header of s.
func (h *Hosts) address(p *pcapio.Packet, s Segment) {
	if h.V6 {
		p.IPVersion, p.IPHdrLen, p.Layers = 6, 40, pcapio.LayerIPv6
		p.Src, p.Dst = [16]byte{0: 0xfd, 15: 1}, [16]byte{0: 0xfd, 15: 2}
	} else {
		p.IPVersion, p.IPHdrLen, p.Layers, p.IPID = 4, 20, pcapio.LayerIPv4, uint32(s.ID)
		p.Src, p.Dst = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 2}
	}
	if s.Port != 0 {
		p.SrcPort = s.Port
	}
	if s.B {
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
}

// tcp returns the TCP header of s.
func (h *Hosts) tcp(s Segment) pcapio.TCP {
	if s.Window == 0 && !s.ZeroWindow {
		s.Window = h.Window
	}
	tcp := pcapio.TCP{Seq: s.Seq, Ack: s.Ack, Flags: s.Flags, HdrLen: 20, Window: s.Window, Options: s.Options, WScale: s.WScale, MSS: s.MSS}
	if s.Timestamps != [2]uint32{} {
		tcp.Options |= pcapio.OptTimestamps
		tcp.TSval, tcp.TSecr = s.Timestamps[0], s.Timestamps[1]
	}
	if len(s.SACK) > 0 {
		tcp.Options |= pcapio.OptSACK
		tcp.SACKCount = uint8(copy(tcp.SACK[:], s.SACK))
	}
	return tcp
}

// fill writes the bytes of p that an analysis looks at.
func fill(p *pcapio.Packet, s Segment) {
	if p.IPVersion == 4 {
		binary.BigEndian.PutUint16(p.Data[2:], uint16(p.IPLen))
	}
	transport := p.Data[p.TransportOff:]
	if s.UDP {
		binary.BigEndian.PutUint16(transport[4:], uint16(8+s.Len))
		binary.BigEndian.PutUint16(transport[6:], s.Checksum)
	} else {
		binary.BigEndian.PutUint16(transport[16:], s.Checksum)
	}
	copy(p.Data[p.PayloadOff:], s.Payload)
}
