package filter

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/reeftools/reef/internal/iana"
)

// value generates an address, number or name with its qualifiers.
func (g *generator) value(n valueNode) (*pred, error) {
	pos := n.value.pos
	switch n.value.kind {
	case tokIPv4:
		return g.ipv4Value(n)
	case tokIPv6:
		return g.ipv6Value(n)
	case tokMAC:
		if n.q.proto != protoLink || n.q.kind != kindNone && n.q.kind != kindHost {
			return nil, g.errorf(pos, "link-layer address %s needs ether host, src or dst before it", n.value.text)
		}
		return g.linkHost(parseMAC(n.value.text), n.q.dir, pos)
	case tokOctet:
		return nil, g.errorf(pos, "ARCnet addresses are not supported")
	case tokNum:
		return g.number(n, n.value.num)
	}
	return g.name(n)
}

// parseMAC reads six bytes from any of the spellings that the lexer lets through.
func parseMAC(s string) []byte {
	if parts := strings.FieldsFunc(s, func(r rune) bool { return r == ':' || r == '-' || r == '.' }); len(parts) == 6 {
		var mac []byte
		for _, p := range parts {
			b, _ := strconv.ParseUint(p, 16, 8) // one or two hexadecimal digits
			mac = append(mac, byte(b))
		}
		return mac
	}
	v, _ := strconv.ParseUint(strings.ReplaceAll(s, ".", ""), 16, 64) // twelve hexadecimal digits
	return []byte{byte(v >> 40), byte(v >> 32), byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
}

// dotted reads up to four numbers between dots and returns them with their length in bits: 10.1 is
// 0x0a01, 16.
func (g *generator) dotted(t token) (v, bits uint32, err error) {
	for part := range strings.SplitSeq(t.text, ".") {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return 0, 0, g.errorf(t.pos, "invalid IPv4 address %s", t.text)
		}
		v, bits = v<<8|uint32(n), bits+8
	}
	return v, bits, nil
}

func (g *generator) ipv4Value(n valueNode) (*pred, error) {
	v, bits, err := g.dotted(n.value)
	if err != nil {
		return nil, err
	}
	if n.mask.kind == tokEnd && !n.hasBits {
		if n.q.kind > kindNet {
			return nil, g.errorf(n.value.pos, "IPv4 address %s where none can be", n.value.text)
		}
		return g.host(n, v<<(32-bits), ^uint32(0)<<(32-bits)) // "host 10.1" is 10.1.0.0/16
	}
	v <<= 32 - bits
	var mask uint32
	if n.hasBits {
		if n.bits > 32 {
			return nil, g.errorf(n.value.pos, "mask length must be at most 32")
		}
		mask = ^uint32(0) << (32 - n.bits)
	} else {
		m, mbits, err := g.dotted(n.mask)
		if err != nil {
			return nil, err
		}
		mask = m << (32 - mbits)
	}
	switch {
	case v&^mask != 0:
		return nil, g.errorf(n.value.pos, "%s has bits outside of its mask", n.value.text)
	case n.q.kind != kindNet:
		return nil, g.errorf(n.value.pos, "a mask is for net only")
	}
	return g.host(n, v, mask)
}

