package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/checksum"
	"github.com/reeftools/reef/internal/iana"
)

// Where nothing announces what follows, in pseudowires and behind cookies of unknown length, each
// possibility is held against the bytes.

// fit tells how well bytes fit what they might be; higher is better.
type fit uint8

const (
	fitNot   fit = iota // they contradict it
	fitCut              // too few of them were captured to tell
	fitMaybe            // some twenty bits of them agree
	fitSound            // all that can be checked agrees
)

// ipFit tells how well what is at off in data, on the wire up to end, fits an IP packet: by its
// length, and by its header's checksum or, in IPv6, which has none, by its addresses.
func ipFit(data []byte, off, end int) fit {
	b, n := data[min(off, len(data)):], end-off
	if len(b) == 0 {
		return fitNot
	}
	switch b[0] >> 4 {
	case 4:
		return ipv4Fit(b, n)
	case 6:
		return ipv6Fit(b, n)
	}
	return fitNot
}

func ipv4Fit(b []byte, n int) fit {
	if n < 20 {
		return fitNot
	}
	if len(b) < 20 {
		return fitCut
	}
	header, length := int(b[0]&0x0f)*4, int(binary.BigEndian.Uint16(b[2:]))
	if length == 0 { // segmentation offload
		length = n
	}
	switch {
	case header < 20 || length < header:
		return fitNot
	case len(b) >= header && checksum.Fold(checksum.Add(0, b[:header])) == 0xffff:
		return fitSound
	case length == n || isPadding(length, n):
		return fitMaybe
	}
	return fitNot
}

func ipv6Fit(b []byte, n int) fit {
	if n < 40 {
		return fitNot
	}
	if len(b) < 40 {
		return fitCut
	}
	next := b[6]
	length := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if length == 40 && (next == ProtoTCP || next == ProtoUDP) { // segmentation offload
		length = n
	}
	known := next == ProtoTCP || next == ProtoUDP || next == ProtoICMPv6 || isExtension(next) || next == ProtoESP || next == ProtoSCTP || next == ProtoGRE || next == ProtoIPv4 || next == ProtoIPv6
	likely := known && likelyIPv6(b[8], b[9], false) && likelyIPv6(b[24], b[25], true)
	switch exact := ends(length, n); {
	case exact && likely:
		return fitSound
	// the frame's length was lost
	case exact || likely && length > n && transportFits(next, b[40:], length-40):
		return fitMaybe
	}
	return fitNot
}

// transportFits tells whether b begins as a header of TCP or UDP in a packet that has n bytes for
// it.
func transportFits(proto uint8, b []byte, n int) bool {
	switch {
	case proto == ProtoUDP && len(b) >= 8:
		return int(binary.BigEndian.Uint16(b[4:])) == n
	case proto == ProtoTCP && len(b) >= 20: // 3 bits are reserved and 0 (RFC 9293, 3.1)
		return b[12] >= 5<<4 && b[12]&0x0e == 0
	}
	return false
}

// likelyIPv6 tells whether an address that begins with bytes a and b is likely (IANA): allocated
// global unicast, unique local, link-local, ::/16, 64:ff9b::/96, and as a destination multicast.
func likelyIPv6(a, b byte, destination bool) bool {
	return a>>4 == 2 || a == 0x3f || a>>1 == 0x7e || a == 0xfe && b>>6 == 2 || a == 0 && (b == 0 || b == 0x64) || destination && a == 0xff
}

// ends tells whether a packet of the given length fills the n bytes that hold it: exactly, or up to
// a frame check sequence or padding.
func ends(length, n int) bool {
	const fcs = 4
	return length == n || length == n-fcs || isPadding(length, n)
}

// isPadding tells whether the rest of n bytes, after a packet of the given length, can be padding
// to the shortest Ethernet frame.
func isPadding(length, n int) bool { return length < n && n <= 46 }

// frameFit tells how well what is at off in data, on the wire up to end, fits an Ethernet frame: by
// its source, which is no group address, by its type, and by what that announces.
func (d *Decoder) frameFit(data []byte, off, end int) fit {
	const shortest, groupBit = 14, 1
	if end-off < shortest {
		return fitNot
	}
	b := data[min(off, len(data)):]
	if len(b) < shortest {
		return fitCut
	}
	if b[6]&groupBit != 0 {
		return fitNot
	}
	typ, at := binary.BigEndian.Uint16(b[12:]), shortest
	for range 4 { // tags
		if !d.isTPID(typ) {
			break
		}
		if len(b) < at+4 {
			return fitCut
		}
		typ = binary.BigEndian.Uint16(b[at+2:])
		at += 4
	}
	n := end - off - at
	b = b[at:]
	switch {
	case typ == iana.EtherTypeIPv4 || typ == iana.EtherTypeIPv6:
		return announcedFit(typ, b, n)
	case typ == iana.EtherTypeARP:
		return startsWith(b, 0, 1, 8, 0, 6, 4)
	case typ == iana.EtherTypePPPoE || typ == iana.EtherTypePPPoEDisc:
		return startsWith(b, 0x11)
	case typ == iana.EtherTypeMPLS || typ == iana.EtherTypeLLDP || typ == iana.EtherTypeCFM || typ == iana.EtherTypeSlow || typ == iana.EtherTypeMACsec:
		return fitMaybe
	case typ < iana.EtherTypeMin && ends(int(typ), n):
		return max(startsWith(b, 0xaa, 0xaa, 3), startsWith(b, 0x42, 0x42, 3), startsWith(b, 0xfe, 0xfe, 3), startsWith(b, 6, 6, 3))
	}
	return fitNot
}

// announcedFit is ipFit where an EtherType announces the IP version: then a header of that version
// is enough.
func announcedFit(typ uint16, b []byte, n int) fit {
	if n <= 0 {
		return fitNot
	}
	if len(b) == 0 {
		return fitCut
	}
	if v := b[0] >> 4; v != 4 && v != 6 || v == 4 != (typ == iana.EtherTypeIPv4) {
		return fitNot
	}
	return max(ipFit(b, 0, n), fitMaybe)
}

// startsWith tells how well b fits bytes that it ought to begin with.
func startsWith(b []byte, want ...byte) fit {
	for i, w := range want {
		if i == len(b) {
			return fitCut
		}
		if b[i] != w {
			return fitNot
		}
	}
	return fitSound
}
