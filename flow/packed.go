package flow

import (
	"bytes"
	"cmp"
	"math/bits"

	"github.com/reeftools/reef/pcapio"
)

// packed is a [Key] in the 48 bytes that a Table has for it.
type packed struct {
	src, dst         [16]byte
	srcPort, dstPort uint16
	vlan, innerVLAN  uint16
	proto, version   uint8
	portsOK          bool
	tunnel           uint8 // 1 + position of the pcapio.Tunnel bit, or 0
	tunnelID         uint32
}

func pack(k *Key) packed {
	return packed{k.Src, k.Dst, k.SrcPort, k.DstPort, k.VLAN, k.InnerVLAN, k.Proto, k.Version, k.PortsOK,
		uint8(bits.Len32(uint32(k.Tunnel))), k.TunnelID}
}

func (k *packed) key() Key {
	return Key{k.src, k.dst, k.srcPort, k.dstPort, k.vlan, k.innerVLAN, k.proto, k.version, k.portsOK,
		pcapio.Tunnel(1) << k.tunnel >> 1, k.tunnelID}
}

// of makes k the key of the direction in which p travels; see [KeyOf].
func (k *packed) of(p *pcapio.Packet, cfg *Config) {
	k.src, k.dst, k.srcPort, k.dstPort = p.Src, p.Dst, p.SrcPort, p.DstPort
	k.proto, k.version, k.portsOK = p.Proto, p.IPVersion, p.PortsOK
	k.vlan, k.innerVLAN, k.tunnel, k.tunnelID = 0, 0, 0, 0
	if p.Layers&(pcapio.LayerICMP|pcapio.LayerICMPv6) != 0 || p.ICMP.Inherited {
		k.srcPort, k.dstPort, k.portsOK = uint16(p.ICMP.Type), uint16(p.ICMP.Code), true
		if !cfg.Uni {
			if other, ok := counterpart(p.Proto == pcapio.ProtoICMPv6, p.ICMP.Type); ok {
				k.dstPort = uint16(other)
			}
		}
	}
	if cfg.VLAN {
		k.vlan, k.innerVLAN = p.VLAN, p.InnerVLAN
	}
	if cfg.Tunnel && p.Tunnel != 0 {
		k.tunnel, k.tunnelID = uint8(bits.Len32(uint32(p.Tunnel))), p.TunnelID
	}
}

func (k packed) reverse() packed {
	k.src, k.dst = k.dst, k.src
	k.srcPort, k.dstPort = k.dstPort, k.srcPort
	return k
}

// sameRest compares all but addresses and ports.
func (k *packed) sameRest(o *packed) bool {
	return k.proto == o.proto && k.version == o.version && k.portsOK == o.portsOK &&
		k.vlan == o.vlan && k.innerVLAN == o.innerVLAN && k.tunnel == o.tunnel && k.tunnelID == o.tunnelID
}

// compare is [Key.Compare].
func (k *packed) compare(o *packed) int {
	if c := cmp.Compare(k.version, o.version); c != 0 {
		return c
	}
	if c := bytes.Compare(k.src[:], o.src[:]); c != 0 {
		return c
	}
	if c := bytes.Compare(k.dst[:], o.dst[:]); c != 0 {
		return c
	}
	return k.compareRest(o)
}

// compareRest compares what comes after version and addresses.
func (k *packed) compareRest(o *packed) int {
	if c := cmp.Compare(k.ports(), o.ports()); c != 0 {
		return c
	}
	return cmp.Compare(k.tags(), o.tags())
}

// ports and tags pack the fields after the addresses in the order of comparison.
func (k *packed) ports() uint64 {
	ok := uint64(0)
	if k.portsOK {
		ok = 1
	}
	return uint64(k.proto)<<40 | ok<<32 | uint64(k.srcPort)<<16 | uint64(k.dstPort)
}

func (k *packed) tags() uint64 {
	return uint64(k.vlan&0xfff)<<52 | uint64(k.innerVLAN&0xfff)<<40 | uint64(k.tunnel)<<32 | uint64(k.tunnelID)
}
