package filter

import (
	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// linkHost generates "ether host" and the like.
func (g *generator) linkHost(mac []byte, dir direction, pos int) (*pred, error) {
	if g.link.wlan() {
		return g.wlanHost(mac, dir), nil
	}
	if dir > dirSrcAndDst {
		g.unfit(errNoWLANAddr)
		return constant(false), nil
	}
	dst, ok := g.macOffset()
	if !ok {
		return g.unfit(errNoMAC), nil
	}
	src := dst.plus(6)
	if g.link.kind == pcapio.LinkIPFC {
		src = dst.plus(8) // both are the end of 8 bytes
	}
	p, err := g.eitherEnd(dir, pos, func(isDst bool) *pred {
		if isDst {
			return equalBytes(dst, mac)
		}
		return equalBytes(src, mac)
	})
	return g.insideEthernet(p), err
}

// macOffset returns where the destination address is.
func (g *generator) macOffset() (offset, bool) {
	switch g.link.kind {
	case pcapio.LinkEthernet:
		return g.link.header, true
	case pcapio.LinkFDDI:
		return g.link.header.plus(1), true
	case pcapio.LinkTokenRing, pcapio.LinkIPFC:
		return g.link.header.plus(2), true
	}
	return offset{}, false
}

func (g *generator) broadcast(n keywordNode) (*pred, error) {
	all := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	switch n.proto {
	case protoNone, protoLink:
		if g.link.wlan() {
			return g.wlanHost(all, dirDst), nil
		}
		dst, ok := g.macOffset()
		if !ok {
			return g.unfit(errNoMAC), nil
		}
		return g.insideEthernet(equalBytes(dst, all)), nil
	// a capture file has no netmask, so only the two broadcast addresses that need none are known
	case protoIP:
		dst := g.link.body.plus(g.link.net + 16)
		return and(g.carries(iana.EtherTypeIPv4), or(equal(dst, 4, 0), equal(dst, 4, 0xffffffff))), nil
	}
	return nil, g.errorf(n.pos, "%q has no broadcast", n.proto)
}

func (g *generator) multicast(n keywordNode) (*pred, error) {
	network := g.link.body.plus(g.link.net)
	switch n.proto {
	case protoNone, protoLink:
		if g.link.wlan() {
			return g.wlanMulticast(), nil
		}
		dst, ok := g.macOffset()
		if !ok {
			return g.unfit(errNoMAC), nil
		}
		return g.insideEthernet(not(masked(dst, 1, 0, 1))), nil
	case protoIP:
		return and(g.carries(iana.EtherTypeIPv4), compare(load(network.plus(16), 1), opJge, 224)), nil
	case protoIP6:
		return and(g.carries(iana.EtherTypeIPv6), equal(network.plus(24), 1, 255)), nil
	}
	return nil, g.errorf(n.pos, "%q has no multicast", n.proto)
}

// 802.11 frame control bits: in the first byte bit 2 marks control frames and bit 3 data frames; in
// the second, bit 0 is to-DS and bit 1 from-DS (IEEE 802.11-2020, 9.2.4.1).
func (g *generator) wlanBit(byteNo, bit uint32) *pred {
	return compare(load(g.link.header.plus(byteNo), 1), opJset, bit)
}

// wlanData tests for a data frame.
func (g *generator) wlanData() *pred { return and(not(g.wlanBit(0, 4)), g.wlanBit(0, 8)) }

// wlanEnd tests the source or destination address. Where it is depends on the frame (table 9-30):
// data frames to the DS have the destination in address 3, those from the DS the source in address
// 3, those both ways the source in address 4.
func (g *generator) wlanEnd(isDst bool, match func(o offset) *pred) *pred {
	const addr1, addr2, addr3, addr4 = 4, 10, 16, 24
	address := func(k uint32) *pred { return match(g.link.header.plus(k)) }
	management := and(not(g.wlanBit(0, 8)), address(addr1))
	data := or(and(not(g.wlanBit(1, 1)), address(addr1)), and(g.wlanBit(1, 1), address(addr3)))
	if !isDst {
		management = and(not(g.wlanBit(0, 8)), address(addr2))
		fromDS := and(g.wlanBit(1, 2), or(and(not(g.wlanBit(1, 1)), address(addr3)), and(g.wlanBit(1, 1), address(addr4))))
		data = or(and(not(g.wlanBit(1, 2)), address(addr2)), fromDS)
	}
	return and(not(g.wlanBit(0, 4)), or(management, and(g.wlanBit(0, 8), data)))
}

func (g *generator) wlanMulticast() *pred {
	return g.wlanEnd(true, func(o offset) *pred { return not(masked(o, 1, 0, 1)) })
}

func (g *generator) wlanHost(mac []byte, dir direction) *pred {
	match := func(o offset) *pred { return equalBytes(o, mac) }
	address := func(k uint32) *pred { return match(g.link.header.plus(k)) }
	isControl := func() *pred { return masked(g.link.header, 1, 0x04, 0x0c) }
	subtype := func(v uint32) *pred { return masked(g.link.header, 1, v, 0xf0) }
	// Of the control frames, CTS and ACK have no second address.
	addr2 := func() *pred {
		return and(not(and(isControl(), or(subtype(0xc0), subtype(0xd0)))), address(10))
	}
	switch dir {
	case dirSrc:
		return g.wlanEnd(false, match)
	case dirDst:
		return g.wlanEnd(true, match)
	case dirSrcAndDst:
		return and(g.wlanEnd(false, match), g.wlanEnd(true, match))
	case dirAddr1:
		return address(4)
	case dirAddr2:
		return addr2()
	case dirAddr3:
		return and(not(isControl()), address(16))
	case dirAddr4:
		return and(masked(g.link.header.plus(1), 1, 3, 3), address(24))
	case dirRA: // receiver and transmitter are asked of data frames only
		return and(g.wlanBit(0, 8), address(4))
	case dirTA:
		return and(g.wlanBit(0, 8), addr2())
	}
	return or(g.wlanEnd(false, match), g.wlanEnd(true, match))
}
