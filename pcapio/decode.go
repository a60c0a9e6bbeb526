package pcapio

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/reeftools/reef/internal/iana"
)

// Defaults and bounds of [DecodeConfig].
const (
	DefaultTunnelDepth   = 4       // tunnels removed from one packet
	MaxTunnelDepth       = 16      // highest DecodeConfig.MaxTunnelDepth
	DefaultFragmentCache = 4096    // datagrams whose ports are remembered
	MaxFragmentCache     = 1 << 24 // highest DecodeConfig.FragmentCache
	// as hosts wait for reassembly (RFC 791, 3.2; RFC 8200, 4.5 says 60 s)
	DefaultFragmentTimeout = 30 * time.Second
)

// DecodeConfig says how a [Decoder] decodes. The zero value stays at the outermost IP packet and
// gives later fragments the ports of their first one.
type DecodeConfig struct {
	// Tunnels is the set of tunnels to enter; the packet is then the innermost one.
	Tunnels Tunnel
	// NetworkOnly stops behind the IP header and its extension headers, which takes about half the
	// time. It is for analyses that need neither ports nor payload. The transport fields of a
	// packet are then zero and its Layers end at the network layer. Status is StatusNetworkOnly for
	// each packet with a sound IP header, except that later fragments keep StatusFragment. All
	// other fields are the same. It excludes Tunnels.
	NetworkOnly bool
	// SkipTCPOptions leaves the TCP options unread, for analyses that do not need them:
	// TCP.Options and the fields of the options are then zero. All other fields are the same.
	SkipTCPOptions bool
	// VXLANPorts are UDP destination ports of VXLAN besides 4789 and 8472, if TunnelVXLAN is in
	// Tunnels.
	VXLANPorts []uint16
	// TPIDs are EtherTypes that announce a VLAN tag besides those of [IsTPID]. They must be 0x0600
	// or more.
	TPIDs []uint16
	// MaxTunnelDepth bounds how many tunnels are removed from one packet; 0 means
	// DefaultTunnelDepth.
	MaxTunnelDepth int
	// FragmentCache is how many fragmented datagrams are remembered. Their later fragments inherit
	// the ports of the first. 0 means DefaultFragmentCache, a negative number remembers none. The
	// oldest datagram is forgotten first.
	FragmentCache int
	// FragmentTimeout is how long, in packet time, a first fragment is remembered; 0 means
	// DefaultFragmentTimeout, negative sets no limit.
	FragmentTimeout time.Duration
}

// Validate tells what is wrong with c; the error is an [ErrConfig].
func (c *DecodeConfig) Validate() error {
	switch {
	case c.Tunnels&^TunnelAll != 0:
		return fmt.Errorf("%w: DecodeConfig.Tunnels has unknown bits %#x", ErrConfig, uint32(c.Tunnels&^TunnelAll))
	case c.NetworkOnly && c.Tunnels != 0:
		return fmt.Errorf("%w: DecodeConfig.NetworkOnly and Tunnels %v exclude each other", ErrConfig, c.Tunnels)
	case slices.ContainsFunc(c.TPIDs, func(typ uint16) bool { return typ < iana.EtherTypeMin }):
		return fmt.Errorf("%w: DecodeConfig.TPIDs %#x has one below %#x, which is a length", ErrConfig, c.TPIDs, iana.EtherTypeMin)
	case len(c.VXLANPorts) > 0 && c.Tunnels&TunnelVXLAN == 0:
		return fmt.Errorf("%w: DecodeConfig.VXLANPorts %d without TunnelVXLAN in Tunnels", ErrConfig, c.VXLANPorts)
	case c.MaxTunnelDepth < 0 || c.MaxTunnelDepth > MaxTunnelDepth:
		return fmt.Errorf("%w: DecodeConfig.MaxTunnelDepth %d is not in 0..%d", ErrConfig, c.MaxTunnelDepth, MaxTunnelDepth)
	case c.FragmentCache > MaxFragmentCache:
		return fmt.Errorf("%w: DecodeConfig.FragmentCache %d is over %d", ErrConfig, c.FragmentCache, MaxFragmentCache)
	}
	return nil
}

