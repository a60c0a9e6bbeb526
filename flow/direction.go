package flow

import (
	"net/netip"

	"github.com/reeftools/reef/pcapio"
)

// direction decides which way s, the first packet of a biflow, travels on it (RFC 5103, 5). An
// answer that comes first also shows the initiator: its receiver is the source.
func (t *Table[S]) direction(s *observation) (Direction, DirectionMethod) {
	if len(t.cfg.Perimeter) > 0 {
		src, dst := t.inside(addrOf(s.key.version, &s.key.src)), t.inside(addrOf(s.key.version, &s.key.dst))
		switch {
		case dst && !src:
			return Forward, PerimeterMethod
		case src && !dst:
			return Reverse, PerimeterMethod
		}
	}
	switch {
	case s.layers&pcapio.LayerTCP != 0:
		switch s.flags & (pcapio.SYN | pcapio.ACK | pcapio.RST) {
		case pcapio.SYN:
			return Forward, Initiator
		case pcapio.SYN | pcapio.ACK:
			return Reverse, Initiator
		}
	case s.layers&(pcapio.LayerICMP|pcapio.LayerICMPv6) != 0:
		v6 := s.layers&pcapio.LayerICMPv6 != 0
		if _, paired := counterpart(v6, s.icmpType); paired {
			if isReply(v6, s.icmpType) {
				return Reverse, Initiator
			}
			return Forward, Initiator
		}
	}
	return Forward, Arbitrary
}

func (t *Table[S]) inside(a netip.Addr) bool {
	for _, p := range t.cfg.Perimeter {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
