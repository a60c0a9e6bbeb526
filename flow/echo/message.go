package echo

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"

	"github.com/reeftools/reef/pcapio"
)

// Kind is a kind of request with its reply.
type Kind uint8

// The kinds.
const (
	Echo      Kind = iota // ICMP types 8 and 0 (RFC 792)
	Timestamp             // ICMP types 13 and 14 (RFC 792)
	EchoV6                // ICMPv6 types 128 and 129 (RFC 4443)
	numKinds
)

var kindNames = [numKinds]string{"echo", "timestamp", "echo6"}

// String returns "echo", "timestamp" or "echo6".
func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return "unknown"
}

// key names an exchange in the direction of its request.
type key struct {
	src, dst [16]byte
	id, seq  uint16
	kind     Kind
}

// stream is a key without its sequence number: the requests of one run of ping.
type stream struct {
	src, dst [16]byte
	id       uint16
	kind     Kind
}

func (k *key) stream() stream { return stream{k.src, k.dst, k.id, k.kind} }

// anybody is the key of a multicast or broadcast request: k without its destination.
func (k key) anybody() key {
	k.dst = [16]byte{}
	return k
}

// isGroup tells whether a is an address of several hosts: multicast or limited broadcast (RFC 1112,
// 4291, 919). Directed broadcasts look like hosts.
func isGroup(a *[16]byte) bool {
	ip := netip.AddrFrom16(*a).Unmap()
	return ip.IsMulticast() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// role is what an ICMP message is to a Matcher.
type role uint8

const (
	other role = iota
	request
	reply
)

// classify returns what p is, and for requests and replies the key of the exchange it may belong
// to.
func classify(p *pcapio.Packet) (role, key) {
	k := key{src: p.Src, dst: p.Dst, id: p.ICMP.ID, seq: p.ICMP.Seq}
	r := request
	switch v6 := p.Layers&pcapio.LayerICMPv6 != 0; {
	case !v6 && p.ICMP.Type == 8:
		k.kind = Echo
	case !v6 && p.ICMP.Type == 13:
		k.kind = Timestamp
	case v6 && p.ICMP.Type == 128:
		k.kind = EchoV6
	case !v6 && p.ICMP.Type == 0:
		k.kind, r = Echo, reply
	case !v6 && p.ICMP.Type == 14:
		k.kind, r = Timestamp, reply
	case v6 && p.ICMP.Type == 129:
		k.kind, r = EchoV6, reply
	default:
		return other, key{}
	}
	if r == reply {
		k.src, k.dst = k.dst, k.src
	}
	return r, k
}

// payload describes the data of a request or a reply, to compare the two.
type payload struct {
	hash     uint64 // of the captured bytes
	length   int32  // on the wire
	captured int32
	// Internet checksum of header and payload without type and code: the same in request and reply
	sum      uint16
	fragment bool
}

// secret keys the hash of payloads, so that nobody can make another payload of the same hash.
var secret = maphash.MakeSeed()

func payloadOf(p *pcapio.Packet) payload {
	b := p.Payload()
	var sum uint16
	if len(p.Data) >= p.TransportOff+4 { // always, unless p was made by hand
		sum = ^binary.BigEndian.Uint16(p.Data[p.TransportOff+2:])
	}
	return payload{hash: maphash.Bytes(secret, b), length: int32(p.PayloadLen), captured: int32(len(b)),
		sum: onesSub(sum, uint16(p.ICMP.Type)<<8|uint16(p.ICMP.Code)), fragment: p.IsFragment()}
}

// differs tells whether the payloads are known to be different. If different parts were captured,
// their checksums decide. In ICMPv6 the checksum covers the addresses too (RFC 4443, 2.3), but
// their sum is the same in both directions. Fragments are not compared.
func (a *payload) differs(b *payload) bool {
	switch {
	case a.fragment || b.fragment:
		return false
	case a.length != b.length:
		return true
	case a.captured == b.captured:
		return a.hash != b.hash
	}
	return a.sum != b.sum
}

// onesSub subtracts in ones' complement arithmetic (RFC 1624); of the two zeros it returns 0.
func onesSub(a, b uint16) uint16 {
	s := uint32(a) + uint32(^b)
	s = s&0xffff + s>>16
	if s == 0xffff {
		return 0
	}
	return uint16(s)
}
