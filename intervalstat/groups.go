package intervalstat

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// Groups is a [Series] for each group of packets: one per protocol, network, VLAN or whatever a
// function tells. All have the same intervals. When one ends, the groups that had packets in it are
// given out in order.
type Groups[K comparable] struct {
	line    timeline[groupSet[K]]
	by      func(*pcapio.Packet) (K, bool)
	compare func(a, b K) int
	write   func(K, *Bucket) error
	spare   []*Bucket // of intervals that were given out
	keys    []K
}

// groupSet is the groups of one interval, and the one of the last packet, as packets come in
// bursts.
type groupSet[K comparable] struct {
	buckets map[K]*Bucket
	key     K
	last    *Bucket
}

// NewGroups returns a Groups. by tells the group of a packet, or false for a packet that is not to
// be counted; [ByProtocol], [ByVLAN] and [ByPrefix] are such functions. compare orders groups.
// write takes a group's interval and must not keep the bucket.
//
// The error is an [ErrConfig]. Config.Empty is not for groups, as their number is not known
// beforehand.
func NewGroups[K comparable](cfg Config, by func(*pcapio.Packet) (K, bool), compare func(a, b K) int, write func(K, *Bucket) error) (*Groups[K], error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Empty {
		return nil, fmt.Errorf("%w: Empty is not for groups", ErrConfig)
	}
	if cfg.MaxGroups == 0 {
		cfg.MaxGroups = DefaultGroups
	}
	g := &Groups[K]{by: by, compare: compare, write: write}
	g.line = newTimeline(cfg, g.emit, func(s *groupSet[K]) {
		if s.buckets == nil {
			s.buckets = map[K]*Bucket{}
		}
	})
	return g, nil
}

// WritePacket counts p in its group. Its error is that of the function that takes intervals.
func (g *Groups[K]) WritePacket(p *pcapio.Packet) error {
	key, ok := g.by(p)
	if !ok {
		g.line.stats.Ungrouped++
		return nil
	}
	set, late, err := g.line.at(p.Time)
	switch {
	case err != nil:
		return err
	case set == nil:
		g.line.stats.Late++
		return nil
	}
	b := set.last
	if b == nil || set.key != key {
		if b = g.bucket(set, key); b == nil {
			g.line.stats.NoRoom++
			return nil
		}
		set.key, set.last = key, b
	}
	g.line.stats.Used++
	if late {
		b.Late++
	}
	b.add(p)
	return nil
}

// bucket returns the bucket of a group, or nil if there are too many.
func (g *Groups[K]) bucket(set *groupSet[K], key K) *Bucket {
	b := set.buckets[key]
	switch {
	case b != nil || len(set.buckets) >= g.line.cfg.MaxGroups:
		return b
	case len(g.spare) > 0:
		b = g.spare[len(g.spare)-1]
		g.spare = g.spare[:len(g.spare)-1]
	default:
		b = &Bucket{}
	}
	b.reset(&g.line.cfg)
	set.buckets[key] = b
	return b
}

// Advance is [Series.Advance].
func (g *Groups[K]) Advance(t int64) error { return g.line.advance(t) }

// Flush gives out the intervals that are still open. A packet after it begins anew.
func (g *Groups[K]) Flush() error { return g.line.flush() }

// Stats returns what was counted so far. Buckets counts intervals, not groups.
func (g *Groups[K]) Stats() Stats { return g.line.stats }

func (g *Groups[K]) emit(iv *interval, set *groupSet[K]) error {
	g.keys = g.keys[:0]
	for k := range set.buckets {
		g.keys = append(g.keys, k)
	}
	slices.SortFunc(g.keys, g.compare)
	var err error
	for _, k := range g.keys {
		b := set.buckets[k]
		if err == nil {
			b.place(iv, &g.line.cfg)
			err = g.write(k, b)
		}
		g.spare = append(g.spare, b)
	}
	clear(set.buckets)
	set.last = nil
	return err
}

// ByProtocol groups by IP protocol number; packets without a sound IP header have no group.
func ByProtocol(p *pcapio.Packet) (uint8, bool) { return p.Proto, p.Status.HasIP() }

// ByVLAN groups by outermost VLAN identifier; packets without a tag have no group.
func ByVLAN(p *pcapio.Packet) (uint16, bool) { return p.VLAN, p.Layers&pcapio.LayerVLAN != 0 }

// ByPrefix returns a function that groups by the network of the source, or with dst of the
// destination address: its first bits4 bits for IPv4, bits6 for IPv6. Packets without a sound IP
// header have no group. Order the groups with [ComparePrefix].
func ByPrefix(bits4, bits6 int, dst bool) (func(*pcapio.Packet) (netip.Prefix, bool), error) {
	if bits4 < 0 || bits4 > 32 || bits6 < 0 || bits6 > 128 {
		return nil, fmt.Errorf("%w: prefix of %d or %d bits", ErrConfig, bits4, bits6)
	}
	return func(p *pcapio.Packet) (netip.Prefix, bool) {
		if !p.Status.HasIP() {
			return netip.Prefix{}, false
		}
		addr, bits := p.SrcAddr(), bits4
		if dst {
			addr = p.DstAddr()
		}
		if p.IPVersion == 6 {
			bits = bits6
		}
		prefix, err := addr.Prefix(bits)
		return prefix, err == nil
	}, nil
}

// ComparePrefix orders networks by family, address and length.
func ComparePrefix(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}