// DecodeStats counts what a [Decoder] did. Packets.Total() is the number of packets it was given.
type DecodeStats struct {
	// Packets by the status they ended with.
	Packets StatusCounts
	// Tunneled packets are those from which at least one tunnel was removed.
	Tunneled uint64
	// BeyondWire packets have an IP length that exceeds the frame. The decoder believes the IP
	// header.
	BeyondWire uint64
	// LengthInferred packets have an IP length of zero, as segmentation offload leaves it. The
	// decoder takes the frame's length.
	LengthInferred uint64
	// FirstFragments counts first fragments whose ports, or ICMP type and code, were remembered.
	// FragmentHits counts later fragments that inherited them, FragmentMisses those that did not.
	// FragmentHits + FragmentMisses is Packets[StatusFragment].
	FirstFragments, FragmentHits, FragmentMisses uint64
	// FragmentsEvicted are first fragments that were forgotten before DecodeConfig.FragmentTimeout,
	// since more than DecodeConfig.FragmentCache came after them.
	FragmentsEvicted uint64
}

// Account returns the number of packets, the number of those with a sound IP header, and the others
// by status. in = used + the sum of left.
func (s *DecodeStats) Account() (in, used uint64, left []Reason) {
	var without StatusCounts
	for status, n := range s.Packets {
		if Status(status).HasIP() {
			used += n
		} else {
			without[status] = n
		}
	}
	return used + without.Total(), used, without.Reasons()
}

// Merge adds the counts of o.
func (s *DecodeStats) Merge(o *DecodeStats) {
	s.Packets.Merge(&o.Packets)
	s.Tunneled += o.Tunneled
	s.BeyondWire += o.BeyondWire
	s.LengthInferred += o.LengthInferred
	s.FirstFragments += o.FirstFragments
	s.FragmentHits += o.FragmentHits
	s.FragmentMisses += o.FragmentMisses
	s.FragmentsEvicted += o.FragmentsEvicted
}

// Decoder makes packets of records: it is a [PacketReader]. It never allocates per packet and never
// fails on a packet: what is wrong with one is its Status. A Decoder is not for use by several
// goroutines at once.
type Decoder struct {
	src      RecordReader
	batches  RecordBatchReader // src, for ReadPackets
	cfgErr   error
	tunnels  Tunnel
	network  bool // NetworkOnly
	options  bool // not SkipTCPOptions
	maxDepth uint8

	tpids, vxlanPorts []uint16 // of DecodeConfig

	frags   fragmentCache
	stats   DecodeStats
	records []Record // scratch of ReadPackets

	// Of the packet at hand.

	depthLimit  uint8 // tunnels that may be removed from it
	linkHeaders int   // link-layer headers that may still come: bounds nesting
	fragProto   uint8 // names its datagram, with addresses and identification
	fragBase    int   // where in the packet an IPv6 fragment begins, after its fragment header
	inferred    bool  // IPLen was taken from the length of the frame
	// the tunnel is in the first of several fragments: the inner packet may be longer than it
	inFragment bool
}

// NewDecoder returns a Decoder of the records of src, which may be nil if only [Decoder.Decode] is
// used.
//
// With an invalid cfg ReadPacket returns the error of [DecodeConfig.Validate] and Decode leaves
// each packet StatusUndecoded.
func NewDecoder(src RecordReader, cfg DecodeConfig) *Decoder {
	d := &Decoder{cfgErr: cfg.Validate(), tunnels: cfg.Tunnels, network: cfg.NetworkOnly, options: !cfg.SkipTCPOptions,
		tpids: slices.Clone(cfg.TPIDs), vxlanPorts: slices.Clone(cfg.VXLANPorts)}
	if cfg.Tunnels != 0 {
		d.maxDepth = uint8(cfg.MaxTunnelDepth)
		if cfg.MaxTunnelDepth == 0 {
			d.maxDepth = DefaultTunnelDepth
		}
	}
	d.frags.init(cfg.FragmentCache, cfg.FragmentTimeout)
	d.setSource(src)
	return d
}

// Reset gives d another source. It forgets the counters and the remembered fragments and keeps the
// memory.
func (d *Decoder) Reset(src RecordReader) {
	d.setSource(src)
	d.stats = DecodeStats{}
	d.frags.reset()
}

func (d *Decoder) setSource(src RecordReader) {
	d.src, d.batches = src, nil
	if src != nil {
		d.batches = Batches(src)
	}
}

// Stats returns the counters so far.
func (d *Decoder) Stats() DecodeStats { return d.stats }

// ReadPacket reads the next record into p and decodes it. Errors are those of the source; a bad
// packet is no error.
func (d *Decoder) ReadPacket(p *Packet) error {
	if d.cfgErr != nil {
		return d.cfgErr
	}
	if d.src == nil {
		return io.EOF
	}
	if err := d.src.ReadRecord(&p.Record); err != nil {
		return err
	}
	d.Decode(p)
	return nil
}

