package pcapio

import "net/netip"

// Packet is a decoded record: the scalars of its headers by value, and offsets into Data for
// everything else. A [Decoder] fills the same Packet again and again; nothing in it but Data points
// anywhere.
//
// Four lengths are never confused: len(p.Data) was captured, p.OrigLen was on the wire, p.IPLen is
// the IP datagram with its header, p.PayloadLen is what the transport protocol carries. The last
// two come from the headers, so link-layer padding, a frame check sequence and a short snap length
// do not change them.
//
// Fields below "network layer" describe the innermost IP packet that was decoded; with
// [DecodeConfig.Tunnels] zero that is the outermost. Layers says which groups of fields are
// meaningful: a packet without [LayerTCP] has a zero TCP, except for later fragments of a segment
// (TCPInherited). A transport layer is in Layers if and only if Status is [StatusOK]. If the
// transport header is cut or bad, only the ports are kept.
type Packet struct {
	Record

	// Status is how decoding ended; exactly one per packet.
	Status Status
	// Layers is the set of headers that were found, outermost to innermost.
	Layers Layers

	// Link layer, of the outermost frame.

	// label at the bottom of the stack, entropy labels (RFC 6790) left out, if LayerMPLS
	MPLSLabel uint32
	// the last one before the network layer, after all tags; 0x8864 with PPPoE, 0x8847 with MPLS; 0
	// where the link has none
	EtherType uint16
	VLAN      uint16 // VLAN identifier (12 bits) of the outermost tag, if LayerVLAN
	InnerVLAN uint16 // VLAN identifier of the innermost tag, if there were two or more

	// Tunnel, when one was entered.

	TunnelDepth uint8  // how many were removed
	OuterProto  uint8  // IP protocol of the outermost IP packet
	Tunnel      Tunnel // the innermost tunnel that was removed
	// of the innermost tunnel: VNI, GRE key, PPTP call, TEID, ERSPAN session, L2TP session, MPLS
	// label, LISP instance
	TunnelID uint32
	OuterSrc [16]byte // source address of the outermost IP packet
	OuterDst [16]byte // destination address of the outermost IP packet

	// Network layer, if LayerIPv4 or LayerIPv6.

	IPVersion  uint8    // 4 or 6, else 0
	Proto      uint8    // IP protocol number of the transport, after all IPv6 extension headers
	TTL        uint8    // time to live or hop limit
	TOS        uint8    // type of service or traffic class: DSCP<<2 | ECN
	IPFlags    IPFlags  // fragmentation bits
	FragOffset uint16   // offset of this fragment in its datagram, in bytes
	IPID       uint32   // identification; of the fragment header for IPv6
	Src        [16]byte // source address; IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2)
	Dst        [16]byte // destination address
	IPOff      int      // offset of the IP header in Data
	// length of the IP header with options and extension headers (AH also in IPv4), in bytes
	IPHdrLen int
	// length of the whole IP datagram by its header, in bytes; the rest of the frame if the header
	// says 0
	IPLen int

	// Transport layer.

	PortsOK      bool   // SrcPort and DstPort are known, perhaps inherited from a first fragment
	SrcPort      uint16 // TCP, UDP, UDP-Lite, SCTP, DCCP
	DstPort      uint16
	TransportOff int // offset of the transport header in Data; 0 if it was not captured
	// offset of the transport payload in Data; may lie beyond len(Data) in a snapped packet
	PayloadOff int
	PayloadLen int // length of the transport payload by the headers, in bytes
	TCP        TCP // if LayerTCP; of TCPInherited only Seq
	// this is a later fragment of a TCP segment whose first fragment was seen: TCP.Seq is the
	// sequence number of the first payload byte here
	TCPInherited bool
	// if TCPInherited: offset of its payload in the segment's payload, in bytes
	TCPOffset uint16
	ICMP      ICMP // if LayerICMP or LayerICMPv6, or ICMP.Inherited
}

