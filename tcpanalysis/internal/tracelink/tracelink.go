// Package tracelink finds IP packets in frames as tcptrace does, and Tstat,
// which took it from there. Unlike the decoder they look at a fixed place for
// most link types, whatever the frame announces, and in Ethernet behind at most
// one 802.1Q tag or PPPoE header.
package tracelink

import (
	"bytes"
	"encoding/binary"

	"github.com/reeftools/reef/pcapio"
)

// Source finds IP packets in the frames of a capture. The zero value is ready.
type Source struct {
	fddi int // where IP begins in FDDI frames, learned from the first one with IPv4; 0 before
	last struct {
		// of the last frame with IP, on links where tcptrace reuses it for a frame without IP
		data []byte
		off  int
	}
}

// fixedOffset has the link types on which tcptrace looks for IP always at the same place.
var fixedOffset = map[pcapio.LinkType]int{
	pcapio.LinkNull: 4, 8: 16 /* SLIP */, 11: 8 /* ATM with LLC, as libpcap numbers it inside */, pcapio.LinkATM: 8, pcapio.LinkRaw12: 0,
	pcapio.LinkRaw: 0, pcapio.LinkCHDLC: 4, pcapio.LinkWLAN: 24 + 8, pcapio.LinkSLL: 16, pcapio.LinkPrism: 144 + 24 + 8,
}

// MaxFrame is how many bytes of a frame tcptrace reads.
const MaxFrame = 65535

// Visible tells whether the IP packet that the decoder found in p, or the outermost one if it was
// tunneled, is where tcptrace looks for IP. A packet made without its bytes is visible.
func (s *Source) Visible(p *pcapio.Packet) bool {
	if Unseen(p) {
		return true
	}
	data, off, ok := s.Find(&p.Record)
	if !ok || p.TunnelDepth == 0 || off >= len(data) {
		return ok && off == p.IPOff
	}
	version := data[off] >> 4
	return off < p.IPOff && (version == 4 || version == 6)
}

// Unseen tells whether p was made without the bytes of its IP header.
func Unseen(p *pcapio.Packet) bool {
	return p.Status.HasIP() && (p.IPOff >= len(p.Data) || p.Data[p.IPOff]>>4 != p.IPVersion)
}

// Find returns the frame that tcptrace looks at when it is given r, and where in it IP begins; ok
// is false if it passes over r.
func (s *Source) Find(r *pcapio.Record) (data []byte, off int, ok bool) {
	data = r.Data[:min(len(r.Data), MaxFrame)]
	switch r.LinkType {
	case pcapio.LinkEthernet:
		off = ethernetOffset(data)
		return data, off, off > 0
	// an EtherType where Ethernet has it is asked for
	case pcapio.LinkTokenRing, pcapio.LinkRadiotap:
		off = 14
		if r.LinkType == pcapio.LinkRadiotap {
			off = 64 + 24
		}
		return data, off, len(data) >= 14 && isIP(binary.BigEndian.Uint16(data[12:]))
	case pcapio.LinkPPP:
		off = pppOffset(data)
		ok = off > 0
	case pcapio.LinkFDDI:
		if s.fddi == 0 {
			if i := bytes.Index(data, snapIPv4); i >= 0 {
				s.fddi = i + len(snapIPv4)
			}
		}
		off, ok = s.fddi, s.fddi > 0
	default:
		off, ok = fixedOffset[r.LinkType]
		return data, off, ok
	}
	// A frame without IP does not change tcptrace's buffer: the last frame with IP is counted once
	// more.
	if ok {
		s.last.data, s.last.off = append(s.last.data[:0], data...), off
	}
	return s.last.data, s.last.off, true
}

// snapIPv4 is the end of an LLC and SNAP header before IPv4 (RFC 1042).
var snapIPv4 = []byte{0xaa, 0x03, 0, 0, 0, 0x08, 0}

func isIP(etherType uint16) bool { return etherType == 0x0800 || etherType == 0x86dd }

// ethernetOffset returns where IP begins in an Ethernet frame, 0 if tcptrace finds none.
func ethernetOffset(b []byte) int {
	if len(b) < 14 {
		return 0
	}
	const tag, session, ipv4 = 0x8100, 0x8864, 0x0021
	switch t := binary.BigEndian.Uint16(b[12:]); {
	case isIP(t):
		return 14
	case t == tag && len(b) >= 18 && isIP(binary.BigEndian.Uint16(b[16:])):
		return 18
	case t == session && len(b) >= 22 && binary.BigEndian.Uint16(b[20:]) == ipv4:
		return 22
	}
	return 0
}

// pppOffset returns where IPv4 begins in a PPP frame, with or without HDLC's address and control or
// the first byte of the protocol; 0 if there is none.
func pppOffset(b []byte) int {
	switch {
	case len(b) >= 4 && b[0] == 0xff && b[2] == 0 && b[3] == 0x21:
		return 4
	case len(b) >= 2 && b[0] == 0 && b[1] == 0x21:
		return 2
	case len(b) >= 1 && b[0] == 0x21:
		return 1
	}
	return 0
}
