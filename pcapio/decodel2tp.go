package pcapio

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
)

const l2tpControl = 0x80 // a control message, in the first byte

// l2tp2 reads the header of an L2TPv2 data message (RFC 2661, 3.1), which begins at off in the
// packet.
func (in *inner) l2tp2(b []byte, off int) int {
	const hasLength, hasSeq, hasOffset = 0x40, 0x08, 0x02
	if len(b) < 6 || b[0]&l2tpControl != 0 || b[1]&0x0f != 2 {
		return 0
	}
	size := 2
	if b[0]&hasLength != 0 {
		length := int(binary.BigEndian.Uint16(b[size:]))
		in.end = min(in.end, off+length)
		size += 2
	}
	if len(b) < size+4 {
		return 0
	}
	in.id, in.typ = binary.BigEndian.Uint32(b[size:]), innerPPP // tunnel and session
	size += 4
	if b[0]&hasSeq != 0 {
		size += 4
	}
	if b[0]&hasOffset != 0 {
		if len(b) < size+2 {
			return 0
		}
		size += 2 + int(binary.BigEndian.Uint16(b[size:]))
	}
	return size
}

// l2tpSession finds what an L2TPv3 data message carries whose session identifier is at off (RFC
// 3931, 4.1). A cookie of 0, 4 or 8 bytes and a sublayer of 0 or 4 (4.6) follow as the two sides
// agreed on when they set it up, and so does the kind of frame: Ethernet (RFC 4719), IP, PPP or
// HDLC (RFC 4349). What fits best is taken, and nothing if nothing is sound.
func (d *Decoder) l2tpSession(data []byte, off, end int) (in inner, ok bool) {
	const maxBefore = 4 + 8 + 4 // the last is the header of PPP or HDLC in front of IP
	if end-off < 4 || len(data)-off < 4 {
		return in, false
	}
	in.id, in.end = binary.BigEndian.Uint32(data[off:]), end
	if in.id == 0 { // a control message
		return in, false
	}
	off += 4
	best := fitCut
	try := func(f fit, typ uint32, at int) {
		if f > best {
			best, in.typ, in.off = f, typ, at
		}
	}
	for before := 0; before <= maxBefore; before += 2 {
		at := off + before
		if before%4 == 0 || startsWith(data[min(at-2, len(data)):], 0, pppIPv4) == fitSound || startsWith(data[min(at-2, len(data)):], 0, pppIPv6) == fitSound {
			try(soundOnly(ipFit(data, at, end)), innerIP, at)
		}
		if before%4 == 0 && before < maxBefore {
			try(d.frameFit(data, at, end), iana.EtherTypeBridged, at)
		}
	}
	return in, best > fitCut
}

// soundOnly takes nothing for a fit that is not sound.
func soundOnly(f fit) fit {
	if f < fitSound {
		return fitNot
	}
	return f
}
