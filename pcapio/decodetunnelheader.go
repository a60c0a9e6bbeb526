package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
)

// The headers of tunnels over UDP. Each function returns the size of the header that b begins with,
// or 0 if that does not announce a packet; methods note what is behind it.

// vxlan reads a VXLAN header (RFC 7348, 5) or one of VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe, 3),
// which has a next protocol field.
func (in *inner) vxlan(b []byte, gpe bool) int {
	const version, valid, hasNext, oam = 0x30, 0x08, 0x04, 0x01
	if len(b) < 8 || gpe && b[0]&(version|oam) != 0 {
		return 0
	}
	hasID := b[0]&valid != 0
	if hasID {
		in.id = binary.BigEndian.Uint32(b[4:]) >> 8
	}
	switch {
	case gpe && b[0]&hasNext != 0:
		if in.typ = uint32(nextProtocol(b[3])); in.typ == 0 {
			return 0
		}
	case hasID:
		in.typ = iana.EtherTypeBridged
	default: // neither VXLAN nor VXLAN-GPE
		return 0
	}
	return 8
}

// geneve reads a Geneve header (RFC 8926, 3.4).
func (in *inner) geneve(b []byte) int {
	if len(b) < 8 || b[0]>>6 != 0 { // version
		return 0
	}
	in.id, in.typ = binary.BigEndian.Uint32(b[4:])>>8, uint32(binary.BigEndian.Uint16(b[2:]))
	return 8 + int(b[0]&0x3f)*4
}

// lisp reads a LISP header (RFC 9300, 5.1) with or without a next protocol field (RFC 9305, 3).
func (in *inner) lisp(b []byte) int {
	const hasInstance, hasNext, encrypted = 0x08, 0x04, 0x03
	if len(b) < 8 || b[0]&encrypted != 0 {
		return 0
	}
	in.typ = innerIP
	if b[0]&hasNext != 0 {
		if in.typ = uint32(nextProtocol(b[3])); in.typ == 0 {
			return 0
		}
	}
	if b[0]&hasInstance != 0 {
		in.id = binary.BigEndian.Uint32(b[4:]) >> 8
	}
	return 8
}

// gue reads the header of Generic UDP Encapsulation, variant 0 (draft-ietf-intarea-gue, 3).
func (in *inner) gue(b []byte) int {
	const variantAndControl = 0xe0
	if len(b) < 4 || b[0]&variantAndControl != 0 {
		return 0
	}
	switch b[1] {
	case ProtoIPv4, ProtoIPv6:
		in.typ = innerIP
	case ProtoMPLS:
		in.typ = iana.EtherTypeMPLS
	case ProtoEthernet:
		in.typ = iana.EtherTypeBridged
	default:
		return 0
	}
	return 4 + int(b[0]&0x1f)*4
}

// tzsp reads the header and the tagged fields of the TaZmen Sniffer Protocol (without public
// specification; the layout is the one that Wireshark's dissector expects).
func (in *inner) tzsp(b []byte) int {
	const version, transmit = 1, 1 // type 0 is a received frame
	const tagPadding, tagEnd = 0, 1
	if len(b) < 5 || b[0] != version || b[1] > transmit {
		return 0
	}
	switch binary.BigEndian.Uint16(b[2:]) {
	case 1:
		in.typ = iana.EtherTypeBridged
	case 18:
		in.typ = innerWLAN
	case 119:
		in.typ = innerPrism
	case 127:
		in.typ = innerAVS
	default:
		return 0
	}
	for size := 4; size < len(b); {
		switch b[size] {
		case tagEnd:
			return size + 1
		case tagPadding:
			size++
		default:
			if size+1 == len(b) {
				return 0
			}
			size += 2 + int(b[size+1])
		}
	}
	return 0
}

// ayiya reads the header of Anything In Anything (draft-massar-v6ops-ayiya-02, 3).
func (in *inner) ayiya(b []byte) int {
	const forward = 1
	if len(b) < 8 || b[2]&0x0f != forward {
		return 0
	}
	if b[3] != ProtoIPv4 && b[3] != ProtoIPv6 {
		return 0
	}
	in.typ = innerIP
	return 8 + 1<<(b[0]>>4) + int(b[1]>>4)*4 // identity and signature
}

// Flags in the fourth byte of a CAPWAP header.
const capwapFragment, capwapKeepAlive = 0x80, 0x08

// capwap reads the header of a data packet in clear (RFC 5415, 4.3), the first fragment if there
// are several. The payload is an Ethernet or an 802.11 frame.
func (in *inner) capwap(b []byte) int {
	const native, wlan = 0x01, 1 // the wireless binding; Cisco's controllers write 0 there
	if len(b) < 8 || b[0] != 0 { // version 0, without DTLS
		return 0
	}
	if b[3]&capwapKeepAlive != 0 || b[3]&capwapFragment != 0 && binary.BigEndian.Uint16(b[6:])>>3 != 0 {
		return 0
	}
	in.typ = iana.EtherTypeBridged
	if b[2]&native != 0 {
		in.typ = innerWLAN
		if binding := b[2] >> 1 & 0x1f; binding > wlan {
			return 0
		}
	}
	size := int(b[1]>>3) * 4
	if size < 8 {
		return 0
	}
	return size
}

// gtpu returns the size of the GTPv1-U header that b begins with, with its extension headers; 0 if
// it is not one of a user packet (3GPP TS 29.281, 5).
func gtpu(b []byte) int {
	const versionAndType, extension, anyOptional, userPacket = 0xf0, 0x04, 0x07, 255
	if len(b) < 8 || b[0]&versionAndType != 0x30 || b[1] != userPacket {
		return 0
	}
	if b[0]&anyOptional == 0 {
		return 8
	}
	if len(b) < 12 {
		return 0
	}
	size := 12
	if b[0]&extension == 0 {
		return size
	}
	for next := b[11]; next != 0; next = b[size-1] {
		if len(b) <= size || b[size] == 0 {
			return 0
		}
		size += int(b[size]) * 4
		if len(b) < size {
			return 0
		}
	}
	return size
}

// teredo returns the size of the authentication and origin indications before the IPv6 packet in b
// (RFC 4380, 5.1.1), or -1 if they do not fit.
func teredo(b []byte) int {
	size := 0
	if len(b) >= 4 && b[0] == 0 && b[1] == 1 {
		// identifier, authentication value, nonce, confirmation
		size = 4 + int(b[2]) + int(b[3]) + 8 + 1
	}
	if len(b) >= size+2 && b[size] == 0 && b[size+1] == 0 {
		size += 8
	}
	if len(b) <= size || b[size]>>4 != 6 {
		return -1
	}
	return size
}
