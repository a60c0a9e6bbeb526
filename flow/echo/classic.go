package echo

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pcapio"
)

// Classic follows tshark: it gives out each IPv4 packet with an ICMP echo message anywhere in it,
// and matches replies by tshark's rule. It is a [pcapio.PacketWriter] for packets decoded with
// [pcapio.TunnelAll], since tshark looks into every tunnel.
//
// A reply belongs to the latest request between the same two hosts, in either direction and at any
// distance in time, with the same identifier, sequence number and ICMP checksum (corrected for the
// type). Not matched are a reply with other data or a wrong checksum, a second reply, and a message
// that an ICMP error quotes. Fragmented datagrams are reassembled, and count with the packet that
// completes them.
type Classic struct {
	dst      MessageWriter
	err      error // of dst; sticky
	stats    ClassicStats
	max      int
	requests map[classicKey]classicRequest // at most max
	older    map[classicKey]classicRequest // those before; dropped when requests is full again
	frags    assembler

	depth  [pcapio.MaxTunnelDepth]*pcapio.Decoder // depth[n] enters n tunnels
	all    *pcapio.Decoder                        // of quoted packets and whole datagrams
	outer  pcapio.Packet                          // the packet at hand, with fewer tunnels entered
	whole  pcapio.Packet                          // the datagram at hand, put together
	quoted pcapio.Packet                          // in an ICMP error

	message Message // of the packet at hand
}

type classicKey struct {
	low, high [16]byte // the two hosts, the smaller first
	id, seq   uint16
	sum       uint16 // what the checksum of a reply must be; 0 for 0xffff, the other zero
	udp       bool   // found in a tunnel over UDP; tshark keeps them apart
}

type classicRequest struct {
	time     int64
	answered bool
}

// ClassicConfig bounds a [Classic].
type ClassicConfig struct {
	// MaxPending is how many requests are remembered at least; tshark remembers all. 0 means
	// 786,432.
	MaxPending int
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *ClassicConfig) Validate() error {
	if c.MaxPending < 0 || c.MaxPending > limitPending {
		return fmt.Errorf("%w: MaxPending %d is not in 0..%d", ErrConfig, c.MaxPending, limitPending)
	}
	return nil
}

// NewClassic returns a Classic. dst takes the messages in the order of the packets.
func NewClassic(cfg ClassicConfig, dst MessageWriter) (*Classic, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if dst == nil {
		return nil, fmt.Errorf("%w: no writer to take the messages", ErrConfig)
	}
	if cfg.MaxPending == 0 {
		cfg.MaxPending = DefaultMaxPending
	}
	return &Classic{dst: dst, max: cfg.MaxPending, requests: make(map[classicKey]classicRequest), older: make(map[classicKey]classicRequest),
		frags: newAssembler(), all: pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll})}, nil
}

// WritePacket takes the next packet.
func (c *Classic) WritePacket(p *pcapio.Packet) error {
	if c.dst == nil {
		return errZero
	}
	if c.err != nil {
		return c.err
	}
	c.stats.Packets++
	if p.TunnelDepth == 0 && p.Proto != pcapio.ProtoICMP && !p.IsFragment() || !p.IsIP() {
		c.stats.Other++
		return nil
	}
	outer := c.enter(p, 0)
	if outer.IPVersion == 4 && outer.IsFragment() && outer.IPOff+outer.IPLen <= len(outer.Data) {
		datagram := c.frags.add(outer)
		if datagram == nil {
			c.stats.Waiting++
			return nil
		}
		c.whole.Record = pcapio.Record{Time: p.Time, LinkType: pcapio.LinkIPv4, OrigLen: len(datagram), Data: datagram}
		c.all.Decode(&c.whole)
		p = &c.whole
	} else if outer.IsLaterFragment() {
		c.stats.Other++
		return nil
	}
	m := &c.message
	*m = Message{Time: p.Time, Type: -1, ID: -1, Seq: -1}
	c.network(m, p, outer)
	if !c.fields(m, p) {
		c.stats.Other++
		return nil
	}
	c.match(m, p)
	c.stats.Messages++
	c.err = c.dst.WriteMessage(m)
	return c.err
}

// Flush flushes the MessageWriter if that has a Flush. A Classic holds no messages back.
func (c *Classic) Flush() error {
	if c.dst == nil {
		return errZero
	}
	return cascade.Flush(c.err, c.dst)
}

