package edit

import (
	"fmt"

	"github.com/reeftools/reef/pcapio"
)

// DedupLayer says what of a packet a [DedupReader] compares.
type DedupLayer uint8

// What is compared. Packets that are not IP are always compared as whole frames.
const (
	// DedupFrame is all captured bytes, and the length on the wire.
	DedupFrame DedupLayer = iota
	// DedupNetwork is the IP packet, byte by byte: not the link layer, so neither MAC addresses nor
	// VLAN tags, nor padding. A packet that a router sent on is another one.
	DedupNetwork
	// DedupIP is the IP packet without what routers change on its way, so that the packet is a copy
	// one hop on too. Left out are the fields that RFC 4302, 3.3.3.1, lists as mutable in transit:
	// of IPv4 DSCP, ECN, the DF flag, TTL and header checksum; of IPv6 DSCP, ECN, flow label and
	// hop limit. MF and the fragment offset, mutable by that list, are compared: they tell
	// fragments apart. So are options and extension headers.
	DedupIP
)

var dedupLayerNames = [...]string{"frame", "network", "ip"}

// String returns "frame", "network" or "ip".
func (l DedupLayer) String() string {
	if int(l) < len(dedupLayerNames) {
		return dedupLayerNames[l]
	}
	return fmt.Sprintf("layer(%d)", uint8(l))
}

// ipContents finds what of IP packets is compared.
type ipContents struct {
	decoder *pcapio.Decoder
	packet  pcapio.Packet
	mutable bool   // fields are left out
	scratch []byte // of the packet without them
}

func newIPContents(cfg DedupConfig) *ipContents {
	decode := cfg.Decode
	decode.FragmentCache = -1
	return &ipContents{decoder: pcapio.NewDecoder(nil, decode), mutable: cfg.Layer == DedupIP}
}

// of returns the bytes of the IP packet in r that are compared, valid until the next call, and its
// length by its header. That is 0 if there is none.
func (c *ipContents) of(r *pcapio.Record) ([]byte, int) {
	p := &c.packet
	p.Record = *r
	c.decoder.Decode(p)
	if !p.Status.HasIP() || p.IPOff >= len(r.Data) {
		return nil, 0
	}
	data := p.Data[p.IPOff:min(p.IPOff+p.IPLen, len(p.Data))]
	if !c.mutable {
		return data, p.IPLen
	}
	c.scratch = append(c.scratch[:0], data...)
	clearMutable(c.scratch)
	return c.scratch, p.IPLen
}

// clearMutable sets what routers change of an IP header to 0, as far as it was captured.
func clearMutable(b []byte) {
	clearByte := func(i int, mask byte) {
		if i < len(b) {
			b[i] &^= mask
		}
	}
	if b[0]>>4 == 6 {
		clearByte(0, 0x0f) // traffic class and flow label
		clearByte(1, 0xff)
		clearByte(2, 0xff)
		clearByte(3, 0xff)
		clearByte(7, 0xff) // hop limit
		return
	}
	clearByte(1, 0xff)  // DSCP and ECN
	clearByte(6, 0x40)  // DF
	clearByte(8, 0xff)  // TTL
	clearByte(10, 0xff) // header checksum
	clearByte(11, 0xff)
}