func (g *generator) ipv6Value(n valueNode) (*pred, error) {
	addr, err := netip.ParseAddr(n.value.text)
	if err != nil {
		return nil, g.errorf(n.value.pos, "invalid IPv6 address %s", n.value.text)
	}
	bits := 128
	if n.hasBits {
		if n.bits > 128 {
			return nil, g.errorf(n.value.pos, "mask length must be at most 128")
		}
		bits = int(n.bits)
	}
	// The masked address loses what distinguishes an IPv4-mapped one, so compare bytes.
	a := addr.As16()
	var mask [16]byte
	for i := range bits {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	for i := range a {
		if a[i]&^mask[i] != 0 {
			return nil, g.errorf(n.value.pos, "%s has bits outside of its mask", n.value.text)
		}
	}
	switch {
	case n.q.kind > kindNet:
		return nil, g.errorf(n.value.pos, "IPv6 address %s where none can be", n.value.text)
	case n.q.kind != kindNet && bits != 128:
		return nil, g.errorf(n.value.pos, "a mask is for net only")
	case n.q.proto != protoNone && n.q.proto != protoIP6:
		return nil, g.errorf(n.value.pos, "%q cannot apply to an IPv6 address", n.q.proto)
	}
	return g.host6(a, mask, n.q.dir, n.value.pos)
}

// number generates a bare number.
func (g *generator) number(n valueNode, v uint32) (*pred, error) {
	pos := n.value.pos
	switch n.q.kind {
	case kindPort, kindPortRange:
		transport, err := g.portProtocol(n)
		if err != nil {
			return nil, err
		}
		if v > 65535 {
			return nil, g.errorf(pos, "port number %d is greater than 65535", v)
		}
		return g.ports(v, v, transport, n.q.dir, pos)
	case kindProto:
		return g.ipProto(v, n.q.proto, n.q.dir, pos)
	case kindProtoChain:
		return g.protoChain(v, n.q.proto, pos)
	case kindGateway:
		return nil, g.errorf(pos, "gateway is not supported")
	case kindNet: // "net 10" is 10.0.0.0/8
		mask := ^uint32(0)
		for v != 0 && v&0xff000000 == 0 {
			v, mask = v<<8, mask<<8
		}
		return g.host(n, v, mask)
	}
	return g.host(n, v, ^uint32(0))
}

// name generates a name. Hosts and networks must be numeric, as reef looks up nothing in the
// network.
func (g *generator) name(n valueNode) (*pred, error) {
	t := n.value
	switch n.q.kind {
	case kindPort:
		transport, err := g.portProtocol(n)
		if err != nil {
			return nil, err
		}
		port, transport, err := g.service(t, t.text, transport)
		if err != nil {
			return nil, err
		}
		return g.ports(port, port, transport, n.q.dir, t.pos)
	case kindPortRange:
		return g.portRange(n)
	case kindProto, kindProtoChain:
		v, ok := lookupProto(t.text, n.q.proto)
		if !ok {
			return nil, g.errorf(t.pos, "unknown protocol %s", t.text)
		}
		if n.q.kind == kindProtoChain {
			return g.protoChain(v, n.q.proto, t.pos)
		}
		return g.ipProto(v, n.q.proto, n.q.dir, t.pos)
	case kindNet:
		return nil, g.errorf(t.pos, "unknown network %s: networks must be numeric", t.text)
	case kindGateway:
		return nil, g.errorf(t.pos, "gateway is not supported")
	}
	return nil, g.errorf(t.pos, "unknown host %s: hosts must be numeric, names are not looked up", t.text)
}

// host generates an IPv4 address or network: in IP, ARP and RARP unless one of them is asked for.
func (g *generator) host(n valueNode, v, mask uint32) (*pred, error) {
	var src, dst uint32
	var protocol uint32
	switch n.q.proto {
	case protoNone:
		list := []proto{protoIP, protoARP, protoRARP}
		if g.link.labels > 0 { // nothing but IP can follow MPLS labels
			list = list[:1]
		}
		var preds []*pred
		for _, p := range list {
			n.q.proto = p
			q, err := g.host(n, v, mask)
			if err != nil {
				return nil, err
			}
			preds = append(preds, q)
		}
		return or(preds...), nil
	case protoIP:
		protocol, src, dst = iana.EtherTypeIPv4, 12, 16
	case protoARP:
		protocol, src, dst = iana.EtherTypeARP, 14, 24
	case protoRARP:
		protocol, src, dst = iana.EtherTypeRARP, 14, 24
	default:
		return nil, g.errorf(n.value.pos, "%q cannot apply to an IPv4 address", n.q.proto)
	}
	network := g.link.body.plus(g.link.net)
	return g.eitherEnd(n.q.dir, n.value.pos, func(isDst bool) *pred {
		off := src
		if isDst {
			off = dst
		}
		return and(g.carries(protocol), masked(network.plus(off), 4, v, mask))
	})
}

// host6 generates an IPv6 address or network.
func (g *generator) host6(addr, mask [16]byte, dir direction, pos int) (*pred, error) {
	network := g.link.body.plus(g.link.net)
	return g.eitherEnd(dir, pos, func(isDst bool) *pred {
		off := uint32(8)
		if isDst {
			off = 24
		}
		list := []*pred{g.carries(iana.EtherTypeIPv6)}
		for i := uint32(0); i < 16; i += 4 {
			list = append(list, masked(network.plus(off+i), 4, be32(addr[i:]), be32(mask[i:])))
		}
		return and(list...)
	})
}

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// eitherEnd combines a test of the source and one of the destination as dir says.
func (g *generator) eitherEnd(dir direction, pos int, end func(isDst bool) *pred) (*pred, error) {
	switch dir {
	case dirSrc:
		return end(false), nil
	case dirDst:
		return end(true), nil
	case dirSrcAndDst:
		return and(end(false), end(true)), nil
	case dirNone, dirSrcOrDst:
		return or(end(false), end(true)), nil
	}
	return nil, g.errorf(pos, "addr1 to addr4, ra and ta are for 802.11 addresses only")
}

var errNoMAC = errors.New("link-layer addresses are known for Ethernet, FDDI, Token Ring, Fibre Channel and 802.11 only")
