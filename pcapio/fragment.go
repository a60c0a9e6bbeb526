package pcapio

import (
	"encoding/binary"
	"hash/maphash"
	"time"
)

// fragmentCache remembers what later fragments lack and the first one has: the ports, or the ICMP
// type and code, and where the TCP payload begins. Its memory is fixed: a ring of entries in order
// of arrival, found through a table of chains. The newest entry replaces the oldest, so what is
// forgotten does not depend on the hash. The hash is keyed against crafted collisions.
type fragmentCache struct {
	size    int
	timeout uint64 // ns
	seed    maphash.Seed
	next    int32           // entry that is overwritten next
	heads   []int32         // index+1 of the newest entry of each chain, 0 for none; a power of two
	entries []fragmentEntry // nil until the first fragment is seen
	steps   int             // along chains; a test counts them
}

// fragmentKey is source, destination, protocol, version and identification (RFC 791, 3.2; RFC 8200,
// 4.5).
type fragmentKey [38]byte

type fragmentEntry struct {
	key              fragmentKey
	used             bool
	proto            uint8 // of the transport, after IPv6 extension headers
	srcPort, dstPort uint16
	icmp             bool   // type and code are in the place of ports
	tcp              bool   // seq and payload are set
	payload          uint16 // offset of the TCP payload in the datagram, as that of fragments
	seq              uint32 // sequence number of its first byte
	chain            int32  // index+1 of the next older entry in the same chain
	time             int64
}

func (c *fragmentCache) init(size int, timeout time.Duration) {
	c.size = size
	if size == 0 {
		c.size = DefaultFragmentCache
	}
	switch {
	case timeout == 0:
		c.timeout = uint64(DefaultFragmentTimeout)
	case timeout < 0:
		c.timeout = 1<<64 - 1
	default:
		c.timeout = uint64(timeout)
	}
	c.seed = maphash.MakeSeed()
}

func (c *fragmentCache) reset() {
	c.next = 0
	clear(c.heads)
	clear(c.entries)
}

// head returns the chain of key.
func (c *fragmentCache) head(key *fragmentKey) *int32 {
	return &c.heads[maphash.Bytes(c.seed, key[:])&uint64(len(c.heads)-1)]
}

// find returns the entry of key, nil if there is none.
func (c *fragmentCache) find(key *fragmentKey) *fragmentEntry {
	if c.entries == nil {
		return nil
	}
	for i := *c.head(key); i != 0; i = c.entries[i-1].chain {
		c.steps++
		if e := &c.entries[i-1]; e.key == *key {
			return e
		}
	}
	return nil
}

// remove takes e out of its chain.
func (c *fragmentCache) remove(e *fragmentEntry) {
	link := c.head(&e.key)
	for *link != 0 && &c.entries[*link-1] != e {
		c.steps++
		link = &c.entries[*link-1].chain
	}
	*link = e.chain
	e.used = false
}

// evicts tells whether the next entry replaces one that has not timed out.
func (c *fragmentCache) evicts(now int64) bool {
	return c.entries != nil && c.entries[c.next].used && age(c.entries[c.next].time, now) <= c.timeout
}

// add returns a fresh entry for key in place of the oldest.
func (c *fragmentCache) add(key *fragmentKey) *fragmentEntry {
	if c.entries == nil {
		heads := 1
		for heads < c.size {
			heads *= 2
		}
		c.heads = make([]int32, heads)
		c.entries = make([]fragmentEntry, c.size)
	}
	e := &c.entries[c.next]
	if e.used {
		c.remove(e)
	}
	head := c.head(key)
	*e = fragmentEntry{key: *key, used: true, chain: *head}
	*head = c.next + 1
	if c.next++; int(c.next) == len(c.entries) {
		c.next = 0
	}
	return e
}

// fragment remembers the ports of a first fragment, or gives those remembered to a later one. If
// several first fragments have the same identification, the newest counts, even if it has no ports.
func (d *Decoder) fragment(p *Packet) {
	if !p.Status.HasIP() {
		return
	}
	var e *fragmentEntry
	var key fragmentKey
	if d.frags.size > 0 {
		copy(key[:16], p.Src[:])
		copy(key[16:32], p.Dst[:])
		key[32], key[33] = d.fragProto, p.IPVersion
		binary.BigEndian.PutUint32(key[34:], p.IPID)
		e = d.frags.find(&key)
	}
	if p.FragOffset != 0 {
		if e == nil || age(e.time, p.Time) > d.frags.timeout {
			d.stats.FragmentMisses++
			return
		}
		d.stats.FragmentHits++
		p.Proto = e.proto
		if e.icmp {
			p.ICMP = ICMP{Type: uint8(e.srcPort), Code: uint8(e.dstPort), Inherited: true}
		} else {
			p.SrcPort, p.DstPort, p.PortsOK = e.srcPort, e.dstPort, true
			if e.tcp && p.FragOffset >= e.payload { // else it overlaps the header
				p.TCPInherited, p.TCPOffset = true, p.FragOffset-e.payload
				p.TCP.Seq = e.seq + uint32(p.TCPOffset)
			}
		}
		return
	}
	if e != nil {
		d.frags.remove(e)
	}
	icmp := p.Layers&(LayerICMP|LayerICMPv6) != 0
	if (p.PortsOK || icmp) && d.frags.size > 0 {
		if d.frags.evicts(p.Time) {
			d.stats.FragmentsEvicted++
		}
		e = d.frags.add(&key)
		e.proto, e.srcPort, e.dstPort, e.time = p.Proto, p.SrcPort, p.DstPort, p.Time
		if icmp {
			e.icmp, e.srcPort, e.dstPort = true, uint16(p.ICMP.Type), uint16(p.ICMP.Code)
		}
		if p.Layers&LayerTCP != 0 {
			e.tcp, e.payload, e.seq = true, uint16(p.PayloadOff-d.fragmentBase(p)), p.TCP.Seq
			if p.TCP.Flags&SYN != 0 {
				e.seq++ // it comes before the payload (RFC 9293, 3.4)
			}
		}
		d.stats.FirstFragments++
	}
}

// fragmentBase returns where in p.Data the part of the datagram begins that offsets of fragments
// count from.
func (d *Decoder) fragmentBase(p *Packet) int {
	if p.IPVersion == 4 {
		return p.IPOff + int(p.Data[p.IPOff]&0x0f)*4
	}
	return d.fragBase
}

// age is the time between two packets, whichever was first: times may jump back.
func age(a, b int64) uint64 {
	if a > b {
		a, b = b, a
	}
	return uint64(b) - uint64(a)
}