// enter returns p as it is when only n tunnels are entered.
func (c *Classic) enter(p *pcapio.Packet, n uint8) *pcapio.Packet {
	if n >= p.TunnelDepth {
		return p
	}
	if c.depth[n] == nil {
		cfg := pcapio.DecodeConfig{MaxTunnelDepth: int(n), FragmentCache: -1}
		if n > 0 {
			cfg.Tunnels = pcapio.TunnelAll
		}
		c.depth[n] = pcapio.NewDecoder(nil, cfg)
	}
	c.outer.Record = p.Record
	c.depth[n].Decode(&c.outer)
	return &c.outer
}

// network fills in the outermost IPv4 header; first is the outermost packet.
func (c *Classic) network(m *Message, p, first *pcapio.Packet) {
	for n := uint8(1); first.IPVersion != 4; n++ {
		if n > p.TunnelDepth {
			return
		}
		first = c.enter(p, n)
	}
	m.IPv4, m.Src, m.Dst = true, [4]byte(first.Src[12:]), [4]byte(first.Dst[12:])
	m.IPLen, m.HdrLen = first.IPLen, 4*int(first.Data[first.IPOff]&0xf)
}

// fields fills in the first value that tshark finds for each field, in p and then in the packets
// that ICMP errors quote. It tells whether one of the messages is an echo request or reply.
func (c *Classic) fields(m *Message, p *pcapio.Packet) bool {
	// bound on the nesting: each level takes at least 28 bytes, and MaxTunnelDepth holds
	const headers = 16
	echo := false
	for range headers {
		b := icmpBytes(p)
		if len(b) < 6 { // tshark shows no field of less
			break
		}
		typ := int(b[0])
		if m.Type < 0 {
			m.Type = typ
		}
		echo = echo || typ == 0 || typ == 8
		switch typ {
		case 0, 8, 13, 14, 15, 16, 17, 18:
			if m.ID < 0 {
				m.ID = int(binary.BigEndian.Uint16(b[4:]))
			}
			if len(b) >= 8 && m.Seq < 0 {
				m.Seq = int(binary.BigEndian.Uint16(b[6:]))
			}
			return echo
		case 3, 4, 5, 11, 12: // what quotes
			if len(b) <= 8 {
				return echo
			}
			c.quoted.Record = pcapio.Record{LinkType: pcapio.LinkIPv4, OrigLen: len(b) - 8, Data: b[8:]}
			c.all.Decode(&c.quoted)
			p = &c.quoted
		default:
			return echo
		}
	}
	return echo
}

// icmpBytes returns what was captured of the ICMP message in p, empty if there is none.
func icmpBytes(p *pcapio.Packet) []byte {
	if p.Proto != pcapio.ProtoICMP || p.TransportOff == 0 {
		return nil
	}
	end := min(len(p.Data), p.IPOff+p.IPLen)
	return p.Data[min(p.TransportOff, end):end]
}

func (c *Classic) match(m *Message, p *pcapio.Packet) {
	b := icmpBytes(p)
	if len(b) < 8 || b[0] != 0 && b[0] != 8 {
		return
	}
	k := classicKey{low: p.Src, high: p.Dst, id: p.ICMP.ID, seq: p.ICMP.Seq, sum: binary.BigEndian.Uint16(b[2:])}
	if bytes.Compare(k.low[:], k.high[:]) > 0 {
		k.low, k.high = k.high, k.low
	}
	for n := range p.TunnelDepth {
		k.udp = k.udp || c.enter(p, n).Proto == pcapio.ProtoUDP
	}
	request := b[0] == 8
	if request {
		k.sum = ^onesSub(^k.sum, 0x0800) // type 8, code 0
	}
	if k.sum == 0xffff {
		k.sum = 0
	}
	if request {
		if len(c.requests) >= c.max {
			for _, old := range c.older {
				if !old.answered {
					c.stats.Forgotten++
				}
			}
			c.requests, c.older = c.older, c.requests
			clear(c.requests)
		}
		c.requests[k] = classicRequest{time: m.Time}
		return
	}
	in := c.requests
	r, ok := in[k]
	if !ok {
		in = c.older
		r, ok = in[k]
	}
	if !ok || r.answered {
		return
	}
	in[k] = classicRequest{time: r.time, answered: true}
	m.Matched, m.RespTime = true, m.Time-r.time
	c.stats.Matched++
}
