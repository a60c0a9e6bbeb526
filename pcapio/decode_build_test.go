package pcapio

import "github.com/reeftools/reef/internal/lab/frames"

// The builders of package frames by short names, for tables.
var (
	cat, u16, u32, with = frames.Cat, frames.U16, frames.U32, frames.With
	eth, vlanTag        = frames.Eth, frames.VLANTag
	ip4, ip4with, ip6   = frames.IPv4, frames.IPv4With, frames.IPv6
	fragmentHeader      = frames.FragmentHeader
	tcpSeg, udpSeg      = frames.TCP, frames.UDP
	icmpMsg             = frames.ICMP
)

var tsOption = cat([]byte{1, 1, 8, 10}, u32(111, 222))

// packetOf makes a record of data as if it was captured whole.
func packetOf(link LinkType, data []byte) *Packet {
	return &Packet{Record: Record{LinkType: link, OrigLen: len(data), Data: data}}
}

// decodeOne decodes data with a new Decoder.
func decodeOne(link LinkType, data []byte, tunnels Tunnel) *Packet {
	p := packetOf(link, data)
	NewDecoder(nil, DecodeConfig{Tunnels: tunnels}).Decode(p)
	return p
}