// TCP is the TCP header with the options that matter to measurement (RFC 9293, 7323, 2018, 6824,
// 7413).
type TCP struct {
	Seq, Ack  uint32     // as sent
	Window    uint16     // as sent: not yet scaled by WScale
	Urgent    uint16     // urgent pointer as sent
	Flags     TCPFlags   // control bits
	HdrLen    uint8      // header length with options, in bytes
	Options   TCPOptions // which options were present
	WScale    uint8      // shift count as sent, if OptWScale
	SACKCount uint8      // number of blocks in SACK, if OptSACK
	MSS       uint16     // if OptMSS
	TSval     uint32     // if OptTimestamps
	TSecr     uint32     // if OptTimestamps
	SACK      [4]SACKBlock
}

// SACKBlock is a received range of sequence numbers. Left is its first number, Right is its last
// plus one (RFC 2018, 3).
type SACKBlock struct{ Left, Right uint32 }

// ICMP is the ICMP or ICMPv6 header (RFC 792, RFC 4443). ID and Seq are meaningful in echo,
// timestamp and information messages.
type ICMP struct {
	Type, Code uint8
	Inherited  bool // this is a later fragment, with type and code of the first; ID and Seq are 0
	ID, Seq    uint16
}

// TCPFlags are the control bits of a TCP header.
type TCPFlags uint16

// Control bits (RFC 9293, 3.1; RFC 3168; AE: RFC 7560, formerly NS of RFC 3540).
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

// TCPOptions is a set of TCP options.
type TCPOptions uint8

// TCP options by their registered kinds.
const (
	OptMSS           TCPOptions = 1 << iota // kind 2
	OptWScale                               // kind 3
	OptSACKPermitted                        // kind 4
	OptSACK                                 // kind 5
	OptTimestamps                           // kind 8
	OptMPTCP                                // kind 30
	OptFastOpen                             // kind 34, or 254 with magic 0xF989
	// an option's length was impossible, or the capture ends inside the options
	OptMalformed
)

// IPFlags are the fragmentation bits of an IPv4 header or of an IPv6 fragment header.
type IPFlags uint8

// Fragmentation bits.
const (
	MoreFragments IPFlags = 1 << iota
	DontFragment
	ReservedBit
)

// SrcAddr returns the source address; the zero Addr if the packet has no IP layer.
func (p *Packet) SrcAddr() netip.Addr { return addrOf(p.IPVersion, &p.Src) }

// DstAddr returns the destination address; the zero Addr if the packet has no IP layer.
func (p *Packet) DstAddr() netip.Addr { return addrOf(p.IPVersion, &p.Dst) }

func addrOf(version uint8, a *[16]byte) netip.Addr {
	switch version {
	case 4:
		return netip.AddrFrom4([4]byte(a[12:]))
	case 6:
		return netip.AddrFrom16(*a)
	}
	return netip.Addr{}
}

// SrcAddrPort returns the source address and port; the port is 0 unless PortsOK. It is not valid
// for packets that are not IP.
func (p *Packet) SrcAddrPort() netip.AddrPort { return netip.AddrPortFrom(p.SrcAddr(), p.SrcPort) }

// DstAddrPort returns the destination address and port, as SrcAddrPort does.
func (p *Packet) DstAddrPort() netip.AddrPort { return netip.AddrPortFrom(p.DstAddr(), p.DstPort) }

// IsIP tells whether there is an IP packet, even if its header is cut or bad. Counters of IPv4 and
// IPv6 packets use it. [Status.HasIP] tells whether addresses, protocol and lengths are valid;
// analyses such as flows use that.
func (p *Packet) IsIP() bool { return p.IPVersion != 0 }

// IsFragment tells whether p is any fragment of a larger datagram, the first included.
func (p *Packet) IsFragment() bool { return p.FragOffset != 0 || p.IPFlags&MoreFragments != 0 }

// IsLaterFragment tells whether p is a fragment other than the first, so that it has no transport
// header.
func (p *Packet) IsLaterFragment() bool { return p.FragOffset != 0 }

// Payload returns what was captured of the transport payload; it may be shorter than p.PayloadLen.
// It is valid as long as p.Data.
func (p *Packet) Payload() []byte {
	if p.PayloadLen <= 0 || p.PayloadOff <= 0 || p.PayloadOff >= len(p.Data) {
		return nil
	}
	return p.Data[p.PayloadOff:min(p.PayloadOff+p.PayloadLen, len(p.Data))]
}

// Clone returns a copy of p whose Data stays valid for ever.
func (p *Packet) Clone() *Packet {
	c := *p
	c.Record = p.Record.Clone()
	return &c
}
