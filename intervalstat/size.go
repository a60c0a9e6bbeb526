package intervalstat

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// SizePolicy says what the bytes of a packet are.
type SizePolicy uint8

// Policies.
const (
	// SizeWire is the original length of the frame, as the capture states it.
	SizeWire SizePolicy = iota
	// SizeCaptured is what was captured of it.
	SizeCaptured
	// SizeIP is the IP datagram with its header (the innermost that was decoded), and 0 for what is
	// not IP.
	SizeIP
	// SizeNetwork is what the link layer carries: the IP datagram, without tags, labels and
	// padding; of a frame that is not IP, and of tunnels, all behind the link-layer header and the
	// VLAN tags that follow it ([pcapio.IsTPID]): other tags, and those of
	// [pcapio.DecodeConfig.TPIDs], count there.
	SizeNetwork
	// SizeLayer1 is the time on an Ethernet cable in bytes: the frame padded to 64 bytes with its
	// check sequence, 8 bytes of preamble and 12 of gap (IEEE 802.3, 3.1.1 and 4.4.2). Frames that
	// are not Ethernet count as SizeWire.
	SizeLayer1
	numSizes
)

var sizeNames = [numSizes]string{"wire", "captured", "ip", "network", "layer1"}

// String returns the name: wire, captured, ip, network or layer1.
func (s SizePolicy) String() string {
	if s < numSizes {
		return sizeNames[s]
	}
	return fmt.Sprintf("size(%d)", uint8(s))
}

// ParseSize returns the policy with the given name.
func ParseSize(name string) (SizePolicy, error) {
	for i, n := range sizeNames {
		if n == name {
			return SizePolicy(i), nil
		}
	}
	return 0, fmt.Errorf("%w: unknown size %q, want one of %s", ErrConfig, name, strings.Join(sizeNames[:], ", "))
}

// Of returns the size of p, which is never negative.
func (s SizePolicy) Of(p *pcapio.Packet) int {
	if s == SizeNetwork && (p.IPVersion == 0 || p.TunnelDepth > 0) {
		return max(p.OrigLen-int(p.FCSLen)-linkHeader(p), 0)
	}
	return s.of(&p.Record, p.IPLen)
}

// of is Of for an IP packet outside of tunnels.
func (s SizePolicy) of(r *pcapio.Record, ipLen int) int {
	switch s {
	case SizeCaptured:
		return len(r.Data)
	case SizeIP, SizeNetwork:
		return max(ipLen, 0)
	case SizeLayer1:
		if r.LinkType == pcapio.LinkEthernet {
			const minFrame, fcs, preamble, gap = 60, 4, 8, 12
			return max(r.OrigLen-int(r.FCSLen), minFrame) + fcs + preamble + gap
		}
	}
	return max(r.OrigLen, 0)
}

// linkHeader returns the length of the link-layer header of p where that is fixed, VLAN tags
// included.
func linkHeader(p *pcapio.Packet) int {
	switch p.LinkType {
	case pcapio.LinkNull, pcapio.LinkLoop, pcapio.LinkPPPHDLC, pcapio.LinkCHDLC:
		return 4
	case pcapio.LinkSLL:
		return 16
	case pcapio.LinkSLL2:
		return 20
	case pcapio.LinkEthernet:
		n := 14
		for p.Layers&pcapio.LayerVLAN != 0 && n+4 <= len(p.Data) && pcapio.IsTPID(binary.BigEndian.Uint16(p.Data[n-2:])) {
			n += 4
		}
		return n
	}
	return 0
}