// ReadPackets reads one packet, and then those that are already in memory, as many as fit in ps.
// They are the packets that [Decoder.ReadPacket] would give. It implements [PacketBatchReader].
func (d *Decoder) ReadPackets(ps []Packet) (int, error) {
	switch {
	case len(ps) == 0:
		return 0, errNoRoom
	case d.cfgErr != nil:
		return 0, d.cfgErr
	case d.batches == nil:
		return 0, io.EOF
	}
	if len(d.records) < len(ps) {
		d.records = make([]Record, len(ps))
	}
	n, err := d.batches.ReadRecords(d.records[:len(ps)])
	for i := range d.records[:n] {
		d.decode(&ps[i], &d.records[i])
	}
	return n, err
}

// statusRetry is returned through the decoding functions when a tunnel holds no sound IP packet:
// decode again without it.
const statusRetry = numStatus

// maxLinkHeaders bounds the nesting of link-layer headers in one packet.
const maxLinkHeaders = 32

// Decode decodes p.Record, which the caller has filled, into the rest of p.
func (d *Decoder) Decode(p *Packet) { d.decode(p, &p.Record) }

// decode makes p of r, which may be p's own.
//
// The functions it calls take the packet, the offset of their header in p.Data, and the offset at
// which the enclosing layer ends on the wire. That end may lie beyond the captured bytes in p.Data,
// so each function checks both.
func (d *Decoder) decode(p *Packet, r *Record) {
	if d.cfgErr != nil {
		*p = Packet{Record: *r}
		d.stats.Packets[StatusUndecoded]++
		return
	}
	d.depthLimit = d.maxDepth
	wire := max(r.OrigLen, len(r.Data))
	status := statusRetry
	for status == statusRetry { // ends: each retry lowers depthLimit
		reset(p, r)
		d.linkHeaders = maxLinkHeaders
		d.inferred, d.inFragment = false, false
		status = d.frame(p, wire-int(p.FCSLen))
	}
	p.Status = status
	if p.IPFlags&MoreFragments != 0 || p.FragOffset != 0 {
		d.fragment(p)
		if d.network {
			status = cutTransport(p)
		}
	}
	if status.HasIP() {
		d.countIP(p, wire)
	}
	d.stats.Packets[status]++
}

// frame decodes the whole record. Most traffic is plain Ethernet with IP. For it, frame does here
// what [Decoder.link] and two more calls would do.
func (d *Decoder) frame(p *Packet, end int) Status {
	if p.LinkType == LinkEthernet && len(p.Data) >= 14 {
		switch typ := binary.BigEndian.Uint16(p.Data[12:]); typ {
		case iana.EtherTypeIPv4:
			p.Layers, p.EtherType = LayerEthernet, typ
			return d.ipv4(p, 14, end)
		case iana.EtherTypeIPv6:
			p.Layers, p.EtherType = LayerEthernet, typ
			return d.ipv6(p, 14, end)
		}
	}
	return d.link(p, p.LinkType, 0, end)
}

// reset sets p.Record to r and zeroes the rest of p. It copies the record's fields one by one, as
// the reader has just written them. A copy of the struct would load two fields at once, and stall
// until both writes have left the store buffer.
func reset(p *Packet, r *Record) {
	time, origLen, iface, link, fcs, data := r.Time, r.OrigLen, r.Interface, r.LinkType, r.FCSLen, r.Data
	*p = Packet{}
	p.Time, p.OrigLen, p.Interface, p.LinkType, p.FCSLen, p.Data = time, origLen, iface, link, fcs, data
}

// cutTransport clears the transport layer of a fragment, as NetworkOnly promises. It was decoded
// only to find the protocol.
func cutTransport(p *Packet) Status {
	if p.Status.HasIP() && p.Status != StatusFragment {
		p.Status = StatusNetworkOnly
	}
	p.Layers &= LayerTCP - 1 | LayerAH | LayerTag
	p.PortsOK, p.SrcPort, p.DstPort = false, 0, 0
	p.TransportOff, p.PayloadOff, p.PayloadLen = 0, 0, 0
	p.TCP, p.TCPInherited, p.TCPOffset, p.ICMP = TCP{}, false, 0, ICMP{}
	return p.Status
}

// exceeds tells whether an IP packet of the given length does not fit between off and end. Only in
// a tunnel is that known to be wrong.
func (d *Decoder) exceeds(p *Packet, length, off, end int) bool {
	return p.TunnelDepth > 0 && length > end-off && !d.inFragment
}

// countIP keeps the counters that only concern IP packets.
func (d *Decoder) countIP(p *Packet, wire int) {
	if p.TunnelDepth > 0 {
		d.stats.Tunneled++
	} else if p.IPLen > wire-p.IPOff {
		d.stats.BeyondWire++
	}
	if d.inferred {
		d.stats.LengthInferred++
	}
}
