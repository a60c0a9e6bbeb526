package intervalstat

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// Groups is a [Series] for each group of packets: one per protocol, network, VLAN or whatever a
// function tells. All have the same intervals. When one ends, the groups that had packets in it are
// given out together. Only [NewGroups] makes one that works.
//
// A Groups is for one goroutine at a time, as a Series is.
type Groups[K comparable] struct {
	line    timeline[groupSet[K]]
	by      func(*pcapio.Packet) (K, bool)
	compare func(a, b K) int
	write   func(*Bucket, []Group[K]) error
	spare   []*Bucket // of intervals that were given out
	whole   Bucket
	groups  []Group[K]
}

// Group is what was counted of a group of packets in an interval.
type Group[K comparable] struct {
	Key K
	*Bucket
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
// write is called at the end of each interval with the sum of its groups and with the groups, in
// order, of which [TopGroups] finds the largest. It may reorder them, and must not keep the
// buckets.
//
// Empty intervals, with Config.Empty, have no groups. The error is an [ErrConfig].
func NewGroups[K comparable](cfg Config, by func(*pcapio.Packet) (K, bool), compare func(a, b K) int, write func(all *Bucket, groups []Group[K]) error) (*Groups[K], error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	switch {
	case by == nil:
		return nil, fmt.Errorf("%w: no function to tell the groups", ErrConfig)
	case compare == nil:
		return nil, fmt.Errorf("%w: no function to order the groups", ErrConfig)
	case write == nil:
		return nil, fmt.Errorf("%w: no function to take the intervals", ErrConfig)
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

// WritePacket counts p in its group. Its error is that of the function that takes intervals, then
// and at all later calls.
func (g *Groups[K]) WritePacket(p *pcapio.Packet) error {
	if g.by == nil {
		_, _, err := g.line.find(p.Time) // which says that nothing was made
		return err
	}
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
	cfg := &g.line.cfg
	g.whole.reset(cfg)
	g.whole.place(iv, cfg)
	g.groups = g.groups[:0]
	if set != nil {
		for k, b := range set.buckets {
			b.place(iv, cfg)
			g.groups = append(g.groups, Group[K]{k, b})
			g.spare = append(g.spare, b)
		}
		clear(set.buckets)
		set.last = nil
	}
	slices.SortFunc(g.groups, func(a, b Group[K]) int { return g.compare(a.Key, b.Key) })
	for i := range g.groups {
		if err := g.whole.Merge(g.groups[i].Bucket); err != nil {
			return err
		}
	}
	if err := g.write(&g.whole, g.groups); err != nil {
		return fmt.Errorf("intervalstat: interval %d: %w", g.whole.Number, err)
	}
	return nil
}

// TopGroups returns the n groups with the highest values, the highest first and equal ones as they
// were. It sorts groups in place.
func TopGroups[K comparable](groups []Group[K], n int, value func(*Bucket) uint64) []Group[K] {
	slices.SortStableFunc(groups, func(a, b Group[K]) int { return cmp.Compare(value(b.Bucket), value(a.Bucket)) })
	return groups[:min(max(n, 0), len(groups))]
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
