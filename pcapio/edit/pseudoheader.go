package edit

import (
	"github.com/reeftools/reef/internal/checksum"
	"github.com/reeftools/reef/pcapio"
)

// endpoints are the sums of the addresses that may stand in the pseudo-header of a packet's
// checksum: first those that the RFCs have there, then those of the IP header, which are mostly the
// same.
//
// The destination is the final one: with a source route that is its last address (RFC 791, 3.1),
// with a routing header the last segment (RFC 8200, 8.1; RFC 6275, 6.4; RFC 6554; RFC 8754, 2.1),
// each as long as the packet is not there. The source is the home address of a mobile node (RFC
// 6275, 6.3).
type endpoints struct{ src, dst [2]uint64 }

// pseudoEndpoints returns the endpoints of p, whose headers are there up to the transport. known is
// false if the packet goes on in a way that is not understood.
func pseudoEndpoints(p *pcapio.Packet) (e endpoints, known bool) {
	src, dst := p.Src[:], p.Dst[:]
	if p.IPVersion == 4 {
		src, dst = src[12:], dst[12:]
	}
	s, d := checksum.Add(0, src), checksum.Add(0, dst)
	e = endpoints{[2]uint64{s, s}, [2]uint64{d, d}}
	if p.IPVersion == 6 {
		return e, e.extensions(p)
	}
	if last := routeEnd(p.Data[p.IPOff+20 : p.IPOff+int(p.Data[p.IPOff]&15)*4]); last != nil {
		e.dst[0] = checksum.Add(0, last)
	}
	return e, true
}

// routeEnd returns the last address of a loose or strict source route among IPv4 options that is
// not yet used up, nil if there is none.
func routeEnd(options []byte) []byte {
	const endOfList, nop, looseRoute, strictRoute = 0, 1, 131, 137
	for len(options) > 0 && options[0] != endOfList {
		if options[0] == nop {
			options = options[1:]
			continue
		}
		if len(options) < 3 || options[1] < 2 || int(options[1]) > len(options) {
			return nil
		}
		option := options[:options[1]]
		if kind := option[0]; (kind == looseRoute || kind == strictRoute) && int(option[2]) <= len(option) && len(option) >= 7 {
			n := (len(option) - 3) / 4
			return option[3+4*(n-1) : 3+4*n]
		}
		options = options[len(option):]
	}
	return nil
}

// extensions sets what the IPv6 extension headers have another address for.
func (e *endpoints) extensions(p *pcapio.Packet) (known bool) {
	known = true
	next := p.Data[p.IPOff+6]
	for off := p.IPOff + 40; off+8 <= p.TransportOff; {
		b := p.Data[off:p.TransportOff]
		size := (int(b[1]) + 1) * 8
		switch next {
		case pcapio.ProtoFragment:
			size = 8
		case pcapio.ProtoAH:
			size = (int(b[1]) + 2) * 4
		}
		if size > len(b) {
			break
		}
		switch b := b[:size]; {
		case next == pcapio.ProtoRouting && b[3] > 0: // segments left
			e.dst[0], known = lastSegment(b, &p.Dst)
		case next == pcapio.ProtoDestOptions:
			if a := homeAddress(b); a != nil {
				e.src[0] = checksum.Add(0, a)
			}
		}
		next = b[0]
		off += size
	}
	return known
}

// lastSegment returns the sum of the last address of a routing header, and whether it could be
// told.
func lastSegment(b []byte, dst *[16]byte) (sum uint64, ok bool) {
	const sourceRoute, mobile, rpl, segments = 0, 2, 3, 4
	switch kind := b[2]; {
	case kind == rpl: // without the octets that it has in common with the destination
		elided, padding := int(b[4]&15), int(b[5]>>4)
		if n := 16 - elided; len(b)-padding >= 8+n {
			last := *dst
			copy(last[elided:], b[len(b)-padding-n:])
			return checksum.Add(0, last[:]), true
		}
	case len(b) < 24:
	case kind == sourceRoute, kind == mobile:
		n := (len(b) - 8) / 16
		return checksum.Add(0, b[8+16*(n-1):8+16*n]), true
	case kind == segments: // in reverse order
		return checksum.Add(0, b[8:24]), true
	}
	return 0, false
}

// homeAddress returns the home address in a destination options header, nil if there is none.
func homeAddress(b []byte) []byte {
	const pad1, home = 0, 201
	for b = b[2:]; len(b) >= 2; {
		size := 2 + int(b[1])
		switch {
		case b[0] == pad1:
			size = 1
		case size > len(b):
			return nil
		case b[0] == home && size == 18:
			return b[2:18]
		}
		b = b[size:]
	}
	return nil
}
